"""What a team owes and by when, as todos: the yearly commitment, the quarterly report, the monthly attendance report.

The todos are reminded of before and after their day by the one nightly reminder of `workflow`.
"""

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.permissions import Role
from cadres import rules
from cadres.models import AttendanceMonth, Commitment, Posting, QuarterReport
from cadres.services.duties import MONTH, QUARTER, YEAR
from cadres.services.months import open_month
from cadres.services.promises import open_report, quarter_span
from core import settings
from core.scope import because
from villages.models import Village
from workflow import services as flow
from workflow.models import Todo


@transaction.atomic
def open_duties(*, day: date) -> int:
    """Open what has fallen due by a day, each once; what was handed in meanwhile is closed. Returns how many were opened."""
    because("应报事项提醒")
    opened = _months(day) + _quarters(day) + _years(day)
    _close_done()
    return opened


def _wait(kind: str, title: str, url: str, due_on: date, village: Village, cadre_user: object = None) -> int:
    if Todo.objects.filter(kind=kind, title=title[:160], village_id=village.pk).exists():
        return 0
    whose = {"user": cadre_user} if cadre_user else {"role": Role.VILLAGE_CADRE, "area": village.code}
    flow.open_todo(kind=kind, title=title, url=url, due_on=due_on, village_id=village.pk, place=village.code, **whose)  # type: ignore[arg-type]
    return 1


def _months(day: date) -> int:
    """The month that is over: one report a village that had a team in it."""
    last = day.replace(day=1) - timedelta(days=1)
    posted = Posting.objects.filter(started_on__lte=last).exclude(ended_on__lt=last.replace(day=1)).values("village_id")
    done = AttendanceMonth.objects.filter(month_on=last.replace(day=1)).exclude(state="draft").values("village_id")
    opened = 0
    for village in Village.objects.filter(pk__in=posted).exclude(pk__in=done).order_by("code"):
        month = open_month(village=village, month=last, by=None)
        opened += _wait(MONTH, f"报送{village.name}{month.label}考勤月报", month.get_absolute_url(), month.due_on, village)
    return opened


def _quarters(day: date) -> int:
    """The quarter that is over: one report a signed commitment whose cadre was still there."""
    year, quarter = rules.quarter_over(day)
    first, _ = quarter_span(year, quarter)
    handed_in = QuarterReport.objects.filter(year=year, quarter=quarter).exclude(state="draft").values("commitment_id")
    left = Posting.objects.filter(ended_on__lt=first).values("cadre_id")
    here = Posting.objects.filter(started_on__lte=day).exclude(ended_on__lt=first)
    rows = Commitment.objects.filter(year=year, state="signed").exclude(pk__in=handed_in).select_related("village", "cadre__user").order_by("pk")
    opened = 0
    for commitment in rows.exclude(cadre__in=left.exclude(cadre_id__in=here.values("cadre_id"))):
        report = open_report(commitment=commitment, quarter=quarter, by=None)
        opened += _wait(
            QUARTER, f"报送{report}", report.get_absolute_url(), report.due_on, commitment.village, commitment.cadre and commitment.cadre.user
        )
    return opened


def _years(day: date) -> int:
    """Who has not signed this year's commitment: each team, and each cadre in post."""
    due = date(day.year, 1, settings.get("commitment_due_day"))
    postings = list(Posting.objects.active_on(day).select_related("village", "cadre__user").order_by("pk"))
    signed = set(Commitment.objects.filter(year=day.year, state="signed").values_list("village_id", "cadre_id"))
    opened, url = 0, reverse("cadres:commitment-list")
    for village in {posting.village_id: posting.village for posting in postings}.values():
        if (village.pk, None) not in signed:
            opened += _wait(YEAR, f"签订{day.year}年{village.name}工作队承诺", url, due, village)
    signed_cadres = {cadre for _, cadre in signed}
    for posting in postings:
        if posting.cadre_id not in signed_cadres and posting.cadre.user:
            own = max(due, posting.started_on + timedelta(days=settings.get("commitment_new_days")))
            opened += _wait(YEAR, f"签订{day.year}年{posting.cadre.name}个人承诺", url, own, posting.village, posting.cadre.user)
    return opened


def _close_done() -> None:
    """Handed in or signed: nobody need wait any longer, whoever did it."""
    done = {
        MONTH: {month.get_absolute_url() for month in AttendanceMonth.objects.exclude(state="draft")},
        QUARTER: {report.get_absolute_url() for report in QuarterReport.objects.exclude(state="draft").select_related("commitment")},
    }
    for todo in Todo.objects.open().filter(kind__in=done):
        if todo.url in done[todo.kind]:
            flow.drop_todo(todo=todo)
    titles = {f"签订{row.year}年{row.cadre.name}个人承诺" if row.cadre else f"签订{row.year}年{row.village.name}工作队承诺"
              for row in Commitment.objects.filter(state="signed").select_related("cadre", "village")}  # fmt: skip
    for todo in Todo.objects.open().filter(kind=YEAR):
        if todo.title in titles:
            flow.drop_todo(todo=todo)
