"""The ledger: statements that add up, and the way of the money from source to village."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.guards import requires
from accounts.models import AccessEvent
from accounts.permissions import Permission
from accounts.services import note_access
from core import pages
from core.charts import flow_chart
from core.listing import Column, show
from core.pages import Fact
from funds.forms.ledger import StatementForm
from funds.models import FundAllocation, Loan, Payment, Project
from funds.services import ledger
from funds.views.parts import project_tabs
from households.views.records import household_context, visible_household
from villages.views.records import village_page, visible_village

LINE = (
    Column("项目", "label"), Column("已分配(万元)", "allocated", "wan"), Column("已支付(万元)", "paid", "wan"), Column("在途(万元)", "way", "wan"),
    Column("未支付(万元)", "left", "wan"),
)  # fmt: skip
INDICATOR = (
    Column("指标", "label"), Column("口径", "note"), Column("下达(万元)", "issued", "wan"), Column("分配(万元)", "allocated", "wan"),
    Column("内含指标(万元)", "inside", "wan"), Column("结转收回(万元)", "given_back", "wan"), Column("未分配(万元)", "free", "wan"),
    Column("已支付(万元)", "paid", "wan"), Column("在途(万元)", "way", "wan"), Column("已分配未付(万元)", "left", "wan"),
)  # fmt: skip
ADDS_UP = "已分配 = 已支付 + 在途 + 未支付。"
CHART = {"title": "资金流向", "columns": ("资金来源", "项目类别", "村(单位)"), "unit": "万元"}


def statement_table(title: str, lines: Sequence[ledger.Line], *, first: str = "项目", more: str = ADDS_UP) -> pages.Table:
    """Lines with their total, the last."""
    columns = (Column(first, "label"), *LINE[1:])
    rows = [*lines, ledger.total_of(lines)] if lines else []
    return pages.table(title, columns, rows, url=lambda line: line.url, empty="没有资金分配。", more=more)


def _columns(lines: Sequence[ledger.IndicatorLine]) -> tuple[Column, ...]:
    """How each is counted is a column only where it differs."""
    return INDICATOR if len({line.note for line in lines}) > 1 else (INDICATOR[0], *INDICATOR[2:])


def _indicator_tables(asked: dict[str, Any]) -> tuple[list[pages.Table], ledger.IndicatorLine]:
    lines = ledger.indicator_lines(year=asked["year"], source=asked["source"])
    groups = (
        ("单列的指标", [line for line in lines if ledger.counted(line)], "下达 = 分配 + 内含指标 + 结转收回 + 未分配;分配 = 已支付 + 在途 + 已分配未付。"),
        ("是否含在另一指标内待核定的指标", [line for line in lines if ledger.undecided(line)], "口径核定以前不并入上表合计。"),
        ("含在另一指标内或由上年结转的指标", [line for line in lines if not ledger.counted(line) and not ledger.undecided(line)],
         "金额已在来源指标中计过,不再并入合计。"),
    )  # fmt: skip
    tables = [
        pages.table(title, _columns(found), [*found, ledger.indicator_total(found, "合计")], url=lambda line: line.url, more=more)
        for title, found, more in groups if found
    ]  # fmt: skip
    return tables, ledger.indicator_total(groups[0][1], "合计")


@requires(Permission.FUND_VIEW)
@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """The statement of everything in reach; by indicator for who sees the whole city."""
    whole = pages.may_everywhere(request.user, Permission.FUND_VIEW)
    form = StatementForm(request.GET or None, whole=whole)
    asked = form.asked()
    rows = ledger.allocations(request.user, year=asked["year"], source=asked["source"])
    by = asked["by"] or ("" if whole else "village")
    figures: list[Fact] = []
    if by:
        lines = ledger.lines_by(rows, by)
        tables = [statement_table(f"资金台账({ledger.BY[by]})", lines, first=ledger.BY[by].removeprefix("按"))]
        total = ledger.total_of(lines)
    else:
        tables, in_all = _indicator_tables(asked)
        figures, total = [Fact("下达", show(in_all.issued, "wan"), unit="万元")], in_all
    figures += [Fact(label, show(value, "wan"), unit="万元") for label, value in
                (("已分配", total.allocated), ("已支付", total.paid), ("在途", total.way), ("已分配未付", total.left))]  # fmt: skip
    chart = flow_chart(ledger.flows(rows), **CHART) if rows.exists() else ""  # type: ignore[arg-type]
    return pages.record_page(request, title="资金台账", crumbs=[("资金台账", "")], figures=figures, tables=tables, template="funds/statement.html",
                             form=form, chart=chart)  # fmt: skip


@requires(Permission.FUND_VIEW)
@require_safe
def project_statement(request: HttpRequest, pk: int) -> HttpResponse:
    """A project's money: from which indicator, paid to whom, left."""
    project = pages.record_or_404(Project.objects.select_related("village"), request.user, pk, view=Permission.PROJECT_VIEW)
    rows = FundAllocation.objects.visible_to(request.user).filter(project=project)
    total = ledger.total_of(ledger.lines_by(rows, "source"))
    figures = [Fact("批复金额", show(project.amount, "wan"), unit="万元")]
    figures += [Fact(label, show(value, "wan"), unit="万元") for label, value in
                (("已分配", total.allocated), ("已支付", total.paid), ("在途", total.way), ("未支付", total.left))]  # fmt: skip
    tables = [
        statement_table("按资金来源", ledger.lines_by(rows, "source"), first="资金来源"),
        statement_table("按年度", ledger.lines_by(rows, "year"), first="指标年度"),
    ]
    crumbs = [("项目", reverse("funds:project-list")), (project.name, project.get_absolute_url()), ("资金台账", "")]
    return pages.record_page(request, title=project.name, subtitle=project.code, crumbs=crumbs, figures=figures, tables=tables,
                             tabs=project_tabs(request.user, project, "资金台账"))  # fmt: skip


@requires(Permission.FUND_VIEW)
@require_safe
def village_statement(request: HttpRequest, pk: int) -> HttpResponse:
    """A village's money: what came, by project and source, and its way as a picture."""
    village = visible_village(request, pk)
    rows = ledger.allocations(request.user, village=village.pk)
    tables = [
        statement_table("按项目", ledger.lines_by(rows, "project"), first="项目"),
        statement_table("按资金来源", ledger.lines_by(rows, "source"), first="资金来源"),
    ]
    chart = flow_chart(ledger.flows(rows, narrow=True), **CHART | {"columns": ("资金来源", "项目类别", "项目")}) if rows.exists() else ""  # type: ignore[arg-type]
    return village_page(request, village, "资金", tables=tables, chart=chart, template="funds/statement.html")


RECEIPTS = (
    Column("到账日期", lambda row: row.result.settled_on if hasattr(row, "result") else None, "date"), Column("发放项目", "batch.item.name"),
    Column("批次号", "batch.number"), Column("摘要", "batch.title", "long"), Column("资金来源", "allocation.indicator.get_source_display"),
    Column("领款人", "person_name"), Column("金额(元)", "amount", "money"), Column("状态", lambda row: receipt_state(row)),
)  # fmt: skip
LOANS = (
    Column("合同编号", "number"), Column("银行", "bank.name"), Column("产品", "product.name"), Column("金额(元)", "amount", "money"),
    Column("未还(元)", "owed", "money"), Column("到期日期", "due_on", "date"),
)  # fmt: skip


def receipt_state(row: Payment) -> str:
    """Where one payment is, in words."""
    if row.batch.state == "cancelled":
        return "已作废"
    if row.reverses_id:
        return "冲销" if row.batch.state == "settled" else "冲销办理中"
    if not hasattr(row, "result"):
        return str(row.batch.get_state_display())
    return "已到账" if row.result.succeeded else f"失败:{row.result.reason}"


@requires(Permission.PAYMENT_VIEW)
@require_safe
def household_receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """Every yuan a household was given, and its loans."""
    household = visible_household(request, pk)
    context = household_context(request, household, "funds:household")
    note_access(request, AccessEvent.Action.OPENED, household, detail="资金")
    rows = Payment.objects.visible_to(request.user).filter(household=household).select_related("batch__item", "allocation__indicator", "result")
    found = list(rows.order_by("-id")[: pages.LIMIT])
    arrived = sum((row.amount for row in found if receipt_state(row) in {"已到账", "冲销"}), ledger.ZERO)
    tables = [pages.table("到户资金", RECEIPTS, found, url=lambda row: row.batch.get_absolute_url(), more=f"已到账 {arrived:,.2f} 元。",
                          empty="还没有到户资金。")]  # fmt: skip
    if request.user.may(Permission.LOAN_VIEW):
        loans = Loan.objects.visible_to(request.user).filter(household=household).with_state().select_related("bank", "product")
        tables.append(pages.table("贷款", LOANS, loans[: pages.LIMIT], url=lambda row: row.get_absolute_url(), empty="没有贷款。"))
    return render(request, "funds/household.html", context | {"tables": tables})
