"""Writes of projects and of what belongs to them."""

from typing import Any

from django.db import transaction

from accounts.models import User
from core.scope import because
from funds.models import Acceptance, Beneficiary, ProgressReport, Project
from funds.services.ceilings import within_ceilings
from funds.services.errors import FundsError
from funds.services.gates import gates_apply, passed_gates
from workflow import services as flow


@transaction.atomic
def save_project(*, project: Project, by: User, other_villages: Any = None, **fields: Any) -> Project:
    """Register a project or change it. A project given up is moved out of the library, never deleted."""
    because("修改项目" if project.pk else "登记项目")
    stored = Project.objects.select_for_update().get(pk=project.pk) if project.pk else Project()
    if stored.state == Project.State.DROPPED:
        raise FundsError("项目已移出,不能再修改。")
    if not project.pk:
        project.handler = by
    else:
        flow.refuse_if_noticed("funds_project", [project.pk])
    for name, value in fields.items():
        setattr(project, name, value)
    _refuse_past_gates(stored, project)
    project.full_clean()
    with within_ceilings(project.amount, budget=project.pk):
        project.save()
    if other_villages is not None:
        project.other_villages.set([village for village in other_villages if village.pk != project.village_id])
    return project


BY_GATES = ("library_number", "listed_on", "approved_on")
FIXED_BY_APPROVAL = ("amount", "village_id", "kind", "source")
AFTER_APPROVAL = {Project.State.RUNNING, Project.State.FINISHED, Project.State.ACCEPTED, Project.State.SETTLED}


def _refuse_past_gates(stored: Project, project: Project) -> None:
    """What the gates give, nobody writes by hand: library number, approval, and the states they lead to."""
    if not gates_apply(project) and not (stored.pk and gates_apply(stored)):
        return
    changed = [name for name in BY_GATES if getattr(stored, name) != getattr(project, name)]
    moved = stored.state != project.state and not {stored.state, project.state} <= AFTER_APPROVAL and stored.pk
    if changed or moved or (not stored.pk and project.state != Project.State.APPLIED):
        raise FundsError("入库、批复和相应的状态由六道关办理,不能直接填写。请在项目的“六道关”页送审。")
    if stored.pk and 4 in passed_gates(project) and any(getattr(stored, name) != getattr(project, name) for name in FIXED_BY_APPROVAL):
        raise FundsError("项目已批复,金额、来源、类别和地点不能再改。")


@transaction.atomic
def drop_project(*, project: Project, reason: str, by: User) -> Project:
    """Move a project out of the library; not while money lies on it."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    if project.state == Project.State.DROPPED:
        raise FundsError("项目已移出。")
    if project.ceiling_used:
        raise FundsError("项目已安排资金,请先调减分配。")
    because(f"移出项目库:{reason}")
    project.state = Project.State.DROPPED
    project.finished_on = None
    project.save()
    return project


@transaction.atomic
def add_part(*, part: Any, by: User, upload: Any = None, **fields: Any) -> Any:
    """Write something that hangs on a project: a budget line, a beneficiary, a report, a contract, an acceptance, an asset, a target.

    A report moves a project from plan to work, a passed acceptance on from there.
    """
    project = Project.objects.select_for_update().get(pk=part.project_id)
    if project.state == Project.State.DROPPED:
        raise FundsError("项目已移出,不能再修改。")
    because(f"{'修改' if part.pk else '登记'}{part._meta.verbose_name}:{project.name}")
    for name, value in fields.items():
        setattr(part, name, value)
    part.village_id = part.household.village_id if isinstance(part, Beneficiary) else project.village_id
    if isinstance(part, ProgressReport):
        part.by = by
    if upload is not None:
        field = "photo" if isinstance(part, ProgressReport) else "file"
        setattr(part, field, flow.attach(data=upload, title=f"{project.name}{part._meta.verbose_name}", by=by, village_id=project.village_id))
    if isinstance(part, Acceptance):
        _accept(project, part)
    part.full_clean()
    part.save()
    return part


def _accept(project: Project, part: Acceptance) -> None:
    if project.finished_on is None:
        raise FundsError("项目还没有填竣工日期,不能验收。")
    if part.accepted_on < project.finished_on:
        raise FundsError("验收日期不能早于竣工日期。")
    if part.result == Acceptance.Result.PASSED and project.state == Project.State.FINISHED:
        project.state = Project.State.ACCEPTED
        project.save(update_fields=["state"])
