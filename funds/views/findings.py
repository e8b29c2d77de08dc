"""市委督查五人小组: its members and what they found."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.pages import Fact, Link
from funds import services
from funds.filters import FindingFilter
from funds.forms import SeenForm
from funds.forms.supervision import FindingForm, RectifyForm, ReturnFindingForm, SupervisorForm
from funds.models import Finding, Supervisor


def late_words(row: Finding) -> str:
    """The deadline, and whether it is past."""
    days = (today() - row.due_on).days
    return f"{row.due_on} 已超 {days} 天" if row.state == Finding.State.OPEN and days > 0 else str(row.due_on)


FINDINGS = listings.register(
    listings.Listing(
        key="findings",
        title="督查问题",
        rows=lambda user: Finding.objects.visible_to(user).select_related("organization", "village", "rule"),
        columns=(
            Column("编号", "number"), Column("问题", "title", "long"), Column("责任单位", "organization.name"), Column("村", "village.name"),
            Column("发现日期", "found_on", "date"), Column("整改期限", late_words), Column("状态", "get_state_display"), Column("堵漏建制", "rule", "long"),
        ),
        permission=Permission.FINDING_VIEW, order=("-found_on", "-id"), filters=FindingFilter, empty="没有督查问题。",
        primary=("登记问题", "funds:finding-create", Permission.FINDING_EDIT), export_permission=Permission.FINDING_VIEW, table="funds_finding",
    )
)  # fmt: skip


@requires(Permission.FINDING_VIEW)
@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, FINDINGS)


def _finding(request: HttpRequest, pk: int, edit: str = "") -> Finding:
    rows = Finding.objects.select_related("organization", "village", "project", "rule", "rectified_by", "checked_by")
    return pages.record_or_404(rows, request.user, pk, view=Permission.FINDING_VIEW, edit=edit)


def _crumbs(finding: Finding | None = None) -> list[tuple[str, str]]:
    found = [("督查问题", reverse("funds:finding-list"))]
    return [*found, (finding.number, finding.get_absolute_url())] if finding else found


def _links(request: HttpRequest, finding: Finding) -> list[Link]:
    def may(permission: str) -> bool:
        return pages.may_change(Finding.objects.all(), request.user, finding.pk, permission)

    def link(label: str, name: str, *, primary: bool = False) -> Link:
        return Link(label, reverse(f"funds:{name}", args=[finding.pk]), primary)

    if finding.state == Finding.State.OPEN and may(Permission.FINDING_ANSWER):
        return [link("登记整改", "finding-rectify", primary=True)]
    if finding.state == Finding.State.RECTIFIED and may(Permission.FINDING_EDIT):
        return [link("退回", "finding-return"), link("核验销号", "finding-check", primary=True)]
    return []


@requires(Permission.FINDING_VIEW)
@require_safe
def finding_detail(request: HttpRequest, pk: int) -> HttpResponse:
    finding = _finding(request, pk)
    names = ("organization", "village", "project", "found_on", "rectified_on", "rectified_by", "rule", "rule_note", "checked_on", "checked_by")
    facts = [Fact("整改期限", late_words(finding)), *(fact for fact in pages.facts(finding, *names) if fact.value)]
    facts += [Fact("情况", finding.content, wide=True), Fact("整改情况", finding.rectification or "还没有整改", wide=True)]
    return pages.record_page(request, title=finding.title, subtitle=finding.number, state=finding.get_state_display(), links=_links(request, finding),
                             crumbs=[*_crumbs(), (finding.number, "")], facts=facts)  # fmt: skip


def _form(request: HttpRequest, form: Any, save: Any, title: str, finding: Finding | None = None, back: str = "", **more: Any) -> HttpResponse:
    back = back or (finding.get_absolute_url() if finding else reverse("funds:finding-list"))
    return pages.form_page(request, form, save, title=title, back=back, crumbs=_crumbs(finding), refusal=services.FundsError, **more)


@requires(Permission.FINDING_EDIT)
@require_http_methods(["GET", "POST"])
def finding_create(request: HttpRequest) -> HttpResponse:
    pages.require_everywhere(request, Permission.FINDING_EDIT)
    form = FindingForm(request.POST or None, user=request.user)
    return _form(request, form, lambda **fields: services.register_finding(by=request.user, **fields), "登记督查问题")


@requires(Permission.FINDING_ANSWER)
@require_http_methods(["GET", "POST"])
def finding_rectify(request: HttpRequest, pk: int) -> HttpResponse:
    finding = _finding(request, pk, Permission.FINDING_ANSWER)
    form = RectifyForm(request.POST or None, finding=finding)
    return _form(request, form, lambda **fields: services.rectify_finding(finding=finding, by=request.user, **fields), "登记整改", finding)


@requires(Permission.FINDING_EDIT)
@require_http_methods(["GET", "POST"])
def finding_check(request: HttpRequest, pk: int) -> HttpResponse:
    finding = _finding(request, pk, Permission.FINDING_EDIT)
    note = f"{finding.title}:{finding.rectification}。堵漏建制:{finding.rule or '没有'}{finding.rule_note}"
    return _form(request, SeenForm(request.POST or None), lambda **_: services.check_finding(finding=finding, by=request.user), "核验销号", finding,
                 note=note, save_label="销号", done="已销号。")  # fmt: skip


@requires(Permission.FINDING_EDIT)
@require_http_methods(["GET", "POST"])
def finding_return(request: HttpRequest, pk: int) -> HttpResponse:
    finding = _finding(request, pk, Permission.FINDING_EDIT)
    form = ReturnFindingForm(request.POST or None)
    return _form(
        request, form, lambda reason: services.return_finding(finding=finding, reason=reason, by=request.user), "退回整改", finding, save_label="退回"
    )


MEMBERS = (
    Column("姓名", "name"), Column("组长", "is_head", "yes"), Column("单位", "organization.name"), Column("职务", "post"), Column("起始日期", "since", "date"),
    Column("截止日期", "until", "date"),
)  # fmt: skip


@requires(Permission.FINDING_VIEW)
@require_safe
def supervisor_list(request: HttpRequest) -> HttpResponse:
    may = pages.may_everywhere(request.user, Permission.FINDING_EDIT)
    links = [Link("登记成员", reverse("funds:supervisor-create"))] if may else []
    url = (lambda row: reverse("funds:supervisor-edit", args=[row.pk])) if may else None
    table = pages.table(
        "市委督查五人小组", MEMBERS, Supervisor.objects.select_related("organization")[: pages.LIMIT], url=url, links=links, empty="还没有成员。"
    )
    return pages.record_page(request, title="市委督查五人小组", crumbs=[*_crumbs(), ("市委督查五人小组", "")], tables=[table])


def _member_form(request: HttpRequest, supervisor: Supervisor) -> HttpResponse:
    back = reverse("funds:supervisor-list")
    form = SupervisorForm(request.POST or None, instance=supervisor, user=request.user)

    def save(**fields: Any) -> str:
        services.save_supervisor(supervisor=supervisor, by=request.user, **fields)
        return back

    return _form(request, form, save, "督查组成员", back=back)


@requires(Permission.FINDING_EDIT)
@require_http_methods(["GET", "POST"])
def supervisor_create(request: HttpRequest) -> HttpResponse:
    pages.require_everywhere(request, Permission.FINDING_EDIT)
    return _member_form(request, Supervisor())


@requires(Permission.FINDING_EDIT)
@require_http_methods(["GET", "POST"])
def supervisor_edit(request: HttpRequest, pk: int) -> HttpResponse:
    pages.require_everywhere(request, Permission.FINDING_EDIT)
    return _member_form(request, get_object_or_404(Supervisor, pk=pk))
