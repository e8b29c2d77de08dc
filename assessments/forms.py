"""Forms of the assessment."""

from decimal import Decimal
from typing import Any

from django import forms

from assessments.models import (
    Assessment,
    AssessmentScheme,
    BonusClaim,
    BonusKind,
    Entry,
    Indicator,
    Opinion,
    Period,
    ScoreUse,
    SiteSheet,
    SurveyRound,
    VetoFinding,
    VetoKind,
)
from assessments.rules import standard
from assessments.rules.engine import plain
from assessments.rules.scheme import INPUT_COUNT
from assessments.services import schemes, surveys
from assessments.services.errors import AssessmentsError
from core.clock import today
from core.forms import AmountField, CodeSelect, LineField, RoomForm, TextField, UploadField, WholeField, WrittenDateField, room_field
from villages.models import Village
from workflow.models import Clause

REQUIRED = {"required": "请填写。"}
NUMBER = {"min_value": "不能小于 0。", "max_value": "不能大于 100。", "invalid": "请填数字。"}


class PlainForm(forms.Form):
    """A form of no one record."""

    widths: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.warnings: dict[str, list[str]] = {}
        for bound in self.fields.values():
            bound.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。"}


class PeriodForm(RoomForm):
    class Meta:
        model = Period
        formfield_callback = room_field
        fields = ["code", "title", "since", "until", "report_due_on", "scoring_due_on", "review_due_on"]


class ReportForm(PlainForm):
    text = TextField(label="个人述职", max_length=5000, min_length=10, widget=forms.Textarea(attrs={"rows": 12}),
                     help_text="写驻村时间、所做工作、完成承诺情况、存在问题和打算。", error_messages={"min_length": "不少于 10 个字。"})  # fmt: skip
    widths = {"text": "w12"}


class ScoringForm(PlainForm):
    """The township's scoring: points and words for each judged indicator, and values for facts no room of the system holds."""

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = {(entry.kind, entry.key): entry for entry in Entry.objects.filter(assessment=assessment)}
        self.judged = list(Indicator.objects.filter(scheme_id=assessment.period.scheme_id, kind=Indicator.Kind.JUDGED).order_by("code"))
        lines = assessment.card.get("lines", [])
        self.missing = [
            source for line in lines for source in line["sources"] if source.get("origin") in {"missing", "entered"} and source["key"] != "judged"
        ]
        self.groups = []
        for indicator in self.judged:
            self._pair(indicator.code, f"{indicator.code} {indicator.title}(0—{plain(indicator.maximum)} 分)", indicator.maximum,
                       entries.get((Entry.Kind.JUDGED, indicator.code)))  # fmt: skip
        for source in self.missing:
            label = f"{source['label']}({source['unit']})" if source["unit"] else source["label"]
            self._pair(source["key"], label, Decimal(100_000), entries.get((Entry.Kind.INPUT, source["key"])))

    def _pair(self, key: str, label: str, most: Decimal, entry: Entry | None) -> None:
        self.fields[f"{key}-value"] = AmountField(
            label=label, required=False, min_value=0, max_value=most, max_digits=8, decimal_places=2,
            error_messages={"min_value": "不能小于 0。", "max_value": f"不能大于 {plain(most)}。", "invalid": "请填数字。"},
        )  # fmt: skip
        self.fields[f"{key}-words"] = LineField(label="依据", required=False, max_length=500)
        self.widths = {**self.widths, f"{key}-value": "w4", f"{key}-words": "w8"}
        if entry is not None:
            self.initial[f"{key}-value"], self.initial[f"{key}-words"] = plain(entry.value), entry.words

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in [name for name in self.fields if name.endswith("-value")]:
            key = name.removesuffix("-value")
            if data.get(name) is not None and not (data.get(f"{key}-words") or "").strip():
                self.add_error(f"{key}-words", "请写明依据。")
        return data

    def given(self) -> list[tuple[str, Decimal, str]]:
        """(key, value, words) of what was filled in."""
        names = [name.removesuffix("-value") for name in self.fields if name.endswith("-value")]
        return [
            (key, self.cleaned_data[f"{key}-value"], self.cleaned_data[f"{key}-words"])
            for key in names
            if self.cleaned_data.get(f"{key}-value") is not None
        ]


class ReasonForm(PlainForm):
    reason = LineField(label="意见", max_length=500, error_messages=REQUIRED)
    widths = {"reason": "w12"}


class ExcuseForm(PlainForm):
    words = LineField(label="不适用的原因", max_length=500, help_text="免计后,本部分其他指标按比例折算满分。", error_messages=REQUIRED)
    widths = {"words": "w12"}


class BonusForm(RoomForm):
    proof = UploadField(label="证明材料", required=False)

    class Meta:
        model = BonusClaim
        formfield_callback = room_field
        fields = ["kind", "level", "fact", "document", "issued_on", "certified_by"]

    widths = {"fact": "w6", "document": "w4"}

    def __init__(self, *args: Any, scheme_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = BonusKind.objects.filter(scheme_id=scheme_id)


class VetoForm(RoomForm):
    proof = UploadField(label="材料", required=False)

    class Meta:
        model = VetoFinding
        formfield_callback = room_field
        fields = ["kind", "found_on", "words"]

    widths = {"words": "w12"}

    def __init__(self, *args: Any, scheme_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = VetoKind.objects.filter(scheme_id=scheme_id)
        self.initial["found_on"] = today()


class DecisionForm(PlainForm):
    accept = forms.ChoiceField(label="结论", choices=[], widget=CodeSelect)
    reason = LineField(label="意见", max_length=200, required=False)
    widths = {"reason": "w6"}

    def __init__(self, *args: Any, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accept"].choices = [("", ""), ("yes", yes), ("no", no)]


class OpinionForm(RoomForm):
    class Meta:
        model = Opinion
        formfield_callback = room_field
        fields = ["body", "text", "given_on"]

    widths = {"text": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("given_on", today())
        self.initial["given_on"] = self.initial["given_on"] or today()


class SheetForm(RoomForm):
    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), widget=CodeSelect, empty_label="")
    scan = UploadField(label="签字表", required=False)

    class Meta:
        model = SiteSheet
        formfield_callback = room_field
        fields = ["village", "kind", "held_on", "people", "files_checked", "errors_found", "words"]

    widths = {"words": "w12"}

    def __init__(self, *args: Any, period: Period, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = period.assessments.values("spans__village")
        self.fields["village"].queryset = Village.objects.visible_to(self.user, "assessment_review").filter(pk__in=served)
        self.initial["held_on"] = self.initial.get("held_on") or today()


class AppealForm(PlainForm):
    grounds = TextField(label="申诉理由", max_length=1000, help_text="写明对哪一项有异议、事实和证据。", error_messages=REQUIRED)
    widths = {"grounds": "w12"}


class CorrectionForm(ScoringForm):
    """A frozen score put right: what was judged or came from paper, prefilled; only what is changed counts."""

    reason = LineField(label="更改缘由", max_length=200, error_messages=REQUIRED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.widths = {**self.widths, "reason": "w12"}

    def changed(self) -> list[tuple[str, Decimal, str]]:
        """(key, value, words) of what differs from what stands."""
        return [(key, value, words) for key, value, words in self.given() if plain(value) != self.initial.get(f"{key}-value")]


class AppealAnswerForm(CorrectionForm):
    reason = None  # type: ignore[assignment]
    upheld = forms.ChoiceField(label="结论", choices=[("", ""), ("yes", "申诉成立,按更正后的数据重新定分"), ("no", "维持原结果")], widget=CodeSelect)
    answer = TextField(label="答复", max_length=500, error_messages=REQUIRED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.widths = {**self.widths, "upheld": "w6", "answer": "w12"}


class UseForm(RoomForm):
    class Meta:
        model = ScoreUse
        formfield_callback = room_field
        fields = ["kind", "used_on", "words"]

    widths = {"words": "w6"}


class RoundForm(RoomForm):
    class Meta:
        model = SurveyRound
        formfield_callback = room_field
        fields = ["opens_on", "closes_on"]


class IssueForm(PlainForm):
    count = WholeField(label="发票张数", min_value=1, max_value=500, error_messages={"min_value": "至少 1 张。", "max_value": "一次最多 500 张。"})


class ElectorateForm(PlainForm):
    electorate = WholeField(
        label="应评人数", min_value=0, max_value=5000, error_messages={"min_value": "不能小于 0。", "max_value": "不能大于 5000。"}
    )


class PaperForm(PlainForm):
    slips = forms.CharField(
        label="逐票录入", max_length=20_000, error_messages=REQUIRED, widget=forms.Textarea(attrs={"rows": 12, "autocomplete": "off", "inputmode": "numeric"}),
        help_text="一行一张票,按上面干部的顺序各填一个数字:1 满意,2 基本满意,3 不满意,4 不了解。",
    )  # fmt: skip
    widths = {"slips": "w6"}

    def __init__(self, *args: Any, people: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_slips(self) -> list[list[str]]:
        try:
            return surveys.parse_slips(self.cleaned_data["slips"], self.people)
        except AssessmentsError as error:
            raise forms.ValidationError(str(error)) from error


class PublishForm(PlainForm):
    starts_on = WrittenDateField(label="公示起始日期", error_messages=REQUIRED)


class BonusKindForm(RoomForm):
    class Meta:
        model = BonusKind
        formfield_callback = room_field
        fields = ["title", "criterion", "proof", "certifier"]

    widths = {"criterion": "w12", "proof": "w6", "certifier": "w6"}


def _input_choices() -> list[tuple[str, str]]:
    return [(key, f"{label}({unit})" if unit else label) for key, (label, unit) in standard.INPUT_LABELS.items()]


class VetoKindForm(RoomForm):
    signal = forms.ChoiceField(label="提示数据", required=False, widget=CodeSelect, help_text="达到下面的数时在得分卡上提示,由人查实后才算。")

    class Meta:
        model = VetoKind
        formfield_callback = room_field
        fields = ["title", "effect", "signal", "signal_from"]

    widths = {"title": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signal"].choices = [("", ""), *_input_choices()]  # type: ignore[attr-defined]


class IndicatorForm(RoomForm):
    """A further indicator: how it is worked out from which inputs, or that people judge it."""

    inputs = forms.MultipleChoiceField(label="数据来源", required=False, widget=forms.CheckboxSelectMultiple, choices=[],
                                       help_text="按完成比例选 2 项(完成数、应完成数),按档计分选 1 项,按次扣分选 1 至 5 项,评定和测评不选。")  # fmt: skip
    terms = LineField(label="每次扣分或分档", required=False, max_length=100, help_text="按次扣分写“1, 3”,各项依次;按档计分写“1:5, 3:4”。")

    class Meta:
        model = Indicator
        formfield_callback = room_field
        fields = ["part", "code", "title", "maximum", "kind", "inputs", "note"]

    widths = {"title": "w6", "inputs": "w12", "terms": "w6", "note": "w12"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inputs"].choices = _input_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, inputs, terms = data.get("kind"), data.get("inputs") or [], data.get("terms") or ""
        least, most = INPUT_COUNT.get(kind or "", (0, 5))
        if not least <= len(inputs) <= most:
            self.add_error("inputs", f"这种计分方法应选 {least} 项数据。" if least == most else f"这种计分方法应选 {least} 至 {most} 项数据。")
            return data
        self.instance.rates, self.instance.steps = {}, []
        try:
            if kind == Indicator.Kind.DEDUCTION:
                self.instance.rates = schemes.parse_rates(terms, inputs)
            elif kind == Indicator.Kind.STEP:
                self.instance.steps = schemes.parse_steps(terms)
        except AssessmentsError as error:
            self.add_error("terms", str(error))
        return data


class SchemeForm(RoomForm):
    """A draft: its texts and figures; the indicators as fields of their own."""

    class Meta:
        model = AssessmentScheme
        formfield_callback = room_field
        fields = ["name", "valid_from", "basis", "clause", "method", "content", "procedure", "bonus_cap", "quota_percent", "excellent_from", "competent_from",
                  "basic_from", "least_days", "appeal_days", "publish_days"]  # fmt: skip

    widths = {"method": "w12", "content": "w12", "procedure": "w12", "basis": "w6", "clause": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].queryset = Clause.objects.select_related("regulation").order_by("regulation__title", "pk")
        self.widths = dict(self.widths)
        for part in self.instance.parts.all():
            self.fields[f"weight-{part.code}"] = AmountField(label=f"{part.get_code_display()} 权重", min_value=0, max_value=100, max_digits=5, decimal_places=2,
                                                             initial=plain(part.weight), error_messages=NUMBER)  # fmt: skip
        self.rows = list(self.instance.indicators.order_by("code"))
        for row in self.rows:
            self.fields[f"{row.code}-title"] = LineField(label=f"{row.code} 名称", max_length=40, initial=row.title)
            self.fields[f"{row.code}-maximum"] = AmountField(label="满分", min_value=0, max_value=100, max_digits=5, decimal_places=2,
                                                            initial=plain(row.maximum), error_messages=NUMBER)  # fmt: skip
            self.widths |= {f"{row.code}-title": "w4", f"{row.code}-maximum": "w2"}
            if row.kind in {Indicator.Kind.DEDUCTION, Indicator.Kind.STEP}:
                self.fields[f"{row.code}-terms"] = LineField(label=self._terms_label(row), max_length=100, initial=self._terms(row))
                self.widths[f"{row.code}-terms"] = "w6"

    def _terms_label(self, row: Indicator) -> str:
        if row.kind == Indicator.Kind.STEP:
            return "分档(不超过:得分)"
        return "每次扣分:" + "、".join(standard.INPUT_LABELS.get(key, (key, ""))[0] for key in row.inputs)

    def _terms(self, row: Indicator) -> str:
        return (
            ", ".join(f"{a}:{b}" for a, b in row.steps)
            if row.kind == Indicator.Kind.STEP
            else ", ".join(str(row.rates.get(key, "")) for key in row.inputs)
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.indicators = []
        for row in self.rows:
            change: dict[str, Any] = {"code": row.code, "title": data.get(f"{row.code}-title"), "maximum": data.get(f"{row.code}-maximum")}
            if change["maximum"] is not None and change["maximum"] <= 0:
                self.add_error(f"{row.code}-maximum", "满分应大于 0。")
            name = f"{row.code}-terms"
            if name in self.fields and data.get(name):
                try:
                    change |= (
                        {"steps": schemes.parse_steps(data[name])} if row.kind == "step" else {"rates": schemes.parse_rates(data[name], row.inputs)}
                    )
                except AssessmentsError as error:
                    self.add_error(name, str(error))
            self.indicators.append(change)
        return data

    def to_service(self, data: dict[str, Any]) -> dict[str, Any]:
        """What `save_scheme` takes."""
        weights = {name.removeprefix("weight-"): value for name, value in data.items() if name.startswith("weight-")}
        own = {name: value for name, value in data.items() if name in self.Meta.fields}
        return {"weights": weights, "indicators": self.indicators, **own}
