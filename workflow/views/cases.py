"""The case page: where it stands, what is missing, who has had it how long, and the form to decide."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services import note_access
from core import pages
from core.clock import today
from core.listing import Column, show
from core.pages import Fact, Link
from workflow import kinds, services
from workflow.forms import DecideForm, EvidenceForm, HandOverForm, ScanForm
from workflow.models import Case, Decision, SignedSheet, Step, Todo
from workflow.rules.steps import spent


def _case(request: HttpRequest, pk: int) -> Case:
    rows = Case.objects.visible_to(request.user).select_related("procedure__clause__regulation", "step", "village", "started_by", "applicant", "unit")
    return get_object_or_404(rows, pk=pk)


def _crumbs(case: Case) -> list[tuple[str, str]]:
    return [("待办", reverse("workflow:inbox")), (case.title, case.get_absolute_url())]


@login_required
@require_safe
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    case = _case(request, pk)
    note_access(request, "opened", case, detail=case.title)
    for todo in Todo.objects.waiting_for(request.user).filter(case=case):
        services.see_todo(todo=todo, by=request.user)
    return _show(request, case)


def _show(request: HttpRequest, case: Case, form: DecideForm | None = None) -> HttpResponse:
    user, step = request.user, case.step
    if form is None and services.may_decide(case, user):
        form = DecideForm(initial={"step_id": case.step_id, "version": case.version}, step=step)
    takes_part = case.is_running and services.takes_part(case, user)
    context = {
        "case": case, "view": kinds.get(case.kind).subject(case), "steps": _steps(case), "form": form, "takes_part": takes_part and step is not None,
        "waits": _waits(case), "missing": services.missing(case, step) if step else [], "history": _history(case),
        "may_hand_over": form is not None and step is not None and step.level != Step.Level.APPLICANT, "returned": case.state == Case.State.RETURNED,
        "may_resubmit": case.state == Case.State.RETURNED and case.started_by_id == user.pk, "may_withdraw": _may_withdraw(case, user),
        "evidence": _evidence(case), "sheets": _sheets(case, takes_part), "needs_sheet": step is not None and step.needs_signed_sheet,
        "wanted": list(step.wanted.all()) if step else [],
    }  # fmt: skip
    facts = [
        Fact("办理流程", case.procedure.title), Fact("发起人", str(case.started_by)), Fact("申请人", str(case.applicant)),
        Fact("发起时间", show(case.started_at)), Fact("村", str(case.village or ""), case.village.get_absolute_url() if case.village else ""),
        Fact("轮次", f"第 {case.round} 轮"),
        Fact("依据", " ".join(filter(None, [str(case.procedure.clause or ""), "流程待核定" if case.procedure.is_assumed else ""])), wide=True),
    ]  # fmt: skip
    return pages.record_page(request, title=case.title, subtitle=case.number, state=case.get_state_display(), crumbs=_crumbs(case)[:1] + [(case.title, "")],
                             template="workflow/case.html", case_facts=[fact for fact in facts if fact.value], **context)  # fmt: skip


def _may_withdraw(case: Case, user: Any) -> bool:
    if case.started_by_id != user.pk or not case.is_running:
        return False
    seen = case.todos.filter(done_at=None).exclude(first_seen_at=None).exclude(first_seen_by=user).exists()
    return case.state == Case.State.RETURNED or not (seen or case.decisions.filter(round=case.round).exists())


def _steps(case: Case) -> list[dict[str, Any]]:
    """Each step with what was said at it in the present round, and whether it is done, current or to come."""
    said = list(case.decisions.filter(round=case.round).select_related("user", "on_behalf_of").order_by("id"))
    reached = case.step.number if case.step else None
    lines = []
    for step in case.steps:
        here = [decision for decision in said if decision.step_id == step.pk]
        if reached == step.number:
            mark = "now"
        elif case.state == Case.State.DONE or (reached is not None and step.number < reached):
            mark = "done"
        else:
            mark = "stopped" if any(decision.result != Decision.Result.PASS for decision in here) else "done" if here and reached is None else "later"
        lines.append({"step": step, "mark": mark, "said": here, "whose": _whose(step, case)})
    return lines


def _whose(step: Step, case: Case) -> str:
    if step.level == Step.Level.APPLICANT:
        return str(case.applicant)
    group = f"(须 {step.needed} 人)" if step.needed > 1 else ""
    return f"{step.get_role_display()}{group}"


def _waits(case: Case) -> dict[str, Any] | None:
    """For whom the case waits now, since when, and whether it has been opened."""
    todo = case.todos.filter(done_at=None).select_related("user", "first_seen_by", "unit").order_by("id").first()
    if todo is None:
        return None
    people = services.whom_it_waits_for(todo)
    late = (today() - todo.due_on).days if todo.due_on and todo.due_on < today() else 0
    return {"todo": todo, "people": people[:5], "more": len(people) - 5, "since": spent(todo.created_at, timezone.now()), "late": late}


def _history(case: Case) -> list[dict[str, Any]]:
    """Everything that has waited, oldest first: for whom, from when, how long, and what came of it."""
    decisions = {(row.round, row.step_id, row.user_id): row for row in case.decisions.select_related("user", "on_behalf_of", "step")}
    lines: list[dict[str, Any]] = [{"at": row.at, "who": row.voice, "what": f"{row.step.title}:{row.get_result_display()}", "why": row.opinion,
                                    "round": row.round} for row in decisions.values()]  # fmt: skip
    for todo in case.todos.exclude(done_at=None).select_related("done_by", "user"):
        if todo.dropped and todo.done_by:
            lines.append({"at": todo.done_at, "who": str(todo.done_by), "what": "转办", "why": "", "round": 0})
        elif todo.kind == "returned" and not todo.dropped:
            lines.append({"at": todo.done_at, "who": str(todo.done_by), "what": "重新提交", "why": "", "round": 0})
    lines.append({"at": case.started_at, "who": str(case.started_by), "what": "发起", "why": "", "round": 0})
    if case.state == Case.State.WITHDRAWN and case.ended_at:
        lines.append({"at": case.ended_at, "who": str(case.started_by), "what": "撤回", "why": "", "round": 0})
    lines.sort(key=lambda line: line["at"])
    for earlier, line in zip(lines, lines[1:], strict=False):
        line["took"] = spent(earlier["at"], line["at"])
    return lines


def _evidence(case: Case) -> pages.Table | None:
    rows = list(case.evidences.select_related("step", "attachment", "added_by").order_by("id"))
    columns = (Column("材料", "label"), Column("步骤", "step.title"), Column("提交人", "added_by.name"), Column("时间", "added_at"))
    return pages.table("材料", columns, rows, url=lambda row: row.attachment.get_absolute_url()) if rows else None


def _sheets(case: Case, takes_part: bool) -> pages.Table | None:
    rows = list(case.signedsheets.select_related("step", "printed_by", "attachment", "case__procedure").prefetch_related("signatures").order_by("id"))
    columns = (
        Column("签字表", str), Column("签字", _signed, "long"), Column("打印时间", "printed_at"), Column("轮次", "round", "number"),
        Column("内容摘要", "short_hash"),
    )  # fmt: skip

    def links(sheet: SignedSheet) -> list[Link]:
        open_ = takes_part and sheet.attachment_id is None and sheet.round == case.round and sheet.step_id == case.step_id
        return [Link("回传签字件", reverse("workflow:sheet-scan", args=[sheet.pk]))] if open_ else []

    return (
        pages.table("签字表", columns, rows, url=lambda row: row.attachment.get_absolute_url() if row.attachment else "", row_links=links)
        if rows
        else None
    )


def _signed(sheet: SignedSheet) -> str:
    if sheet.attachment_id is None:
        return "打印后内容有变动,请重新打印" if services.sheet_changed(sheet) else "待签字回传"
    return ";".join(
        f"{each.party} {each.name}({each.get_means_display()}{',见证人 ' + each.witness if each.witness else ''})" for each in sheet.signatures.all()
    )


@login_required
@require_POST
def case_decide(request: HttpRequest, pk: int) -> HttpResponse:
    case = _case(request, pk)
    form = DecideForm(request.POST, step=case.step)
    if form.is_valid():
        try:
            decision = services.decide(case=case, by=request.user, **form.cleaned_data)
        except services.NotYours as error:
            if not services.may_decide(case, request.user):
                raise PermissionDenied from error
            form.add_error(None, str(error))
        except services.WorkflowError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已办理:{decision.step.title},{services.WORDS_OF_RESULT[decision.result]}。")
            return redirect(case)
    return _again(request, case, form)


def _again(request: HttpRequest, case: Case, form: DecideForm) -> HttpResponse:
    """The page as the case stands now, with what was refused; who may still decide gets a form for the present version."""
    case = _case(request, case.pk)
    if not services.may_decide(case, request.user):
        for error in form.non_field_errors():
            messages.error(request, error)
        return _show(request, case)
    form.now(case)
    return _show(request, case, form)


def _act(request: HttpRequest, pk: int, service: Any, done: str) -> HttpResponse:
    case = _case(request, pk)
    if case.started_by_id != request.user.pk:
        raise PermissionDenied
    try:
        service(case=case, by=request.user)
        messages.success(request, done)
    except services.WorkflowError as error:
        messages.error(request, str(error))
    return redirect(case)


@login_required
@require_POST
def case_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.withdraw, "已撤回。")


@login_required
@require_POST
def case_resubmit(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.resubmit, "已重新提交。")


@login_required
@require_http_methods(["GET", "POST"])
def case_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    case = _case(request, pk)
    if not services.may_decide(case, request.user):
        raise PermissionDenied
    form = HandOverForm(request.POST or None, colleagues=[user for user in services.colleagues(case) if user.pk != request.user.pk])

    def save(*, to: Any, reason: str) -> Case:
        return services.hand_over(case=case, to=to, reason=reason, by=request.user)

    return _form(
        request, case, form, save, "转办", note=f"{case.step.title}:{case.title}。转办后由对方一人办理。", save_label="转办", done="已转办。"
    )


def _form(request: HttpRequest, case: Case, form: Any, save: Any, title: str, **more: Any) -> HttpResponse:
    return pages.form_page(
        request, form, save, title=title, back=case.get_absolute_url(), crumbs=_crumbs(case), refusal=services.WorkflowError, **more
    )


def _at_work(request: HttpRequest, case: Case) -> Step:
    """The current step, for who may bring something to it; 403 for the others, 404 where nothing is open."""
    if not services.takes_part(case, request.user):
        raise PermissionDenied
    return get_object_or_404(Step.objects.filter(pk=case.step_id))


@login_required
@require_http_methods(["GET", "POST"])
def case_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    case = _case(request, pk)
    wanted = list(_at_work(request, case).wanted.all())
    form = EvidenceForm(request.POST or None, request.FILES or None, wanted=wanted)

    def save(*, label: str, file: Any) -> Case:
        services.add_evidence(case=case, label=label, file=file, by=request.user)
        return case

    return _form(request, case, form, save, "提交材料", save_label="提交", done="材料已提交。")


@login_required
@require_POST
def case_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The current step's form as PDF; who prints it is written down."""
    case = _case(request, pk)
    step = _at_work(request, case)
    try:
        sheet, pdf = services.print_sheet(case=case, step=step, by=request.user)
    except services.WorkflowError as error:
        messages.error(request, str(error))
        return redirect(case)
    note_access(request, "printed", case, detail=f"{sheet} {case.number}")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}.pdf"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def sheet_scan(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = get_object_or_404(SignedSheet.objects.visible_to(request.user).select_related("case", "step"), pk=pk)
    case = sheet.case
    _at_work(request, case)
    form = ScanForm(request.POST or None, request.FILES or None)

    def save(**fields: Any) -> Case:
        services.take_scan(sheet=sheet, file=fields["file"], signatures=form.signatures(), by=request.user)
        return case

    note = f"{sheet}(办件 {case.number},第 {sheet.round} 轮,内容摘要 {sheet.short_hash})。请照纸面登记签字、盖章或手印;手机上画的签名只作留痕。"
    return _form(request, case, form, save, "回传签字件", note=note, save_label="回传", done="签字件已回传。", template="workflow/scan.html")
