"""制度文件: what rule rows rest on. Everyone reads, the bureau and the organization department keep it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.listing import Column
from core.pages import Fact, Link
from workflow import services
from workflow.filters import RegulationFilter
from workflow.forms import ClauseForm, RegulationForm
from workflow.models import Clause, Regulation

REGULATIONS = listings.register(
    listings.Listing(
        key="regulations",
        title="制度文件",
        rows=lambda user: Regulation.objects.visible_to(user),
        columns=(
            Column("名称", "title", "long"),
            Column("文号", "number"),
            Column("制发机关", "issuer"),
            Column("制发日期", "issued_on", "date"),
            Column("施行日期", "valid_from", "date"),
            Column("失效日期", "valid_to", "date"),
            Column("核实", lambda row: "待核实" if row.is_assumed else "已核实"),
        ),
        permission=Permission.REGULATION_VIEW,
        order=("-valid_from", "-id"),
        filters=RegulationFilter,
        empty="还没有登记制度文件。",
        primary=("登记制度文件", "workflow:regulation-create", Permission.REGULATION_EDIT),
        export_permission=Permission.REGULATION_VIEW,
        url_name="workflow:regulation-detail",
        table="workflow_regulation",
    )
)


@requires(Permission.REGULATION_VIEW)
@require_safe
def regulation_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, REGULATIONS)


def _crumbs(regulation: Regulation | None = None) -> list[tuple[str, str]]:
    found = [("制度文件", reverse("workflow:regulation-list"))]
    return [*found, (regulation.title, regulation.get_absolute_url())] if regulation else found


@requires(Permission.REGULATION_VIEW)
@require_safe
def regulation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    regulation = get_object_or_404(Regulation.objects.visible_to(request.user).select_related("file"), pk=pk)
    may_edit = request.user.may(Permission.REGULATION_EDIT)
    file = regulation.file
    facts = [
        *pages.facts(regulation, "number", "issuer", "issued_on", "valid_from", "valid_to"),
        Fact("原文", file.title if file else "没有上传", file.get_absolute_url() if file else ""),
    ]
    clauses = pages.table(
        "条款", (Column("条款", "number"), Column("条文", "text", "long")), regulation.clauses.all()[: pages.LIMIT], empty="还没有登记条款。",
        row_links=(lambda clause: [Link("修改", reverse("workflow:clause-edit", args=[clause.pk]))]) if may_edit else None,
        links=[Link("登记条款", reverse("workflow:clause-create", args=[pk]))] if may_edit else (),
    )  # fmt: skip
    links = [Link("修改", reverse("workflow:regulation-edit", args=[pk]), primary=True)] if may_edit else []
    return pages.record_page(
        request, title=regulation.title, subtitle="待核实:文号或条文尚未与原件核对" if regulation.is_assumed else "", crumbs=[*_crumbs(), (regulation.title, "")],
        links=links, facts=facts, tables=[clauses],
    )  # fmt: skip


def _form(request: HttpRequest, form: Any, save: Any, title: str, regulation: Regulation | None = None) -> HttpResponse:
    back = regulation.get_absolute_url() if regulation else reverse("workflow:regulation-list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=_crumbs(regulation), refusal=services.WorkflowError)


def _regulation_form(request: HttpRequest, regulation: Regulation, title: str) -> HttpResponse:
    form = RegulationForm(request.POST or None, request.FILES or None, instance=regulation, user=request.user)

    def save(**fields: Any) -> Regulation:
        return services.save_regulation(regulation=form.instance, by=request.user, **fields)

    return _form(request, form, save, title, regulation if regulation.pk else None)


@requires(Permission.REGULATION_EDIT)
@require_http_methods(["GET", "POST"])
def regulation_create(request: HttpRequest) -> HttpResponse:
    return _regulation_form(request, Regulation(), "登记制度文件")


@requires(Permission.REGULATION_EDIT)
@require_http_methods(["GET", "POST"])
def regulation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _regulation_form(request, get_object_or_404(Regulation.objects.visible_to(request.user), pk=pk), "修改制度文件")


def _clause_form(request: HttpRequest, clause: Clause, title: str) -> HttpResponse:
    form = ClauseForm(request.POST or None, instance=clause, user=request.user)

    def save(**fields: Any) -> Regulation:
        return services.save_clause(clause=form.instance, by=request.user, **fields).regulation

    return _form(request, form, save, title, clause.regulation)


@requires(Permission.REGULATION_EDIT)
@require_http_methods(["GET", "POST"])
def clause_create(request: HttpRequest, pk: int) -> HttpResponse:
    regulation = get_object_or_404(Regulation.objects.visible_to(request.user), pk=pk)
    return _clause_form(request, Clause(regulation=regulation), "登记条款")


@requires(Permission.REGULATION_EDIT)
@require_http_methods(["GET", "POST"])
def clause_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _clause_form(request, get_object_or_404(Clause.objects.select_related("regulation"), pk=pk), "修改条款")
