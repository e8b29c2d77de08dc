"""The monthly report: lines made from the days by one query, closed while it is checked, frozen when filed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from cadres import rules
from cadres.models import AttendanceLine, AttendanceMonth, Correction, Posting
from cadres.services.days import settle_days
from cadres.services.duties import finish_duty
from cadres.services.errors import CadresError
from core import settings
from core.clock import today
from core.scope import because
from villages.models import Village
from workflow import services as flow
from workflow.models import Case

KIND = "attendance_month"

LINES = """
select d.village_id, d.cadre_id, max(d.posting_id) as posting_id,
  array_agg(d.code order by d.day_on) as codes, array_agg(extract(day from d.day_on)::int order by d.day_on) as days,
  count(*) filter (where d.kind = 'W') as workdays,
  count(*) filter (where d.code = 'V') as in_village,
  count(*) filter (where d.code = 'B') as business,
  count(*) filter (where d.code = 'B' and d.kind = 'W') as business_workdays,
  count(*) filter (where d.code = 'B' and (d.source <> 'leave' or exists (
    select from cadres_leave l where l.cadre_id = d.cadre_id and l.state = 'approved' and l.for_village
    and d.day_on between l.starts_on and l.ends_on))) as village_business,
  count(*) filter (where d.code in ('R', 'P', 'S', 'Y', 'T') and d.kind = 'W') as excused,
  count(*) filter (where d.code = 'R') as reported, count(*) filter (where d.code = 'P') as personal,
  count(*) filter (where d.code = 'S') as sick, count(*) filter (where d.code = 'Y') as paid,
  count(*) filter (where d.code = 'A') as absent, count(*) filter (where d.code = 'N') as open_days,
  coalesce(max(c.checks), 0) as checks, coalesce(max(c.present), 0) as present
from cadres_attendanceday d
left join (
  select cadre_id, village_id, count(*) as checks, count(*) filter (where result = 'present') as present from cadres_spotcheck
  where day_on between %(first)s and %(last)s and result <> 'excused' and village_id = any(%(villages)s) group by cadre_id, village_id
) c on c.cadre_id = d.cadre_id and c.village_id = d.village_id
where d.day_on between %(first)s and %(last)s and d.village_id = any(%(villages)s)
group by d.village_id, d.cadre_id order by d.village_id, max(d.posting_id)
"""


@dataclass(frozen=True)
class Line:
    """A line of the form, worked out: days in days, codes one letter a day of the month (blank: not posted)."""

    village_id: int
    cadre_id: int
    posting_id: int
    codes: str
    required: int
    actual: int
    business: int
    reported: int
    personal: int
    sick: int
    paid: int
    absent: int
    open_days: int
    checks: int
    checks_present: int


def month_lines(*, villages: Sequence[int], month: date) -> list[Line]:
    """The lines of the monthly form for these villages, from the days as they stand. One query for any number of cadres."""
    first, last = rules.month_span(month)
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"first": first, "last": last, "villages": list(villages)})
        rows = cursor.fetchall()
    monthly, counts = settings.get("attendance_monthly_days"), settings.get("attendance_business_counts")
    month_workdays, length = rules.workdays(first, last), last.day
    return [_line(row, monthly, counts, month_workdays, length) for row in rows]


def _line(row: Sequence[Any], monthly: int, counts: bool, month_workdays: int, length: int) -> Line:
    (village, cadre, posting, codes, days, workdays, in_village, business, business_workdays, village_business, excused, reported, personal,
     sick, paid, absent, open_days, checks, present) = row  # fmt: skip
    by_day = dict(zip(days, codes, strict=True))
    counted = village_business if counts else 0
    # What counts as being there does not lower what is asked as well.
    lowered = excused + max(0, business_workdays - counted)
    required = rules.required_days(monthly=monthly, month_workdays=month_workdays, posted_workdays=workdays, excused_workdays=lowered)
    sheet = "".join(by_day.get(day, " ") for day in range(1, length + 1))
    return Line(
        village, cadre, posting, sheet, required, in_village + counted, business, reported, personal, sick, paid, absent, open_days, checks, present
    )


def due_day(month: date) -> date:
    """The day of the following month by which a month's report is due."""
    return (rules.month_span(month)[1] + timedelta(days=1)).replace(day=settings.get("attendance_due_day"))


@transaction.atomic
def open_month(*, village: Village, month: date, by: User | None) -> AttendanceMonth:
    """The draft of a village's month, made when it is first needed. Raises CadresError for a month nobody was posted in, or to come."""
    month = month.replace(day=1)
    first, last = rules.month_span(month)
    known = AttendanceMonth.objects.filter(village=village, month_on=month).first()
    if known:
        return known
    if first > today():
        raise CadresError("还没有到这个月。")
    if not Posting.objects.filter(village=village, started_on__lte=last).exclude(ended_on__lt=first).exists():
        raise CadresError(f"{village.name} {month.year}年{month.month}月没有派驻干部,没有考勤月报。")
    because(f"建立考勤月报 {village.name} {month:%Y-%m}")
    found, _ = AttendanceMonth.objects.get_or_create(village=village, month_on=month, defaults={"due_on": due_day(month)})
    refresh_month(month=found)
    return found


@transaction.atomic
def refresh_month(*, month: AttendanceMonth) -> None:
    """Make the lines of a draft anew from the days; what was written as the month's work stays."""
    month = AttendanceMonth.objects.select_for_update().get(pk=month.pk)
    if month.state != AttendanceMonth.State.DRAFT:
        return
    first, last = rules.month_span(month.month_on)
    posted = Posting.objects.filter(village_id=month.village_id, started_on__lte=last).exclude(ended_on__lt=first)
    settle_days(cadres=list(posted.values_list("cadre_id", flat=True)), since=first, until=last, today=today())
    lines = month_lines(villages=[month.village_id], month=month.month_on)
    work = dict(month.lines.values_list("cadre_id", "main_work"))
    month.lines.exclude(cadre_id__in=[line.cadre_id for line in lines]).delete()
    fields = [name for name in Line.__dataclass_fields__ if name not in {"village_id", "cadre_id"}]
    AttendanceLine.objects.bulk_create(
        [AttendanceLine(month=month, main_work=work.get(line.cadre_id, ""), **vars(line)) for line in lines],
        update_conflicts=True, unique_fields=["month", "cadre"], update_fields=fields,
    )  # fmt: skip


@transaction.atomic
def write_work(*, line: AttendanceLine, text: str, by: User) -> AttendanceLine:
    """The month's main work of one cadre, at most 200 characters, while the report is a draft."""
    month = AttendanceMonth.objects.select_for_update().get(pk=line.month_id)
    if month.state != AttendanceMonth.State.DRAFT:
        raise CadresError(f"月报{month.get_state_display()},不能再修改。")
    because(f"填写本月主要工作 {line.cadre.name}")
    line.main_work = text
    line.full_clean()
    line.save(update_fields=["main_work"])
    return line


@transaction.atomic
def submit_month(*, month: AttendanceMonth, by: User) -> AttendanceMonth:
    """Hand a month in: its days are closed, the village confirms, the township checks, the organization department files.

    Raises CadresError before the month is over, with days nobody has settled, or when it is out already.
    """
    month = AttendanceMonth.objects.select_for_update(of=("self",)).select_related("village", "case").get(pk=month.pk)
    if month.state != AttendanceMonth.State.DRAFT:
        raise CadresError(f"月报{month.get_state_display()},不需要再报送。")
    first, last = rules.month_span(month.month_on)
    if last >= today():
        raise CadresError(f"{month.label}还没有结束,{last + timedelta(days=1):%m月%d日}以后报送。")
    refresh_month(month=month)
    lines = list(month.lines.select_related("cadre"))
    if not lines:
        raise CadresError("本月没有派驻干部,没有可报送的考勤。")
    unsettled = [line.cadre.name for line in lines if line.open_days]
    if unsettled:
        raise CadresError(f"{'、'.join(unsettled)} 还有未记的日子:请录入纸质签到册,或等宽限期过后再报送。")
    empty = [line.cadre.name for line in lines if not line.main_work]
    if empty:
        raise CadresError(f"请填写 {'、'.join(empty)} 的本月主要工作。")
    because(f"报送考勤月报 {month}")
    month.state, month.closed_days, month.submitted_on = AttendanceMonth.State.RUNNING, True, month.submitted_on or today()
    if month.case is not None and month.case.state == Case.State.RETURNED:
        month.save()
        flow.resubmit(case=month.case, by=by)
        return month
    month.case = flow.start_case(kind=KIND, title=str(month), village=month.village, by=by, day=today())
    month.save()
    finish_duty(url=month.get_absolute_url(), by=by)
    return month


def of_month(case: Case) -> AttendanceMonth:
    return AttendanceMonth.objects.select_for_update(of=("self",)).select_related("village").get(case=case)


def month_open_again(case: Case, *_: Any) -> None:
    """Sent back, refused or taken back: a draft again, its days open."""
    month = of_month(case)
    month.state, month.closed_days = AttendanceMonth.State.DRAFT, False
    month.save(update_fields=["state", "closed_days"])


def digest(month: AttendanceMonth) -> str:
    """A digest of everything the report says, in its order."""
    names = [*Line.__dataclass_fields__, "main_work"]
    rows = [[getattr(line, name) for name in names] for line in month.lines.order_by("cadre_id")]
    return hashlib.sha256(json.dumps([month.village_id, month.month_on.isoformat(), rows], ensure_ascii=False).encode()).hexdigest()


def month_filed(case: Case, by: User) -> None:
    """组织部备案: frozen from now on, by triggers; the allowances of the month fall due."""
    from cadres.services.care import make_allowances

    month = of_month(case)
    month.state, month.filed_on, month.content_sha256 = AttendanceMonth.State.FILED, today(), digest(month)
    month.save(update_fields=["state", "filed_on", "content_sha256"])
    make_allowances(month=month)


def month_lacks(case: Case) -> list[str]:
    """A month sent back is handed in again on its own page, where its lines are made anew."""
    month = AttendanceMonth.objects.filter(case=case).first()
    return [] if month is not None and month.closed_days else ["月报退回后还没有在月报页重新报送"]


def later_corrections(*, month: AttendanceMonth) -> list[Correction]:
    """What was corrected in this month about months already filed: listed with this report, whose own days it does not change."""
    first, last = rules.month_span(month.month_on)
    rows = Correction.objects.filter(village_id=month.village_id, day_on__lt=first, created_at__date__gte=first, created_at__date__lte=last)
    return list(rows.select_related("cadre", "corrected_by").order_by("day_on")[:200])


def verdict(line: AttendanceLine) -> str:
    """What the bulletin says of a line."""
    words = []
    if line.absent:
        words.append(f"旷岗 {line.absent} 天")
    if line.actual < line.required:
        words.append(f"少驻村 {line.required - line.actual} 天")
    if line.checks_present < line.checks:
        words.append(f"抽查不在岗 {line.checks - line.checks_present} 次")
    return ",".join(words) or "正常"


def worst_first(line: AttendanceLine) -> tuple[int, int, int]:
    return (-line.absent, line.actual - line.required, line.pk)


def last_filed_month(user: User) -> date | None:
    """The newest month of which anything is filed, in the user's reach."""
    return AttendanceMonth.objects.visible_to(user).filter(state="filed").order_by("-month_on").values_list("month_on", flat=True).first()
