"""Who is late with what on a day: monthly reports, quarterly reports, commitments not signed, leave not returned from."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from accounts.models import User
from cadres.models import AttendanceMonth, Commitment, Leave, Posting, QuarterReport
from core import settings


@dataclass(frozen=True)
class Late:
    """One thing that is late."""

    township: str
    what: str
    who: str
    due_on: date
    days: int
    url: str


MOST = 200


def late_things(*, user: User, day: date) -> list[Late]:
    """What is late in the user's reach, by township, the latest first; at most `MOST` of a kind."""
    months = AttendanceMonth.objects.visible_to(user).filter(state="draft", due_on__lt=day).select_related("village__township")[:MOST]
    found = [
        Late(row.village.township.name, f"{row.label}考勤月报", row.village.name, row.due_on, (day - row.due_on).days, row.get_absolute_url())
        for row in months
    ]
    reports = (
        QuarterReport.objects.visible_to(user)
        .filter(state="draft", due_on__lt=day)
        .select_related("village__township", "commitment__village", "commitment__cadre")
    )
    found += [Late(row.village.township.name, f"第{row.quarter}季度报告", row.commitment.whose, row.due_on, (day - row.due_on).days, row.get_absolute_url())
              for row in reports[:MOST]]  # fmt: skip
    leaves = Leave.objects.visible_to(user).uncleared(day).select_related("village__township", "cadre")[:MOST]
    found += [Late(row.village.township.name, f"{row.get_kind_display()}未销假", row.cadre.name, row.ends_on, (day - row.ends_on).days, row.get_absolute_url())
              for row in leaves]  # fmt: skip
    due = date(day.year, 1, settings.get("commitment_due_day"))
    if day > due:
        signed = Commitment.objects.filter(year=day.year, state="signed").exclude(cadre=None).values("cadre_id")
        unsigned = (
            Posting.objects.visible_to(user)
            .active_on(day)
            .filter(started_on__lt=due)
            .exclude(cadre__in=signed)
            .select_related("village__township", "cadre")
        )
        found += [
            Late(row.village.township.name, f"{day.year}年承诺", row.cadre.name, due, (day - due).days, reverse("cadres:commitment-list"))
            for row in unsigned[:MOST]
        ]
    return sorted(found, key=lambda late: (late.township, -late.days))
