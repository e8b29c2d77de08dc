"""Where a step is done and until when: pure functions."""

from datetime import date, datetime

from core.calendar import add_days

# How many digits of an area code say where a step is done. A work committee looks after its townships by their codes.
DIGITS = {"village": 12, "township": 9, "committee": 9, "city": 6}


def area_at(level: str, area: str) -> str:
    """The area a step of this level waits in, for a case of an area; '' when the case's area is wider than the level.

    The levels applicant and unit have no area of their own and take the case's.
    """
    digits = DIGITS.get(level)
    if digits is None:
        return area
    return area[:digits] if len(area) >= digits else ""


def due_day(start: date, days: int | None, day_kind: str) -> date | None:
    """The last day of a period of `days` (calendar or working) that begins on the day after `start`; None without a limit."""
    return None if days is None else add_days(start, days, day_kind)


def spent(start: datetime, end: datetime) -> str:
    """How long somebody has had something, in words: 3 天 4 小时, 25 分钟."""
    minutes = max(0, int((end - start).total_seconds() // 60))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    return f"{hours} 小时" if hours else f"{minutes} 分钟"
