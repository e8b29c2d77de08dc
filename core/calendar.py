"""Days and working days (国务院办公厅 holiday notices, through `chinesecalendar`): how long a period runs and when it ends.

A year nobody has announced holidays for counts Monday to Friday; `is_known` says so, and whoever shows such a day says it too.
"""

from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import chinese_calendar


class DayKind(StrEnum):
    CALENDAR = "calendar"
    WORKING = "working"


LABELS = {DayKind.CALENDAR: "天", DayKind.WORKING: "个工作日"}
CHOICES = [(str(DayKind.CALENDAR), "自然日"), (str(DayKind.WORKING), "工作日")]
ONE = timedelta(days=1)
LONGEST = 3660  # days; no period of this product is longer


@cache
def is_known(year: int) -> bool:
    """Whether the holidays of a year have been announced and are in the package."""
    try:
        chinese_calendar.is_workday(date(year, 7, 1))
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """Whether offices work: legal holidays and moved working days count; in a year not known, Monday to Friday."""
    return chinese_calendar.is_workday(day) if is_known(day.year) else day.weekday() < 5


def add_days(start: date, days: int, kind: str = DayKind.CALENDAR) -> date:
    """The day so many days after `start`, which is not counted itself. Raises ValueError for a negative or absurd number."""
    if not 0 <= days <= LONGEST:
        raise ValueError(f"{days} days is no period")
    if kind == DayKind.CALENDAR:
        return start + timedelta(days=days)
    day = start
    while days:
        day += ONE
        days -= is_working_day(day)
    return day


def last_day(start: date, days: int, kind: str = DayKind.CALENDAR) -> date:
    """The last day of a period that begins on `start`, that day counted. Raises ValueError as `add_days`."""
    return add_days(start - ONE, days, kind)


def working_days(first: date, last: date) -> int:
    """How many working days lie from `first` to `last`, both counted; 0 when they are out of order."""
    return sum(is_working_day(first + timedelta(days=n)) for n in range((last - first).days + 1))


def period_is_known(first: date, last: date) -> bool:
    """Whether the holidays of every year of a period are known."""
    return all(is_known(year) for year in range(first.year, last.year + 1))


def length(days: int, kind: str) -> str:
    """7天, 5个工作日."""
    return f"{days}{LABELS[DayKind(kind)]}"
