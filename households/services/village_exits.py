"""A poor village's exit: started, its ten items recorded, published, and what its end changes. Every write (`domain.md` §3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from core import settings
from core.clock import today
from core.scope import because
from households.models import Member, VillageExit, VillageExitCheck, VillageExitNotice
from households.rules import village_exits as rules
from households.rules.codes import PovertyStatus
from households.rules.exits import Suggestion
from households.rules.village_exits import VillageItem
from households.services.errors import HouseholdsError
from households.services.proceedings import ensure_procedure
from villages import services as villages
from villages.models import Village, VillageYear
from workflow import services as flow
from workflow.models import PublicNotice

STILL_POOR = (PovertyStatus.POOR, PovertyStatus.PRE_EXIT, PovertyStatus.RETURNED)
Answer = tuple[bool | None, str, Any]  # met, on what evidence, a file or None


@dataclass(frozen=True)
class Standing:
    """The numbers a village's exit is judged by, in persons and per cent, and what its year's profile suggests."""

    year: int
    poor: int
    rural: int
    limit: int
    suggestions: dict[str, Suggestion]

    @property
    def rate(self) -> str:
        found = rules.poverty_rate(poor=self.poor, rural=self.rural)
        return "算不出" if found is None else f"{found}%"

    @property
    def problem(self) -> str:
        return rules.rate_problem(poor=self.poor, rural=self.rural, limit=self.limit)


def village_standing(village: Village, year: int) -> Standing:
    """Counted from the register as it stands, over the population of the year's profile."""
    poor = Member.objects.active().filter(
        village=village, household__ended_on=None, household__identified_on__isnull=False, household__poverty_status__in=STILL_POOR,
    ).count()  # fmt: skip
    profile = VillageYear.objects.filter(village=village, year=year).values().first()
    limit = Decimal(settings.get("village_exit_income_wan"))
    return Standing(year=year, poor=poor, rural=profile["rural_population"] if profile else 0, limit=settings.get("village_exit_rate"),
                    suggestions=rules.suggest(profile, year=year, income_limit=limit))  # fmt: skip


def exit_problem(village: Village, year: int) -> str:
    """'' or why no exit of this year may be started for the village."""
    has_profile = VillageYear.objects.filter(village=village, year=year, rural_population__gt=0).exists()
    standing = rules.Standing(village.is_poor_village, village.poor_since, village.exited_in, has_profile)
    return rules.start_problem(standing, year=year, today=today())


@transaction.atomic
def open_village_exit(*, village: Village, year: int, reason: str, by: User, day: date | None = None) -> VillageExit:
    """The village applies. Raises HouseholdsError for a village that is not poor, has left, or has an exit running."""
    day = day or today()
    village = Village.objects.select_for_update(of=("self",)).select_related("township").get(pk=village.pk)
    if village.exits.filter(outcome=VillageExit.Outcome.RUNNING).exists():
        raise HouseholdsError("这个村已有退出事项正在办理,请在原办件上继续。")
    problem = exit_problem(village, year)
    if problem:
        raise HouseholdsError(f"{village.name}{problem}")
    ensure_procedure(rules.KEY)
    because(f"贫困村退出:{reason}")
    case = flow.start_case(kind=rules.KEY, title=f"贫困村退出 {village.name} {year}年", village=village, by=by, day=day)
    standing = village_standing(village, year)
    return VillageExit.objects.create(village=village, case=case, year=year, started_on=day, reason=reason, poor_population=standing.poor,
                                      rural_population=standing.rural)  # fmt: skip


def _locked(village_exit: VillageExit, *codes: str) -> VillageExit:
    found = VillageExit.objects.select_for_update(of=("self",)).select_related("village__township", "case__step").get(pk=village_exit.pk)
    step = found.case.step
    if found.outcome != VillageExit.Outcome.RUNNING or step is None or step.code not in codes:
        where = f"现在在“{step.title}”" if step else found.case.get_state_display()
        raise HouseholdsError(f"这一步现在不能办理:{where}。")
    return found


@transaction.atomic
def save_village_checks(*, village_exit: VillageExit, answers: Mapping[str, Answer], by: User) -> int:
    """Write the ten items: met or not, on what evidence, perhaps with a file; None leaves an item open. Returns how many are answered."""
    village_exit = _locked(village_exit, "application", "verification")
    because("填写贫困村退出指标")
    suggested = village_standing(village_exit.village, village_exit.year).suggestions
    for item, (met, evidence, upload) in answers.items():
        if met is None:
            VillageExitCheck.objects.filter(exit=village_exit, item=item).delete()
            continue
        if not evidence.strip():
            raise HouseholdsError(f"“{VillageItem(item).label}”请写明依据。")
        values: dict[str, Any] = {"is_met": met, "evidence": evidence.strip(), "suggested": suggested[item].met, "village_id": village_exit.village_id,
                                  "checked_on": today(), "checked_by": by}  # fmt: skip
        if upload:
            values["file"] = flow.attach(data=upload, title=f"退出指标 {VillageItem(item).label}", by=by, village_id=village_exit.village_id)
        VillageExitCheck.objects.update_or_create(exit=village_exit, item=item, defaults=values)
    return village_exit.checks.count()


@transaction.atomic
def set_village_document(*, village_exit: VillageExit, document_number: str, by: User) -> VillageExit:
    """The number of the city's verification report."""
    village_exit = _locked(village_exit, "verification")
    because("填写核查文号")
    village_exit.document_number = document_number
    village_exit.save(update_fields=["document_number"])
    return village_exit


# --- notices --------------------------------------------------------------------------------------
def village_notice(village_exit: VillageExit, step: str) -> PublicNotice | None:
    """The notice that serves this step in the case's round, unless it was withdrawn."""
    links = village_exit.notices.filter(step=step, round=village_exit.case.round).exclude(notice__state=PublicNotice.State.WITHDRAWN)
    link = links.select_related("notice").first()
    return link.notice if link else None


@transaction.atomic
def publish_village_exit(*, village_exit: VillageExit, starts_on: date, by: User) -> PublicNotice:
    """Hang out the township's notice, or the city's announcement, whichever step the case stands at. Raises HouseholdsError."""
    found = _locked(village_exit, *rules.NOTICES)
    village, step = found.village, str(getattr(found.case.step, "code", ""))
    if village_notice(found, step):
        raise HouseholdsError("这一步已经发布,请在公示页查看。")
    if not flow.may_decide(found.case, by):
        raise HouseholdsError("这一步不由您办理。")
    standing = village_standing(village, found.year)
    values = {"village": village.name, "town": village.township.name, "year": found.year, "rate": standing.rate, "document": found.document_number}
    title, body = flow.notice_text(kind=rules.NOTICES[step], values=values, starts_on=starts_on)
    key = found.case.number
    township = step == "notice"
    notice = flow.publish(
        kind=rules.NOTICES[step], title=title, body=body, level="township" if township else "city", starts_on=starts_on, by=by, case=found.case,
        area=village.township.prefix if township else "", signer=village.township.name if township else settings.get("announcement_signer"),
        lines=[{"key": key, "cells": [1, village.name, standing.rural, standing.poor, standing.rate, "√"]}],
        records=[flow.Record(Village._meta.db_table, village.pk, village_id=village.pk, line_key=key)],
    )  # fmt: skip
    VillageExitNotice.objects.create(exit=found, village=village, notice=notice, step=step, round=found.case.round)
    return notice


# --- what a step asks, what the end changes --------------------------------------------------------
def village_exit_lacks(village_exit: VillageExit) -> list[str]:
    """What keeps the village from leaving: the rate as it is now, and the ten items."""
    problem = village_standing(village_exit.village, village_exit.year).problem
    return ([problem] if problem else []) + rules.missing_items(dict(village_exit.checks.values_list("item", "is_met")))


def village_notice_lacks(village_exit: VillageExit) -> list[str]:
    """What keeps the notice of the present step from being over."""
    step = village_exit.case.step
    if step is None or step.code not in rules.NOTICES:
        return []
    notice = village_notice(village_exit, step.code)
    return flow.notice_problems(notice, today(), line_key=village_exit.case.number) if notice else ["还没有发布公示。"]


def village_of_case(case: Any) -> VillageExit:
    return VillageExit.objects.select_for_update(of=("self",)).select_related("village").get(case=case)


def village_step_passed(case: Any) -> None:
    """Keep the numbers the step was passed on."""
    village_exit = village_of_case(case)
    standing = village_standing(village_exit.village, village_exit.year)
    if standing.rural > 0:
        village_exit.poor_population, village_exit.rural_population = standing.poor, standing.rural
        village_exit.save(update_fields=["poor_population", "rural_population"])


def finish_village_exit(case: Any, by: User) -> None:
    """Announced: the village has left in its year."""
    village_exit = village_of_case(case)
    _close_exit(village_exit, VillageExit.Outcome.ADMITTED)
    villages.edit_village(village=village_exit.village, by=by, exited_in=village_exit.year)


def end_village_exit(case: Any, state: str, by: User | None) -> None:
    """Refused or withdrawn: the step and the reason are kept."""
    last = case.decisions.select_related("step").order_by("-id").first()
    refused = state == "refused"
    words = last.opinion if refused and last else "申请人撤回"
    outcome = VillageExit.Outcome.DECLINED if refused else VillageExit.Outcome.WITHDRAWN
    _close_exit(village_of_case(case), outcome, step=last.step.title if last else "开始", reason=words)


def _close_exit(village_exit: VillageExit, outcome: str, *, step: str = "", reason: str = "") -> None:
    village_exit.outcome, village_exit.closed_on, village_exit.closed_step, village_exit.closed_reason = outcome, today(), step[:60], reason[:300]
    village_exit.save()
