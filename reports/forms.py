"""What the chart pages take in."""

from datetime import date
from typing import Any

from django import forms

from core.forms import RoomForm, WrittenDateField, room_field
from reports.models import FullNamePermission


class PostingForm(forms.Form):
    posted_on = WrittenDateField(label="张贴日期")
    photo = forms.FileField(label="张贴照片", required=False, help_text="JPG、PNG 或手机照片,不超过 10 MB;照片中的位置信息会被去除。")

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
