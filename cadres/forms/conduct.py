"""Forms of a sign: proposed by the township, answered by the cadre."""

from typing import Any

from django import forms

from cadres.models import Sign
from core.forms import REQUIRED, CodeSelect, TextField


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
