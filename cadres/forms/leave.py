"""Forms of leave and of the monthly report."""

from typing import Any

from django import forms

from cadres.forms.attendance import SheetForm
from cadres.models import AttendanceLine, Cadre, Leave, Posting
from core.clock import today
from core.forms import REQUIRED, CodeSelect, LineField, RoomForm, TextField, UploadField, WrittenDateField, room_field
from villages.models import Village


class LeaveForm(RoomForm):
    """What a cadre asks for. Who approves it follows from the length and the post."""

    widths = {"reason": "w6", "destination": "w6", "paper": "w6"}
    paper = UploadField(label="证明材料(病假条、会议通知)", required=False)

    class Meta:
        model = Leave
        formfield_callback = room_field
        fields = ["kind", "starts_on", "ends_on", "reason", "destination", "for_village", "substitute"]

    def __init__(self, *args: Any, cadre: Cadre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].label = "截止日期"
        mates = Posting.objects.active_on(today()).filter(village__in=Posting.objects.active_on(today()).filter(cadre=cadre).values("village_id"))
        self.fields["substitute"].queryset = Cadre.objects.filter(pk__in=mates.values("cadre_id")).exclude(pk=cadre.pk)
        self.fields["for_village"].help_text = "为本村办事的因公外出计入驻村天数"

    def _post_clean(self) -> None:
        """The service fills what the form has not; it checks the whole record."""


class ReturnForm(forms.Form):
    returned_on = WrittenDateField(label="返岗日期", error_messages=REQUIRED, help_text="回到村里上班的第一天")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["returned_on"] = today()


class WorkForm(RoomForm):
    widths = {"main_work": "w12"}
    main_work = TextField(label="本月主要工作", max_length=200, help_text="200 字以内")

    class Meta:
        model = AttendanceLine
        fields = ["main_work"]


class MonthOpenForm(forms.Form):
    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), widget=CodeSelect, empty_label="")
    month = LineField(label="月份", max_length=20, help_text="如 2017-09")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        posted = Posting.objects.visible_to(user).filter(village__in=Village.objects.visible_to(user, "cadre_view"))
        villages = Village.objects.filter(pk__in=posted.values("village_id")).order_by("code")
        self.fields["village"].queryset = villages
        self.initial |= {"month": f"{today():%Y-%m}", "village": villages.first()}
        for field in self.fields.values():
            field.error_messages |= REQUIRED | {"invalid_choice": "请从列表中选择。"}

    clean_month = SheetForm.clean_month
