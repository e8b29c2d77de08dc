"""What waits in a village, step by step, and what is done there for several households at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from core import settings
from core.clock import today
from core.scope import because
from households.models import Household, MonitorCase, Proceeding, ProceedingNotice
from households.rules import exits, monitoring
from households.rules.codes import PovertyStatus
from households.rules.procedures import NOTICE_STEPS
from households.services.errors import HouseholdsError
from households.services.exits import line_of
from households.services.proceedings import open_clearing, open_monitoring, open_proceeding
from villages.models import Village
from workflow import services as flow
from workflow.models import PublicNotice, Todo

Kind = Proceeding.Kind


def may_act(proceeding: Proceeding, user: User) -> bool:
    """Whether the step this proceeding stands at waits for this person."""
    return flow.may_decide(proceeding.case, user)


def possible_kinds(household: Household) -> list[str]:
    """What may be started about a household as it stands now."""
    if household.ended_on:
        return []
    running = set(household.proceedings.running().values_list("kind", flat=True))
    watched = household.monitor_cases.filter(recognised_on__isnull=False, cleared_on=None)
    found: list[str] = []
    if household.is_registered:
        if household.poverty_status == PovertyStatus.EXITED:
            found.append(Kind.RETURN)
        else:
            found.append(Kind.EXIT)
        found.append(Kind.REMOVAL)
    if not watched.exists():
        found.append(Kind.MONITORING)
    elif not watched.filter(no_workforce=True).exists():
        found.append(Kind.CLEARING)
    return [kind for kind in found if kind not in running]


def start(*, household: Household, kind: str, by: User, **fields: Any) -> Proceeding:
    """Start a proceeding of any kind about a household from what its form holds. Raises HouseholdsError."""
    if kind == Kind.MONITORING:
        return open_monitoring(household=household, by=by, **fields)
    if kind == Kind.CLEARING:
        monitor = MonitorCase.objects.filter(household=household, recognised_on__isnull=False, cleared_on=None).first()
        if monitor is None:
            raise HouseholdsError("这一户现在不是监测对象。")
        return open_clearing(monitor=monitor, by=by, **fields)
    if kind == Kind.IDENTIFICATION:
        raise HouseholdsError("识别从受理农户申请开始。")
    return open_proceeding(household=household, kind=kind, by=by, **fields)


# --- by step --------------------------------------------------------------------------------------
@dataclass
class StepGroup:
    """The households of a village that stand at one step of one kind, and what can be done for all of them."""

    kind: str
    step: str
    title: str
    rows: list[Proceeding] = field(default_factory=list)
    actions: list[tuple[str, str, bool]] = field(default_factory=list)  # label, address, by POST

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)


def village_groups(*, village: Village, user: User) -> list[StepGroup]:
    """Everything that runs in a village in the order of its steps; actions only where a step waits for this person."""
    rows = Proceeding.objects.visible_to(user).for_list().filter(village=village).running().order_by("kind", "case__step__number", "id")[:500]
    found: dict[tuple[str, str], StepGroup] = {}
    for row in rows:
        step = row.case.step
        key = (row.kind, step.code if step else "")
        found.setdefault(key, StepGroup(row.kind, key[1], step.title if step else "已退回发起人")).rows.append(row)
    mine = set(
        Todo.objects.waiting_for(user)
        .filter(case__in=[row.case_id for group in found.values() for row in group.rows])
        .values_list("case_id", flat=True)
    )
    for group in found.values():
        if any(row.case_id in mine for row in group.rows):
            group.actions = _actions(village, group)
    return list(found.values())


def _actions(village: Village, group: StepGroup) -> list[tuple[str, str, bool]]:
    if group.step == "review":
        return [("录入评议会", reverse("households:review", args=[village.pk, group.kind]), False)]
    if group.step in NOTICE_STEPS:
        address = [village.pk, group.kind, group.step]
        waiting = without_notice(group.rows)
        publish = [("发布公示" if group.step != "announcement" else "发布公告", reverse("households:notice", args=address), False)]
        over = [("公示期满,进入下一步", reverse("households:notice-over", args=address), True)]
        return (publish if waiting else []) + (over if len(waiting) < len(group.rows) else [])
    return []


def waiting_at(*, village: Village, kind: str, codes: Sequence[str], user: User) -> list[Proceeding]:
    """The proceedings of a village at one of these steps that wait for this person."""
    rows = Proceeding.objects.visible_to(user).for_list().filter(village=village, kind=kind).at_step(*codes).order_by("id")[:500]
    mine = set(Todo.objects.waiting_for(user).filter(case__in=[row.case_id for row in rows]).values_list("case_id", flat=True))
    return [row for row in rows if row.case_id in mine]


# --- notices --------------------------------------------------------------------------------------
def notice_kind(kind: str, step: str) -> str:
    """The key of the notice a step publishes: exit_village, identification_announcement."""
    return f"{kind}_{NOTICE_STEPS[step]}"


def notice_of(proceeding: Proceeding, step: str) -> PublicNotice | None:
    """The notice that serves this step in the case's round, unless it was withdrawn."""
    links = proceeding.notices.filter(step=step, round=proceeding.case.round).exclude(notice__state=PublicNotice.State.WITHDRAWN)
    link = links.select_related("notice").order_by("-id").first()
    return link.notice if link else None


def notices_about(proceeding: Proceeding, step: str) -> list[PublicNotice]:
    """Every notice of a step of this proceeding, newest first."""
    return [link.notice for link in proceeding.notices.filter(step=step).select_related("notice").order_by("-id")[:5]]


def without_notice(proceedings: Sequence[Proceeding]) -> list[Proceeding]:
    """Those no notice has been published for since they came to their step."""
    return [row for row in proceedings if row.case.step and notice_of(row, row.case.step.code) is None]


def notice_labels(proceedings: Sequence[Proceeding]) -> dict[int, str]:
    return {row.pk: f"{row.head_name}({row.population} 人,{row.case.number})" for row in proceedings}


def _cells(row: Proceeding, kind: str) -> list[Any]:
    household = row.household
    group = household.group.name if household.group else ""
    if kind == Kind.EXIT:
        met = dict(row.exit_checks.values_list("item", "is_met"))
        item = exits.ExitItem
        fed = bool(met.get(item.FOOD) and met.get(item.CLOTHING) and met.get(item.WATER))
        marks = [met.get(item.INCOME), fed, met.get(item.SCHOOLING), met.get(item.MEDICAL), met.get(item.HOUSING), met.get(item.CONSENT)]
        return [row.head_name, row.population, *("√" if mark else "" for mark in marks)]
    if kind in {Kind.MONITORING, Kind.CLEARING}:
        monitor = row.monitor if kind == Kind.MONITORING else row.clears
        return [row.head_name, group, row.population, monitoring.Category(monitor.category).label]
    return [row.head_name, group, row.population, ""]


@transaction.atomic
def publish_step(*, village: Village, kind: str, step: str, proceedings: Sequence[Proceeding], starts_on: date, by: User) -> PublicNotice:
    """Publish the notice of a step for these households: masked and frozen, their records closed while it runs.

    Raises HouseholdsError for a household that does not wait for this notice (any more).
    """
    if not proceedings:
        raise HouseholdsError("请至少选择一户。")
    locked = {row.pk: row for row in Proceeding.objects.select_for_update().filter(pk__in=[row.pk for row in proceedings])}
    for row in proceedings:
        current = locked[row.pk]
        if current.case.step is None or current.case.step.code != step or not may_act(current, by) or notice_of(current, step):
            raise HouseholdsError(f"{row.case.title}已经公示或不在这一步,请刷新页面。")
    because(f"发布{Kind(kind).label}{'公告' if step == 'announcement' else '公示'}")
    meeting = next((row.vote.meeting for row in proceedings if hasattr(row, "vote")), None)
    values: dict[str, Any] = {
        "village": village.name, "town": village.township.name, "h": len(proceedings), "m": sum(row.population for row in proceedings),
        "year": today().year, "date": meeting.held_on.isoformat() if meeting else "", "n1": meeting.due_count if meeting else "",
        "n2": meeting.present_count if meeting else "",
    }  # fmt: skip
    level = "village" if step == "notice" else "township" if step == "second_notice" else "city"
    lines = [{"key": row.case.number, "cells": [number, *_cells(row, kind)]} for number, row in enumerate(proceedings, start=1)]
    records = [
        flow.Record(Household._meta.db_table, row.household_id, village_id=row.village_id, household_id=row.household_id, line_key=row.case.number)
        for row in proceedings
    ]
    key = notice_kind(kind, step)
    title, body = flow.notice_text(kind=key, values=values, starts_on=starts_on)
    signer = {"village": f"{village.name}村民委员会", "township": village.township.name}.get(level, settings.get("announcement_signer"))
    notice = flow.publish(
        kind=key, title=title, body=body, lines=lines, records=records, level=level, starts_on=starts_on, signer=signer, by=by,
        village=village if level == "village" else None, area=village.township.prefix if level == "township" else "",
    )  # fmt: skip
    ProceedingNotice.objects.bulk_create(
        ProceedingNotice(proceeding=row, household_id=row.household_id, village_id=row.village_id, notice=notice, step=step, round=row.case.round)
        for row in proceedings
    )
    return notice


@transaction.atomic
def pass_notices(*, proceedings: Sequence[Proceeding], by: User) -> tuple[int, list[str]]:
    """Let every household whose notice has run go on to the next step. Returns (how many, why the others stay)."""
    passed, left = 0, []
    for row in proceedings:
        lacking = flow.missing(row.case, row.case.step) if row.case.step else ["不在公示环节"]
        if lacking:
            left.append(f"{row.head_name}:{lacking[0]}")
        else:
            flow.advance(case=row.case, by=by, opinion="公示期满,无受理未结的异议")
            passed += 1
    return passed, left


def notice_lacks(notice: PublicNotice, proceeding: Proceeding) -> list[str]:
    """What keeps a notice from being over for this household: its days, its photo, an objection taken up against this line."""
    return flow.notice_problems(notice, today(), line_key=proceeding.case.number)


def clearing_lacks(proceeding: Proceeding) -> list[str]:
    """What keeps a watched household's risk from being marked as gone."""
    monitor = MonitorCase.objects.filter(clearing=proceeding).first()
    if monitor is None or monitor.recognised_on is None:
        return ["没有对应的监测对象。"]
    income = proceeding.household.incomes.filter(year=proceeding.year).first()
    return monitoring.clearing_problems(
        recognised_on=monitor.recognised_on, day=today(), per_capita=income.per_capita if income else None,
        line=line_of(proceeding.year, "monitoring"), least_days=settings.get("clearing_least_days"), no_workforce=monitor.no_workforce,
    )  # fmt: skip
