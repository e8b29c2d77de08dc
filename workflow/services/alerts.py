"""Alerts: the pass of each rule, and what a person makes of what it found."""

import json
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from core.clock import today
from core.models import Event
from core.scope import acting_as_system, because
from core.settings import SettingError
from workflow import alerts_registry as registry
from workflow.models import Alert, AlertRule, AlertRun, Clause
from workflow.services.errors import WorkflowError

logger = logging.getLogger(__name__)


class AlertJudged(WorkflowError):
    """Somebody else has judged the alert meanwhile; the text says who and what."""


class NotYoursToJudge(WorkflowError):
    """The alert is about the judge's own record."""


@dataclass(frozen=True)
class Passed:
    """What one pass of one rule did."""

    code: str
    found: int = 0
    fresh: int = 0
    gone: int = 0
    problem: str = ""


# --- rules -----------------------------------------------------------------------------------------
def install_rules() -> int:
    """Give every registered check its first row, where it has none. Returns how many were made."""
    known = set(AlertRule.objects.values_list("code", flat=True))
    missing = [
        AlertRule(code=check.code, title=check.title, room=check.room, severity=check.severity, parameters=check.defaults(),
                  basis=check.basis, valid_from=registry.SINCE)
        for check in registry.checks() if check.code not in known
    ]  # fmt: skip
    AlertRule.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


@transaction.atomic
def change_rule(
    *,
    rule: AlertRule,
    severity: str,
    parameters: dict[str, Any],
    is_assumed: bool,
    valid_from: date,
    reason: str,
    by: User,
    valid_to: date | None = None,
    clause: Clause | None = None,
) -> AlertRule:
    """A new version of a rule from a day on; the one before ends the day before. Raises WorkflowError, ValidationError.

    A version that has not begun yet is changed in place.
    """
    rule = AlertRule.objects.select_for_update().get(pk=rule.pk)
    check = registry.find(rule.code)
    if check is None:
        raise WorkflowError("这条规则在本版本中已不使用,不能修改。")
    newest = AlertRule.objects.filter(code=rule.code).order_by("-version").first()
    if newest is None or newest.pk != rule.pk:
        raise WorkflowError("这是以前的版本,请修改最新的版本。")
    try:
        cleaned = {each.key: each.clean(parameters.get(each.key, each.standard)) for each in check.parameters}
    except SettingError as error:
        raise WorkflowError(str(error)) from error
    if valid_from < rule.valid_from:
        raise WorkflowError(f"新版本的施行日期不能早于现行版本的施行日期 {rule.valid_from}。")
    because(f"修改预警规则 {rule.code}:{reason}")
    fields = {"severity": severity, "parameters": cleaned, "is_assumed": is_assumed, "valid_to": valid_to, "basis": reason[:200],
              "clause": clause}  # fmt: skip
    if valid_from > rule.valid_from:
        AlertRule.objects.filter(pk=rule.pk).update(valid_to=valid_from - timedelta(days=1))
        rule = AlertRule(code=rule.code, version=rule.version + 1, title=check.title, room=check.room, valid_from=valid_from)
    for name, value in fields.items():
        setattr(rule, name, value)
    rule.full_clean()
    rule.save()
    return rule


# --- runs ------------------------------------------------------------------------------------------
def run_alerts(
    day: date,
    codes: Iterable[str] | None = None,
    only: tuple[str, Sequence[int]] | None = None,
    households: Sequence[int] | None = None,
    villages: Sequence[int] | None = None,
) -> list[Passed]:
    """Ask every rule in force on a day and write what it finds. One pass a rule, each in its own savepoint.

    `only` = (table, row ids), `households` or `villages` narrows the pass to what a change has touched; conditions over many records
    wait for the night then, unless named. A rule that cannot be asked leaves its alerts as they are and says why. Runs within the reach
    of the caller: for the whole city call it under `acting_as_system`.
    """
    bounds = Bounds(only[1] if only else None, households, villages)
    wanted = set(codes) if codes is not None else None
    rules = {rule.code: rule for rule in AlertRule.objects.in_force(day)}
    passed = []
    for check in registry.checks():
        if (wanted is not None and check.code not in wanted) or check.code not in rules:
            continue
        if bounds and ((check.nightly and wanted is None) or (only is not None and only[0] != check.table)):
            continue
        passed.append(_run(check, rules[check.code], day, bounds))
    return passed


@dataclass(frozen=True)
class Bounds:
    """Which rows, households or villages a pass is about; None: all."""

    rows: Sequence[int] | None = None
    households: Sequence[int] | None = None
    villages: Sequence[int] | None = None

    def __bool__(self) -> bool:
        return any(ids is not None for ids in (self.rows, self.households, self.villages))

    def conditions(self) -> list[tuple[str, str, list[int]]]:
        """(column of what is found, column of an alert, ids)."""
        known = (
            ("found_row", "row_id", self.rows),
            ("found_household", "household_id", self.households),
            ("found_village", "village_id", self.villages),
        )
        return [(found, own, list(ids)) for found, own, ids in known if ids is not None]


def _run(check: registry.Check, rule: AlertRule, day: date, bounds: Bounds) -> Passed:
    start = time.perf_counter()
    try:
        with transaction.atomic():
            result = _pass(check, rule, day, bounds)
    except registry.CannotRun as error:
        result = Passed(check.code, problem=str(error))
    except Exception:  # one broken rule must not keep the others from being asked
        logger.exception("alert rule %s failed", check.code)
        result = Passed(check.code, problem="运行出错,已记录,请联系系统管理员。")
    if not bounds:
        AlertRun.objects.create(code=check.code, ran_on=day, found=result.found, fresh=result.fresh, gone=result.gone, problem=result.problem[:300],
                                milliseconds=round((time.perf_counter() - start) * 1000))  # fmt: skip
    return result


PASS = """
with met as materialized (
  select f.*, md5(f.found_inputs::text) as fingerprint from ({sql}) f where true{narrow}
), found as materialized (
  select m.* from met m where not exists (select from workflow_alert a where a.code = %s and a.row_id = m.found_row
    and a.state = 'false' and a.about = m.found_about and a.fingerprint = m.fingerprint)
), gone as (
  update workflow_alert a set gone_on = greatest(%s::date, a.found_on)
  where a.code = %s and a.state in ('open', 'true') and a.gone_on is null{within}
    and not exists (select from found f where f.found_row = a.row_id and f.found_about = a.about)
  returning 1
), again as (
  update workflow_alert a set inputs = f.found_inputs, fingerprint = f.fingerprint, title = left(f.found_title, 120), gone_on = null, rule_id = %s
  from found f
  where a.code = %s and a.state in ('open', 'true') and a.row_id = f.found_row and a.about = f.found_about
    and (a.gone_on is not null or a.fingerprint <> f.fingerprint)
  returning 1
), fresh as (
  insert into workflow_alert (rule_id, code, "table", row_id, about, fingerprint, village_id, household_id, organization_id, title, inputs,
                              found_on, state, reason)
  select %s, %s, %s, f.found_row, f.found_about, f.fingerprint, f.found_village, f.found_household, f.found_organization, left(f.found_title, 120),
         f.found_inputs, %s, 'open', ''
  from found f
  where not exists (select from workflow_alert a where a.code = %s and a.row_id = f.found_row and a.about = f.found_about
                    and a.state in ('open', 'true'))
  on conflict do nothing
  returning 1
)
select (select count(*) from found), (select count(*) from fresh), (select count(*) from gone), (select count(*) from again)
"""


def _statement(check: registry.Check, rule: AlertRule, day: date) -> registry.Statement:
    """The condition's query, with the rule's parameters. Raises CannotRun."""
    found = check.find(check.read(rule.parameters), day)
    if isinstance(found, registry.Statement):
        return found
    try:
        return registry.Statement(*found.query.sql_with_params())
    except EmptyResultSet:
        empty = ", ".join(f"null::{kind} as {name}" for name, kind in zip(registry.COLUMNS, _KINDS, strict=True))
        return registry.Statement(f"select {empty} where false")


_KINDS = ("bigint", "bigint", "bigint", "bigint", "text", "text", "jsonb")


def _pass(check: registry.Check, rule: AlertRule, day: date, bounds: Bounds) -> Passed:
    because(f"预警规则 {rule.code} 第 {rule.version} 版")
    statement = _statement(check, rule, day)
    narrow = "".join(f" and f.{found} = any(%s)" for found, _, _ in bounds.conditions())
    within = "".join(f" and a.{own} = any(%s)" for _, own, _ in bounds.conditions())
    ids = [each for _, _, each in bounds.conditions()]
    values = [*statement.values, *ids, check.code, day, check.code, *ids, rule.pk, check.code, rule.pk, check.code, check.table, day, check.code]
    with connection.cursor() as cursor:
        cursor.execute(PASS.format(sql=statement.sql, narrow=narrow, within=within), values)
        found, fresh, gone, _ = cursor.fetchone()
    return Passed(check.code, found, fresh, gone)


@dataclass(frozen=True)
class Finding:
    """A row that meets a rule's condition on a day, as `alerts --as-of` tells it."""

    code: str
    severity: str
    title: str
    sentence: str


def find_alerts(day: date, codes: Iterable[str] | None = None, *, limit: int = 10_000) -> list[Finding]:
    """What the rules in force on a day would find in today's records, without writing. Raises CannotRun."""
    wanted = set(codes) if codes is not None else None
    findings = []
    for rule in AlertRule.objects.in_force(day).order_by("code"):
        check = registry.find(rule.code)
        if check is None or (wanted is not None and rule.code not in wanted):
            continue
        statement = _statement(check, rule, day)
        with connection.cursor() as cursor:
            cursor.execute(f"select found_title, found_inputs::text from ({statement.sql}) f order by found_row limit %s", [*statement.values, limit])  # noqa: S608
            rows = cursor.fetchall()
        findings += [Finding(rule.code, rule.severity, title, check.sentence(json.loads(inputs), rule.parameters)) for title, inputs in rows]
    return findings


# --- judging ---------------------------------------------------------------------------------------
NEXT = {
    Alert.State.OPEN: (Alert.State.TRUE, Alert.State.FALSE, Alert.State.RECTIFIED),
    Alert.State.TRUE: (Alert.State.RECTIFIED, Alert.State.FALSE),
}


@transaction.atomic
def judge_alert(*, alert: Alert, state: str, reason: str, by: User, was: str | None = None) -> Alert:
    """A person says what an alert is: 属实, 误报, 已整改. Raises WorkflowError.

    `was` is the state the judge had before their eyes. 已整改 is taken when the condition, asked again now, is no longer
    met. Nobody judges an alert about themselves, and a serious one is not called false by who last changed the record.
    """
    alert = Alert.objects.select_for_update(of=("self",)).select_related("rule", "closed_by").get(pk=alert.pk)
    if was is not None and alert.state != was:
        raise AlertJudged(f"{alert.closed_by} 已认定为“{alert.get_state_display()}”:{alert.reason}")
    if state not in NEXT.get(Alert.State(alert.state), ()):
        raise AlertJudged(f"这条预警已认定为“{alert.get_state_display()}”,不能再改为“{Alert.State(state).label}”。")
    if not reason.strip():
        raise WorkflowError("请写明认定理由。")
    _refuse_own(alert, state, by)
    if state == Alert.State.RECTIFIED:
        _refuse_unless_gone(alert)
    because(f"预警认定 {Alert.State(state).label}:{reason}")
    alert.state, alert.closed_by, alert.closed_at, alert.reason = state, by, timezone.now(), reason.strip()[:300]
    alert.save(update_fields=["state", "closed_by", "closed_at", "reason", "gone_on"])
    return alert


def _refuse_own(alert: Alert, state: str, by: User) -> None:
    check = registry.find(alert.code)
    if check is not None and check.concerns is not None and by.pk in check.concerns(alert):
        raise NotYoursToJudge("这条预警涉及您本人,须由他人认定。")
    if state != Alert.State.FALSE or alert.rule.severity != AlertRule.Severity.SERIOUS:
        return
    last = Event.objects.filter(table=alert.table, row_id=alert.row_id).order_by("-id").first()
    if last is not None and last.user_id == by.pk:
        raise NotYoursToJudge("您是这条记录最近一次的修改人,严重预警须由他人认定为误报。")


def _refuse_unless_gone(alert: Alert) -> None:
    """Ask the rule again about this very row, over the whole city, and take its answer."""
    with acting_as_system(reason=f"核对预警 {alert.code}"):
        passed = run_alerts(today(), codes=[alert.code], only=(alert.table, [alert.row_id]))
    alert.refresh_from_db(fields=["gone_on"])
    if not passed:  # the rule is no longer in force: nothing asks any more
        alert.gone_on = alert.gone_on or today()
    elif passed[0].problem:
        raise WorkflowError(f"现在不能核对:{passed[0].problem}")
    elif alert.gone_on is None:
        raise WorkflowError("按现在的记录,这条预警的条件仍然成立。请先改正记录,或认定为“属实”后督促整改。")


def tell_alerts(day: date, codes: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """What commands print, one entry an alert: rule, severity, object, evidence, found_on.

    For today the rules run and write, and what still holds is told with the day it was first found; for another day they are
    asked without writing. Runs within the reach of the caller. Raises CannotRun.
    """
    codes = list(codes) if codes is not None else None
    if day != today():
        return [_told(each.code, each.severity, each.title, each.sentence, day) for each in find_alerts(day, codes)]
    broken = [passed.problem for passed in run_alerts(day, codes) if passed.problem]
    if broken:
        raise registry.CannotRun("".join(broken))
    rows = Alert.objects.live().filter(gone_on=None).select_related("rule").order_by("code", "row_id", "about")
    rows = rows.filter(code__in=codes) if codes is not None else rows
    return [_told(each.code, each.rule.severity, each.title, each.sentence, each.found_on) for each in rows.iterator()]


def _told(code: str, severity: str, title: str, sentence: str, found_on: date) -> dict[str, Any]:
    return {"rule": code, "severity": severity, "object": title, "evidence": sentence, "found_on": found_on.isoformat()}
