"""Leave: how long it is, what it may be, when it is too late (`domain.md` §6.2)."""

from datetime import date, timedelta

from cadres.rules.days import day_kind

LONGEST = 366


def workdays(since: date, until: date) -> int:
    """Working days of a span, both ends counted; rest days and legal holidays are no leave."""
    return sum(day_kind(since + timedelta(days=n)) == "W" for n in range((until - since).days + 1))


def workdays_by_year(since: date, until: date) -> dict[int, int]:
    """Working days of a span by calendar year: a paid leave over New Year takes from two years."""
    found: dict[int, int] = {}
    for n in range((until - since).days + 1):
        day = since + timedelta(days=n)
        if day_kind(day) == "W":
            found[day.year] = found.get(day.year, 0) + 1
    return found


def leave_problem(*, kind: str, since: date, until: date, today: date, sick_late_days: int, trip_days: int) -> str:
    """'' or why a leave cannot be applied for: what begins in the past is absence, except sickness handed in soon after."""
    if until < since:
        return "截止日期不能早于起始日期。"
    if (until - since).days + 1 > LONGEST:
        return f"一次请假不能超过 {LONGEST} 天。"
    if workdays(since, until) == 0:
        return "这几天都是休息日或法定节假,不需要请假。"
    if kind == "S":
        if since < today - timedelta(days=sick_late_days):
            return f"病假最迟在 {sick_late_days} 天内补办,已超过期限;请凭证明由乡镇(街道)办理考勤更正。"
    elif since < today:
        return "不能事后请假:起始日期已过。确有特殊情况的,由乡镇(街道)办理考勤更正并写明理由。"
    if kind == "R" and (until - since).days + 1 > trip_days:
        return f"外出报备不超过 {trip_days} 天,更长的请办理因公外出或事假。"
    return ""


def paid_problem(*, wanted: dict[int, int], entitled: dict[int, int], used: dict[int, int]) -> str:
    """'' or that a year's paid leave does not suffice. All in working days by year."""
    for year, days in sorted(wanted.items()):
        left = entitled.get(year, 0) - used.get(year, 0)
        if days > left:
            return f"{year} 年带薪休假应休 {entitled.get(year, 0)} 天,已用和在批 {used.get(year, 0)} 天,余 {max(left, 0)} 天,不够本次的 {days} 天。"
    return ""
