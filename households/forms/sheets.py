"""What the import pages take in."""

from typing import Any

from django import forms

from core import content
from core.clock import today
from core.forms import CodeSelect, LineField, WholeField
from households.models import ImportBatch
from households.sheets.columns import KEYS, PARTS, TITLES, fields
from households.sheets.headings import IGNORE

LIMIT = content.LIMITS[content.WORKBOOK]


class WorkbookField(forms.FileField):
    """A workbook of any of the three kinds; what it is decides `households.sheets.reading` by its content."""

    widget = forms.FileInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": ".xlsx、.xls 或 .csv,不超过 50 MB;不要加打开密码。", "max_length": 200, **kwargs})
        self.error_messages |= {
            "required": "请选择文件。",
            "empty": "文件是空的,请重新选择。",
            "invalid": "请选择文件后再提交。",
            "max_length": "文件名太长,请改短后再传。",
        }
        self.widget.attrs["accept"] = ".xlsx,.xls,.csv"

    def to_python(self, data: Any) -> Any:
        upload = super().to_python(data)
        if upload is not None and upload.size > LIMIT:
            raise forms.ValidationError(f"文件有 {upload.size // content.MEGABYTE} MB,超过 50 MB,请分成几个文件后再传。")
        return upload


class ImportForm(forms.Form):
    file = WorkbookField(label="表格")
    purpose = forms.ChoiceField(label="用途", choices=ImportBatch.Purpose.choices, initial="import", widget=CodeSelect,
                                help_text="“与国家系统核对”只比较,列出待回录清单,不改本系统。")  # fmt: skip
    comment = LineField(
        label="说明", max_length=200, min_length=2, help_text="从哪里来、为什么导入,会写入每户的历史。", error_messages={"required": "请写明。"}
    )
    year = WholeField(label="年度", min_value=2010, max_value=2100, help_text="表里没有“年度”列时,生产生活条件和收入记在这一年。")
    blank_clears = forms.BooleanField(label="空白格清空原有内容(不勾选则空白格保持原值)", required=False)
    widths = {"file": "w6", "purpose": "w3", "year": "w3", "comment": "w12", "blank_clears": "w12"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["year"].initial = today().year


def column_choices() -> list[Any]:
    """Every column a heading may stand for, by part."""
    found: list[Any] = [
        ("", "按标题自动认"),
        (IGNORE, "不读这一列"),
        ("哪一户", [(column.key, column.label) for column in KEYS if column.kind != "ignored"]),
    ]
    return found + [(TITLES[part], [(column.key, f"{TITLES[part]}:{column.label}") for column in fields(part)]) for part in PARTS]


class ColumnsForm(forms.Form):
    """A choice for each heading of a workbook; what the same organization said before is proposed."""

    def __init__(self, *args: Any, headings: list[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.names: dict[str, str] = {}
        choices = column_choices()
        for number, (sheet, text, proposed) in enumerate(headings):
            name = f"column_{number}"
            self.names[name] = text
            self.fields[name] = forms.ChoiceField(label=text, choices=choices, required=False, initial=proposed, widget=forms.Select,
                                                  help_text=f"“{sheet}”", error_messages={"invalid_choice": "请从列表中选择。"})  # fmt: skip

    def chosen(self) -> dict[str, str]:
        return {self.names[name]: value for name, value in self.cleaned_data.items()}


class OpinionForm(forms.Form):
    opinion = LineField(label="复核意见", max_length=200, required=False, help_text="退回时必填,写明要改什么。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class UndoForm(forms.Form):
    reason = LineField(label="撤销原因", max_length=200, min_length=2, error_messages={"required": "请写明撤销原因。"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
