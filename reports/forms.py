"""What the chart pages take in."""

from datetime import date
from typing import Any

from django import forms

from core.forms import CodeSelect, LineField, RoomForm, UploadField, WrittenDateField, room_field
from households.models import HandbookIssue
from reports.models import FullNamePermission


class PostingForm(forms.Form):
    posted_on = WrittenDateField(label="张贴日期")
    photo = UploadField(label="张贴照片", required=False, accept=("jpg",))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_posted_on(self) -> date:
        if self.cleaned_data["posted_on"] > self.today:
            raise forms.ValidationError("张贴日期不能晚于今天。")
        return self.cleaned_data["posted_on"]


class FullNameForm(RoomForm):
    """The decision to show householders' full names on a village's wall."""

    class Meta:
        model = FullNamePermission
        formfield_callback = room_field
        fields = ["legal_ground", "approved_by", "approved_on", "valid_to"]


class HandbookForm(forms.Form):
    """Which book, and whether its numbers are in full: that asks what for."""

    kind = forms.ChoiceField(label="手册", choices=HandbookIssue.Kind.choices, widget=CodeSelect)
    full = forms.BooleanField(label="打印完整号码(证件、电话、银行账号)", required=False, help_text="不选则打码。完整打印会记入查阅记录。")
    purpose = LineField(label="用途", max_length=200, required=False, help_text="打印完整号码的须写明,如:发放给户主。")
    widths = {"kind": "w6", "full": "w6", "purpose": "w12"}

    def __init__(self, *args: Any, may_reveal: bool, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["kind"].error_messages |= {"required": "请选择。", "invalid_choice": "请从列表中选择。"}
        if not may_reveal:
            del self.fields["full"], self.fields["purpose"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("full") and len(data.get("purpose") or "") < 2 and "purpose" not in self.errors:
            self.add_error("purpose", "请写明用途,会记入查阅记录。")
        return {"full": False, "purpose": "", **data}
