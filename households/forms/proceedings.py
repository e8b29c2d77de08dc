"""What the steps of a proceeding ask for."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from core.clock import today
from core.forms import CodeSelect, LineField, UploadField, WholeField, WrittenDateField
from households.models import Proceeding
from households.rules import monitoring
from households.rules.codes import Cause
from households.rules.exits import ExitItem, Suggestion
from households.rules.review import Votes

REQUIRED = {"required": "请填写。"}


class PlainForm(forms.Form):
    """A form without a model, in this product's manner."""

    widths: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for bound in self.fields.values():
            bound.error_messages.setdefault("required", REQUIRED["required"])
            bound.error_messages["required"] = "请选择文件。" if isinstance(bound, UploadField) else REQUIRED["required"]
            bound.error_messages["invalid_choice"] = "请从列表中选择。"


def _codes(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", ""), *choices], widget=CodeSelect, **options)


class StartForm(PlainForm):
    reason = LineField(label="事由", max_length=300, help_text="为什么办理,依据什么。")
    widths = {"reason": "w12"}


class ReturnForm(StartForm):
    cause = _codes("返贫原因", Cause.choices)


class MonitoringForm(StartForm):
    category = _codes("监测对象类别", monitoring.Category.choices)
    main_risk = _codes("主要风险", monitoring.Risk.choices)
    other_risks = forms.MultipleChoiceField(
        label="其他风险(最多四项)", choices=monitoring.Risk.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    source = _codes("线索来源", monitoring.Source.choices)
    warned_on = WrittenDateField(label="预警日期")
    no_workforce = forms.BooleanField(label="整户无劳动能力(兜底)", required=False)
    widths = {"reason": "w12", "other_risks": "w12"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["risks"] = [risk for risk in [data.pop("main_risk", ""), *data.pop("other_risks", [])] if risk]
        problem = monitoring.risks_problem(data["risks"])
        if problem and data["risks"]:
            self.add_error("other_risks", problem)
        return data


class ClearingForm(StartForm):
    how = _codes("消除方式", monitoring.Clearing.choices)


START_FORMS: dict[str, type[StartForm]] = {
    Proceeding.Kind.RETURN: ReturnForm,
    Proceeding.Kind.MONITORING: MonitoringForm,
    Proceeding.Kind.CLEARING: ClearingForm,
}


class SurveyForm(PlainForm):
    surveyed_on = WrittenDateField(label="调查日期")
    first_surveyor = LineField(label="调查人一", max_length=50, help_text="村两委")
    second_surveyor = LineField(label="调查人二", max_length=50, help_text="驻村工作队")
    population_note = LineField(label="人口情况", max_length=500, help_text="常住几人、谁在外、健康和劳动能力,与档案不符之处。")
    property_note = LineField(label="财产情况", max_length=500, help_text="住房、车辆、农机、牲畜、草场。")
    income_note = LineField(label="收入情况", max_length=500, help_text="务工、经营、补贴,一年大约多少。")
    photo = UploadField(label="入户照片", accept=("jpg",), camera=True, required=False)
    widths = {"population_note": "w12", "property_note": "w12", "income_note": "w12", "photo": "w6"}


class MeetingForm(PlainForm):
    held_on = WrittenDateField(label="会议日期")
    place = LineField(label="地点", max_length=100)
    chair = LineField(label="主持人", max_length=50)
    due_count = WholeField(label="应到人数", min_value=1, max_value=100_000)
    present_count = WholeField(label="实到人数", min_value=0, max_value=100_000)
    minutes = UploadField(label="会议记录和签到表")
    widths = {"minutes": "w6"}


class BallotForm(PlainForm):
    """One household's count; a line left empty is not voted on at this meeting."""

    agree = WholeField(label="同意", required=False, min_value=0, max_value=100_000)
    against = WholeField(label="反对", required=False, min_value=0, max_value=100_000)
    abstain = WholeField(label="弃权", required=False, min_value=0, max_value=100_000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [data.get(name) for name in ("agree", "against", "abstain")]
        data["votes"] = None if all(value is None for value in given) else Votes(*(value or 0 for value in given))
        return data


class ReviewForm:
    """The meeting and a ballot for each household that waits for its review."""

    def __init__(self, data: Any, files: Any, *, proceedings: list[Proceeding]) -> None:
        self.meeting = MeetingForm(data, files, initial={"held_on": today()})
        self.ballots = [(proceeding, BallotForm(data, prefix=f"p{proceeding.pk}")) for proceeding in proceedings]

    def is_valid(self) -> bool:
        return all([self.meeting.is_valid(), *(form.is_valid() for _, form in self.ballots)])

    def votes(self) -> dict[int, Votes]:
        counted = {proceeding.pk: form.cleaned_data["votes"] for proceeding, form in self.ballots}
        return {pk: votes for pk, votes in counted.items() if votes is not None}


class ChecksForm(PlainForm):
    """The sheet of exit checks: for each item met, not met or open, and the evidence."""

    ANSWERS = [("", "未核实"), ("yes", "达标"), ("no", "不达标")]

    def __init__(self, *args: Any, stored: dict[str, Any], suggested: dict[str, Suggestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested = suggested
        for item in ExitItem:
            row = stored.get(item)
            said = suggested[item]
            answer = forms.ChoiceField(label=item.label, choices=self.ANSWERS, required=False)
            answer.initial = ("yes" if row.is_met else "no") if row else ""
            evidence = LineField(label=f"{item.label}依据", max_length=300, required=False)
            evidence.initial = row.evidence if row else (said.words if said.met is not None else "")
            self.fields[f"a{item}"], self.fields[f"e{item}"] = answer, evidence

    def lines(self) -> Iterator[tuple[ExitItem, Suggestion, Any, Any]]:
        for item in ExitItem:
            yield item, self.suggested[item], self[f"a{item}"], self[f"e{item}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for item in ExitItem:
            if data.get(f"a{item}") and not data.get(f"e{item}"):
                self.add_error(f"e{item}", "请写明依据。")
        return data

    def answers(self) -> dict[str, tuple[bool | None, str]]:
        met = {"": None, "yes": True, "no": False}
        return {str(item): (met[self.cleaned_data[f"a{item}"]], self.cleaned_data[f"e{item}"]) for item in ExitItem}


class DocumentForm(PlainForm):
    document_number = LineField(label="审定文号", max_length=60)


class RemovalDocumentForm(DocumentForm):
    recover_benefits = forms.BooleanField(label="追回已享受的政策", required=False)


class RegistrationForm(PlainForm):
    identified_on = WrittenDateField(label="识别(建档)日期")
    national_number = LineField(label="《扶贫手册》编号", max_length=30)
    province_number = LineField(label="《精准管理手册》编号", max_length=30)
    received_by = LineField(label="领取人", max_length=50)
    signature = UploadField(label="领取签字(照片或扫描件)", required=False)
    widths = {"signature": "w6"}


class NoticeForm(PlainForm):
    """Which of the waiting households one notice names, and from when it hangs."""

    chosen = forms.MultipleChoiceField(label="列入公示的户", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请至少选择一户。"})
    starts_on = WrittenDateField(label="起始日期")
    widths = {"chosen": "w12"}

    def __init__(self, *args: Any, proceedings: list[Proceeding], labels: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(str(row.pk), labels[row.pk]) for row in proceedings]  # type: ignore[attr-defined]
        self.initial.setdefault("chosen", [str(row.pk) for row in proceedings])
        self.initial.setdefault("starts_on", today())

    def clean_starts_on(self) -> date:
        day = self.cleaned_data["starts_on"]
        if day < today():
            raise forms.ValidationError("公示从今天或以后的日期开始。")
        return day
