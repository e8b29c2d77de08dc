"""How a proceeding ends, and what its end changes in the register. Called by the case's hooks, in the transaction of the decision."""

from datetime import date
from typing import Any

from accounts.models import User
from core.clock import today
from core.scope import because
from households.models import Household, Member, Proceeding
from households.rules.codes import LeaveReason, PovertyStatus
from households.services.register import refresh_grams

Kind = Proceeding.Kind
OTHER_REASON = LeaveReason.OTHER


def of_case(case: Any) -> Proceeding:
    """The proceeding of a case, locked."""
    return Proceeding.objects.select_for_update().get(case=case)


def _close(proceeding: Proceeding, outcome: str, *, step: str = "", reason: str = "") -> None:
    proceeding.outcome, proceeding.closed_on, proceeding.closed_step, proceeding.closed_reason = outcome, today(), step[:60], reason[:300]
    proceeding.save(update_fields=["outcome", "closed_on", "closed_step", "closed_reason"])


def _leave_register(household: Household, end_reason: str, day: date) -> None:
    household.ended_on, household.end_reason = day, end_reason
    Member.objects.filter(household=household, left_on=None).update(left_on=day, leave_reason=OTHER_REASON)
    refresh_grams([household.pk])


def finish(case: Any, by: User | None) -> None:
    """The last step was passed: the register takes what was decided."""
    proceeding = of_case(case)
    household = Household.objects.select_for_update().get(pk=proceeding.household_id)
    day = today()
    because(f"{proceeding.get_kind_display()}办结 {case.number}")
    match proceeding.kind:
        case Kind.EXIT:
            household.poverty_status, household.exit_year, household.status_confirmed_on = PovertyStatus.EXITED, proceeding.year, day
        case Kind.REMOVAL:
            household.poverty_status, household.status_confirmed_on = PovertyStatus.REMOVED, day
            _leave_register(household, Household.EndReason.REMOVED, day)
        case Kind.RETURN:
            household.poverty_status, household.return_reason, household.status_confirmed_on = PovertyStatus.RETURNED, proceeding.cause, day
        case Kind.MONITORING:
            proceeding.monitor.recognised_on = day
            proceeding.monitor.save(update_fields=["recognised_on"])
        case Kind.CLEARING:
            proceeding.clears.cleared_on = day
            proceeding.clears.save(update_fields=["cleared_on"])
    if proceeding.kind in {Kind.EXIT, Kind.REMOVAL, Kind.RETURN}:
        household.version += 1
        household.save()
    _close(proceeding, Proceeding.Outcome.ADMITTED)


def end(case: Any, state: str, by: User | None) -> None:
    """Refused or withdrawn: who had only applied leaves the register again, with the step and the reason kept."""
    proceeding = of_case(case)
    last = case.decisions.select_related("step").order_by("-id").first()
    refused = state == "refused"
    words = last.opinion if refused and last else "申请人撤回"
    step = last.step.title if last else "开始"
    because(f"{proceeding.get_kind_display()}{'未通过' if refused else '撤回'}:{words}"[:500])
    if proceeding.kind == Kind.IDENTIFICATION:
        household = Household.objects.select_for_update().get(pk=proceeding.household_id)
        _leave_register(household, Household.EndReason.DECLINED if refused else Household.EndReason.WITHDRAWN, today())
        household.version += 1
        household.save()
    _close(proceeding, Proceeding.Outcome.DECLINED if refused else Proceeding.Outcome.WITHDRAWN, step=step, reason=words)


def mark_pre_exit(case: Any) -> None:
    """An exit's public notice has run without a taken-up objection: the household is 预脱贫 until it is announced."""
    proceeding = of_case(case)
    if proceeding.kind != Kind.EXIT:
        return
    Household.objects.filter(pk=proceeding.household_id).update(poverty_status=PovertyStatus.PRE_EXIT, status_confirmed_on=today())
