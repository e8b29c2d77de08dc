"""What drawing a sample and recording a call ask for."""

from typing import Any

from django import forms
from django.conf import settings

from core.clock import today
from core.forms import CodeSelect, LineField, TextField, WholeField, WrittenDateField
from households.forms.proceedings import PlainForm
from households.models.sampling import SampleCall
from households.rules.sampling import CHECKLISTS, ERRORS, Frame
from villages.models import Division, Village

PERMISSION = "quality_sample"
SAID = [("", ""), ("yes", "是"), ("no", "否"), ("unknown", "说不清")]


class DrawForm(PlainForm):
    frame = forms.ChoiceField(label="抽取对象", choices=[("", ""), *Frame.choices], widget=CodeSelect)
    township = forms.ModelChoiceField(label="乡镇", queryset=Division.objects.none(), required=False, widget=CodeSelect, empty_label="",
                                      help_text="乡镇和村都不选为全市。")  # fmt: skip
    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), required=False, widget=CodeSelect, empty_label="")
    confidence = forms.TypedChoiceField(label="置信度", choices=[(90, "90%"), (95, "95%"), (99, "99%")], coerce=int, initial=95, widget=CodeSelect)
    margin = WholeField(label="允许误差(%)", min_value=1, max_value=50, initial=10)
    seed = LineField(
        label="随机种子",
        max_length=40,
        required=False,
        help_text="不填由系统产生;也可用当众确定的数,如当天开奖号码。抽取后公开,谁都可以按它重抽核对。",
    )
    widths = {"seed": "w6"}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = Village.objects.visible_to(user, PERMISSION)
        self.fields["village"].queryset = villages.order_by("code")  # type: ignore[attr-defined]
        towns = Division.objects.filter(pk__in=villages.order_by().values("township_id")).order_by("code")
        self.fields["township"].queryset = towns  # type: ignore[attr-defined]
        self.fields["margin"].error_messages |= {"min_value": "允许误差在 1 到 50 之间。", "max_value": "允许误差在 1 到 50 之间。"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["area"] = "" if data.get("village") or data.get("township") else settings.CITY_CODE
        return data


class CallForm(PlainForm):
    """The phone checklist of the sample's kind, and the judgement."""

    reached = forms.ChoiceField(label="回访", choices=[("", ""), *SampleCall.Reached.choices[1:]], widget=CodeSelect)
    called_on = WrittenDateField(label="回访日期")

    def __init__(self, *args: Any, call: SampleCall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frame = Frame(call.sample.frame)
        for code, words in CHECKLISTS[self.frame]:
            self.fields[f"said_{code}"] = forms.ChoiceField(
                label=words, choices=SAID, required=False, widget=CodeSelect, initial=call.answers.get(code, "")
            )
        wrong = [("", ""), ("no", "无误"), ("yes", ERRORS[self.frame])]
        self.fields["wrong"] = forms.ChoiceField(label="认定", choices=wrong, required=False, widget=CodeSelect,
                                                 initial={True: "yes", False: "no", None: ""}[call.is_wrong])  # fmt: skip
        self.fields["note"] = TextField(label="回访记录", max_length=1000, required=False, initial=call.note, help_text="认定有误的写明依据。")
        self.widths = {f"said_{code}": "w6" for code, _ in CHECKLISTS[self.frame]} | {"note": "w12"}
        if call.called_on:
            self.initial |= {"reached": call.reached, "called_on": call.called_on}
        self.initial.setdefault("called_on", today())
        for bound in self.fields.values():
            bound.error_messages.setdefault("invalid_choice", "请从列表中选择。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        answers = {code: data.pop(f"said_{code}", "") for code, _ in CHECKLISTS[self.frame]}
        return data | {"answers": answers, "is_wrong": {"yes": True, "no": False}.get(data.pop("wrong", ""))}
