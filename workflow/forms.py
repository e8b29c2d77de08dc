"""What the workflow pages take in."""

from typing import Any

from django import forms

from accounts.models import User
from core.clock import today
from core.forms import CodeSelect, FastSelect, LineField, PhoneField, RoomForm, TextField, UploadField, WholeField, WrittenDateField, room_field
from core.listing import PICKED
from villages.models import Village
from workflow import alerts_registry, services
from workflow.changes_registry import Changeable
from workflow.models import Alert, AlertRule, Case, Clause, Decision, Objection, PublicNotice, Regulation, Signature, Step, StepEvidence


class PurposeForm(forms.Form):
    """Why somebody takes personal data out or looks at it in full."""

    purpose = forms.CharField(label="用途", min_length=2, max_length=200, error_messages={"required": "请写明用途,会记入查阅记录。"})


class ExportForm(PurposeForm):
    """The purpose, and a password for the workbook when the user would rather choose one."""

    password = forms.CharField(
        label="打开口令", required=False, min_length=8, max_length=64, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"min_length": "打开口令至少 8 位。", "max_length": "打开口令不超过 64 位。"},
    )  # fmt: skip

    def __init__(self, *args: Any, protected: bool, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        made = "不填则由系统生成,导出后在任务页显示一次" if protected else "不填则不加口令"
        self.fields["password"].help_text = f"打开表格时输入。{made}。"

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if password and not (password.isascii() and password.isprintable() and " " not in password):
            raise forms.ValidationError("打开口令请用字母、数字和常用符号,不含空格和汉字。")
        return password


class JudgeForm(forms.Form):
    """What a person makes of an alert, and why. `was` is the state they had before their eyes."""

    widths = {"state": "w12", "reason": "w12"}
    state = forms.ChoiceField(label="认定为", widget=forms.RadioSelect)
    reason = LineField(label="理由", max_length=300, min_length=2, help_text="核实的经过、依据或整改的办法,记入变更历史")
    was = forms.ChoiceField(choices=Alert.State.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, alert: Alert, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["state"].choices = [(state.value, f"{state.label}:{MEANING[state]}") for state in services.NEXT.get(Alert.State(alert.state), ())]
        self.initial["was"] = alert.state
        for field in self.fields.values():
            field.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。", "min_length": "请写清楚理由。"}


MEANING = {
    Alert.State.TRUE: "情况属实,需要整改",
    Alert.State.FALSE: "情况不实或有合理原因,事实不变时不再提示",
    Alert.State.RECTIFIED: "已改正,系统会再核对一遍记录",
}


class AlertRuleForm(forms.Form):
    """A rule's severity and parameters from a day on, each parameter a field of its own."""

    widths = {"why": "w12"}
    severity = forms.ChoiceField(label="级别", choices=AlertRule.Severity.choices, widget=CodeSelect)
    is_assumed = forms.BooleanField(label="数值待核定", required=False)
    valid_from = WrittenDateField(label="施行日期", help_text="从这一天起用新的数值,以前的版本保留")
    valid_to = WrittenDateField(label="停用日期", required=False, help_text="填写后,过了这一天不再运行")
    clause = forms.ModelChoiceField(Clause.objects.none(), label="依据条款", required=False, widget=CodeSelect, help_text="在“制度文件”中登记的条款")
    why = LineField(label="修改依据", max_length=200, help_text="文号、会议或其他依据,记入变更历史")

    def __init__(self, *args: Any, rule: AlertRule, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        check = alerts_registry.find(rule.code)
        self.parameters = check.parameters if check else ()
        stored = rule.parameters if isinstance(rule.parameters, dict) else {}
        own = {}
        for each in self.parameters:
            label = f"{each.label}({each.unit})" if each.unit else each.label
            own[f"p_{each.key}"] = WholeField(label=label, help_text=f"{each.low} 到 {each.high},默认 {each.standard}")
            self.initial[f"p_{each.key}"] = stored.get(each.key, each.standard)
        self.fields = {"severity": self.fields["severity"], **own, **{k: f for k, f in self.fields.items() if k != "severity"}}
        self.fields["clause"].queryset = Clause.objects.select_related("regulation").order_by("regulation__title", "pk")
        self.initial |= {
            "clause": rule.clause_id,
            "severity": rule.severity,
            "is_assumed": rule.is_assumed,
            "valid_from": max(rule.valid_from, today()),
            "valid_to": rule.valid_to,
        }
        for field in self.fields.values():
            field.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["parameters"] = {each.key: data.pop(f"p_{each.key}", None) for each in self.parameters}
        return data


class ChangeForm(forms.Form):
    """The new value and the reason; the selection made in the list travels along."""

    widths = {"value": "w6", "reason": "w12"}
    reason = LineField(label="修改原因", max_length=200, min_length=2, help_text="文件、会议或其他依据,记入每条记录的变更历史")
    pick = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)
    all = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, changeable: Changeable, user: Any, selection: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        picked = selection.getlist("pick")[:PICKED]
        self.fields = {"value": changeable.form_field(user), **self.fields}
        self.fields["pick"].choices = [(each, each) for each in picked]
        self.initial |= {"pick": picked, "all": selection.get("all", ""), "query": selection.get("query", "")}
        for field in self.fields.values():
            field.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。", "min_length": "请写清楚修改原因。"}


class UndoForm(forms.Form):
    widths = {"reason": "w12"}
    reason = LineField(label="撤销原因", max_length=200, min_length=2, error_messages={"required": "请填写。", "min_length": "请写清楚撤销原因。"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class DecideForm(forms.Form):
    """Pass, send back or refuse, as the case stood when the page was opened."""

    result = forms.ChoiceField(label="办理结果", choices=Decision.Result.choices, widget=forms.RadioSelect)
    opinion = TextField(
        label="意见", required=False, max_length=500, help_text="退回或不通过的必须写明原因", widget=forms.Textarea(attrs={"rows": 3})
    )
    step_id = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, step: Step | None, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        if step is not None:
            back = "退回上一步" if step.return_to == Step.ReturnTo.PREVIOUS and step.number > 1 else "退回发起人"
            self.fields["result"].choices = [
                ("pass", f"{step.get_word_display()}通过" if step.judges else "办理完成"),
                ("return", back),
                ("refuse", "不通过"),
            ]
        self.fields["result"].error_messages |= {"required": "请选择办理结果。", "invalid_choice": "请选择办理结果。"}
        self.fields["opinion"].error_messages["max_length"] = "意见不超过 500 字。"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "step_id" in self.errors or "version" in self.errors:
            raise forms.ValidationError("页面已过期,请刷新后重新办理。")
        if data.get("result") in {"return", "refuse"} and not data.get("opinion", "").strip():
            self.add_error("opinion", "退回或不通过的,请写明原因。")
        return data

    def now(self, case: Case) -> None:
        """Show the same answer again, for the case as it stands now."""
        self.data = self.data.copy()
        self.data["step_id"], self.data["version"] = str(case.step_id), str(case.version)


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(label="转给", queryset=User.objects.none(), widget=CodeSelect, empty_label="")
    reason = LineField(label="原因", max_length=150)
    widths = {"to": "w4", "reason": "w6"}

    def __init__(self, *args: Any, colleagues: list[User], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        to = self.fields["to"]
        to.queryset = User.objects.filter(pk__in=[user.pk for user in colleagues]).select_related("organization")
        to.label_from_instance = lambda user: f"{user.name}({user.organization})" if user.organization else user.name
        to.help_text = "" if colleagues else "这个范围内没有别的同事有这项授权。"
        for bound in self.fields.values():
            bound.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。"}


class EvidenceForm(forms.Form):
    label = forms.ChoiceField(label="材料", widget=CodeSelect)
    file = UploadField(label="文件")
    widths = {"label": "w4", "file": "w6"}

    def __init__(self, *args: Any, wanted: list[StepEvidence], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["label"].choices = [(each.label, f"{each.label}({each.get_accept_display()})") for each in wanted]
        self.fields["label"].error_messages |= {"required": "请选择材料。", "invalid_choice": "请从列表中选择。"}


ROWS_OF_SIGNATURES = range(1, 5)


class ScanForm(forms.Form):
    """The scan, and what stands on it: up to four signatures."""

    file = UploadField(label="签字件(照片或扫描 PDF)")
    signed_on = WrittenDateField(label="签字日期")
    widths = {"file": "w6", "signed_on": "w3"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial.setdefault("signed_on", today())
        for n in ROWS_OF_SIGNATURES:
            self.fields |= {
                f"party_{n}": LineField(label="身份", max_length=40, required=False),
                f"name_{n}": LineField(label="姓名或单位", max_length=60, required=False),
                f"means_{n}": forms.ChoiceField(label="方式", choices=Signature.Means.choices, required=False, widget=CodeSelect),
                f"cannot_{n}": forms.BooleanField(label="不会写字", required=False),
                f"witness_{n}": LineField(label="见证人", max_length=60, required=False),
            }
        for bound in self.fields.values():
            bound.error_messages |= {"required": bound.error_messages["required"] if isinstance(bound, UploadField) else "请填写。"}

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{n}"] for name in ("party", "name", "means", "cannot", "witness")] for n in ROWS_OF_SIGNATURES]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        filled = [n for n in ROWS_OF_SIGNATURES if data.get(f"name_{n}") or data.get(f"party_{n}")]
        for n in filled:
            for name in ("party", "name"):
                if not data.get(f"{name}_{n}"):
                    self.add_error(f"{name}_{n}", "请填写。")
            if data.get(f"cannot_{n}") and (data.get(f"means_{n}") != Signature.Means.THUMBPRINT or not data.get(f"witness_{n}")):
                self.add_error(f"witness_{n}", "不会写字的,方式应为手印,并填见证人。")
        if not filled:
            self.add_error("name_1", "请至少登记一个签字、盖章或手印。")
        return data

    def signatures(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        return [{"party": data[f"party_{n}"], "name": data[f"name_{n}"], "means": data[f"means_{n}"] or Signature.Means.HANDWRITTEN,
                 "can_sign": not data[f"cannot_{n}"], "witness": data[f"witness_{n}"], "signed_on": data["signed_on"]}
                for n in ROWS_OF_SIGNATURES if data[f"name_{n}"]]  # fmt: skip


class RegulationForm(RoomForm):
    widths = {"title": "w8", "number": "w4", "issuer": "w6", "upload": "w12", "is_assumed": "w12"}
    upload = UploadField(label="原文(PDF)", accept=("pdf",), required=False)

    class Meta:
        model = Regulation
        formfield_callback = room_field
        fields = ["title", "number", "issuer", "issued_on", "valid_from", "valid_to", "is_assumed"]


class ClauseForm(RoomForm):
    widths = {"number": "w4", "text": "w12"}

    class Meta:
        model = Clause
        formfield_callback = room_field
        fields = ["number", "text"]


class PlainForm(forms.Form):
    """A form of no one model, in this product's manner."""

    widths: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = "请从列表中选择。"
            if not isinstance(field, forms.FileField):
                field.error_messages["required"] = "请填写。"
            if field.required and not isinstance(field, forms.FileField | forms.BooleanField):
                field.widget.attrs["required"] = True


class PostingForm(PlainForm):
    """Where a notice hangs, since when, and the photo that shows it. The villages are those that have to hang it and lie in reach."""

    widths = {"village": "w6", "place": "w6", "posted_on": "w6", "photo": "w12"}
    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), widget=FastSelect, empty_label=None)
    place = LineField(label="张贴地点", max_length=60, initial="村务公开栏")
    posted_on = WrittenDateField(label="张贴日期")
    photo = UploadField(label="张贴照片", accept=("jpg",), camera=True)

    def __init__(self, *args: Any, villages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages
        if not villages.exists():
            del self.fields["village"]
        self.initial["posted_on"] = today()


class TakeDownForm(PlainForm):
    taken_down_on = WrittenDateField(label="撤下日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["taken_down_on"] = today()


class EndNoticeForm(PlainForm):
    widths = {"reason": "w12"}
    reason = LineField(label="提前结束的原因", max_length=200, help_text="会写进这份公示;它所服务的环节须重新公示。")


def line_choices(lines: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The lines of a notice as its readers know them, the whole notice first."""
    return [("", "整份公示"), *((line["key"], " ".join(cell for cell in line["cells"] if cell)[:60]) for line in lines)]


class ObjectionForm(PlainForm):
    """An objection as it is said at a desk, over the telephone, in a letter."""

    widths = {"line_key": "w6", "channel": "w6", "received_on": "w6", "content": "w12", "person": "w6", "phone": "w6"}
    line_key = forms.ChoiceField(label="针对", required=False, widget=FastSelect)
    channel = forms.ChoiceField(
        label="渠道", choices=[each for each in Objection.Channel.choices if each[0] != Objection.Channel.PAGE], widget=FastSelect
    )
    received_on = WrittenDateField(label="收到日期")
    content = TextField(label="异议内容", max_length=1000, min_length=4, error_messages={"min_length": "请把异议写清楚,至少 4 个字。"})
    person = LineField(label="异议人", max_length=50, required=False, help_text="可以匿名")
    phone = PhoneField(help_text="便于核实和答复,只有办理人看得到")

    def __init__(self, *args: Any, notice: PublicNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line_key"].choices = line_choices(notice.lines)
        self.initial["received_on"] = min(today(), notice.ends_on)


class PageObjectionForm(PlainForm):
    """An objection from the public page: what it is about, what is said, and a name only if they want."""

    line_key = forms.ChoiceField(label="针对哪一户(项)", required=False, widget=FastSelect)
    content = TextField(label="异议内容", max_length=1000, min_length=4, error_messages={"min_length": "请把异议写清楚,至少 4 个字。"})
    person = LineField(label="您的姓名", max_length=50, required=False, help_text="可以不填")
    phone = PhoneField(label="您的电话", help_text="可以不填;填写后便于核实和答复,不会公开")

    def __init__(self, *args: Any, lines: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line_key"].choices = line_choices(lines)


class TakeUpForm(PlainForm):
    widths = {"reason": "w12"}
    reason = TextField(label="受理意见", max_length=500, help_text="受理后,这份公示所服务的环节须等异议办结才能继续。")


class RefuseForm(PlainForm):
    widths = {"reason": "w12"}
    reason = TextField(label="不予受理的理由", max_length=500, help_text="会答复异议人。")


class ResolveForm(PlainForm):
    widths = {"upheld": "w12", "result": "w12"}
    upheld = forms.TypedChoiceField(
        label="结论", choices=[("", ""), ("no", "异议不成立"), ("yes", "异议成立")], coerce=lambda value: value == "yes", widget=FastSelect
    )
    result = TextField(label="核查结果", max_length=500, help_text="写明怎样核实、结果如何。")
