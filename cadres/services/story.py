"""A cadre's days and years told from the records: the work diary of a month, everything on one timeline."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cadres import rules
from cadres.models import (
    Allowance,
    AttendanceDay,
    Cadre,
    CadreAction,
    Commitment,
    Correction,
    Honour,
    Leave,
    Posting,
    Presence,
    Publicity,
    QuarterReport,
    Sign,
    SpotCheck,
    TrainingAttendance,
)
from core.clock import today


@dataclass
class DiaryDay:
    """One day of the diary: its sign and what was done, in the order it happened."""

    day: date
    weekday: str
    sign: str
    label: str
    lines: list[str] = field(default_factory=list)


def diary_days(*, cadre: Cadre, month: date, user: User) -> list[DiaryDay]:
    """The days of a month the cadre was posted, each with what the records say of it."""
    first, last = rules.month_span(month)
    span = {"day_on__gte": first, "day_on__lte": last, "cadre": cadre}
    done: dict[date, list[str]] = defaultdict(list)
    for presence in Presence.objects.visible_to(user).filter(**span).order_by("day_on", "at", "id"):
        at = f"{timezone.localtime(presence.at):%H:%M} " if presence.at else ""
        done[presence.day_on].append(f"{at}{presence.get_kind_display()}{':' + presence.note if presence.note else ''}")
    for leave in Leave.objects.visible_to(user).filter(cadre=cadre, state=Leave.State.APPROVED, starts_on__lte=last, ends_on__gte=first):
        done[max(leave.starts_on, first)].append(f"{leave.get_kind_display()}至 {leave.ends_on:%m-%d}:{leave.reason}")
    villages = Posting.objects.filter(cadre=cadre).values("village_id")
    for row in Publicity.objects.visible_to(user).filter(village__in=villages, held_on__gte=first, held_on__lte=last):
        done[row.held_on].append(f"{row.get_kind_display()}:{row.topic}({row.reached} 人)")
    days = AttendanceDay.objects.visible_to(user).filter(**span).order_by("day_on")
    return [DiaryDay(day.day_on, "一二三四五六日"[day.day_on.weekday()], day.sign, day.get_code_display(), done[day.day_on]) for day in days]


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    day: date
    kind: str
    text: str
    url: str = ""


def timeline(*, cadre: Cadre, year: int, user: User) -> list[Event]:
    """Everything recorded about a cadre in a year, newest first; absence and presence by the month."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    found = [*_postings(cadre, first, last, user), *_months(cadre, first, last, user)]

    def of(model: Any, day: str, kind: str, text: Any, url: Any = None, *joined: str, **more: Any) -> None:
        rows = model.objects.visible_to(user).filter(cadre=cadre, **{f"{day}__gte": first, f"{day}__lte": last}, **more).select_related(*joined)
        found.extend(Event(getattr(row, day), kind, text(row), url(row) if url else "") for row in rows[:400])

    page = lambda row: row.get_absolute_url()  # noqa: E731 — the record's own page
    of(CadreAction, "done_on", "组织处理", lambda row: f"{row.get_kind_display()}:{row.reason}")
    of(Leave, "starts_on", "请假", lambda row: f"{row}({row.get_state_display()})", page)
    of(SpotCheck, "day_on", "抽查", lambda row: f"{row.get_means_display()}:{row.get_result_display()} {row.note}", page)
    of(Correction, "day_on", "考勤更正", lambda row: f"{row.get_was_display()} → {row.get_code_display()}:{row.reason}", page)
    of(Sign, "proposed_on", "认定", lambda row: f"{row.get_kind_display()}({row.get_state_display()}):{row.grounds}", page)
    of(Honour, "awarded_on", "表彰和使用", lambda row: f"{row.get_kind_display()}:{row.title}", page)
    of(Commitment, "signed_on", "年承诺", str, page, "village", "cadre")
    of(QuarterReport, "submitted_on", "季报告", lambda row: f"{row}({row.get_state_display()})", page, "commitment__village", "commitment__cadre")
    of(Allowance, "paid_on", "待遇", lambda row: f"{row.kind.name} {row.month_on:%Y-%m}:{row.amount:,.2f} 元", None, "kind")
    trainings = TrainingAttendance.objects.visible_to(user).filter(cadre=cadre, session__starts_on__gte=first, session__starts_on__lte=last)
    found += [Event(row.session.starts_on, "培训", row.session.title, row.session.get_absolute_url()) for row in trainings.select_related("session")]
    return sorted(found, key=lambda event: (event.day, event.kind), reverse=True)


def _postings(cadre: Cadre, first: date, last: date, user: User) -> list[Event]:
    found = []
    for posting in Posting.objects.visible_to(user).filter(cadre=cadre).select_related("village"):
        if first <= posting.started_on <= last:
            found.append(Event(posting.started_on, "派驻", f"到{posting.village.name}任{posting.get_role_display()} {posting.document}"))
        if posting.ended_on and first <= posting.ended_on <= last:
            found.append(Event(posting.ended_on, "离任", f"{posting.village.name}{posting.get_role_display()},{posting.get_end_reason_display()}",
                               reverse("cadres:handover", args=[posting.pk])))  # fmt: skip
    return found


def _months(cadre: Cadre, first: date, last: date, user: User) -> list[Event]:
    by_month: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = AttendanceDay.objects.visible_to(user).filter(cadre=cadre, day_on__gte=first, day_on__lte=min(last, today())).exclude(code="N")
    for day, code in rows.values_list("day_on", "code"):
        by_month[rules.month_span(day)[1]][code] += 1
    url = reverse("cadres:attendance", args=[cadre.pk])
    return [Event(end, "考勤", f"驻村 {codes['V']} 天,因公和报备 {codes['B'] + codes['R']} 天,请假 {codes['P'] + codes['S'] + codes['Y']} 天,缺勤 {codes['A']} 天",
                  f"{url}?month={end:%Y-%m}") for end, codes in by_month.items()]  # fmt: skip
