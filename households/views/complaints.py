"""Petitions: the list, one of them, registering and answering."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages
from core.clock import today
from core.masking import mask_phone
from core.pages import Fact, Link
from households import services
from households.filters import ComplaintFilter
from households.forms.complaints import AnswerComplaintForm, ComplaintForm
from households.models import Complaint
from workflow.services import WorkflowError

VIEW, HANDLE = Permission.COMPLAINT_VIEW, Permission.COMPLAINT_HANDLE
REFUSALS = (services.HouseholdsError, WorkflowError)

COMPLAINTS = listings.register(
    listings.Listing(
        key="complaints",
        title="信访件",
        rows=lambda user: Complaint.objects.visible_to(user).select_related("village__township", "household"),
        columns=(
            listings.Column("编号", "number"),
            listings.Column("来源", "get_channel_display"),
            listings.Column("收到日期", "received_on", "date"),
            listings.Column("反映事项", "get_cause_display", "long"),
            listings.Column("村", lambda row: row.village.name if row.village else ""),
            listings.Column("户编号", lambda row: str(row.household or "")),
            listings.Column("反映干部", lambda row: "是" if row.is_about_somebody else ""),
            listings.Column("状态", "state_label"),
            listings.Column("答复期限", "due_on", "date"),
            listings.Column("核实结果", "get_finding_display"),
            listings.Column("答复日期", "answered_on", "date"),
        ),
        permission=VIEW,
        order=("-id",),
        url_name="households:complaint",
        filters=ComplaintFilter,
        empty="没有符合条件的信访件。",
        primary=("登记信访件", "households:complaint-create", HANDLE),
        count=False,
        table="households_complaint",
    )
)


@requires(VIEW)
@require_safe
def complaint_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, COMPLAINTS)


def _crumbs() -> list[tuple[str, str]]:
    return [("信访件", reverse("households:complaint-list"))]


@requires(HANDLE)
@require_http_methods(["GET", "POST"])
def complaint_create(request: HttpRequest) -> HttpResponse:
    form = ComplaintForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Complaint:
        return services.receive_complaint(by=request.user, **fields)

    return pages.form_page(
        request, form, save, title="登记信访件", back=reverse("households:complaint-list"), crumbs=_crumbs(), refusal=REFUSALS, save_label="登记",
        done="已登记,转办理人答复。",
    )  # fmt: skip


def _complaint(request: HttpRequest, pk: int) -> Complaint:
    rows = Complaint.objects.visible_to(request.user).select_related("village__township", "household", "answered_by", "recorded_by", "reply")
    return get_object_or_404(rows, pk=pk)


@requires(VIEW)
@require_safe
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    found = _complaint(request, pk)
    note_access(request, "opened", found, detail=found.number)
    place = f"{found.village.township.name} {found.village.name}" if found.village else ""
    facts = [
        Fact("来源", found.get_channel_display()), Fact("收到日期", str(found.received_on)), Fact("反映事项", found.get_cause_display()),
        Fact("村", place), Fact("户", str(found.household or ""), found.household.get_absolute_url() if found.household else ""),
        Fact("反映人", found.person or "匿名"), Fact("联系电话", mask_phone(found.phone)), Fact("被反映的干部", found.about_name),
        Fact("反映内容", found.content, wide=True), Fact("登记人", str(found.recorded_by or "")), Fact("答复期限", str(found.due_on)),
    ]  # fmt: skip
    if found.answered_on:
        facts += [Fact("核实结果", found.get_finding_display()), Fact("答复日期", str(found.answered_on)), Fact("答复人", str(found.answered_by)),
                  Fact("处理和答复", found.answer, wide=True),
                  Fact("答复书", found.reply.title if found.reply else "", found.reply.get_absolute_url() if found.reply else "")]  # fmt: skip
    links = []
    if not found.answered_on and services.may_answer(found, request.user):
        links.append(Link("核实答复", reverse("households:complaint-answer", args=[pk]), primary=True))
    late = not found.answered_on and found.due_on < today()
    return pages.record_page(request, title=f"信访件 {found.number}", crumbs=[*_crumbs(), (found.number, "")], subtitle="已超过答复期限" if late else "",
                             state=found.state_label, links=links, facts=facts)  # fmt: skip


@requires(HANDLE)
@require_http_methods(["GET", "POST"])
def complaint_answer(request: HttpRequest, pk: int) -> HttpResponse:
    found = _complaint(request, pk)
    if not services.may_answer(found, request.user):
        raise PermissionDenied
    form = AnswerComplaintForm(request.POST or None, request.FILES or None)

    def save(**fields: Any) -> Complaint:
        return services.answer_complaint(complaint=found, by=request.user, **fields)

    return pages.form_page(
        request, form, save, title="核实答复", back=found.get_absolute_url(), crumbs=[*_crumbs(), (found.number, found.get_absolute_url())],
        refusal=REFUSALS, save_label="登记答复", done="已登记答复。", note=f"答复期限 {found.due_on}。",
    )  # fmt: skip
