"""What the workflow pages take in."""

from typing import Any

from django import forms

from core.clock import today
from core.forms import CodeSelect, LineField, WholeField, WrittenDateField
from core.listing import PICKED
from workflow import alerts_registry, services
from workflow.changes_registry import Changeable
from workflow.models import Alert, AlertRule


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
        self.initial |= {
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
