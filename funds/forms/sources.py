"""Forms of indicators and allocations."""

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Organization
from core.clock import today
from core.forms import AmountField, LineField, RoomForm, WrittenDateField, room_field
from funds.models import FundAllocation, FundIndicator, IndicatorReturn, Project


def not_later(form: Any, *names: str) -> None:
    """A day that is over cannot lie ahead."""
    for name in names:
        if form.cleaned_data.get(name) and form.cleaned_data[name] > today():
            form.add_error(name, "日期不能晚于今天。")


class IndicatorForm(RoomForm):
    widths = {"title": "w6", "note": "w6"}

    class Meta:
        model = FundIndicator
        formfield_callback = room_field
        fields = ["document", "title", "source", "category", "year", "amount", "issued_on", "received_on", "provider", "counting", "part_of", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Organization.objects.filter(Q(valid_to=None) | Q(pk=self.instance.provider_id))
        self.fields["part_of"].queryset = FundIndicator.objects.filter(part_of=None).exclude(pk=self.instance.pk)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, "issued_on", "received_on")
        return data


class AllocationForm(RoomForm):
    class Meta:
        model = FundAllocation
        formfield_callback = room_field
        fields = ["project", "organization", "amount", "document", "allocated_on", "purpose"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(self.user, "fund_edit").exclude(approved_on=None).exclude(state="dropped")
        self.fields["organization"].queryset = Organization.objects.filter(valid_to=None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, "allocated_on")
        return data


class CutForm(forms.Form):
    amount = AmountField(label="调减金额(元)", max_digits=14, decimal_places=2, localize=False)
    document = LineField(label="依据文号", max_length=60)
    allocated_on = WrittenDateField(label="调减日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, "allocated_on")
        return data


class ReturnMoneyForm(RoomForm):
    class Meta:
        model = IndicatorReturn
        formfield_callback = room_field
        fields = ["kind", "amount", "document", "happened_on"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, "happened_on")
        return data
