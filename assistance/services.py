"""Writes of pairing and help: links of leaders and units, helpers, pairings, the catalogue, measures."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from assistance.models import ExitNeed, Helper, HelpUnit, Leader, LeaderVillage, Measure, MeasureType, Pairing, UnitVillage, Wish
from assistance.rules import state_problem
from core.scope import because
from households.models import Household
from villages.models import Village


class AssistanceError(Exception):
    """Base for expected refusals; str() is shown to the user."""

    for_user = True


def _write(record: Any, fields: dict[str, Any], reason: str) -> Any:
    because(reason)
    for name, value in fields.items():
        setattr(record, name, value)
    record.full_clean()
    record.save()
    return record


@transaction.atomic
def save_leader(*, leader: Leader, by: User, **fields: Any) -> Leader:
    return _write(leader, fields, "修改联点领导" if leader.pk else "登记联点领导")


@transaction.atomic
def save_unit(*, unit: HelpUnit, by: User, **fields: Any) -> HelpUnit:
    return _write(unit, fields, "修改联村单位" if unit.pk else "登记联村单位")


@transaction.atomic
def save_helper(*, helper: Helper, by: User, **fields: Any) -> Helper:
    return _write(helper, fields, "修改帮扶责任人" if helper.pk else "登记帮扶责任人")


@transaction.atomic
def link_leader(*, leader: Leader, village: Village, started_on: date, by: User) -> LeaderVillage:
    """A leader takes charge of a village; once at a time, by constraint."""
    return _write(LeaderVillage(leader=leader), {"village": village, "started_on": started_on}, f"领导联点 {village.name}")


@transaction.atomic
def link_unit(*, unit: HelpUnit, village: Village, started_on: date, by: User) -> UnitVillage:
    """A unit is linked with a village; once at a time, by constraint."""
    return _write(UnitVillage(unit=unit), {"village": village, "started_on": started_on}, f"单位联村 {village.name}")


@transaction.atomic
def end_link(*, link: LeaderVillage | UnitVillage, ended_on: date, by: User, reason: str) -> LeaderVillage | UnitVillage:
    """End a leader's or a unit's link with its last day."""
    link = type(link).objects.select_for_update().get(pk=link.pk)
    if link.ended_on:
        raise AssistanceError("这项联系已经结束。")
    return _write(link, {"ended_on": ended_on}, reason)


# --- pairings ------------------------------------------------------------------------------------
def _open(household: Household) -> Household:
    household = Household.objects.select_for_update().get(pk=household.pk)
    if household.ended_on:
        raise AssistanceError("这一户已退出登记,不能再办理结对和帮扶。")
    return household


def _chosen(helper: Helper | None, new_helper: dict[str, Any] | None, by: User) -> Helper:
    """The helper named, or a new one registered in the same step."""
    if helper is None and new_helper is None:
        raise AssistanceError("请选择帮扶责任人。")
    return helper or save_helper(helper=Helper(), by=by, **(new_helper or {}))


@transaction.atomic
def start_pairing(
    *, household: Household, started_on: date, is_main: bool, by: User, helper: Helper | None = None, new_helper: dict[str, Any] | None = None
) -> Pairing:
    """Pair a helper, known or registered now, with a household.

    One main helper a household and one pairing of the two at a time, by constraint.
    """
    household = _open(household)
    helper = _chosen(helper, new_helper, by)
    fields = {"helper": helper, "started_on": started_on, "is_main": is_main}
    return _write(Pairing(household=household, village_id=household.village_id), fields, f"结对:{helper.name}")


@transaction.atomic
def end_pairing(*, pairing: Pairing, ended_on: date, end_reason: str, by: User) -> Pairing:
    """End a pairing with its last day and a reason. The main helper of a registered household is changed, not ended."""
    pairing = Pairing.objects.select_for_update().select_related("household").get(pk=pairing.pk)
    if pairing.ended_on:
        raise AssistanceError("这项结对已经结束。")
    if pairing.is_main and pairing.household.ended_on is None:
        raise AssistanceError("每户始终要有一位主要帮扶责任人,请办理“更换主要帮扶责任人”。")
    return _write(pairing, {"ended_on": ended_on, "end_reason": end_reason}, end_reason)


def _end_before(pairing: Pairing, day: date, reason: str) -> None:
    """Let a pairing run to the day before."""
    if pairing.started_on >= day:
        raise AssistanceError(f"更换日期要晚于 {pairing.helper.name} 的结对日期 {pairing.started_on:%Y-%m-%d}。")
    _write(pairing, {"ended_on": day - timedelta(days=1), "end_reason": reason}, reason)


@transaction.atomic
def change_main_helper(
    *,
    household: Household,
    changed_on: date,
    reason: str,
    former_stays: bool,
    by: User,
    helper: Helper | None = None,
    new_helper: dict[str, Any] | None = None,
) -> Pairing:
    """From a day on somebody else is the household's main helper, in one step; who it was before keeps helping if asked.

    The former pairings end the day before and stay: who was responsible on any day can be asked later.
    """
    household = _open(household)
    helper = _chosen(helper, new_helper, by)
    running = list(Pairing.objects.select_for_update().filter(household=household, ended_on=None).select_related("helper"))
    former = next((pairing for pairing in running if pairing.is_main), None)
    if former and former.helper_id == helper.pk:
        raise AssistanceError(f"{helper.name} 已是这户的主要帮扶责任人。")
    if former:
        _end_before(former, changed_on, reason)
    for pairing in running:
        if pairing.helper_id == helper.pk:
            _end_before(pairing, changed_on, "转为主要帮扶责任人")
    if former and former_stays:
        _pair(household, former.helper, changed_on, is_main=False, reason=reason)
    return _pair(household, helper, changed_on, is_main=True, reason=reason)


def _pair(household: Household, helper: Helper, day: date, *, is_main: bool, reason: str) -> Pairing:
    fields = {"helper": helper, "started_on": day, "is_main": is_main}
    return _write(Pairing(household=household, village_id=household.village_id), fields, reason)


@transaction.atomic
def replace_helper(*, pairing: Pairing, helper: Helper, changed_on: date, reason: str, by: User) -> Pairing:
    """From a day on somebody else takes over a pairing, main or not; the former one ends the day before and stays."""
    pairing = Pairing.objects.select_for_update(of=("self",)).select_related("helper", "household").get(pk=pairing.pk)
    household = _open(pairing.household)
    if pairing.ended_on:
        raise AssistanceError("这项结对已经结束。")
    if Pairing.objects.filter(household=household, helper=helper, ended_on=None).exists():
        raise AssistanceError(f"{helper.name} 已与这户结对,请在该户的“帮扶”页办理。")
    _end_before(pairing, changed_on, reason)
    return _pair(household, helper, changed_on, is_main=pairing.is_main, reason=reason)


@transaction.atomic
def undo_replacement(*, pairing: Pairing, successor_id: int, reason: str, by: User) -> Pairing:
    """Take back a replacement nobody has built on: the new pairing goes (the trail keeps it), the former one runs on."""
    rows = {each.pk: each for each in Pairing.objects.select_for_update().filter(pk__in=[pairing.pk, successor_id])}
    former, successor = rows.get(pairing.pk), rows.get(successor_id)
    if former is None or successor is None or successor.ended_on or successor.is_main != former.is_main:
        raise AssistanceError("新的结对之后又有变动,请在该户的“帮扶”页办理。")
    if former.ended_on != successor.started_on - timedelta(days=1):
        raise AssistanceError("原来的结对之后又有变动,请在该户的“帮扶”页办理。")
    because(reason)
    successor.delete()
    return _write(former, {"ended_on": None, "end_reason": ""}, reason)


# --- measures ------------------------------------------------------------------------------------
@transaction.atomic
def save_measure_type(*, measure_type: MeasureType, by: User, **fields: Any) -> MeasureType:
    """Edit the catalogue. A kind no longer used gets an end date; it is never deleted."""
    return _write(measure_type, fields, "修改措施类别" if measure_type.pk else "增加措施类别")


@transaction.atomic
def give_measure(*, household: Household, by: User, **fields: Any) -> Measure:
    """Plan a measure for a household, or record one that was carried out (`domain.md` §4)."""
    household = _open(household)
    return _write(Measure(household=household, village_id=household.village_id), fields, f"安排帮扶措施 {fields['measure_type'].name}")


@transaction.atomic
def edit_measure(*, measure: Measure, by: User, **fields: Any) -> Measure:
    """Record how a measure went on. It is stopped, not deleted."""
    return _write(measure, fields, f"修改帮扶措施 {measure.measure_type.name}")


# --- wishes and exit needs ------------------------------------------------------------------------
@transaction.atomic
def save_wish(*, wish: Wish, household: Household, by: User, **fields: Any) -> Wish:
    """What a household wishes for in one aspect, and the measure that answers it. Raises AssistanceError for a state nothing supports."""
    household = _open(household)
    measure = fields.get("measure")
    if measure is not None and measure.household_id != household.pk:
        raise AssistanceError("所选措施不是这一户的。")
    done = measure is not None and measure.state == Measure.State.DONE
    problem = state_problem(state=fields["state"], has_measure=measure is not None, measure_done=done, result=fields.get("result") or "")
    if problem:
        raise AssistanceError(problem)
    fields |= {"household": household, "village_id": household.village_id}
    return _write(wish, fields, f"{'修改' if wish.pk else '登记'}脱贫意愿")


@transaction.atomic
def save_need(*, need: ExitNeed, village: Village, by: User, **fields: Any) -> ExitNeed:
    """What a village still needs to exit in one aspect. What is met says how."""
    if fields["state"] == Wish.State.MET and not fields.get("result"):
        raise AssistanceError("已落实的,请写明如何落实(项目、完成时间)。")
    return _write(need, fields | {"village": village}, f"{'修改' if need.pk else '登记'}退出需求")
