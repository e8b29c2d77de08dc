"""Allowances, insurance, the expense book, honours."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import User
from cadres.models import Allowance, AllowanceKind, AttendanceMonth, Cadre, Honour, TeamExpense
from cadres.services.errors import CadresError
from cadres.services.people import write
from core.clock import today
from core.scope import because


@transaction.atomic
def make_allowances(*, month: AttendanceMonth) -> int:
    """What is due for a filed month: one row a cadre and kind in force; who pays fills date and amount. Insurance comes once a year."""
    kinds = AllowanceKind.objects.filter(Q(valid_to=None) | Q(valid_to__gte=month.month_on), valid_from__lte=month.month_on, is_insurance=False)
    rows = [
        Allowance(cadre_id=line.cadre_id, village_id=month.village_id, unit_id=line.cadre.home_unit_id, kind=kind, month_on=month.month_on, days=line.actual if kind.by_attendance else None)
        for line in month.lines.select_related("cadre") for kind in kinds if line.actual or not kind.by_attendance
    ]  # fmt: skip
    return len(Allowance.objects.bulk_create(rows, ignore_conflicts=True))


@transaction.atomic
def report_payment(*, allowance: Allowance, paid_on: date, amount: Decimal, by: User) -> Allowance:
    """The date and amount a home unit has paid. Nobody reports their own; what was reported stays."""
    allowance = Allowance.objects.select_for_update(of=("self",)).select_related("cadre").get(pk=allowance.pk)
    if allowance.paid_on:
        raise CadresError("已登记发放,不能再改。")
    if allowance.cadre.user_id == by.pk:
        raise CadresError("本人的补助由他人登记。")
    if not allowance.month_on <= paid_on <= today():
        raise CadresError("发放日期应在所属月份之后、今天之前。")
    return write(allowance, {"paid_on": paid_on, "amount": amount, "reported_by": by}, f"登记补助发放 {allowance}")


@transaction.atomic
def report_payments(*, lines: list[Allowance], amounts: dict[int, Decimal], paid_on: date, by: User) -> int:
    """What a unit paid for a month, all lines or none. Returns how many."""
    for line in lines:
        if line.pk in amounts:
            report_payment(allowance=line, paid_on=paid_on, amount=amounts[line.pk], by=by)
    return len(amounts)


def insured_until(*, cadre: Cadre) -> date | None:
    """The last day of the cadre's accident insurance; None when there is none."""
    return cadre.allowances.aggregate(last=Max("insured_until_on"))["last"]


def months_around(month: date) -> tuple[date, date]:
    """The months before and after."""
    return (month - timedelta(days=1)).replace(day=1), (month + timedelta(days=32)).replace(day=1)


@transaction.atomic
def insure(*, cadre: Cadre, kind: AllowanceKind, from_on: date, until_on: date, policy_number: str, amount: Decimal, by: User) -> Allowance:
    """The accident insurance of a cadre: the policy and its last day."""
    if until_on <= from_on:
        raise CadresError("保险到期应晚于起保日期。")
    if cadre.user_id == by.pk:
        raise CadresError("本人的保险由他人登记。")
    posting = cadre.postings.order_by("-started_on").first()
    if posting is None:
        raise CadresError("还没有派驻的干部不登记补助。")
    fields = {"paid_on": from_on, "amount": amount, "policy_number": policy_number, "insured_until_on": until_on, "reported_by": by}
    return write(
        Allowance(cadre=cadre, village=posting.village, unit_id=cadre.home_unit_id, kind=kind, month_on=from_on.replace(day=1)),
        fields,
        f"登记意外险 {cadre.name}",
    )


@transaction.atomic
def spend(*, by: User, **fields: Any) -> TeamExpense:
    if fields["spent_on"] > today():
        raise CadresError("支出日期不能晚于今天。")
    return write(TeamExpense(recorded_by=by), fields, f"登记工作队经费 {fields['text']}")


@transaction.atomic
def reverse_expense(*, expense: TeamExpense, reason: str, by: User) -> TeamExpense:
    """冲销: the same amount taken back by a row of its own."""
    expense = TeamExpense.objects.get(pk=expense.pk)  # insert-only: two at once meet at the one-to-one key
    if expense.reverses_id:
        raise CadresError("冲销记录不能再冲销。")
    if TeamExpense.objects.filter(reverses=expense).exists():
        raise CadresError("这笔支出已经冲销。")
    because(f"冲销经费支出:{reason}")
    reversal = TeamExpense(village_id=expense.village_id, source=expense.source, provider_id=expense.provider_id, use=expense.use, spent_on=today(),
                           amount=-expense.amount, text=f"冲销 {expense.spent_on:%Y-%m-%d} {expense.text}:{reason}"[:200], reverses=expense,
                           recorded_by=by)  # fmt: skip
    reversal.full_clean()
    reversal.save()
    return reversal


@transaction.atomic
def add_honour(*, cadre: Cadre, by: User, **fields: Any) -> Honour:
    posting = cadre.postings.order_by("-started_on").first()
    if posting is None:
        raise CadresError("还没有派驻的干部不登记。")
    if cadre.user_id == by.pk:
        raise CadresError("本人的表彰由他人登记。")
    if fields["awarded_on"] > today():
        raise CadresError("日期不能晚于今天。")
    return write(Honour(cadre=cadre, village=posting.village, recorded_by=by), fields, f"登记表彰和使用 {cadre.name}")
