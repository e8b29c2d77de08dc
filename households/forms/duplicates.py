"""What somebody decides about two people who may be one."""

from typing import Any

from django import forms

from core.forms import LineField
from households.forms.proceedings import PlainForm
from households.models import DuplicatePair


class DuplicateForm(PlainForm):
    verdict = forms.ChoiceField(label="认定", widget=forms.RadioSelect)
    whole = forms.BooleanField(label="整户重复:被合并的人户内其他成员一并转入保留的户", required=False)
    reason = LineField(label="理由", max_length=300, help_text="核对了什么、依据什么。认定后不再提示这一对。")
    widths = {"verdict": "w12", "whole": "w12", "reason": "w12"}

    def __init__(self, *args: Any, pair: DuplicatePair, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = [  # type: ignore[attr-defined]
            ("different", "不是同一人"),
            ("first", f"同一人,保留甲({pair.first.name},户编号 {pair.first.household}),合并乙"),
            ("second", f"同一人,保留乙({pair.second.name},户编号 {pair.second.household}),合并甲"),
        ]
