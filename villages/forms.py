"""Forms of villages, their years and groups, and grants."""

import json
from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from accounts.permissions import Role
from core.clock import today
from core.forms import CodeSelect, LineField, RoomForm, TextField, WrittenDateField, room_field
from villages import rules, services
from villages.models import Division, Grant, Village, VillageGroup, VillageYear

OUTLINE_BYTES = 500_000


class VillageForm(RoomForm):
    outline = TextField(
        label="村界(GeoJSON)", required=False, max_length=OUTLINE_BYTES,
        help_text="粘贴一个面(Polygon 或 MultiPolygon),经纬度坐标。留空表示没有村界。", widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    widths = {"outline": "w12"}

    class Meta:
        model = Village
        formfield_callback = room_field
        fields = ["name", "kind", "is_poor_village", "poor_since", "exited_in", "longitude", "latitude"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["outline"] = json.dumps(self.instance.outline) if self.instance.outline else ""

    def clean_outline(self) -> dict | None:
        text = self.cleaned_data["outline"].strip()
        if not text:
            return None
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("不是规范的 JSON 文本,请整段粘贴。") from error
        found, problem = rules.geometry(document)
        if found is None:
            raise forms.ValidationError(problem)
        return found


class VillageYearForm(RoomForm):
    widths = {"leading_industry": "w6"}

    class Meta:
        model = VillageYear
        formfield_callback = room_field
        fields = [field.name for field in VillageYear._meta.fields if field.name not in {"id", "village"}]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"village"}


class GroupForm(RoomForm):
    class Meta:
        model = VillageGroup
        formfield_callback = room_field
        fields = ["name", "number"]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"village"}


class GrantForm(forms.Form):
    """A role in an area until a day."""

    role = forms.ChoiceField(label="角色", choices=[("", ""), *Role.choices], widget=CodeSelect)
    area = LineField(label="范围(区划代码)", max_length=12, help_text="省市县乡村的12位区划代码,如 632801100000;也可只填前6、9位。")
    since = WrittenDateField(label="起始日期")
    until = WrittenDateField(label="截止日期", required=False, help_text="到这一天为止(含当天);不填为长期。")
    reason = LineField(label="依据", max_length=200)
    widths = {"reason": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.initial.setdefault("since", today())
        for bound in self.fields.values():
            bound.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。"}

    def clean_area(self) -> Division:
        code = self.cleaned_data["area"]
        found = Division.objects.filter(code=code.ljust(12, "0")).first() if code.isascii() and code.isdigit() else None
        if found is None:
            raise forms.ValidationError("没有这个区划代码,请到区划表中核对。")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "截止日期不能早于起始日期。")
        return data


class GrantEndForm(forms.Form):
    until = WrittenDateField(label="最后一天")
    reason = LineField(label="结束原因", max_length=200)
    widths = {"reason": "w6"}

    def __init__(self, *args: Any, since: date, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.since = since
        self.initial.setdefault("until", today())
        for bound in self.fields.values():
            bound.error_messages |= {"required": "请填写。"}

    def clean_until(self) -> date:
        if self.cleaned_data["until"] < self.since:
            raise forms.ValidationError(f"不能早于起始日期 {self.since:%Y-%m-%d}。")
        return self.cleaned_data["until"]


class DeputyForm(forms.Form):
    """One of my own duties, given to a colleague for a time."""

    duty = forms.ModelChoiceField(label="职责", queryset=Grant.objects.none(), widget=CodeSelect, empty_label=None)
    deputy = forms.ModelChoiceField(label="代办人", queryset=User.objects.none(), widget=CodeSelect, empty_label="")
    since = WrittenDateField(label="起始日期")
    until = WrittenDateField(label="截止日期", help_text="到这一天为止(含当天)")
    reason = LineField(label="原因", max_length=150)
    widths = {"duty": "w4", "deputy": "w4", "reason": "w6"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.initial.setdefault("since", today())
        duty, deputy = self.fields["duty"], self.fields["deputy"]
        duty.queryset = services.own_duties(user)
        duty.label_from_instance = lambda grant: f"{grant.get_role_display()},{grant.division.name}"
        deputy.queryset = services.possible_deputies(user)
        deputy.label_from_instance = lambda other: f"{other.name}({other.organization or other.username})"
        for bound in self.fields.values():
            bound.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。"}


class DeputyEndForm(forms.Form):
    """Nothing to fill in: only the answer."""
