"""Forms of the leading bodies and of 挂职锻炼."""

from typing import Any

from django import forms

from accounts.models import Organization
from cadres.models import BodyMeeting, BodyMember, Secondment
from core.checks.names import clean_name
from core.clock import today
from core.forms import REQUIRED, CheckedField, RoomForm, WrittenDateField, room_field


class MemberForm(RoomForm):
    name = CheckedField(label="姓名", parser=clean_name, max_length=50)

    class Meta:
        model = BodyMember
        formfield_callback = room_field
        fields = ["name", "post", "place", "since_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("since_on", today())


class MemberEndForm(forms.Form):
    until_on = WrittenDateField(label="截止日期", error_messages=REQUIRED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["until_on"] = today()


class MeetingForm(RoomForm):
    widths = {"subject": "w8", "decisions": "w12"}

    class Meta:
        model = BodyMeeting
        formfield_callback = room_field
        fields = ["met_on", "subject", "decisions"]


class SecondmentForm(RoomForm):
    widths = {"appraisal": "w12"}
    name = CheckedField(label="姓名", parser=clean_name, max_length=50)

    class Meta:
        model = Secondment
        formfield_callback = room_field
        fields = ["name", "home_unit", "post", "host", "host_post", "started_on", "months", "ended_on", "document", "appraisal"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("home_unit", "host"):
            self.fields[name].queryset = Organization.objects.filter(valid_to=None)
