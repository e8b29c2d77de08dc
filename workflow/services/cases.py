"""Cases: every write. Whoever decides locks the case first, so that of two who decide at once one wins and the other is told."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.clock import today
from core.scope import because
from villages.models import Grant, Village
from workflow import kinds, requirements
from workflow.models import Attachment, Case, Decision, Evidence, Procedure, Step, StepEvidence, Todo
from workflow.rules.steps import area_at, due_day
from workflow.services.errors import AlreadyDecided, NotYours, OutOfOrder, StaleCase, StillMissing, WorkflowError
from workflow.services.files import attach
from workflow.services.numbers import take_numbers
from workflow.services.todos import drop_todo, finish_todo, notify, open_todo

Result = Decision.Result
WORDS_OF_RESULT = {Result.PASS: "通过", Result.RETURN: "退回", Result.REFUSE: "未通过"}


@transaction.atomic
def start_case(
    *,
    kind: str,
    title: str,
    village: Village | None = None,
    household_id: int | None = None,
    area: str | None = None,
    by: User,
    day: date,
    applicant: User | None = None,
) -> Case:
    """Start a case under the procedure valid on `day`; its first step waits from then on.

    `area` is the prefix of the area it belongs to where it has no village (default: the city). `applicant` is whom it concerns
    when that is not who starts it; neither may decide it.
    """
    label = kinds.get(kind).label
    procedure = Procedure.objects.valid_on(day).filter(key=kind).first()
    steps = list(procedure.steps.order_by("number")) if procedure else []
    if procedure is None or not steps:
        raise WorkflowError(f"“{label}”在 {day:%Y-%m-%d} 没有可用的办理流程,请系统管理员在“代码表和参数”中设置。")
    applicant = applicant or by
    place = village.code if village else area or settings.CITY_CODE
    for step in steps:
        if not area_at(step.level, place):
            raise WorkflowError(
                f"“{procedure.title}”的步骤“{step.title}”在{step.get_level_display()}办理,这个办件没有对应的{step.get_level_display()}。"
            )
        if step.level == Step.Level.UNIT and applicant.organization_id is None:
            raise WorkflowError(f"“{step.title}”由申请人所在单位办理,{applicant.name}还没有登记单位。")
    because(f"发起{label}")
    Procedure.objects.filter(pk=procedure.pk, first_used_on=None).update(first_used_on=day)
    case = Case(
        procedure=procedure, kind=kind, title=title[:120], number=f"{day.year}-{take_numbers(key=f'case {day.year}')[0]:06d}", village=village,
        household_id=household_id, area=place, unit_id=applicant.organization_id, started_by=by, applicant=applicant,
    )  # fmt: skip
    case._steps = steps
    _go_to(case, steps[0], day)
    return case


def _go_to(case: Case, step: Step, day: date) -> None:
    """Make this the current step, save the case, and let it wait for whose step it is."""
    case.step, case.state, case.due_on = step, Case.State.OPEN, due_day(day, step.days, step.day_kind)
    case.save()
    _wait(case, step)


def _wait(case: Case, step: Step, *, user: User | None = None, without: Sequence[int] = (), note: str = "") -> Todo:
    waits: dict[str, Any] = {"user": user, "role": step.role, "area": area_at(step.level, case.area)}
    if step.level == Step.Level.APPLICANT:
        waits = {"user": case.applicant}
    elif step.level == Step.Level.UNIT and user is None:
        waits = {"role": step.role, "unit": case.unit}
    own = {case.applicant_id, case.started_by_id} if step.judges else set()
    return open_todo(
        kind="case", title=f"{step.title}:{case.title}", url="", due_on=case.due_on, village_id=case.village_id, household_id=case.household_id,
        case=case, place=case.area, without=own | set(without), note=note, **waits,
    )  # fmt: skip


def _locked(case: Case) -> Case:
    found = Case.objects.select_for_update(of=("self",)).select_related("procedure", "step", "started_by", "applicant", "unit", "village")
    return found.get(pk=case.pk)


def _todo(case: Case) -> Todo | None:
    """What of the case waits now; locked."""
    return Todo.objects.select_for_update().filter(case=case, done_at=None).order_by("id").first()


def said(decision: Decision) -> str:
    """Who decided what and when, in words."""
    when = timezone.localtime(decision.at)
    return f"{decision.voice}已于 {when:%Y-%m-%d %H:%M} 办理“{decision.step.title}”,结果:{WORDS_OF_RESULT[Result(decision.result)]}"


def _meanwhile(case: Case) -> str:
    """What happened last, for who comes too late."""
    last = case.decisions.select_related("user", "on_behalf_of", "step").order_by("-id").first()
    return f"{said(last)}。" if last else ""


@transaction.atomic
def decide(*, case: Case, step_id: int, version: int, result: str, opinion: str = "", by: User, on_behalf_of: User | None = None) -> Decision:
    """One person's decision on the current step, seen at `version`.

    Raises AlreadyDecided (the step is done, or this person has voted), OutOfOrder (not the current step), StaleCase (the case went
    on meanwhile), NotYours (no grant, a deputy's time over, one's own case), StillMissing (evidence, signatures, conditions).
    """
    case = _locked(case)
    opinion = opinion.strip()
    step = _current_step(case, step_id, by)
    if version != case.version:
        raise StaleCase(f"您打开之后,这个办件有了变化。{_meanwhile(case)}请看过现在的情况再办理。")
    todo = _todo(case)
    principal = _voice(case, step, todo, by, on_behalf_of)
    if result not in Result.values:
        raise WorkflowError("请选择办理结果。")
    if result != Result.PASS and not opinion:
        raise WorkflowError("退回或不通过的,请写明原因。")
    if result == Result.PASS and (lacking := missing(case, step)):
        raise StillMissing(lacking)
    because(f"{step.title}:{WORDS_OF_RESULT[Result(result)]}")
    decision = Decision.objects.create(
        case=case, step=step, round=case.round, level=step.level, word=step.word, user=by, on_behalf_of=principal, applicant=case.applicant,
        result=result, opinion=opinion[:500],
    )  # fmt: skip
    if todo is not None:
        finish_todo(todo=todo, by=by)
    _follow(case, step, decision, by)
    return decision


def _current_step(case: Case, step_id: int, by: User) -> Step:
    """The current step, when that is the one meant and the person has not voted on it yet."""
    voted = Decision.objects.filter(case=case, round=case.round, step_id=step_id, user=by).select_related("user", "on_behalf_of", "step").first()
    if voted:
        raise AlreadyDecided(f"{said(voted)},不需要再办。")
    if case.step_id == step_id and case.step is not None:
        return case.step
    done = Decision.objects.filter(case=case, step_id=step_id).select_related("user", "on_behalf_of", "step").order_by("-id").first()
    if done and (case.step is None or done.round == case.round):
        raise AlreadyDecided(f"{said(done)},不需要再办。")
    if case.step is None:
        raise AlreadyDecided(f"这个办件{case.get_state_display()},现在没有要办的步骤。{_meanwhile(case)}")
    raise OutOfOrder(f"现在的步骤是“{case.step.title}”,请按顺序办理。")


def _holds(grant: Grant, case: Case, step: Step, by: User) -> bool:
    if grant.role != step.role:
        return False
    if step.level == Step.Level.UNIT:
        return grant.deputy_for_id is None and by.organization_id == case.unit_id
    return area_at(step.level, case.area).startswith(grant.area)


def _voice(case: Case, step: Step, todo: Todo | None, by: User, on_behalf_of: User | None) -> User | None:
    """For whom `by` speaks at this step: None for themselves, or the principal. Raises NotYours."""
    if step.level == Step.Level.APPLICANT:
        if by.pk != case.applicant_id:
            raise NotYours("这一步由申请人本人办理。")
        return None
    barred = {case.applicant_id, case.started_by_id} if step.judges else set()
    if by.pk in barred:
        raise NotYours("不能办理自己申请或发起的事项。")
    handed_to = todo.user_id if todo else None
    held = [grant for grant in Grant.objects.filter(user=by).active().select_related("deputy_for") if _holds(grant, case, step, by)]
    own = [grant for grant in held if grant.deputy_for_id is None and handed_to in (None, by.pk)]
    if own and on_behalf_of is None:
        return None
    voted = set(Decision.objects.filter(case=case, round=case.round, step=step).values_list("user_id", "on_behalf_of_id"))
    spoken = {speaker for pair in voted for speaker in pair}
    for grant in held:
        principal = grant.deputy_for
        if principal is None or handed_to not in (None, principal.pk) or (on_behalf_of is not None and on_behalf_of.pk != principal.pk):
            continue
        if principal.pk in barred:
            raise NotYours(f"{principal.name}是这个办件的申请人或发起人,不能由其代办人办理。")
        if principal.pk not in spoken:
            return principal
    raise NotYours(_why_not(case, step, by, handed_to))


def _why_not(case: Case, step: Step, by: User, handed_to: int | None) -> str:
    over = (
        Grant.objects.filter(user=by, role=step.role, until__lt=today())
        .exclude(deputy_for=None)
        .select_related("deputy_for")
        .order_by("-until")
        .first()
    )
    if over and over.deputy_for:
        return f"您代{over.deputy_for.name}办理的期限已到({over.until:%Y-%m-%d}),不能再办理。"
    if handed_to:
        return "这一步已转给别人办理。"
    return f"“{step.title}”由{step.get_level_display()}的{step.get_role_display()}办理,您没有这项授权。"


def may_decide(case: Case, user: User) -> bool:
    """Whether the current step waits for this person."""
    return case.state == Case.State.OPEN and Todo.objects.waiting_for(user).filter(case=case).exists()


def takes_part(case: Case, user: User) -> bool:
    """Who may bring evidence and signed sheets to a case: its starter, its applicant, and whoever holds a role of one of its steps there."""
    if user.pk in {case.started_by_id, case.applicant_id}:
        return True
    return any(_holds(grant, case, step, user) for grant in user.active_grants for step in case.steps if step.role)


def _follow(case: Case, step: Step, decision: Decision, by: User) -> None:
    """What a decision makes of the case."""
    kind = kinds.get(case.kind)
    if decision.result == Result.REFUSE:
        _end(case, Case.State.REFUSED, by)
        _tell(case, f"{case.title}({case.number})在“{step.title}”未通过:{decision.opinion}", by)
    elif decision.result == Result.RETURN:
        _send_back(case, step, decision, by)
    elif (passed := Decision.objects.filter(case=case, step=step, round=case.round, result=Result.PASS)).count() < step.needed:
        _wait(case, step, without=list(passed.values_list("user_id", flat=True)))
    else:
        case.version += 1
        following = case.step_after(step)
        if following is not None:
            _go_to(case, following, today())
        else:
            _close(case, Case.State.DONE)
        if kind.on_step:
            kind.on_step(case, step, decision)
        if following is None:
            if kind.on_done:
                kind.on_done(case, by)
            _tell(case, f"{case.title}({case.number})已办结。", by)


def _send_back(case: Case, step: Step, decision: Decision, by: User) -> None:
    case.version += 1
    earlier = case.step_before(step) if step.return_to == Step.ReturnTo.PREVIOUS else None
    if earlier is not None:
        case.round += 1
        _go_to(case, earlier, today())
        back = kinds.get(case.kind).on_step_back
        if back:
            back(case, decision)
        return
    case.state, case.step, case.due_on = Case.State.RETURNED, None, None
    case.save()
    open_todo(kind="returned", title=f"已退回,请修改后重新提交:{case.title}", url="", user=case.started_by, village_id=case.village_id,
              household_id=case.household_id, case=case, place=case.area, note=decision.opinion)  # fmt: skip
    hook = kinds.get(case.kind).on_returned
    if hook:
        hook(case, decision)
    _tell(case, f"{case.title}({case.number})在“{step.title}”被退回:{decision.opinion}", by)


def _close(case: Case, state: str) -> None:
    case.state, case.step, case.due_on, case.ended_at = state, None, None, timezone.now()
    case.save()


def _end(case: Case, state: str, by: User) -> None:
    case.version += 1
    _close(case, state)
    hook = kinds.get(case.kind).on_ended
    if hook:
        hook(case, state, by)


def _tell(case: Case, text: str, by: User) -> None:
    """Tell who started the case and whom it concerns, but not the one who has just done it."""
    notify(users=[user for user in (case.started_by, case.applicant) if user.pk != by.pk], text=text, url=case.get_absolute_url())


@transaction.atomic
def set_due(*, case: Case, due_on: date) -> None:
    """A term of the room's own for the current step, instead of the procedure's days."""
    case = _locked(case)
    todo = _todo(case)
    if case.step_id is None or todo is None:
        return
    Case.objects.filter(pk=case.pk).update(due_on=due_on)
    Todo.objects.filter(pk=todo.pk).update(due_on=due_on, sorted_on=due_on)


@transaction.atomic
def advance(*, case: Case, by: User, opinion: str = "") -> Decision:
    """Pass the current step: for rooms whose own action is the step (a survey recorded, a notice ended)."""
    return _on_current(case, Result.PASS, opinion, by)


@transaction.atomic
def refuse(*, case: Case, by: User, opinion: str) -> Decision:
    """Refuse at the current step: for rooms whose own action has failed (a vote lost)."""
    return _on_current(case, Result.REFUSE, opinion, by)


def _on_current(case: Case, result: str, opinion: str, by: User) -> Decision:
    case = _locked(case)
    if case.step_id is None:
        raise AlreadyDecided(f"这个办件{case.get_state_display()},现在没有要办的步骤。{_meanwhile(case)}")
    return decide(case=case, step_id=case.step_id, version=case.version, result=result, opinion=opinion, by=by)


@transaction.atomic
def withdraw(*, case: Case, by: User) -> Case:
    """撤回: by who started it, until the next person has opened it; their own steps do not count. What was sent back may always be withdrawn."""
    case = _locked(case)
    if by.pk != case.started_by_id:
        raise NotYours("只能撤回自己发起的办件。")
    if not case.is_running:
        raise AlreadyDecided(f"这个办件{case.get_state_display()},不能撤回。")
    todo = _todo(case)
    if case.state == Case.State.OPEN:
        if Decision.objects.filter(case=case, round=case.round).exclude(user=by).exists():
            raise AlreadyDecided(f"{_meanwhile(case)}已有人办理,不能撤回。")
        if todo is not None and todo.first_seen_at is not None and todo.first_seen_by_id != by.pk:
            when = timezone.localtime(todo.first_seen_at)
            raise AlreadyDecided(f"{todo.first_seen_by}已于 {when:%Y-%m-%d %H:%M} 打开办理,不能撤回。如需修改,请联系对方退回。")
    because("撤回办件")
    if todo is not None:
        drop_todo(todo=todo)
    _end(case, Case.State.WITHDRAWN, by)
    return case


@transaction.atomic
def resubmit(*, case: Case, by: User) -> Case:
    """Hand a returned case in again: a new round from the first step."""
    case = _locked(case)
    if by.pk != case.started_by_id:
        raise NotYours("只能由发起人重新提交。")
    if case.state != Case.State.RETURNED:
        raise AlreadyDecided(f"这个办件{case.get_state_display()},不需要重新提交。")
    because("重新提交办件")
    todo = _todo(case)
    if todo is not None:
        finish_todo(todo=todo, by=by)
    case.round += 1
    case.version += 1
    _go_to(case, case.steps[0], today())
    hook = kinds.get(case.kind).on_resubmitted
    if hook:
        hook(case)
    return case


@transaction.atomic
def hand_over(*, case: Case, to: User, reason: str, by: User) -> Case:
    """转办: who has the current step gives it to a colleague with the same role there, who then has it alone."""
    case = _locked(case)
    todo = _todo(case)
    if case.state != Case.State.OPEN or case.step is None or todo is None:
        raise AlreadyDecided(f"这个办件{case.get_state_display()},不能转办。")
    if not reason.strip():
        raise WorkflowError("请写明转办原因。")
    step = case.step
    if step.level == Step.Level.APPLICANT:
        raise NotYours("由申请人本人办理的步骤不能转办。")
    _voice(case, step, todo, by, None)
    if to.pk == by.pk:
        raise WorkflowError("请选择另一位同事。")
    if to.pk not in {user.pk for user in colleagues(case)}:
        raise WorkflowError(f"{to.name}没有在这个范围办理“{step.title}”的授权,或不能办理这个办件,请另选一人。")
    because(f"转办:{reason}")
    drop_todo(todo=todo)
    Todo.objects.filter(pk=todo.pk).update(done_by=by)
    _wait(case, step, user=to, without=todo.without, note=f"{by.name}转办:{reason.strip()}")
    case.version += 1
    case.save(update_fields=["version"])
    notify(users=[to], text=f"{by.name}转给您办理:{step.title},{case.title}", url=case.get_absolute_url())
    return case


def colleagues(case: Case) -> list[User]:
    """Everybody who could do the current step in their own right and is not barred from it."""
    step = case.step
    if step is None or step.level == Step.Level.APPLICANT:
        return []
    barred = {case.applicant_id, case.started_by_id} if step.judges else set()
    barred |= set(Decision.objects.filter(case=case, round=case.round, step=step).values_list("user_id", flat=True))
    held = Grant.objects.active().filter(role=step.role, deputy_for=None).select_related("user__organization").order_by("user__name")
    found = {grant.user_id: grant.user for grant in held if _holds(grant, case, step, grant.user)}
    return [user for user in found.values() if user.is_active and user.pk not in barred]


ACCEPTS = {
    StepEvidence.Accept.PHOTO: (Attachment.Kind.PHOTO,),
    StepEvidence.Accept.PDF: (Attachment.Kind.PDF,),
    StepEvidence.Accept.ANY: (Attachment.Kind.PHOTO, Attachment.Kind.PDF),
}


@transaction.atomic
def add_evidence(*, case: Case, label: str, file: Any, by: User) -> Evidence:
    """Bring a file the current step asks for. Raises WorkflowError for a label it does not ask, or a file that is not what it must be."""
    case = _locked(case)
    if case.step is None:
        raise AlreadyDecided(f"这个办件{case.get_state_display()},不再收材料。")
    if not takes_part(case, by):
        raise NotYours("您不参与这个办件,不能提交材料。")
    wanted = case.step.wanted.filter(label=label).first()
    if wanted is None:
        raise WorkflowError(f"“{case.step.title}”不需要材料“{label[:60]}”。")
    because(f"提交材料 {label}")
    accept = tuple(str(kind) for kind in ACCEPTS[StepEvidence.Accept(wanted.accept)])
    attachment = attach(data=file, title=f"{label} {case.number}", by=by, accept=accept, **file_place(case))
    return Evidence.objects.create(case=case, step=case.step, label=label, attachment=attachment, added_by=by)


def file_place(case: Case) -> dict[str, Any]:
    """Where a file of a case belongs, for row security."""
    return {"village_id": case.village_id, "household_id": case.household_id, "area": "" if case.village_id else case.area}


def missing(case: Case, step: Step) -> list[str]:
    """What the step still lacks before it can be passed, in words."""
    lacking = []
    wanted = list(step.wanted.all())
    brought = list(Evidence.objects.filter(case=case, step=step).values_list("label", flat=True)) if wanted else []
    for each in wanted:
        short = each.least - brought.count(each.label)
        if short > 0:
            lacking.append(f"{each.label}还差 {short} 份({each.get_accept_display()})")
    if step.needs_signed_sheet and not _is_signed(case, step):
        lacking.append("还没有收回签字盖章的纸质表(打印、签字后拍照或扫描上传)")
    for code in step.requirements:
        lacking += requirements.get(code).check(case)
    return lacking


def _is_signed(case: Case, step: Step) -> bool:
    from workflow.models import Signature

    signed = Signature.objects.filter(sheet__case=case, sheet__step=step, sheet__round=case.round).exclude(sheet__attachment=None)
    return signed.exclude(means=Signature.Means.PHONE_TRACE).exists()
