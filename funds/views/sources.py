"""Indicators and allocations: list, page, forms."""

from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.listing import Column, show
from core.pages import Fact, Link
from funds import services
from funds.filters import IndicatorFilter
from funds.forms import AllocationForm, CutForm, IndicatorForm, ReturnMoneyForm, SeenForm
from funds.models import Balance, FundAllocation, FundIndicator, IndicatorReturn
from workflow.services import WorkflowError

USED = Balance.objects.filter(kind="indicator", key=OuterRef("pk"))


def _rows(user: Any) -> Any:
    return (
        FundIndicator.objects.annotate(used=Subquery(USED.values("used")[:1]))
        .annotate(left=F("amount") - F("used"))
        .select_related("provider", "part_of")
    )


INDICATORS = listings.register(
    listings.Listing(
        key="fund-indicators",
        title="资金指标",
        rows=_rows,
        columns=(
            Column("文号", "document"),
            Column("名称", "title", "long"),
            Column("资金来源", "get_source_display"),
            Column("资金类别", "get_category_display"),
            Column("年度", lambda row: str(row.year)),
            Column("金额(万元)", "amount", "wan", sum="amount"),
            Column("已用(万元)", "used", "wan", sum="used"),
            Column("未分配(万元)", "left", "wan", sum="left"),
            Column("到账日期", "received_on", "date"),
            Column("口径", "get_counting_display"),
        ),
        permission=Permission.FUND_VIEW,
        order=("-year", "source", "id"),
        filters=IndicatorFilter,
        empty="还没有资金指标。",
        primary=("登记指标", "funds:indicator-create", Permission.FUND_EDIT),
        export_permission=Permission.FUND_VIEW,
        table="funds_fundindicator",
    )
)


@requires(Permission.FUND_VIEW)
@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, INDICATORS)


def _crumbs(indicator: FundIndicator | None = None) -> list[tuple[str, str]]:
    found = [("资金指标", reverse("funds:indicator-list"))]
    return [*found, (indicator.document, indicator.get_absolute_url())] if indicator else found


ALLOCATION_COLUMNS = (
    Column("分配文号", "document"),
    Column("项目(单位)", lambda row: str(row.project or row.organization)),
    Column("村", "village.name"),
    Column("金额(万元)", "amount", "wan"),
    Column("分配日期", "allocated_on", "date"),
    Column("用途", "purpose"),
)
RETURN_COLUMNS = (
    Column("方式", "get_kind_display"), Column("金额(万元)", "amount", "wan"), Column("依据文号", "document"), Column("日期", "happened_on", "date"),
)  # fmt: skip


@requires(Permission.FUND_VIEW)
@require_safe
def indicator_detail(request: HttpRequest, pk: int) -> HttpResponse:
    indicator = get_object_or_404(_rows(request.user), pk=pk)
    may_edit = pages.may_everywhere(request.user, Permission.FUND_EDIT)
    figures = [
        Fact("金额", show(indicator.amount, "wan"), unit="万元"),
        Fact("已用(分配、结转、收回)", show(indicator.used, "wan"), unit="万元"),
        Fact("未分配", show(indicator.left, "wan"), unit="万元"),
    ]
    names = ("source", "category", "year", "issued_on", "received_on", "provider", "counting", "part_of", "carried_from", "note")
    facts = [fact for fact in pages.facts(indicator, *names) if fact.value]
    rows = FundAllocation.objects.visible_to(request.user).filter(indicator=indicator).select_related("project", "organization", "village")
    found = list(rows.order_by("-allocated_on", "-id")[: pages.LIMIT])
    links = [Link("公告分配结果", reverse("funds:indicator-notice", args=[pk])), Link("修改", reverse("funds:indicator-edit", args=[pk])), Link("结转或收回", reverse("funds:return-create", args=[pk])),
             Link("分配", reverse("funds:allocation-create", args=[pk]), primary=True)] if may_edit else []  # fmt: skip
    tables = [
        pages.table("分配", ALLOCATION_COLUMNS, found, url=lambda row: row.get_absolute_url(), empty="还没有分配。",
                    row_links=(lambda row: [] if row.reverses_id else [Link("调减", reverse("funds:allocation-cut", args=[row.pk]))]) if may_edit else None),
        pages.table("结转和收回", RETURN_COLUMNS, indicator.returns.all()[: pages.LIMIT], empty="没有结转和收回。"),
        pages.table("含在本指标内的指标", INDICATORS.columns[:6] + INDICATORS.columns[-1:], indicator.parts.all()[: pages.LIMIT],
                    url=lambda row: row.get_absolute_url(), empty="没有。"),
    ]  # fmt: skip
    return pages.record_page(request, title=indicator.title, subtitle=indicator.document, crumbs=[*_crumbs(), (indicator.document, "")], links=links,
                             figures=figures, facts=facts, tables=tables)  # fmt: skip


def _form(request: HttpRequest, form: Any, save: Any, title: str, indicator: FundIndicator | None = None, **more: Any) -> HttpResponse:
    back = indicator.get_absolute_url() if indicator else reverse("funds:indicator-list")
    return pages.form_page(
        request, form, save, title=title, back=back, crumbs=_crumbs(indicator), refusal=(services.FundsError, WorkflowError), **more
    )


@requires(Permission.FUND_EDIT)
@require_http_methods(["GET", "POST"])
def indicator_create(request: HttpRequest) -> HttpResponse:
    pages.require_everywhere(request, Permission.FUND_EDIT)
    indicator = FundIndicator()
    form = IndicatorForm(request.POST or None, instance=indicator, user=request.user)
    return _form(request, form, lambda **fields: services.save_indicator(indicator=indicator, by=request.user, **fields), "登记资金指标")


def _indicator(request: HttpRequest, pk: int) -> FundIndicator:
    pages.require_everywhere(request, Permission.FUND_EDIT)
    return get_object_or_404(FundIndicator, pk=pk)


@requires(Permission.FUND_EDIT)
@require_http_methods(["GET", "POST"])
def indicator_edit(request: HttpRequest, pk: int) -> HttpResponse:
    indicator = _indicator(request, pk)
    form = IndicatorForm(request.POST or None, instance=indicator, user=request.user)
    known = FundIndicator.objects.get(pk=pk)
    return _form(request, form, lambda **fields: services.save_indicator(indicator=indicator, by=request.user, **fields), "修改资金指标", known)


@requires(Permission.FUND_EDIT)
@require_http_methods(["GET", "POST"])
def allocation_create(request: HttpRequest, pk: int) -> HttpResponse:
    indicator = _indicator(request, pk)
    form = AllocationForm(request.POST or None, instance=FundAllocation(indicator=indicator), user=request.user)

    def save(**fields: Any) -> FundIndicator:
        services.allocate(indicator=indicator, by=request.user, **fields)
        return indicator

    note = f"{indicator},未分配 {services.left('indicator', pk):,.2f} 元。分配给项目,或者填用款单位作工作队经费。"
    return _form(request, form, save, "分配资金", indicator, note=note, save_label="分配", done="已分配。")


@requires(Permission.FUND_EDIT)
@require_http_methods(["GET", "POST"])
def allocation_cut(request: HttpRequest, pk: int) -> HttpResponse:
    rows = FundAllocation.objects.select_related("indicator", "project", "organization", "village")
    allocation = pages.record_or_404(rows, request.user, pk, view=Permission.FUND_VIEW, edit=Permission.FUND_EDIT)
    form = CutForm(request.POST or None)

    def save(**fields: Any) -> FundIndicator:
        services.cut_allocation(allocation=allocation, by=request.user, **fields)
        return allocation.indicator

    note = f"{allocation},未付 {services.left('allocation', pk):,.2f} 元。"
    return _form(request, form, save, "调减分配", allocation.indicator, note=note, save_label="调减", done="已调减。")


@requires(Permission.FUND_EDIT)
@require_http_methods(["GET", "POST"])
def return_create(request: HttpRequest, pk: int) -> HttpResponse:
    indicator = _indicator(request, pk)
    form = ReturnMoneyForm(request.POST or None, instance=IndicatorReturn(indicator=indicator), user=request.user)

    def save(**fields: Any) -> FundIndicator:
        services.give_back(indicator=indicator, by=request.user, **fields)
        return indicator

    note = f"{indicator},未分配 {services.left('indicator', pk):,.2f} 元。结转的金额登记为下一年度的指标。"
    return _form(request, form, save, "结转或收回", indicator, note=note, save_label="登记")


@requires(Permission.FUND_EDIT)
@require_http_methods(["GET", "POST"])
def indicator_notice(request: HttpRequest, pk: int) -> HttpResponse:
    indicator = _indicator(request, pk)
    note = f"{indicator}:公告全部分配(项目、村、金额、文号、日期),有公开网页和二维码。资金平衡核对有差异的,须先有书面说明,说明写在公告正文中。"

    def save(**_: Any) -> str:
        return services.publish_allocations(indicator=indicator, by=request.user).get_absolute_url()

    return _form(request, SeenForm(request.POST or None), save, "公告分配结果", indicator, note=note, save_label="发布", done="已发布。")
