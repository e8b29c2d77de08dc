"""What an assessment may count about a cadre's attendance, reports, training and promises; each value with its evidence."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.urls import reverse

from cadres import services
from cadres.models import (
    AttendanceDay,
    AttendanceLine,
    AttendanceMonth,
    Commitment,
    Leave,
    Posting,
    QuarterProgress,
    QuarterReport,
    SpotCheck,
    TrainingAttendance,
    TrainingSession,
)
from core.clock import today
from core.scoring_inputs import Evidence, Input, InputValue, register

Found = dict[int, InputValue]


def _months(since: date, until: date) -> list[date]:
    month, found = since.replace(day=1), []
    while month <= until:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _whole(number: int) -> Decimal:
    return Decimal(number)


def _by_cadre(rows: Iterable[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.cadre_id].append(row)
    return grouped


def _counted(cadres: Sequence[int], rows: Iterable[Any], evidence: Callable[[Any], Evidence], words: str) -> Found:
    """How many rows each cadre has; none is zero and not nothing."""
    grouped = _by_cadre(rows)
    return {
        cadre: InputValue(_whole(len(grouped.get(cadre, []))), words.format(n=len(grouped.get(cadre, []))), [evidence(row) for row in grouped.get(cadre, [])])
        for cadre in cadres
    }  # fmt: skip


def _days(field: str, label: str) -> Callable[[Sequence[int], date, date], Found]:
    """From the filed lines where a month is filed, else from the days as they stand: the same query, the same rule."""

    def compute(cadres: Sequence[int], since: date, until: date) -> Found:
        filed = AttendanceLine.objects.filter(
            cadre__in=cadres, month__state="filed", month__month_on__gte=since.replace(day=1), month__month_on__lte=until
        )
        known = {(line.cadre_id, line.month.month_on): line for line in filed.select_related("month")}
        totals: dict[int, int] = defaultdict(int)
        evidence: dict[int, list[Evidence]] = defaultdict(list)
        posted = Posting.objects.filter(cadre__in=cadres, started_on__lte=until).exclude(ended_on__lt=since)
        villages = sorted(set(posted.values_list("village_id", flat=True)))
        wanted = set(cadres)
        for month in _months(since, min(until, today())):
            seen: set[int] = set()
            live = [line for line in services.month_lines(villages=villages, month=month) if (line.cadre_id, month) not in known]
            for row in [*[line for (_, on), line in known.items() if on == month], *live]:
                if row.cadre_id not in wanted or (row.cadre_id in seen and row in live):
                    continue
                seen.add(row.cadre_id)
                number = getattr(row, field)
                totals[row.cadre_id] += number
                url = (
                    row.month.get_absolute_url()
                    if isinstance(row, AttendanceLine)
                    else f"{reverse('cadres:attendance', args=[row.cadre_id])}?month={month:%Y-%m}"
                )
                evidence[row.cadre_id].append(Evidence(f"{month.year}年{month.month}月{label} {number} 天", url, month, _whole(number)))
        return {cadre: InputValue(_whole(totals[cadre]), f"{label} {totals[cadre]} 天", evidence[cadre]) for cadre in cadres if cadre in evidence}

    return compute


def duty_absences(cadres: Sequence[int], since: date, until: date) -> Found:
    rows = (
        SpotCheck.objects.filter(cadre__in=cadres, day_on__gte=since, day_on__lte=until, result="absent").order_by("day_on").select_related("cadre")
    )
    return _counted(
        cadres,
        rows,
        lambda row: Evidence(f"{row.day_on} {row.get_means_display()}不在岗", row.get_absolute_url(), row.day_on, _whole(1)),
        "抽查不在岗 {n} 次",
    )


def late_returns(cadres: Sequence[int], since: date, until: date) -> Found:
    grace = services.return_days()
    rows = [
        leave for leave in Leave.objects.filter(cadre__in=cadres, state="approved", ends_on__gte=since, ends_on__lte=until).order_by("ends_on")
        if (leave.cleared_on or today()) > leave.ends_on + timedelta(days=grace)
    ]  # fmt: skip
    return _counted(cadres, rows, lambda row: Evidence(f"{row},{'销假 ' + str(row.cleared_on) if row.cleared_on else '尚未销假'}", row.get_absolute_url(),
                                                       row.ends_on, _whole(1)), "逾期销假 {n} 次")  # fmt: skip


def unreported_trips(cadres: Sequence[int], since: date, until: date) -> Found:
    """Spot checks that found somebody gone elsewhere without having said so."""
    rows = (
        SpotCheck.objects.filter(cadre__in=cadres, day_on__gte=since, day_on__lte=until, result="no_trip").order_by("day_on").select_related("cadre")
    )
    return _counted(cadres, rows, lambda row: Evidence(f"{row.day_on} 外出未报备:{row.note}", row.get_absolute_url(), row.day_on, _whole(1)),
                    "外出未报备 {n} 次")  # fmt: skip


def sessions_attended(cadres: Sequence[int], since: date, until: date) -> Found:
    rows = TrainingAttendance.objects.filter(cadre__in=cadres, session__starts_on__gte=since, session__starts_on__lte=until)
    rows = rows.select_related("session").order_by("session__starts_on")
    return _counted(
        cadres, rows, lambda row: Evidence(row.session.title, row.session.get_absolute_url(), row.session.starts_on, _whole(1)), "参加培训 {n} 次"
    )


def sessions_held(cadres: Sequence[int], since: date, until: date) -> Found:
    """Sessions that were for the cadre while posted: those for first secretaries only count for these."""
    sessions = list(TrainingSession.objects.filter(starts_on__gte=since, starts_on__lte=until).order_by("starts_on"))
    found: dict[int, list[TrainingSession]] = defaultdict(list)
    for posting in Posting.objects.filter(cadre__in=cadres, started_on__lte=until).exclude(ended_on__lt=since):
        for session in sessions:
            there = posting.started_on <= session.starts_on and (posting.ended_on is None or session.starts_on <= posting.ended_on)
            if there and (posting.role == Posting.Role.FIRST_SECRETARY or not session.for_first_secretaries):
                found[posting.cadre_id].append(session)
    return {
        cadre: InputValue(
            _whole(len(rows)), f"应参加 {len(rows)} 次", [Evidence(row.title, row.get_absolute_url(), row.starts_on, _whole(1)) for row in rows]
        )
        for cadre, rows in found.items()
    }


def late_reports(cadres: Sequence[int], since: date, until: date) -> Found:
    """Monthly reports of the villages served and one's own quarterly reports that came after their day, or have not come."""
    late: dict[int, list[Evidence]] = defaultdict(list)
    months = {(row.village_id, row.month_on): row for row in AttendanceMonth.objects.filter(month_on__gte=since.replace(day=1), month_on__lte=until)}
    for posting in Posting.objects.filter(cadre__in=cadres, started_on__lte=until).exclude(ended_on__lt=since):
        for month in _months(since, until):
            row = months.get((posting.village_id, month))
            if row and row.due_on <= until and (row.submitted_on or today()) > row.due_on:
                late[posting.cadre_id].append(Evidence(f"{row.label}考勤月报应于 {row.due_on} 报送", row.get_absolute_url(), row.due_on, _whole(1)))
    reports = QuarterReport.objects.filter(cadre__in=cadres, due_on__gte=since, due_on__lte=until)
    for report in reports.exclude(submitted_on__lte=F("due_on")).select_related("commitment__village", "commitment__cadre"):
        if report.submitted_on or report.due_on < today():
            late[report.cadre_id].append(Evidence(f"{report}应于 {report.due_on} 报送", report.get_absolute_url(), report.due_on, _whole(1)))  # type: ignore[index]
    return {cadre: InputValue(_whole(len(late[cadre])), f"迟报 {len(late[cadre])} 次", late[cadre]) for cadre in cadres}


def _promises(done: bool) -> Callable[[Sequence[int], date, date], Found]:
    def compute(cadres: Sequence[int], since: date, until: date) -> Found:
        """Items due by the end of the span; done are those an accepted report puts at a hundred."""
        found: dict[int, list[Evidence]] = defaultdict(list)
        finished = set(
            QuarterProgress.objects.filter(percent=100, report__state="accepted", report__commitment__cadre__in=cadres).values_list(
                "item_id", flat=True
            )
        )
        promised = Commitment.objects.filter(cadre__in=cadres, state="signed", year__gte=since.year, year__lte=until.year).prefetch_related("items")
        for commitment in promised:
            for item in commitment.items.all():
                due = services.quarter_span(commitment.year, item.due_quarter)[1]
                if since <= due <= until and (not done or item.pk in finished):
                    found[commitment.cadre_id].append(Evidence(item.text, commitment.get_absolute_url(), due, _whole(1)))  # type: ignore[index]
        posted = {commitment.cadre_id for commitment in promised}
        word = "完成承诺" if done else "应完成承诺"
        return {cadre: InputValue(_whole(len(found[cadre])), f"{word} {len(found[cadre])} 项", found[cadre]) for cadre in cadres if cadre in posted}

    return compute


def absent_run(cadres: Sequence[int], since: date, until: date) -> Found:
    """The longest run of working days absent; rest days between do not break it."""
    rows = AttendanceDay.objects.filter(cadre__in=cadres, day_on__gte=since, day_on__lte=until, kind="W").order_by("cadre_id", "day_on")
    runs: dict[int, list[date]] = {cadre: [] for cadre in cadres}
    current: dict[int, list[date]] = defaultdict(list)
    for cadre, day, code in rows.values_list("cadre_id", "day_on", "code"):
        current[cadre] = [*current[cadre], day] if code == "A" else []
        if len(current[cadre]) > len(runs[cadre]):
            runs[cadre] = current[cadre]
    return {
        cadre: InputValue(_whole(len(days)), f"最长连续旷岗 {len(days)} 天" + (f"({days[0]} 至 {days[-1]})" if days else ""),
                          [Evidence(f"{day} 旷岗", f"{reverse('cadres:attendance', args=[cadre])}?month={day:%Y-%m}", day, _whole(1)) for day in days])
        for cadre, days in runs.items()
    }  # fmt: skip


register(Input("days_in_village", "实际驻村天数", "天", _days("actual", "实际驻村")))
register(Input("days_required", "应驻村天数", "天", _days("required", "应驻村")))
register(Input("absent_days", "旷岗", "天", _days("absent", "旷岗")))
register(Input("absent_run", "最长连续旷岗", "天", absent_run))
register(Input("duty_absences", "坐班抽查缺岗", "次", duty_absences))
register(Input("late_returns", "逾期销假", "次", late_returns))
register(Input("unreported_trips", "外出未报备", "次", unreported_trips))
register(Input("sessions_attended", "参加学习例会", "次", sessions_attended))
register(Input("sessions_held", "应参加学习例会", "次", sessions_held))
register(Input("late_reports", "迟报月报季报", "次", late_reports))
register(Input("commitments_done", "完成承诺", "项", _promises(True)))
register(Input("commitments_due", "年承诺", "项", _promises(False)))
