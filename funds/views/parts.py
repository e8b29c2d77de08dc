"""The tables of a project's page: its money, and what hangs on it."""

from typing import Any

from django.urls import reverse

from accounts.permissions import Permission
from core import pages
from core.listing import Column
from core.pages import Link, Table
from funds.models import FundAllocation, PaymentBatch, Project

ALLOCATIONS = (
    Column("分配文号", "document"), Column("指标", "indicator.title"), Column("资金来源", "indicator.get_source_display"),
    Column("金额(万元)", "amount", "wan"), Column("分配日期", "allocated_on", "date"),
)  # fmt: skip
BATCHES = (
    Column("批次号", "number"), Column("种类", "get_kind_display"), Column("摘要", "title", "long"), Column("笔数", "lines", "number"),
    Column("金额(元)", "total", "money"), Column("状态", "get_state_display"),
)  # fmt: skip
PARTS: tuple[tuple[str, str, str, tuple[Column, ...]], ...] = (
    ("budget", "budget", "预算", (Column("资金来源", "get_source_display"), Column("预算内容", "content"), Column("预算(元)", "amount", "money"))),
    ("progress", "progress", "进度报告", (Column("报告日期", "reported_on", "date"), Column("形象进度(%)", "percent", "number"), Column("进展情况", "note", "long"),
                                       Column("照片", lambda row: "有" if row.photo_id else "无"))),
    ("contract", "contracts", "合同", (Column("合同编号", "number"), Column("承包单位", "contractor.name"), Column("金额(元)", "amount", "money"),
                                     Column("确定方式", "get_method_display"), Column("签订日期", "signed_on", "date"))),
    ("acceptance", "acceptances", "验收", (Column("验收日期", "accepted_on", "date"), Column("结论", "get_result_display"), Column("验收人员", "members"),
                                         Column("意见", "note", "long"))),
    ("asset", "assets", "资产", (Column("资产名称", "name"), Column("类别", "get_kind_display"), Column("原值(元)", "value", "money"),
                               Column("产权归属", lambda row: row.owner or "未确权"), Column("移交日期", "handed_over_on", "date"))),
)  # fmt: skip
PERFORMANCE = (
    Column("绩效目标", "target", "long"), Column("绩效指标", "indicator"), Column("目标值", "planned", "number"), Column("实现值", "reached", "number"),
    Column("自评得分", "score", "number"), Column("等级", "grade"),
)  # fmt: skip
BENEFICIARIES = (
    Column("户编号", "household.household_code"), Column("受益方式", "benefit"), Column("受益金额(元)", "amount", "money"),
    Column("登记日期", "recorded_on", "date"),
)  # fmt: skip


def money_tables(user: Any, project: Project) -> list[Table]:
    """Allocations and batches, for those who may see money; with what may be started here."""
    tables = []
    if user.may(Permission.FUND_VIEW):
        rows = FundAllocation.objects.visible_to(user).filter(project=project).select_related("indicator").order_by("-allocated_on", "-id")
        tables.append(
            pages.table("资金分配", ALLOCATIONS, rows[: pages.LIMIT], url=lambda row: row.indicator.get_absolute_url(), empty="还没有分配资金。")
        )
    if user.may(Permission.PAYMENT_VIEW):
        may_make = pages.may_change(Project.objects.all(), user, project.pk, Permission.PAYMENT_MAKE)
        links = [
            Link("发放到户", reverse("funds:batch-create", args=[project.pk])),
            Link("拨付单位", reverse("funds:unit-create", args=[project.pk])),
        ]
        found = PaymentBatch.objects.visible_to(user).filter(project=project).order_by("-id")[: pages.LIMIT]
        tables.append(
            pages.table("支付批次", BATCHES, found, url=lambda row: row.get_absolute_url(), empty="还没有支付。", links=links if may_make else ())
        )
    return tables


def part_tables(user: Any, project: Project) -> list[Table]:
    """What hangs on the project, each with the door to add to it."""
    may_work = project.state != Project.State.DROPPED and pages.may_change(Project.objects.all(), user, project.pk, Permission.PROJECT_WORK)

    def add(name: str, label: str) -> list[Link]:
        return [Link(label, reverse(f"funds:{name}-create", args=[project.pk]))] if may_work else []

    tables = []
    for name, related, title, columns in PARTS:
        rows = getattr(project, related).all()
        rows = rows.select_related("contractor") if related == "contracts" else rows
        row_links = (lambda row: [Link("修改", reverse("funds:asset-edit", args=[row.pk]))]) if name == "asset" and may_work else None
        tables.append(
            pages.table(title, columns, rows[: pages.LIMIT], row_links=row_links, links=add(name, f"登记{title}"), empty=f"还没有{title}。")
        )
    found = [project.performance] if hasattr(project, "performance") else []
    tables.append(
        pages.table("绩效", PERFORMANCE, found, links=add("performance", "修改绩效" if found else "登记绩效目标"), empty="还没有绩效目标。")
    )
    if user.may(Permission.HOUSEHOLD_VIEW):
        rows = project.beneficiaries.visible_to(user).select_related("household")[: pages.LIMIT]
        tables.append(pages.table("受益户", BENEFICIARIES, rows, links=add("beneficiary", "登记受益户"), empty="还没有受益户名单。",
                                  url=lambda row: row.household.get_absolute_url()))  # fmt: skip
    return tables


def project_tabs(user: Any, project: Project, active: str) -> list[tuple[str, str, bool]]:
    """The pages of one project."""
    found = [("概况", project.get_absolute_url()), ("六道关", reverse("funds:project-gates", args=[project.pk]))]
    if user.may(Permission.FUND_VIEW):
        found.append(("资金台账", reverse("funds:project-statement", args=[project.pk])))
    return [(label, url, label == active) for label, url in found]
