"""What a village's exit asks for."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms

from core.clock import today
from core.forms import FastSelect, LineField, UploadField, WholeField, WrittenDateField
from households.forms.proceedings import PlainForm
from households.models import VillageExitCheck
from households.rules.exits import Suggestion
from households.rules.village_exits import TESTS, VillageItem


class VillageStartForm(PlainForm):
    year = WholeField(label="退出年度", min_value=2014, max_value=2100)
    reason = LineField(label="申请理由", max_length=300)
    widths = {"reason": "w12"}


class VillageChecksForm(PlainForm):
    """The ten items, each with its answer, its evidence and perhaps a file; a line left open may be filled later."""

    ANSWERS = (("", ""), ("yes", "达标"), ("no", "不达标"))

    def __init__(self, *args: Any, stored: Mapping[str, VillageExitCheck], suggested: Mapping[str, Suggestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored, self.suggested = stored, suggested
        for item in VillageItem:
            row, said = stored.get(item), suggested[item]
            answer = forms.ChoiceField(label=item.label, choices=self.ANSWERS, required=False, widget=FastSelect)
            answer.error_messages["invalid_choice"] = "请从列表中选择。"
            answer.initial = ("yes" if row.is_met else "no") if row else ""
            evidence = LineField(label=f"{item.label}依据", max_length=300, required=False)
            evidence.initial = row.evidence if row else (said.words if said.met is not None else "")
            self.fields[f"a{item}"], self.fields[f"e{item}"] = answer, evidence
            self.fields[f"f{item}"] = UploadField(label=f"{item.label}佐证材料", required=False)

    def lines(self) -> Iterator[tuple[Any, ...]]:
        for item in VillageItem:
            row = self.stored.get(item)
            yield item, TESTS[item], self.suggested[item], self[f"a{item}"], self[f"e{item}"], self[f"f{item}"], row.file if row else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for item in VillageItem:
            if data.get(f"a{item}") and not data.get(f"e{item}"):
                self.add_error(f"e{item}", "请写明依据。")
        return data

    def answers(self) -> dict[str, tuple[bool | None, str, Any]]:
        met = {"": None, "yes": True, "no": False}
        data = self.cleaned_data
        return {str(item): (met[data[f"a{item}"]], data[f"e{item}"], data[f"f{item}"]) for item in VillageItem}


class VillageNoticeForm(PlainForm):
    starts_on = WrittenDateField(label="起始日期", initial=today)

    def clean_starts_on(self) -> date:
        day = self.cleaned_data["starts_on"]
        if day < today():
            raise forms.ValidationError("公示从今天或以后的日期开始。")
        return day
