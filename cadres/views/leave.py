"""Leave: the list, the application, the page, the return."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from cadres import services
from cadres.approvals import leave_facts
from cadres.filters import LeaveFilter
from cadres.forms import LeaveForm, ReturnForm
from cadres.models import Cadre, Leave, LeaveRule
from cadres.views.attendance import may_keep, own_cadre
from cadres.views.records import cadre_page, visible_cadre
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.pages import Fact, Link

COLUMNS = (
    Column("姓名", "cadre.name"), Column("村", "village.name"), Column("类别", "get_kind_display"), Column("起", "starts_on", "date"), Column("止", "ends_on", "date"),
    Column("工作日", "workdays", "number"), Column("事由", "reason", "long"), Column("去向", "destination"), Column("状态", "get_state_display"),
    Column("返岗", "returned_on", "date"), Column("销假", "cleared_on", "date"),
)  # fmt: skip
LEAVES = listings.register(
    listings.Listing(
        key="cadre-leaves", title="请销假", rows=lambda user: Leave.objects.visible_to(user).select_related("cadre", "village"), columns=COLUMNS,
        permission=Permission.CADRE_VIEW, order=("-starts_on", "-id"), filters=LeaveFilter, empty="没有符合条件的请假。",
        primary=("申请请假", "cadres:leave-create", Permission.CADRE_SELF), export_permission=Permission.CADRE_VIEW, table="cadres_leave",
        url_name="cadres:leave-detail",
    )
)  # fmt: skip


@requires(Permission.CADRE_VIEW)
@require_safe
def leave_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, LEAVES)


def _apply(request: HttpRequest, cadre: Cadre, back: str) -> HttpResponse:
    form = LeaveForm(request.POST or None, request.FILES or None, user=request.user, cadre=cadre)
    entitled, used = services.balance(cadre=cadre, year=today().year)

    def save(**fields: Any) -> Any:
        leave = services.apply_leave(cadre=cadre, by=request.user, **fields)
        return leave.case or leave

    note = f"{cadre.name}:{today().year} 年带薪休假应休 {entitled} 天,已用和在批 {used} 天。外出报备立即生效;其余按天数和职务送审,批准后生效。"
    return pages.form_page(request, form, save, title="申请请假", back=back, crumbs=[("请销假", reverse("cadres:leave-list"))],
                           refusal=services.CadresError, done="已提交。", save_label="提交申请", note=note)  # fmt: skip


@requires(Permission.CADRE_SELF)
@require_http_methods(["GET", "POST"])
def leave_create(request: HttpRequest) -> HttpResponse:
    """The cadre's own application."""
    return _apply(request, own_cadre(request), reverse("cadres:my-day"))


@requires(Permission.ATTENDANCE_EDIT)
@require_http_methods(["GET", "POST"])
def leave_create_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Written down by the township for a cadre without telephone or account."""
    cadre = visible_cadre(request, pk)
    if not may_keep(request, cadre):
        raise PermissionDenied
    return _apply(request, cadre, reverse("cadres:leaves", args=[pk]))


def _leave(request: HttpRequest, pk: int) -> Leave:
    rows = Leave.objects.select_related("cadre", "village", "posting", "case", "substitute", "paper", "cleared_by")
    return pages.record_or_404(rows, request.user, pk, view=Permission.CADRE_VIEW)


def _may_return(request: HttpRequest, leave: Leave) -> bool:
    own = leave.cadre.user_id == request.user.pk
    return leave.state == Leave.State.APPROVED and not leave.returned_on and (own or may_keep(request, leave.cadre))


@requires(Permission.CADRE_VIEW)
@require_safe
def leave_detail(request: HttpRequest, pk: int) -> HttpResponse:
    leave = _leave(request, pk)
    links = [Link("销假", reverse("cadres:leave-return", args=[pk]), primary=True)] if _may_return(request, leave) else []
    if leave.case:
        links.append(Link("审批情况", leave.case.get_absolute_url()))
    facts = [*leave_facts(leave), *pages.facts(leave, "approved_on", "returned_on", "cleared_on"), Fact("销假登记人", str(leave.cleared_by or ""))]
    return pages.record_page(request, title=f"{leave.cadre.name} {leave.get_kind_display()}", subtitle=f"{leave.starts_on} 至 {leave.ends_on}",
                             state=leave.get_state_display(), crumbs=[("请销假", reverse("cadres:leave-list")), (str(leave), "")], links=links, facts=facts)  # fmt: skip


@requires(Permission.CADRE_SELF, Permission.ATTENDANCE_EDIT)
@require_http_methods(["GET", "POST"])
def leave_return(request: HttpRequest, pk: int) -> HttpResponse:
    """销假."""
    leave = _leave(request, pk)
    if leave.cadre.user_id != request.user.pk and not may_keep(request, leave.cadre):
        raise PermissionDenied
    if leave.returned_on:
        return redirect(leave)
    form = ReturnForm(request.POST or None)

    def save(**fields: Any) -> Leave:
        return services.report_return(leave=leave, by=request.user, **fields)

    note = f"{leave.cadre.name} {leave}。提前返岗的,剩余天数取消;逾期未销假的工作日按缺勤计,销假后按实际签到重新认定。"
    return pages.form_page(request, form, save, title="销假", back=leave.get_absolute_url(), crumbs=[("请销假", reverse("cadres:leave-list"))],
                           refusal=services.CadresError, done="已销假。", save_label="销假", note=note)  # fmt: skip


RULE_COLUMNS = (
    Column("适用", "get_group_display"), Column("天数", lambda row: f"{row.days_from}–{row.days_to}" if row.days_to else f"{row.days_from} 天以上"),
    Column("审批", "procedure_title"), Column("备案", "informed_words"), Column("依据", "basis", "long"), Column("数值待核定", "is_assumed", "yes"),
)  # fmt: skip


@requires(Permission.CADRE_VIEW)
@require_safe
def cadre_leaves(request: HttpRequest, pk: int) -> HttpResponse:
    """One cadre's leave: the balance, what is open, what was."""
    cadre = visible_cadre(request, pk)
    rows = Leave.objects.visible_to(request.user).filter(cadre=cadre).select_related("cadre", "village")[: pages.LIMIT]
    entitled, used = services.balance(cadre=cadre, year=today().year)
    figures = [
        Fact("年休假应休", str(entitled), unit="天"),
        Fact("已用和在批", str(used), unit="天"),
        Fact("余", str(max(entitled - used, 0)), unit="天"),
    ]
    own = cadre.user_id == request.user.pk
    address = reverse("cadres:leave-create") if own else reverse("cadres:leave-create-for", args=[pk])
    links = [Link("申请请假", address, primary=True)] if own or may_keep(request, cadre) else []
    table = pages.table("请假和外出", COLUMNS[2:], rows, url=lambda row: row.get_absolute_url(), empty="没有请假。")
    return cadre_page(request, cadre, "请销假", figures=figures, links=links, tables=[table])


@requires(Permission.CADRE_VIEW)
@require_safe
def leave_rules(request: HttpRequest) -> HttpResponse:
    """The approval table as everybody may read it."""
    table = pages.table("请假审批表", RULE_COLUMNS, LeaveRule.objects.in_words(), empty="还没有设置请假审批表。")
    return pages.record_page(request, title="请假审批表", crumbs=[("请销假", reverse("cadres:leave-list")), ("请假审批表", "")], tables=[table])
