"""What a fund notice or report has to say of the money under it that is not explained."""

from django.db.models import Q

from funds.models import BalanceDifference, FundAllocation, Project
from funds.services.errors import FundsError


def differences_under(project: Project | None) -> list[BalanceDifference]:
    """The open differences a notice about a project (None: a report of the whole city) stands over."""
    rows = BalanceDifference.objects.filter(gone_on=None).select_related("explained_by").order_by("id")
    if project is None:
        return list(rows)
    money = FundAllocation.objects.filter(project=project).values("indicator")
    return list(rows.filter(Q(project=project) | Q(kind__in=["indicator", "not_arrived"], key__in=money)))


def disclose(project: Project | None = None) -> str:
    """What has to stand under a release; raises FundsError while a difference has no written explanation."""
    found = differences_under(project)
    without = [row for row in found if not row.explanation]
    if without:
        told = ";".join(f"{row}(差 {abs(row.difference):,.2f} 元)" for row in without[:5])
        raise FundsError(f"资金平衡核对还有 {len(without)} 笔差异没有书面说明,不能发布:{told}。请扶贫局负责人在“资金平衡核对”中说明后再发布。")
    words = [f"{row.get_kind_display()} {abs(row.difference):,.2f} 元,{row.explanation}({row.explained_by}说明)" for row in found]
    return f"资金核对说明:{';'.join(words)}。" if words else ""
