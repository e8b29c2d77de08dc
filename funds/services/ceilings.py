"""Ask the database whether there is room, and put its refusal into words."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import IntegrityError, transaction

from funds.models import Balance
from funds.services.errors import FundsError, OverCeiling

MOST = Decimal("999999999999.99")
WORDS = {
    "fund_allocation_cut_of_its_own": "调减要写在原来的分配上。",
    "payment_only_while_its_batch_is_made": "批次已经制成,不能再加减明细。请作废后重新制单。",
    "payment_batch_does_not_change": "批次已经制成,内容不能改动。请作废后重新制单。",
    "payment_batch_one_step_at_a_time": "批次的状态已经变化,请刷新后查看。",
    "payment_batch_people_are_different": "制单、复核、支付须由不同的人办理。",
    "payment_invoice_once": "这张发票已经付过款。",
    "payment_person_once_in_batch": "同一批次中有同一户、同一人的两笔。",
}


def check_amount(amount: Decimal) -> Decimal:
    """A sum of money as it may be written: above zero, whole cents, within twelve digits. Raises FundsError."""
    if not amount.is_finite() or amount <= 0:
        raise FundsError("金额应大于零。")
    if amount > MOST:
        raise FundsError("金额超出上限(999,999,999,999.99 元),请核对单位是元还是万元。")
    if amount != amount.quantize(Decimal("0.01")):
        raise FundsError("金额最小到分(0.01 元)。")
    return amount


def left(kind: str, key: int) -> Decimal:
    """What is still free under a ceiling, 0 where there is none."""
    row = Balance.objects.filter(kind=kind, key=key).first()
    return row.left if row else Decimal(0)


@contextmanager
def within_ceilings(wanted: Decimal, **keys: int | None) -> Iterator[None]:
    """Writes that weigh on ceilings (kind=key): what the database refuses is told with what is left of each."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if name in {"balance_within_ceiling", "balance_used_not_negative"}:
            rooms = [f"{Balance.Kind(kind).label}余额 {left(kind, key):,.2f} 元" for kind, key in keys.items() if key]
            raise OverCeiling(f"余额不足:本次 {wanted:,.2f} 元,{'、'.join(rooms)}。") from error
        if name in WORDS:
            raise FundsError(WORDS[name]) from error
        raise
