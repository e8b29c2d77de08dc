"""What the chart pages take in."""

from datetime import date
from typing import Any

from django import forms

from core.forms import RoomForm, UploadField, WrittenDateField, room_field
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
