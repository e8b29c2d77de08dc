"""Indicators, allocations, what goes back: every write."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.scope import because
from funds.models import FundAllocation, FundIndicator, IndicatorReturn, Project
from funds.services.ceilings import check_amount, within_ceilings
from funds.services.errors import FundsError


@transaction.atomic
def save_indicator(*, indicator: FundIndicator, by: User, **fields: Any) -> FundIndicator:
    """Register an indicator or correct it; never below what is already used of it."""
    because("修改资金指标" if indicator.pk else "登记资金指标")
    if indicator.pk:
        FundIndicator.objects.select_for_update().get(pk=indicator.pk)
    for name, value in fields.items():
        setattr(indicator, name, value)
    check_amount(indicator.amount)
    if indicator.part_of_id and indicator.part_of and indicator.part_of.part_of_id:
        raise FundsError("所含于的指标本身又含在别的指标内,请直接选最上面的指标。")
    indicator.full_clean()
    with within_ceilings(indicator.amount, indicator=indicator.part_of_id or indicator.pk):
        indicator.save()
    return indicator


@transaction.atomic
def allocate(
    *,
    indicator: FundIndicator,
    amount: Decimal,
    document: str,
    allocated_on: date,
    by: User,
    project: Project | None = None,
    organization: Organization | None = None,
    purpose: str = "",
    **fields: Any,
) -> FundAllocation:
    """Give money of an indicator to a project or, for a team's costs, to a body. Raises OverCeiling.

    No library, no money: a project must have passed its approval (`domain.md` §7.1). A negative list entry blocks it.
    """
    check_amount(amount)
    because(f"分配资金 {document}")
    if project is not None:
        project = Project.objects.select_for_update().get(pk=project.pk)
        if project.forbidden_use:
            raise FundsError(f"项目属于负面清单“{project.get_forbidden_use_display()}”,不能安排资金。")
        if project.approved_on is None or project.state == Project.State.DROPPED:
            raise FundsError("项目还没有批复(或已移出项目库),不能安排资金。")
    if allocated_on < indicator.issued_on:
        raise FundsError(f"分配日期不能早于指标下达日期 {indicator.issued_on:%Y-%m-%d}。")
    row = FundAllocation(
        indicator=indicator, project=project, organization=organization, village=project.village if project else None, amount=amount,
        document=document, allocated_on=allocated_on, purpose=purpose, **fields,
    )  # fmt: skip
    row.full_clean()
    with within_ceilings(amount, indicator=indicator.pk, budget=project.pk if project else None):
        row.save()
    return row


@transaction.atomic
def cut_allocation(*, allocation: FundAllocation, amount: Decimal, document: str, allocated_on: date, by: User) -> FundAllocation:
    """Take back a part of an allocation that is not paid: a further, negative row. Raises OverCeiling."""
    check_amount(amount)
    because(f"调减资金分配 {document}")
    if allocation.reverses_id:
        raise FundsError("这是一笔调减,请在原来的分配上调减。")
    if allocated_on < allocation.allocated_on:
        raise FundsError("调减日期不能早于分配日期。")
    row = FundAllocation(
        indicator=allocation.indicator, project=allocation.project, organization=allocation.organization, village=allocation.village,
        amount=-amount, document=document, allocated_on=allocated_on, purpose="调减", reverses=allocation,
    )  # fmt: skip
    row.full_clean()
    with within_ceilings(amount, allocation=allocation.pk):
        row.save()
    return row


@transaction.atomic
def give_back(*, indicator: FundIndicator, kind: str, amount: Decimal, document: str, happened_on: date, by: User) -> IndicatorReturn:
    """Carry what is left over into an indicator of the next year, or return it. Raises OverCeiling."""
    check_amount(amount)
    because(f"资金{IndicatorReturn.Kind(kind).label} {document}")
    if happened_on < indicator.issued_on:
        raise FundsError("日期不能早于指标下达日期。")
    row = IndicatorReturn(indicator=indicator, kind=kind, amount=amount, document=document, happened_on=happened_on)
    row.full_clean()
    with within_ceilings(amount, indicator=indicator.pk):
        row.save()
        if kind == IndicatorReturn.Kind.CARRIED:
            FundIndicator.objects.create(
                document=document, title=f"{indicator.title}(结转)"[:100], source=indicator.source, category=indicator.category,
                year=indicator.year + 1, amount=amount, issued_on=happened_on, received_on=happened_on, provider=indicator.provider,
                carried_from=indicator,
            )  # fmt: skip
    return row
