"""Organizations as a tree: list, page, form, mergers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.filters import OrganizationFilter
from accounts.forms import MergeForm, OrganizationForm
from accounts.guards import requires
from accounts.models import Organization
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.listing import Column
from core.pages import Fact, Link

COLUMNS = (
    Column("名称", "name"),
    Column("简称", "short_name"),
    Column("单位性质", "get_nature_display"),
    Column("层级", "get_level_display"),
    Column("上级单位", "parent.name"),
    Column("编制", "posts_authorized", "number"),
    Column("实有", "posts_filled", "number"),
    Column("撤销日期", "valid_to", "date"),
)
ORGANIZATIONS = listings.register(
    listings.Listing(
        key="organizations",
        title="单位",
        rows=lambda user: Organization.objects.select_related("parent"),
        columns=COLUMNS,
        permission=Permission.ORGANIZATION_VIEW,
        order=("name", "id"),
        filters=OrganizationFilter,
        empty="没有符合条件的单位。",
        primary=("登记单位", "accounts:organization-create", Permission.ORGANIZATION_EDIT),
        export_permission=Permission.ORGANIZATION_VIEW,
        table="accounts_organization",
    )
)
CRUMBS = ("单位", "accounts:organization-list")


def _crumbs(organization: Organization | None = None) -> list[tuple[str, str]]:
    found = [(CRUMBS[0], reverse(CRUMBS[1]))]
    return [*found, (organization.name, organization.get_absolute_url())] if organization else found


@requires(Permission.ORGANIZATION_VIEW)
@require_safe
def organization_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, ORGANIZATIONS)


def _parents(organization: Organization) -> list[Organization]:
    """From the top down. Stops at a loop that older data may hold."""
    line: list[Organization] = []
    parent = organization.parent
    while parent is not None and parent not in line and len(line) < 12:
        line.insert(0, parent)
        parent = parent.parent
    return line


def _post_facts(organization: Organization) -> list[Fact]:
    found = pages.facts(organization, "posts_authorized", "posts_filled")
    if organization.posts_authorized is not None and organization.posts_filled is not None:
        found.append(Fact("缺编", str(organization.posts_authorized - organization.posts_filled)))
    return found


@requires(Permission.ORGANIZATION_VIEW)
@require_safe
def organization_detail(request: HttpRequest, pk: int) -> HttpResponse:
    organization = get_object_or_404(Organization.objects.select_related("parent"), pk=pk)
    may_edit = request.user.may(Permission.ORGANIZATION_EDIT)
    links = [Link("登记整合前单位", reverse("accounts:organization-merge", args=[pk])),
             Link("修改", reverse("accounts:organization-edit", args=[pk]), primary=True)] if may_edit else []  # fmt: skip
    brief = (COLUMNS[0], COLUMNS[2], COLUMNS[3], COLUMNS[5], COLUMNS[6], COLUMNS[7])
    related = [
        ("下级单位", organization.children.order_by("level", "name")[: pages.LIMIT], "没有下级单位。"),
        ("整合前单位", organization.predecessors.all(), ""),
        ("整合后单位", organization.successors.all(), ""),
    ]
    tables = [pages.table(label, brief, rows, url=lambda row: row.get_absolute_url(), empty=empty) for label, rows, empty in related]
    if request.user.may(Permission.USER_VIEW):
        people = organization.users.order_by("username")[: pages.LIMIT]
        columns = (Column("姓名", "name"), Column("用户名", "username"), Column("职务", "post"), Column("启用", "is_active", "yes"))
        tables.append(pages.table("用户", columns, people, url=lambda row: row.get_absolute_url(), empty="没有用户。"))
    above = organization.parent.get_absolute_url() if organization.parent else ""
    facts = [
        Fact("上级", " › ".join(parent.name for parent in _parents(organization)), above),
        *pages.facts(organization, "short_name", "nature", "level", "credit_code", "area_code", "phone", "valid_from", "valid_to"),
    ]  # fmt: skip
    return pages.record_page(
        request,
        title=organization.name,
        crumbs=[*_crumbs(), (organization.name, "")],
        state="已撤销" if organization.valid_to else "",
        links=links,
        figures=_post_facts(organization),
        facts=facts,
        tables=[table for table in tables if table.lines or table.empty],
    )


def _edit(request: HttpRequest, organization: Organization, title: str) -> HttpResponse:
    form = OrganizationForm(request.POST or None, instance=organization, user=request.user)
    known = organization.pk is not None

    def save(**fields: Any) -> Organization:
        return services.save_organization(organization=organization, by=request.user, **fields)

    back = organization.get_absolute_url() if known else reverse(CRUMBS[1])
    crumbs = _crumbs(Organization.objects.get(pk=organization.pk) if known else None)
    return pages.form_page(request, form, save, title=title, back=back, crumbs=crumbs, refusal=services.AccountsError)


@requires(Permission.ORGANIZATION_EDIT)
@require_http_methods(["GET", "POST"])
def organization_create(request: HttpRequest) -> HttpResponse:
    return _edit(request, Organization(), "登记单位")


@requires(Permission.ORGANIZATION_EDIT)
@require_http_methods(["GET", "POST"])
def organization_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Organization, pk=pk), "修改单位")


@requires(Permission.ORGANIZATION_EDIT)
@require_http_methods(["GET", "POST"])
def organization_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Name a body that went into this one."""
    organization = get_object_or_404(Organization, pk=pk)
    form = MergeForm(request.POST or None, organization=organization)

    def save(**fields: Any) -> Organization:
        return services.merge_organization(organization=organization, by=request.user, **fields)

    back = organization.get_absolute_url()
    return pages.form_page(request, form, save, title="登记整合前单位", back=back, crumbs=_crumbs(organization), refusal=services.AccountsError)
