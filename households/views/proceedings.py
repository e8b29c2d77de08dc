"""A household's way through the office: the list of what runs, a village's work by step, and what each step records."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages
from core.clock import today
from households import services
from households.filters import ProceedingFilter
from households.forms import EntryForm
from households.forms.proceedings import (
    START_FORMS,
    ChecksForm,
    DocumentForm,
    NoticeForm,
    RegistrationForm,
    RemovalDocumentForm,
    ReviewForm,
    StartForm,
    SurveyForm,
)
from households.models import Household, HouseholdSurvey, Proceeding
from households.rules.procedures import NOTICE_STEPS, PROCEDURES
from households.views.entry import entry_screen, from_draft
from households.views.records import visible_household
from villages.models import Village
from workflow.services import WorkflowError, drop_draft

Kind = Proceeding.Kind
REFUSALS = (services.HouseholdsError, WorkflowError)
CRUMB = "识别退出办理"


def _rows(user: Any) -> Any:
    return Proceeding.objects.visible_to(user).for_list()


PROCEEDINGS = listings.register(
    listings.Listing(
        key="proceedings",
        title=CRUMB,
        rows=_rows,
        columns=(
            listings.Column("户主", "head_name"),
            listings.Column("办件编号", "case.number"),
            listings.Column("事项", "get_kind_display"),
            listings.Column("乡镇", "village.township.name"),
            listings.Column("村", "village.name"),
            listings.Column("进度", "state_label", "long"),
            listings.Column("本步期限", lambda row: row.case.due_on if row.outcome == "running" else None, "date"),
            listings.Column("开始日期", "started_on", "date"),
            listings.Column("办结日期", "closed_on", "date"),
            listings.Column("终止环节", "closed_step"),
            listings.Column("终止原因", "closed_reason", "long"),
        ),
        permission=Permission.HOUSEHOLD_VIEW,
        order=("-id",),
        filters=ProceedingFilter,
        empty="没有符合条件的办理事项。",
        primary=("受理农户申请", "households:apply", Permission.HOUSEHOLD_EDIT),
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="households_proceeding",
    )
)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def proceeding_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, PROCEEDINGS)


# --- starting -------------------------------------------------------------------------------------
APPLY_DRAFT = "household-apply"


@requires(Permission.HOUSEHOLD_EDIT)
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """A householder's application on the entry screen; registration settles what is not asked here."""
    data = request.POST if request.method == "POST" else from_draft(request, APPLY_DRAFT)
    initial = {"village": request.GET.get("village", ""), "applied_on": today()}
    if not initial["village"].isdigit():
        initial.pop("village")
    entry = EntryForm(user=request.user, today=today(), year=today().year, data=data, initial=initial, applying=True)
    if request.method == "POST" and entry.is_valid():
        try:
            proceeding = services.apply(
                village=entry.household.cleaned_data["village"], data=entry.to_input(None), reason="农户申请", by=request.user, day=today()
            )
        except REFUSALS as error:
            entry.household_errors.append(str(error))
        else:
            drop_draft(form=APPLY_DRAFT, by=request.user)
            messages.success(request, f"申请已受理,办件编号 {proceeding.case.number}。请上传申请书和授权书后提交。")
            return redirect(proceeding)
    return entry_screen(request, entry, None, title="受理农户申请", draft_form=APPLY_DRAFT, back=reverse("households:proceeding-list"))


@requires(Permission.HOUSEHOLD_EDIT)
@require_http_methods(["GET", "POST"])
def proceeding_start(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    household = visible_household(request, pk, Permission.HOUSEHOLD_EDIT)
    if kind not in PROCEDURES:
        raise Http404
    form = START_FORMS.get(kind, StartForm)(request.POST or None, initial={"warned_on": today()})

    def save(**fields: Any) -> Proceeding:
        return services.start(household=household, kind=kind, by=request.user, **fields)

    label = Kind(kind).label
    return pages.form_page(
        request, form, save, title=f"办理{label}", back=reverse("households:proceedings", args=[pk]),
        crumbs=[("建档立卡户", reverse("households:list")), (str(household), household.get_absolute_url())],
        refusal=REFUSALS, done=f"已开始办理{label}。", save_label="开始办理",
    )  # fmt: skip


# --- what the steps record ------------------------------------------------------------------------
def _proceeding(request: HttpRequest, pk: int) -> Proceeding:
    rows = Proceeding.objects.visible_to(request.user).select_related("household", "village", "case__step")
    return get_object_or_404(rows, pk=pk)


def _step_page(request: HttpRequest, proceeding: Proceeding, form: Any, save: Any, title: str, **more: Any) -> HttpResponse:
    if request.method == "POST" and not services.may_act(proceeding, request.user):
        raise PermissionDenied
    return pages.form_page(
        request, form, save, title=title, back=proceeding.get_absolute_url(), refusal=REFUSALS,
        crumbs=[(CRUMB, reverse("households:proceeding-list")), (proceeding.case.number, proceeding.get_absolute_url())], **more,
    )  # fmt: skip


@requires(Permission.HOUSEHOLD_VIEW)
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    proceeding = _proceeding(request, pk)
    stored = getattr(proceeding, "survey", None)
    initial = (
        {name: getattr(stored, name) for name in ("surveyed_on", "first_surveyor", "second_surveyor", *HouseholdSurvey.ASPECTS)} if stored else {}
    )
    form = SurveyForm(request.POST or None, request.FILES or None, initial=initial or {"surveyed_on": today()})

    def save(**fields: Any) -> Proceeding:
        services.record_survey(proceeding=proceeding, by=request.user, **fields)
        return proceeding

    return _step_page(request, proceeding, form, save, "入户调查", done="入户调查已保存。")


@requires(Permission.HOUSEHOLD_VIEW)
@require_http_methods(["GET", "POST"])
def exit_checks(request: HttpRequest, pk: int) -> HttpResponse:
    proceeding = _proceeding(request, pk)
    stored = {row.item: row for row in proceeding.exit_checks.all()}
    form = ChecksForm(request.POST or None, stored=stored, suggested=services.exit_suggestions(proceeding))

    def save(**_: Any) -> Proceeding:
        services.save_exit_checks(proceeding=proceeding, answers=form.answers(), by=request.user)
        return proceeding

    return _step_page(request, proceeding, form, save, "退出核查表", template="households/exit_checks.html", done="核查表已保存。")


@requires(Permission.HOUSEHOLD_VIEW)
@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, pk: int) -> HttpResponse:
    proceeding = _proceeding(request, pk)
    form_class = RemovalDocumentForm if proceeding.kind == Kind.REMOVAL else DocumentForm
    form = form_class(request.POST or None, initial={"document_number": proceeding.document_number, "recover_benefits": proceeding.recover_benefits})

    def save(**fields: Any) -> Proceeding:
        return services.set_document(proceeding=proceeding, by=request.user, **fields)

    return _step_page(request, proceeding, form, save, "审定文号")


@requires(Permission.HOUSEHOLD_VIEW)
@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest, pk: int) -> HttpResponse:
    proceeding = _proceeding(request, pk)
    form = RegistrationForm(request.POST or None, request.FILES or None, initial={"identified_on": today()})

    def save(**fields: Any) -> Household:
        return services.register_identified(proceeding=proceeding, by=request.user, **fields)

    return _step_page(
        request, proceeding, form, save, "建档立卡、发放手册", save_label="建档立卡", done="已建档立卡,户编号已生成。",
        note="保存后生成户编号,登记两本手册的发放,识别办结。",
    )  # fmt: skip


# --- a village's work -----------------------------------------------------------------------------
def _village(request: HttpRequest, pk: int, permission: str = Permission.HOUSEHOLD_VIEW) -> Village:
    return get_object_or_404(Village.objects.visible_to(request.user, permission).select_related("township"), pk=pk)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def village_work(request: HttpRequest, pk: int) -> HttpResponse:
    """What runs in a village, by kind and step, with what can be done for several households at once."""
    village = _village(request, pk)
    groups = services.village_groups(village=village, user=request.user)
    note_access(request, "opened", table=Proceeding._meta.db_table, detail=f"{village.name}办理情况")
    context = {"village": village, "groups": groups, "title": f"{village.name} 办理情况",
               "crumbs": [(CRUMB, reverse("households:proceeding-list")), (village.name, "")]}  # fmt: skip
    return render(request, "households/village_work.html", context)


def _waiting(village: Village, kind: str, user: Any, *codes: str) -> list[Proceeding]:
    if kind not in PROCEDURES:
        raise Http404
    return services.waiting_at(village=village, kind=kind, codes=codes, user=user)


@requires(Permission.HOUSEHOLD_EDIT)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One meeting, a ballot for each household that waits for it."""
    village = _village(request, pk, Permission.HOUSEHOLD_EDIT)
    waiting = _waiting(village, kind, request.user, "review")
    form = ReviewForm(request.POST or None, request.FILES or None, proceedings=waiting)
    back = reverse("households:village-work", args=[pk])
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, carried, lost = services.hold_review(village=village, kind=kind, votes=form.votes(), by=request.user, **form.meeting.cleaned_data)
        except REFUSALS as error:
            problem = str(error)
        else:
            messages.success(request, f"评议结果已保存:通过 {carried} 户,未通过 {lost} 户。")
            return redirect(back)
    context = {"form": form, "village": village, "problem": problem, "title": f"{Kind(kind).label}民主评议", "cancel_url": back,
               "crumbs": [(CRUMB, reverse("households:proceeding-list")), (village.name, back), ("民主评议", "")]}  # fmt: skip
    return render(request, "households/review.html", context)


@requires(Permission.HOUSEHOLD_VIEW)
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, pk: int, kind: str, step: str) -> HttpResponse:
    """One notice for the households that wait for it at a step."""
    village = _village(request, pk)
    if step not in NOTICE_STEPS:
        raise Http404
    waiting = services.without_notice(_waiting(village, kind, request.user, step))
    form = NoticeForm(request.POST or None, proceedings=waiting, labels=services.notice_labels(waiting))
    back = reverse("households:village-work", args=[pk])

    def save(chosen: list[str], starts_on: Any) -> Any:
        rows = [row for row in waiting if str(row.pk) in chosen]
        return services.publish_step(village=village, kind=kind, step=step, proceedings=rows, starts_on=starts_on, by=request.user)

    return pages.form_page(
        request, form, save, title=f"发布{Kind(kind).label}{'公告' if step == 'announcement' else '公示'}", back=back, refusal=REFUSALS,
        crumbs=[(CRUMB, reverse("households:proceeding-list")), (village.name, back)], save_label="发布", done="已发布,请打印张贴并上传照片。",
        note="" if waiting else "本村这一步没有等待公示的户。",
    )  # fmt: skip


@requires(Permission.HOUSEHOLD_VIEW)
@require_POST
def notice_over(request: HttpRequest, pk: int, kind: str, step: str) -> HttpResponse:
    """The notice has run: every household without an open objection goes on."""
    village = _village(request, pk)
    waiting = _waiting(village, kind, request.user, step) if step in NOTICE_STEPS else []
    passed, left = services.pass_notices(proceedings=waiting, by=request.user)
    words = f"{passed} 户公示期满,已进入下一步。" + (f"还有 {len(left)} 户:{left[0]}" if left else "")
    (messages.success if passed else messages.error)(request, words if passed or left else "没有等待的户。")
    return redirect("households:village-work", pk=pk)


# --- a household's tab ----------------------------------------------------------------------------
@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def household_proceedings(request: HttpRequest, pk: int) -> HttpResponse:
    from households.views.records import household_page

    rows = list(Proceeding.objects.visible_to(request.user).for_list().filter(household_id=pk).order_by("-id")[:50])
    household = visible_household(request, pk)
    handbooks = list(household.handbooks.order_by("-issued_on", "-id")[:20])
    may_start = Household.objects.visible_to(request.user, Permission.HOUSEHOLD_EDIT).filter(pk=pk, ended_on=None).exists()
    starts = services.possible_kinds(household) if may_start else []
    return household_page(
        request, pk, "households:proceedings", "households/proceedings.html", rows=rows, handbooks=handbooks,
        starts=[(Kind(kind).label, reverse("households:proceeding-start", args=[pk, kind])) for kind in starts],
    )  # fmt: skip
