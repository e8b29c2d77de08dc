"""Forms of signs, opinions and handing over."""

from typing import Any

from django import forms

from cadres.models import Cadre, Opinion, Posting, Sign
from core.clock import today
from core.forms import REQUIRED, CodeSelect, LineField, RoomForm, TextField, UploadField, WrittenDateField, room_field


class SignForm(forms.Form):
    widths = {"grounds": "w12"}
    kind = forms.ChoiceField(
        label="情形", choices=[("", ""), *Sign.Kind.choices], widget=CodeSelect, error_messages=REQUIRED | {"invalid_choice": "请从列表中选择。"}
    )
    grounds = TextField(label="事实依据", max_length=500, error_messages=REQUIRED, help_text="写明日期、次数和核实情况")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class StatementForm(forms.Form):
    widths = {"statement": "w12"}
    statement = TextField(label="本人申辩", max_length=2000, error_messages=REQUIRED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class OpinionForm(RoomForm):
    """From the township's regular gathering, or heard on a visit."""

    widths = {"content": "w12"}

    class Meta:
        model = Opinion
        formfield_callback = room_field
        fields = ["village", "cadre", "channel", "received_on", "contact", "content"]

    def __init__(self, *args: Any, villages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages
        self.fields["cadre"].queryset = Cadre.objects.filter(postings__village__in=villages).distinct().order_by("code")
        self.fields["cadre"].help_text = "不针对某一个人的不选"
        self.fields["channel"].choices = [("", ""), *(choice for choice in Opinion.Channel.choices if choice[0] != Opinion.Channel.BOX)]
        self.fields["contact"] = LineField(label="联系方式", max_length=60, required=False, help_text="不愿留的不填")
        self.initial |= {"received_on": today(), "village": villages.first()}


class BoxForm(forms.Form):
    """What a villager puts in the box; anonymous if they wish."""

    widths = {"content": "w12", "contact": "w12"}
    content = TextField(label="您的意见和建议", max_length=1000, error_messages=REQUIRED, widget=forms.Textarea(attrs={"rows": 5}))
    contact = LineField(label="联系方式", max_length=60, required=False, help_text="可以不留;留了只给办理的人看")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class AnswerForm(forms.Form):
    widths = {"answer": "w12"}
    answer = TextField(label="办理情况和答复", max_length=2000, error_messages=REQUIRED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class HandoverForm(forms.Form):
    """Who takes over: a cadre in post in the village, or nobody yet."""

    successor = forms.ModelChoiceField(label="接任人", queryset=Cadre.objects.none(), widget=CodeSelect, empty_label="", required=False,
                                       help_text="还没有接任人的不选,到任后重新生成", error_messages={"invalid_choice": "请从列表中选择。"})  # fmt: skip

    def __init__(self, *args: Any, posting: Posting, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        here = Posting.objects.active_on(today()).filter(village_id=posting.village_id).exclude(cadre_id=posting.cadre_id)
        self.fields["successor"].queryset = Cadre.objects.filter(pk__in=here.values("cadre_id")).order_by("code")


class SignedScanForm(forms.Form):
    signed_on = WrittenDateField(label="交接日期", error_messages=REQUIRED)
    scan = UploadField(label="签字扫描件或照片")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["signed_on"] = today()
