"""Projects: list, page, form; and a village's tab 项目."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.listing import Column, show
from core.pages import Fact, Link
from funds import services
from funds.filters import ProjectFilter
from funds.forms import PART_FORMS, DropForm, ProjectForm
from funds.models import (
    Acceptance,
    Asset,
    Beneficiary,
    BudgetLine,
    Contract,
    Performance,
    ProgressReport,
    Project,
)
from funds.views.parts import money_tables, part_tables, project_tabs
from villages.views.records import village_page, visible_village
from workflow.services import WorkflowError

COLUMNS = (
    Column("项目名称", "name"),
    Column("项目编号", "code"),
    Column("类别", "get_kind_display"),
    Column("村", "village.name"),
    Column("实施单位", "department.name"),
    Column("资金来源", "get_source_display"),
    Column("金额(万元)", "amount", "wan", sum="amount"),
    Column("批复日期", "approved_on", "date"),
    Column("竣工日期", "finished_on", "date"),
    Column("状态", "get_state_display"),
)
PROJECTS = listings.register(
    listings.Listing(
        key="projects",
        title="项目",
        rows=lambda user: Project.objects.visible_to(user).select_related("village", "department"),
        columns=COLUMNS,
        permission=Permission.PROJECT_VIEW,
        order=("village_id", "code"),
        filters=ProjectFilter,
        empty="没有符合条件的项目。",
        primary=("登记项目", "funds:project-create", Permission.PROJECT_WORK),
        export_permission=Permission.PROJECT_VIEW,
        table="funds_project",
    )
)


@requires(Permission.PROJECT_VIEW)
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, PROJECTS)


def _crumbs(project: Project | None = None) -> list[tuple[str, str]]:
    found = [("项目", reverse("funds:project-list"))]
    return [*found, (project.name, project.get_absolute_url())] if project else found


@requires(Permission.PROJECT_VIEW)
@require_safe
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Project.objects.select_related("village__township", "department")
    project = pages.record_or_404(rows, request.user, pk, view=Permission.PROJECT_VIEW)
    may_edit = project.state != Project.State.DROPPED and pages.may_change(Project.objects.all(), request.user, pk, Permission.PROJECT_EDIT)
    figures = [
        Fact("批复金额", show(project.amount, "wan"), unit="万元"),
        Fact("已分配", show(project.ceiling_used, "wan"), unit="万元"),
        Fact("受益户数", show(project.beneficiary_households, "number"), unit="户"),
        Fact("状态", project.get_state_display()),
    ]
    names = ("kind", "village", "department", "source", "applied_on", "library_number", "listed_on", "approved_on", "approval_document", "started_on",
             "planned_finish_on", "finished_on", "need", "benefit", "forbidden_use", "content")  # fmt: skip
    facts = [fact for fact in pages.facts(project, *names) if fact.value]
    others = "、".join(project.other_villages.values_list("name", flat=True))
    facts += [Fact("其他受益村", others)] if others else []
    links = [Link("移出项目库", reverse("funds:project-drop", args=[pk])), Link("修改", reverse("funds:project-edit", args=[pk]))] if may_edit else []
    tables = [*money_tables(request.user, project), *part_tables(request.user, project)]
    return pages.record_page(
        request, title=project.name, subtitle=project.code, crumbs=[*_crumbs(), (project.name, "")], links=links, figures=figures, facts=facts,
        tables=tables, tabs=project_tabs(request.user, project, "概况"),
    )  # fmt: skip


def _form(request: HttpRequest, project: Project, title: str) -> HttpResponse:
    form = ProjectForm(request.POST or None, instance=project, user=request.user)
    known = Project.objects.get(pk=project.pk) if project.pk else None

    def save(**fields: Any) -> Project:
        return services.save_project(project=project, by=request.user, **fields)

    back = known.get_absolute_url() if known else reverse("funds:project-list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=_crumbs(known), refusal=WorkflowError)


@requires(Permission.PROJECT_EDIT, Permission.PROJECT_WORK)
@require_http_methods(["GET", "POST"])
def project_create(request: HttpRequest) -> HttpResponse:
    return _form(request, Project(), "登记项目")


@requires(Permission.PROJECT_EDIT)
@require_http_methods(["GET", "POST"])
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    project = pages.record_or_404(Project.objects.all(), request.user, pk, view=Permission.PROJECT_VIEW, edit=Permission.PROJECT_EDIT)
    return _form(request, project, "修改项目")


@requires(Permission.PROJECT_VIEW)
@require_safe
def village_projects(request: HttpRequest, pk: int) -> HttpResponse:
    """The projects of one village, with their sum."""
    village = visible_village(request, pk)
    rows = Project.objects.visible_to(request.user).filter(village=village).select_related("village", "department")
    found = list(rows.order_by("-approved_on", "code")[: pages.LIMIT])
    columns = [column for column in COLUMNS if column.label != "村"]
    sums = listings.sums(PROJECTS, rows)
    more = (
        f"合计 {sums['金额(万元)']} 万元(含已取消的项目)。"
        if any(row.state == Project.State.DROPPED for row in found)
        else f"合计 {sums['金额(万元)']} 万元。"
    )
    table = pages.table("项目", columns, found, url=lambda project: project.get_absolute_url(), empty="没有项目。", more=more)
    return village_page(request, village, "项目", tables=[table])


@requires(Permission.PROJECT_EDIT)
@require_http_methods(["GET", "POST"])
def project_drop(request: HttpRequest, pk: int) -> HttpResponse:
    project = pages.record_or_404(Project.objects.all(), request.user, pk, view=Permission.PROJECT_VIEW, edit=Permission.PROJECT_EDIT)
    form = DropForm(request.POST or None)

    def save(**fields: Any) -> Project:
        return services.drop_project(project=project, by=request.user, **fields)

    return pages.form_page(request, form, save, title="移出项目库", back=project.get_absolute_url(), crumbs=_crumbs(project),
                           refusal=services.FundsError, save_label="移出", done="已移出。")  # fmt: skip


PARTS: dict[str, Any] = {
    "budget": BudgetLine, "beneficiary": Beneficiary, "progress": ProgressReport, "contract": Contract, "acceptance": Acceptance, "asset": Asset,
    "performance": Performance,
}  # fmt: skip


def _part_form(request: HttpRequest, project: Project, part: Any, name: str) -> HttpResponse:
    form = PART_FORMS[name](request.POST or None, request.FILES or None, instance=part, user=request.user)

    def save(**fields: Any) -> Project:
        services.add_part(part=part, by=request.user, **fields)
        return project

    title = f"{'修改' if part.pk else '登记'}{part._meta.verbose_name}"
    return pages.form_page(request, form, save, title=title, back=project.get_absolute_url(), crumbs=_crumbs(project), refusal=WorkflowError)


@requires(Permission.PROJECT_WORK)
@require_http_methods(["GET", "POST"])
def part_create(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    project = pages.record_or_404(Project.objects.all(), request.user, pk, view=Permission.PROJECT_VIEW, edit=Permission.PROJECT_WORK)
    found = Performance.objects.filter(project=project).first() if part == "performance" else None
    return _part_form(request, project, found or PARTS[part](project=project), part)


@requires(Permission.PROJECT_WORK)
@require_http_methods(["GET", "POST"])
def asset_edit(request: HttpRequest, pk: int) -> HttpResponse:
    asset = pages.record_or_404(Asset.objects.select_related("project"), request.user, pk, view=Permission.PROJECT_VIEW, edit=Permission.PROJECT_WORK)
    return _part_form(request, asset.project, asset, "asset")
