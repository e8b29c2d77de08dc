"""Days: what the sheet shows, how many are required, when and where a check-in was made (`domain.md` §6.2)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Literal

import chinese_calendar

DayKind = Literal["W", "T", "H"]
SIGNS = {"V": "√", "B": "公", "R": "报", "P": "事", "S": "病", "Y": "年", "T": "轮", "A": "旷", "H": "节", "N": "·"}
BUSINESS_COUNTS_HELP = "为本村办事并已报备的因公外出"
EARTH_M = 6_371_008.8


def required_days(*, monthly: int, month_workdays: int, posted_workdays: int, excused_workdays: int) -> int:
    """Days a cadre must be in the village in a month: the monthly number by the share of the month posted, less days excused.

    Half a day and more counts as one. Never below zero, never above the working days that are left: a month with few working
    days cannot ask for more than it has. `excused_workdays` are approved leave, business and reported trips on working days.
    """
    if month_workdays <= 0 or posted_workdays <= 0:
        return 0
    full = min(monthly, month_workdays)
    share = (2 * full * posted_workdays + month_workdays) // (2 * month_workdays)
    return max(0, min(share, posted_workdays) - excused_workdays)


def paid_days(*, working_since: date | None, year: int) -> int:
    """Paid leave of a year in working days by full years of work at its end: from 1 year 5, from 10 10, from 20 15.

    Source: 职工带薪年休假条例 (国务院令第514号) art. 3. Nobody's years are guessed: without a day there is no entitlement.
    """
    if working_since is None:
        return 0
    years = year - working_since.year
    return 15 if years >= 20 else 10 if years >= 10 else 5 if years >= 1 else 0


@dataclass(frozen=True)
class Moment:
    """When a check-in was made by the server's clock, how far the phone's clock is off, and whether it came late."""

    at: datetime
    skew: timedelta
    is_late: bool


def moment_of(*, received: datetime, sent: datetime, taken: datetime, late_after: timedelta, wait: timedelta) -> Moment | None:
    """When something was recorded on a phone whose clock may be wrong, even by a day.

    Only the time between taking and sending is believed, both read from the same clock. None when that is negative or longer
    than a phone may keep it (`wait`): the clock was moved in between, and a paper sheet has to do.
    """
    kept = sent - taken
    if kept < timedelta(0) or kept > wait:
        return None
    return Moment(received - kept, sent - received, kept > late_after)


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Metres between two (longitude, latitude) points, along the great circle."""
    (lon1, lat1), (lon2, lat2) = ((radians(lon), radians(lat)) for lon, lat in (a, b))
    inner = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_M * asin(min(1.0, sqrt(inner))))


def in_china(point: tuple[float, float]) -> bool:
    """Whether a (longitude, latitude) can be somebody at work here; (0, 0) and the open ocean cannot."""
    longitude, latitude = point
    return 73 <= longitude <= 136 and 17 <= latitude <= 54


def speed_kmh(*, metres: int, between: timedelta) -> int:
    """Kilometres an hour between two check-ins; within a minute it is taken as a minute."""
    hours = max(abs(between.total_seconds()), 60) / 3600
    return min(round(metres / 1000 / hours), 1_000_000)


def day_kind(day: date) -> DayKind:
    """Working day, rest day or legal holiday, with the days moved by the yearly notice of the State Council.

    A year the calendar package does not know yet is taken Monday to Friday.
    """
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        off, name = day.weekday() >= 5, None
    return "H" if off and name else "T" if off else "W"


def kinds(since: date, until: date) -> list[tuple[date, DayKind]]:
    """Every day of a span with its kind."""
    span = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    return [(day, day_kind(day)) for day in span]


def month_span(month: date) -> tuple[date, date]:
    """First and last day of a day's month."""
    first = month.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def quarter_over(day: date) -> tuple[int, int]:
    """Year and number of the quarter that was over last on a day."""
    now = (day.month + 2) // 3
    return (day.year, now - 1) if now > 1 else (day.year - 1, 4)
