"""Leave: applied for, approved through its procedure, returned from. What it makes of the days is settled in the same transaction."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from cadres import rules
from cadres.models import Cadre, DutyTurn, Leave, LeaveRule, Posting
from cadres.services.days import settle_around
from cadres.services.errors import CadresError
from core import settings
from core.clock import today
from core.scope import because
from villages.models import Grant
from workflow import services as flow
from workflow.models import Case
from workflow.services import attach

LEADERS = {Posting.Role.FIRST_SECRETARY, Posting.Role.TEAM_LEADER}
ALIVE = (Leave.State.PENDING, Leave.State.APPROVED)


def rule_for(*, posting: Posting, days: int, day: date) -> LeaveRule:
    """Who approves a leave of so many days. Raises CadresError when no row says so."""
    group = LeaveRule.Group.LEADER if posting.role in LEADERS else LeaveRule.Group.MEMBER
    rows = LeaveRule.objects.filter(group=group, days_from__lte=days, valid_from__lte=day)
    rule = next((row for row in rows if (row.days_to is None or row.days_to >= days) and (row.valid_to is None or row.valid_to >= day)), None)
    if rule is None:
        raise CadresError(f"请假审批表没有{LeaveRule.Group(group).label} {days} 天的规则,请系统管理员在“代码表和参数”中设置。")
    return rule


def return_days() -> int:
    """Within how many days after a leave its return is to be written down."""
    return settings.get("leave_return_days")


def balance(*, cadre: Cadre, year: int) -> tuple[int, int]:
    """Paid leave of a year in working days: entitled, used or waiting."""
    used = sum(
        rules.workdays_by_year(leave.starts_on, leave.ends_on).get(year, 0)
        for leave in Leave.objects.filter(cadre=cadre, kind=Leave.Kind.PAID, state__in=ALIVE, starts_on__lte=date(year, 12, 31), ends_on__gte=date(year, 1, 1))
    )  # fmt: skip
    return rules.paid_days(working_since=cadre.working_since_on, year=year), used


@transaction.atomic
def apply_leave(
    *, cadre: Cadre, kind: str, starts_on: date, ends_on: date, reason: str, by: User, destination: str = "", for_village: bool = False,
    substitute: Cadre | None = None, paper: Any = None,
) -> Leave:  # fmt: skip
    """Apply for leave; a trip only reported (外出报备) takes effect at once and tells the township.

    Raises CadresError for a past beginning, too little paid leave, turns of 坐班 nobody takes over; overlapping leave is a constraint.
    """
    cadre = Cadre.objects.select_for_update().get(pk=cadre.pk)
    problem = rules.leave_problem(kind=kind, since=starts_on, until=ends_on, today=today(), sick_late_days=settings.get("leave_sick_late_days"),
                                  trip_days=settings.get("trip_report_days"))  # fmt: skip
    if problem:
        raise CadresError(problem)
    posting = Posting.objects.active_on(starts_on).filter(cadre=cadre).select_related("village").first()
    if posting is None or (posting.ended_on and posting.ended_on < ends_on):
        raise CadresError("请假期间不在派驻期内。")
    if kind == Leave.Kind.PAID:
        _check_paid(cadre, starts_on, ends_on)
    _check_turns(cadre, posting, starts_on, ends_on, substitute)
    because(f"申请{Leave.Kind(kind).label} {cadre.name}")
    kept = attach(data=paper, title=f"请假材料 {cadre.name} {starts_on:%Y-%m-%d}", by=by, village_id=posting.village_id) if paper else None
    leave = Leave(
        cadre=cadre, posting=posting, village=posting.village, kind=kind, starts_on=starts_on, planned_until_on=ends_on, ends_on=ends_on, reason=reason,
        destination=destination, for_village=for_village and kind in {Leave.Kind.BUSINESS, Leave.Kind.REPORTED}, substitute=substitute, paper=kept,
        workdays=rules.workdays(starts_on, ends_on), applied_by=by, applied_on=today(),
    )  # fmt: skip
    if kind == Leave.Kind.REPORTED:
        leave.state, leave.approved_on = Leave.State.APPROVED, today()
    leave.full_clean()
    leave.save()
    if kind == Leave.Kind.REPORTED:
        _take_effect(leave)
        _inform(leave, [Role.TOWNSHIP_CHECKER])
        return leave
    rule = rule_for(posting=posting, days=(ends_on - starts_on).days + 1, day=today())
    title = f"{cadre.name} {leave.get_kind_display()} {starts_on:%m-%d} 至 {ends_on:%m-%d}"
    leave.case = flow.start_case(kind=rule.procedure_key, title=title, village=posting.village, by=by, day=today(), applicant=cadre.user or by)
    leave.save(update_fields=["case"])
    return leave


def _check_paid(cadre: Cadre, starts_on: date, ends_on: date) -> None:
    if cadre.working_since_on is None:
        raise CadresError("没有登记参加工作日期,算不出带薪休假天数。请组织部在干部信息中补填。")
    wanted = rules.workdays_by_year(starts_on, ends_on)
    balances = {year: balance(cadre=cadre, year=year) for year in wanted}
    problem = rules.paid_problem(
        wanted=wanted, entitled={year: pair[0] for year, pair in balances.items()}, used={year: pair[1] for year, pair in balances.items()}
    )
    if problem:
        raise CadresError(problem)


def _check_turns(cadre: Cadre, posting: Posting, starts_on: date, ends_on: date, substitute: Cadre | None) -> None:
    """Whoever is on the roster needs somebody to sit in their place, and that one must be there."""
    turns = list(DutyTurn.objects.filter(cadre=cadre, day_on__gte=starts_on, day_on__lte=ends_on).values_list("day_on", flat=True))
    if turns and substitute is None:
        days = "、".join(f"{day.month}月{day.day}日" for day in turns[:5])
        raise CadresError(f"请假期间有坐班({days}),请选择顶岗人员,或先调整坐班安排。")
    if substitute is None:
        return
    if not Posting.objects.active_on(starts_on).filter(cadre=substitute, village=posting.village).exists():
        raise CadresError(f"顶岗人员应是本村在任的派驻干部,{substitute.name} 不是。")
    busy = Leave.objects.filter(cadre=substitute, state__in=ALIVE, starts_on__lte=ends_on, ends_on__gte=starts_on).first()
    if busy:
        raise CadresError(f"{substitute.name} 同期有{busy},不能顶岗。")


def _take_effect(leave: Leave) -> None:
    """The turns go to the substitute, the days are settled."""
    turns = DutyTurn.objects.filter(cadre_id=leave.cadre_id, day_on__gte=max(leave.starts_on, today()), day_on__lte=leave.ends_on)
    if leave.substitute_id:
        sitting = set(DutyTurn.objects.filter(cadre_id=leave.substitute_id, day_on__in=turns.values("day_on")).values_list("day_on", flat=True))
        posting = Posting.objects.active_on(leave.starts_on).filter(cadre_id=leave.substitute_id).first()
        turns.filter(day_on__in=sitting).delete()
        if posting is not None:
            turns.update(cadre_id=leave.substitute_id, posting=posting)
    settle_around(cadre_id=leave.cadre_id, since=leave.starts_on, until=leave.ends_on, today=today())


def _inform(leave: Leave, roles: list[str]) -> None:
    """备案: who is told and decides nothing."""
    code = leave.village.code
    held = Grant.objects.active().filter(role__in=roles, deputy_for=None).select_related("user")
    users = [grant.user for grant in held if code.startswith(grant.area)]
    flow.notify(users=users, text=f"备案:{leave.cadre.name}({leave.village.name}){leave}。", url=leave.get_absolute_url())


def of_case(case: Case) -> Leave:
    """The leave a case is about."""
    return Leave.objects.select_related("cadre", "village", "posting", "substitute", "paper").get(case=case)


def leave_approved(case: Case, by: User) -> None:
    """The last step was passed."""
    leave = of_case(case)
    leave.state, leave.approved_on = Leave.State.APPROVED, today()
    leave.save(update_fields=["state", "approved_on"])
    _take_effect(leave)
    informed = LeaveRule.objects.filter(procedure_key=case.kind).exclude(informed="").values_list("informed", flat=True)
    _inform(leave, sorted({role for text in informed for role in text.split()}))


def leave_ended(case: Case, state: str, by: User) -> None:
    """Refused, or taken back."""
    Leave.objects.filter(case=case).update(state=Leave.State.REFUSED if state == Case.State.REFUSED else Leave.State.WITHDRAWN)


@transaction.atomic
def report_return(*, leave: Leave, returned_on: date, by: User) -> Leave:
    """销假: the first day back. Back early, the rest of the leave falls away; the cadre's own word holds for the last days only."""
    leave = Leave.objects.select_for_update(of=("self",)).select_related("cadre", "posting").get(pk=leave.pk)
    if leave.state != Leave.State.APPROVED or leave.returned_on:
        raise CadresError("这次请假不需要销假(没有批准,或已销假)。")
    if returned_on > today():
        raise CadresError("返岗日期不能晚于今天。")
    if returned_on < leave.starts_on:
        raise CadresError("返岗日期不能早于请假起始日期。")
    late = today() - timedelta(days=settings.get("leave_return_days"))
    if leave.cadre.user_id == by.pk and returned_on < late:
        raise CadresError(f"本人只能登记 {late:%Y-%m-%d} 以后的返岗;更早的请乡镇(街道)核实后登记。")
    because(f"销假 {leave.cadre.name}")
    first, planned = leave.starts_on, leave.ends_on
    if returned_on <= leave.ends_on:
        if returned_on == leave.starts_on:
            leave.state = Leave.State.CANCELLED
        else:
            leave.ends_on = returned_on - timedelta(days=1)
            leave.workdays = rules.workdays(leave.starts_on, leave.ends_on)
    leave.returned_on, leave.cleared_on, leave.cleared_by = returned_on, today(), by
    leave.full_clean(exclude=["case", "paper"])
    leave.save()
    settle_around(cadre_id=leave.cadre_id, since=first, until=max(planned, today()), today=today())
    return leave
