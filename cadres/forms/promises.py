"""Forms of 年承诺 and 季报告."""

from typing import Any

from django import forms

from cadres.models import Cadre, CommitmentItem, Posting, QuarterReport
from core import content
from core.clock import today
from core.forms import REQUIRED, CodeSelect, RoomForm, TextField, UploadField, WholeField, WrittenDateField, room_field
from villages.models import Village

QUARTERS = ((1, "一季度"), (2, "二季度"), (3, "三季度"), (4, "四季度"))
CHOICES = REQUIRED | {"invalid_choice": "请从列表中选择。"}


class CommitmentForm(forms.Form):
    """Whose promise of which year: the team's of a village, or that of one of its cadres."""

    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), widget=CodeSelect, empty_label="", error_messages=CHOICES)
    cadre = forms.ModelChoiceField(label="干部", queryset=Cadre.objects.none(), widget=CodeSelect, empty_label="", required=False,
                                   help_text="工作队的承诺不选", error_messages=CHOICES)  # fmt: skip
    year = WholeField(label="年度", min_value=2014, max_value=2100, error_messages=REQUIRED)

    def __init__(self, *args: Any, villages: Any, cadres: Any, own: Cadre | None, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["village"].queryset = villages
        self.fields["cadre"].queryset = cadres
        posting = Posting.objects.active_on(today()).filter(cadre=own).select_related("village").first() if own else None
        self.initial |= {"year": today().year, "cadre": own, "village": posting.village if posting else villages.first()}


class ItemForm(RoomForm):
    widths = {"text": "w6", "measure": "w6"}

    class Meta:
        model = CommitmentItem
        formfield_callback = room_field
        fields = ["text", "measure", "due_quarter", "weight"]


class SigningForm(forms.Form):
    signed_on = WrittenDateField(label="签订日期", error_messages=REQUIRED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["signed_on"] = today()


class HungOutForm(forms.Form):
    posted_on = WrittenDateField(label="公示日期", error_messages=REQUIRED)
    photo = UploadField(label="公示照片", accept=(content.PHOTO,), camera=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["posted_on"] = today()


class QuarterForm(forms.Form):
    quarter = forms.TypedChoiceField(label="季度", choices=[("", ""), *QUARTERS], coerce=int, widget=CodeSelect, error_messages=CHOICES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        day = today()
        # In the first weeks of a quarter the report that is due is that of the quarter before.
        self.initial["quarter"] = max(1, (day.month - 1) // 3 if day.day <= 20 and day.month % 3 == 1 else (day.month + 2) // 3)


class ReportForm(forms.Form):
    """The words of a quarterly report; one pair of fields an item of the commitment."""

    def __init__(self, *args: Any, report: QuarterReport, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.widths = {"problems": "w12", "next_plan": "w12"}
        self.items = []
        for row in report.progress.select_related("item"):
            percent, note = f"percent_{row.item_id}", f"note_{row.item_id}"
            self.fields[percent] = WholeField(
                label=f"{row.item.number}. 完成(%)", min_value=0, max_value=100, initial=row.percent, error_messages=REQUIRED
            )
            self.fields[note] = TextField(label=row.item.text, max_length=300, required=False, initial=row.note, widget=forms.Textarea(attrs={"rows": 2}),
                                          help_text=f"{row.item.get_due_quarter_display()}完成,权重 {row.item.weight}%")  # fmt: skip
            self.widths |= {percent: "w2", note: "w10"}
            self.items.append(row.item_id)
        words = {"max_length": 2000, "required": False}
        self.fields["problems"] = TextField(label="存在问题", initial=report.problems, help_text="没有问题的写“无”", **words)
        self.fields["next_plan"] = TextField(label="下季计划", initial=report.next_plan, **words)

    @property
    def progress(self) -> dict[int, tuple[int, str]]:
        found = self.cleaned_data
        return {item: (found[f"percent_{item}"], found[f"note_{item}"]) for item in self.items}
