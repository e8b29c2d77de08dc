"""What handing out a handbook asks for."""

from typing import Any

from django import forms

from core.checks.names import clean_name
from core.clock import today
from core.forms import CheckedField, CodeSelect, LineField, UploadField, WrittenDateField
from households.forms.proceedings import PlainForm
from households.models import HandbookIssue


class IssueForm(PlainForm):
    """A handbook that goes into a household's hands."""

    kind = forms.ChoiceField(label="手册", choices=[("", ""), *HandbookIssue.Kind.choices], widget=CodeSelect)
    number = LineField(label="手册编号", max_length=30, help_text="手册封面上的编号,同一种手册不重号。")
    issued_on = WrittenDateField(label="发放日期")
    received_by = CheckedField(label="领取人", parser=clean_name, max_length=50, help_text="户主本人,或代领的家庭成员。")
    signature = UploadField(label="领取签字(照片或扫描件)", required=False)
    widths = {"kind": "w6", "signature": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("issued_on", today())


class EndHandbookForm(PlainForm):
    end_reason = forms.ChoiceField(label="作废原因", choices=[("", ""), *HandbookIssue.End.choices], widget=CodeSelect)
    ended_on = WrittenDateField(label="作废日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("ended_on", today())


class ReplaceForm(EndHandbookForm):
    """The old one ends and the new one is handed out in the same step."""

    number = LineField(label="新手册编号", max_length=30)
    received_by = CheckedField(label="领取人", parser=clean_name, max_length=50)
    signature = UploadField(label="领取签字(照片或扫描件)", required=False)
    field_order = ["end_reason", "ended_on", "number", "received_by", "signature"]
    widths = {"signature": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["end_reason"].choices = [("", ""), *(each for each in HandbookIssue.End.choices if each[0] != HandbookIssue.End.RETURNED)]  # type: ignore[attr-defined]
        self.fields["ended_on"].label = "补发日期"
