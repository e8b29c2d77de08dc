"""What a fund notice or report has to say of the money under it that is not explained."""

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core.clock import today
from core.scope import because
from funds.models import BalanceDifference, FundAllocation, FundIndicator, Project
from funds.services.errors import FundsError
from workflow import services as flow
from workflow.models import PublicNotice


def differences_under(project: Project | None) -> list[BalanceDifference]:
    """The open differences a notice about a project (None: a report of the whole city) stands over."""
    rows = BalanceDifference.objects.filter(gone_on=None).select_related("explained_by").order_by("id")
    if project is None:
        return list(rows)
    money = FundAllocation.objects.filter(project=project).values("indicator")
    return list(rows.filter(Q(project=project) | Q(kind__in=["indicator", "not_arrived"], key__in=money)))


def differences_of(indicator: FundIndicator) -> list[BalanceDifference]:
    """The open differences of an indicator and of the projects it pays."""
    rows = BalanceDifference.objects.filter(gone_on=None).select_related("explained_by").order_by("id")
    projects = FundAllocation.objects.filter(indicator=indicator).exclude(project=None).values("project")
    return list(rows.filter(Q(project__in=projects) | Q(kind__in=["indicator", "not_arrived"], key=indicator.pk)))


def disclose(project: Project | None = None) -> str:
    """What has to stand under a release; raises FundsError while a difference has no written explanation."""
    return said_of(differences_under(project))


def said_of(found: list[BalanceDifference]) -> str:
    """The written words on differences; raises FundsError for one that has none."""
    without = [row for row in found if not row.explanation]
    if without:
        told = ";".join(f"{row}(差 {abs(row.difference):,.2f} 元)" for row in without[:5])
        raise FundsError(f"资金平衡核对还有 {len(without)} 笔差异没有书面说明,不能发布:{told}。请扶贫局负责人在“资金平衡核对”中说明后再发布。")
    words = [f"{row.get_kind_display()} {abs(row.difference):,.2f} 元,{row.explanation}({row.explained_by}说明)" for row in found]
    return f"资金核对说明:{';'.join(words)}。" if words else ""


@transaction.atomic
def publish_allocations(*, indicator: FundIndicator, by: User) -> PublicNotice:
    """Tell the city what became of an indicator (谁分配谁公开): each project with its sum, and the public page with it. Raises FundsError."""
    indicator = FundIndicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    rows = FundAllocation.objects.filter(indicator=indicator).select_related("project", "organization", "village").order_by("id")
    if not rows:
        raise FundsError("这个指标还没有分配,没有可以公告的内容。")
    explained = said_of(differences_of(indicator))
    because(f"公告资金分配 {indicator.document}")
    values = {
        "title": indicator.title,
        "document": indicator.document,
        "source": indicator.get_source_display(),
        "amount": f"{indicator.amount / 10_000:,.2f}",
    }
    title, body = flow.notice_text(kind="fund_allocation", values=values, starts_on=today())
    lines = [
        {
            "key": str(row.pk),
            "cells": [str(row.project or row.organization), str(row.village or "—"), f"{row.amount:,.2f}", row.document, f"{row.allocated_on}"],
        }
        for row in rows
    ]
    return flow.publish(
        kind="fund_allocation", title=title, body=f"{body}{explained}", lines=lines, records=[], level="city", starts_on=today(), by=by, day=today()
    )
