"""Forms of attendance: the check-in from the phone, the paper sheet, corrections, spot checks, turns of 坐班."""

import re
from datetime import UTC, date, datetime
from typing import Any

from django import forms

from cadres.models import Cadre, Correction, DayCode, Posting, SpotCheck
from cadres.services import Place
from core import content
from core.checks.problems import CheckError
from core.clock import today
from core.dates import parse_date
from core.forms import CodeSelect, LineField, RoomForm, TextField, UploadField, room_field


class MillisecondsField(forms.CharField):
    """A moment as the phone's clock says it: milliseconds since 1970."""

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        text = str(value)
        if not (text.isascii() and text.isdigit()) or len(text) > 14:
            raise forms.ValidationError("时间不合要求。")
        return datetime.fromtimestamp(int(text) / 1000, tz=UTC)


class CheckInForm(forms.Form):
    """What the phone sends; without a script only the key and the note."""

    key = forms.UUIDField(error_messages={"required": "请重新打开签到页。", "invalid": "请重新打开签到页。"})
    taken = MillisecondsField(required=False)
    sent = MillisecondsField(required=False)
    position = forms.ChoiceField(choices=[("", ""), ("given", ""), ("refused", ""), ("unavailable", "")], required=False)
    longitude = forms.DecimalField(required=False, min_value=-180, max_value=180, max_digits=12, decimal_places=9)
    latitude = forms.DecimalField(required=False, min_value=-90, max_value=90, max_digits=12, decimal_places=9)
    accuracy = forms.IntegerField(required=False, min_value=0, max_value=10_000_000)
    device = forms.RegexField(r"^[0-9a-f]{16}$", required=False)
    note = LineField(label="今天做什么", max_length=200, required=False)
    photo = UploadField(label="照片", accept=(content.PHOTO,), camera=True, required=False)

    @property
    def place(self) -> Place:
        found = self.cleaned_data
        state = found["position"] or "unavailable"
        if found["longitude"] is None or found["latitude"] is None:
            return Place("unavailable" if state == "given" else state)
        return Place(state, found["longitude"], found["latitude"], found["accuracy"])


class MonthPick(forms.Form):
    """A month in the address, as 2017-09."""

    month = forms.CharField(required=False, max_length=20)

    def clean_month(self) -> date | None:
        text = self.cleaned_data["month"].strip()
        try:
            return parse_date(text).replace(day=1) if text else None
        except CheckError as error:
            raise forms.ValidationError(str(error)) from error


class CorrectionForm(RoomForm):
    """A reverse entry. The day comes with the address and may be changed."""

    widths = {"reason": "w6", "paper": "w6"}
    paper = UploadField(label="佐证材料", required=False)

    class Meta:
        model = Correction
        formfield_callback = room_field
        fields = ["day_on", "code", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", ""), *(choice for choice in DayCode.choices if choice[0] != DayCode.OPEN)]


class SheetForm(forms.Form):
    """Days signed on paper: as written on the sheet, with commas or spaces, and spans like 4-8."""

    widths = {"month": "w2", "days": "w6", "note": "w4"}
    month = LineField(label="月份", max_length=20, help_text="如 2017-09")
    days = TextField(label="签到的日子", max_length=400, help_text="如 1,4-8,11,12,用逗号或空格分开", widget=forms.TextInput)
    note = LineField(label="说明", max_length=200, required=False, help_text="如 无信号,纸质签到册第3页")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["month"] = f"{today():%Y-%m}"
        for field in self.fields.values():
            field.error_messages["required"] = "请填写。"

    def clean_month(self) -> date:
        try:
            return parse_date(self.cleaned_data["month"]).replace(day=1)
        except CheckError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "month" in found and "days" in found:
            try:
                found["days"] = read_days(found["days"], found["month"])
            except CheckError as error:
                self.add_error("days", str(error))
        return found


def read_days(text: str, month: date) -> list[date]:
    """Days of a month as written on a sheet: 1,4-8 11. Raises CheckError, naming what is no day of the month."""
    numbers: list[int] = []
    for part in re.split(r"[\s,,、;;]+", text.strip()):
        found = re.fullmatch(r"(\d{1,2})(?:[-–—~~至](\d{1,2}))?日?", part)
        if not found:
            raise CheckError(f"“{part[:20]}”不是日子,请写成 1,4-8 这样。")
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last:
            raise CheckError(f"“{part}”前后颠倒。")
        numbers += range(first, last + 1)
    try:
        return [month.replace(day=number) for number in sorted(set(numbers))]
    except ValueError as error:
        raise CheckError(f"{month.year}年{month.month}月没有其中的某一天,请核对。") from error


class SpotCheckForm(RoomForm):
    widths = {"note": "w6"}

    class Meta:
        model = SpotCheck
        formfield_callback = room_field
        fields = ["day_on", "means", "result", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["day_on"] = today()


class RosterForm(forms.Form):
    """One cadre's turns of 坐班 in a month."""

    widths = {"days": "w6"}
    cadre = forms.ModelChoiceField(label="派驻干部", queryset=Cadre.objects.none(), widget=CodeSelect, empty_label="")
    month = LineField(label="月份", max_length=20, help_text="如 2017-10")
    days = TextField(label="坐班的日子", max_length=400, help_text="如 1,4-8;不坐班留空", widget=forms.TextInput, required=False)

    def __init__(self, *args: Any, village: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        running = Posting.objects.active_on(today()).filter(village=village)
        self.fields["cadre"].queryset = Cadre.objects.filter(pk__in=running.values("cadre_id"))
        self.initial["month"] = f"{today():%Y-%m}"
        for field in self.fields.values():
            field.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。"}

    clean_month = SheetForm.clean_month

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "month" in found:
            try:
                found["days"] = read_days(found["days"], found["month"]) if found.get("days") else []
            except CheckError as error:
                self.add_error("days", str(error))
        return found
