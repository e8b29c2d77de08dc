"""Overdue classes and interest subsidy (`domain.md` §7.5). Pure."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

CLASSES = ((90, "逾期90天以上"), (30, "逾期31—90天"), (0, "逾期1—30天"))
DAYS_OF_YEAR = 360


def add_months(day: date, months: int) -> date:
    """The same day so many months on, the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def overdue_days(day: date, unpaid_due_on: date | None) -> int:
    """max(0, day − due day of the earliest instalment not paid)."""
    return max(0, (day - unpaid_due_on).days) if unpaid_due_on else 0


def overdue_class(days: int) -> str:
    """'' for what is not overdue."""
    return next((label for least, label in CLASSES if days > least), "")


def subsidy(
    principal: Decimal, rate: Decimal, lent_on: date, first: date, last: date, repayments: Sequence[tuple[date, Decimal]], overdue_from: date | None
) -> tuple[int, Decimal]:
    """Days and sum of the subsidy of a period, both ends included: Σ principal × rate % × days / 360, in yuan, rounded to the cent.

    A day counts with what was owed at its beginning. The day of lending counts, days from `overdue_from` on do not.
    """
    end = min(last, overdue_from - timedelta(days=1)) if overdue_from else last
    day, days, weighted = max(first, lent_on), 0, Decimal(0)
    turns = sorted(paid for paid, _ in repayments)
    while day <= end:
        owed = principal - sum((amount for paid, amount in repayments if paid < day), Decimal(0))
        if owed <= 0:
            break
        # What is owed stays the same up to the day of the next repayment.
        stop = min([end, *(turn for turn in turns if turn >= day)])
        length = (stop - day).days + 1
        days += length
        weighted += owed * length
        day = stop + timedelta(days=1)
    amount = (weighted * rate / 100 / DAYS_OF_YEAR).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return days, amount
