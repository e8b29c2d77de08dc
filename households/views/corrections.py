"""Corrections: asked for on the entry form, listed, decided field by field. A correction's own page is that of its case."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core.clock import today
from households import services
from households.filters import CorrectionFilter
from households.forms import EntryForm
from households.forms.corrections import DecideCorrectionForm, RequestCorrectionForm
from households.models.corrections import Correction
from households.views.entry import chosen_year, entry_screen, from_draft
from households.views.records import visible_household
from workflow import services as flow
from workflow.services import WorkflowError, drop_draft
from workflow.tasks import recheck

REFUSALS = (services.HouseholdsError, WorkflowError)

CORRECTIONS = listings.register(
    listings.Listing(
        key="corrections",
        title="信息更正",
        rows=lambda user: Correction.objects.visible_to(user).select_related("case__step", "household", "village__township", "requested_by"),
        columns=(
            listings.Column("办件编号", "case.number"),
            listings.Column("户编号", "household.household_code"),
            listings.Column("乡镇", "village.township.name"),
            listings.Column("村", "village.name"),
            listings.Column("更正理由", "reason", "long"),
            listings.Column("申请人", "requested_by.name"),
            listings.Column("申请日期", "requested_on", "date"),
            listings.Column("状态", "case.get_state_display", "status"),
            listings.Column("本步期限", lambda row: None if row.closed_on else row.case.due_on, "date"),
            listings.Column("办结日期", "closed_on", "date"),
        ),
        permission=Permission.HOUSEHOLD_VIEW,
        order=("-id",),
        filters=CorrectionFilter,
        empty="没有符合条件的信息更正。在户页面点“申请更正”提出。",
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="households_correction",
    )
)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def correction_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, CORRECTIONS)


@requires(Permission.HOUSEHOLD_EDIT)
@require_http_methods(["GET", "POST"])
def correction_create(request: HttpRequest, pk: int) -> HttpResponse:
    """The entry form once more: what differs from the record becomes the request."""
    household = visible_household(request, pk, Permission.HOUSEHOLD_EDIT)
    if not household.is_registered or household.ended_on:
        messages.error(request, "信息更正用于在册户:申请户可直接修改,已退出登记的不再更正。")
        return redirect(household)
    draft, year = f"correction-{pk}", chosen_year(request)
    data = request.POST if request.method == "POST" else from_draft(request, draft)
    entry = EntryForm(user=request.user, today=today(), year=year, household=household, data=data)
    asked = RequestCorrectionForm(data, request.FILES if data is not None else None, prefix="correction")
    if request.method == "GET":
        note_access(request, "opened", household, detail="申请信息更正")
    elif entry.is_valid() & asked.is_valid():
        try:
            made = services.request_correction(household=household, data=entry.to_input(None), year=year, by=request.user, **asked.cleaned_data)
        except REFUSALS as error:
            entry.household_errors.append(str(error))
        else:
            drop_draft(form=draft, by=request.user)
            messages.success(request, f"已申请更正 {made.items.count()} 项,由乡镇逐项核对,结果会通知您。")
            return redirect(made)
    context = {"title": f"申请更正 {household}", "correction": asked, "draft_form": draft}
    return entry_screen(request, entry, household, **context)


@requires(Permission.HOUSEHOLD_VIEW)
@require_http_methods(["GET", "POST"])
def correction_decide(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Correction.objects.visible_to(request.user).select_related("case__step", "household__village__township", "document", "requested_by")
    correction = get_object_or_404(rows, pk=pk)
    if not flow.may_decide(correction.case, request.user):
        if request.method == "POST":
            raise PermissionDenied
        return redirect(correction)  # whose turn it is stands on the case's page
    form = DecideCorrectionForm(request.POST or None, correction=correction)
    if request.method == "POST" and form.is_valid() and _decided(request, correction, form):
        return redirect(correction)
    note_access(request, "opened", correction, detail="核对信息更正")
    crumbs = [
        ("信息更正", reverse("households:correction-list")),
        (str(correction.household), correction.household.get_absolute_url()),
        ("逐项核对", ""),
    ]
    context = {"form": form, "correction": correction, "title": "逐项核对", "crumbs": crumbs, "cancel_url": correction.get_absolute_url()}
    return render(request, "households/correction.html", context)


def _decided(request: HttpRequest, correction: Correction, form: Any) -> bool:
    try:
        with transaction.atomic():
            services.decide_correction(correction=correction, answers=form.answers(), by=request.user)
    except REFUSALS as error:
        form.add_error(None, str(error))
    except IntegrityError:
        form.add_error(None, "采纳这些项会使档案不一致(如证件号码重复、户主不止一位),没有保存。请核对后再办理。")
    else:
        recheck.defer(households=[correction.household_id])
        messages.success(request, "已办理,采纳的内容写入档案,不采纳的已告知申请人。")
        return True
    return False
