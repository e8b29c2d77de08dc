"""Forms of care: what a unit paid, insurance, the expense book, honours."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Organization
from cadres.models import Allowance, AllowanceKind, Honour, TeamExpense
from core.clock import today
from core.forms import REQUIRED, AmountField, CodeSelect, LineField, RoomForm, TextField, WrittenDateField, room_field

MOST = Decimal("1000000")
AMOUNT = {"min_value": Decimal("0.01"), "max_value": MOST, "max_digits": 14, "decimal_places": 2}


class PaymentForm(forms.Form):
    """One day of payment and an amount a line; a line left empty was not paid."""

    paid_on = WrittenDateField(label="发放日期", error_messages=REQUIRED)

    def __init__(self, *args: Any, lines: list[Allowance], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["paid_on"] = today()
        self.widths, self.lines = {"paid_on": "w12"}, lines
        for line in lines:
            days = "" if line.days is None else f",驻村 {line.days} 天"
            self.fields[f"amount_{line.pk}"] = AmountField(
                label=f"{line.cadre.name} {line.kind.name}(元)", required=False, help_text=f"{line.month_on:%Y-%m}{days}", **AMOUNT
            )
            self.widths[f"amount_{line.pk}"] = "w4"

    @property
    def amounts(self) -> dict[int, Decimal]:
        found = {line.pk: self.cleaned_data[f"amount_{line.pk}"] for line in self.lines}
        return {pk: amount for pk, amount in found.items() if amount}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and not self.amounts:
            raise forms.ValidationError("请至少填写一人的金额。")
        return found


class InsuranceForm(forms.Form):
    kind = forms.ModelChoiceField(label="险种", queryset=AllowanceKind.objects.none(), widget=CodeSelect, empty_label="",
                                  error_messages=REQUIRED | {"invalid_choice": "请从列表中选择。"})  # fmt: skip
    policy_number = LineField(label="保单号", max_length=40, error_messages=REQUIRED)
    from_on = WrittenDateField(label="起保日期", error_messages=REQUIRED)
    until_on = WrittenDateField(label="到期日期", error_messages=REQUIRED)
    amount = AmountField(label="保费(元)", error_messages=REQUIRED, **AMOUNT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["kind"].queryset = kinds = AllowanceKind.objects.filter(is_insurance=True, valid_to=None)
        self.initial |= {"kind": kinds.first(), "from_on": today(), "until_on": _year_on(today())}


def _year_on(day: date) -> date:
    """The last day of a year's cover that begins on a day; from 29 February it ends on 28 February."""
    return date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


class HonourForm(RoomForm):
    widths = {"title": "w6"}

    class Meta:
        model = Honour
        formfield_callback = room_field
        fields = ["kind", "level", "awarded_on", "title", "document"]


class ExpenseForm(RoomForm):
    widths = {"text": "w12"}

    class Meta:
        model = TeamExpense
        formfield_callback = room_field
        fields = ["village", "source", "provider", "use", "spent_on", "amount", "text"]

    def __init__(self, *args: Any, villages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages
        self.fields["provider"].queryset = Organization.objects.filter(valid_to=None)
        self.initial |= {"spent_on": today(), "village": villages.first()}


class ReasonForm(forms.Form):
    widths = {"reason": "w12"}
    reason = TextField(label="原因", max_length=150, error_messages=REQUIRED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
