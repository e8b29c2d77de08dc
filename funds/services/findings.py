"""Findings of the supervision team: registered, rectified by a deadline, checked by another, closed by a rule."""

from datetime import date
from typing import Any

from django.conf import settings as environment
from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from core.clock import today
from core.scope import because
from funds.models import Finding, Supervisor
from funds.services.errors import FundsError
from workflow import services as flow
from workflow.models import Regulation

State = Finding.State


@transaction.atomic
def save_supervisor(*, supervisor: Supervisor, by: User, **fields: Any) -> Supervisor:
    because("登记督查组成员")
    for name, value in fields.items():
        setattr(supervisor, name, value)
    supervisor.full_clean()
    supervisor.save()
    return supervisor


@transaction.atomic
def register_finding(*, by: User, **fields: Any) -> Finding:
    """Register a problem; it waits in the bureau's inbox until its deadline, with reminders."""
    found_on = fields["found_on"]
    finding = Finding(number=f"DC{found_on.year}-{flow.take_numbers(key=f'finding {found_on.year}')[0]:04d}", **fields)
    if finding.project is not None and not finding.village_id:
        finding.village_id = finding.project.village_id
    because(f"登记督查问题:{finding.title}")
    finding.full_clean()
    finding.save()
    finding.todo = flow.open_todo(kind="finding", title=f"整改:{finding.title}", url=finding.get_absolute_url(), due_on=finding.due_on,
                                  role=Role.BUREAU_CLERK, area=environment.CITY_CODE, village_id=finding.village_id)  # fmt: skip
    finding.save()
    return finding


def _locked(finding: Finding, state: str, what: str) -> Finding:
    found = Finding.objects.select_for_update(of=("self",)).select_related("todo").get(pk=finding.pk)
    if found.state != state:
        raise FundsError(f"问题现在是“{found.get_state_display()}”,不能{what}。")
    return found


@transaction.atomic
def rectify_finding(*, finding: Finding, rectification: str, rectified_on: date, rule: Regulation | None, rule_note: str, by: User) -> Finding:
    """Say what was done, and which rule was adopted or changed so that it does not come back (堵漏建制)."""
    finding = _locked(finding, State.OPEN, "登记整改")
    if rectified_on < finding.found_on:
        raise FundsError("整改日期不能早于发现日期。")
    if rule is not None and rule.valid_from < finding.found_on:
        raise FundsError("所选制度在问题发现以前已施行,请选择整改中建立或修订的制度。")
    because(f"登记整改 {finding.number}")
    finding.rectification, finding.rectified_on, finding.rectified_by = rectification.strip(), rectified_on, by
    finding.rule, finding.rule_note, finding.state = rule, rule_note.strip(), State.RECTIFIED
    finding.full_clean()
    finding.save()
    if finding.todo is not None and finding.todo.done_at is None:
        flow.finish_todo(todo=finding.todo, by=by)
    return finding


@transaction.atomic
def check_finding(*, finding: Finding, by: User) -> Finding:
    """Confirm that it is done, by another person; not without a rule."""
    finding = _locked(finding, State.RECTIFIED, "销号")
    if finding.rectified_by_id == by.pk:
        raise FundsError("登记整改的人不能核验自己的整改。")
    if finding.rule is None:
        raise FundsError("还没有建立或修订制度,不能销号。请退回补充“堵漏建制”。")
    because(f"销号 {finding.number}")
    finding.checked_by, finding.checked_on, finding.state = by, today(), State.CLOSED
    finding.full_clean()
    finding.save()
    return finding


@transaction.atomic
def return_finding(*, finding: Finding, reason: str, by: User) -> Finding:
    """Not done: it is open again, and waits again."""
    finding = _locked(finding, State.RECTIFIED, "退回")
    because(f"退回整改 {finding.number}:{reason}")
    finding.rectified_on = finding.rectified_by = finding.rule = None
    finding.rule_note, finding.state = "", State.OPEN
    finding.todo = flow.open_todo(kind="finding", title=f"重新整改:{finding.title}", url=finding.get_absolute_url(), due_on=finding.due_on,
                                  role=Role.BUREAU_CLERK, area=environment.CITY_CODE, village_id=finding.village_id, note=reason)  # fmt: skip
    finding.save()
    return finding
