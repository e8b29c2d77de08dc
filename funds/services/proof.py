"""Proof of balance: asked every night in sets, told as rows; and what a fund notice needs to say of it.

Raw SQL, because every check reads whole tables once. The ceilings refuse a wrong sum when it is written; this asks again afterwards,
from the rows alone, so that a hole in the ceilings themselves would be seen.
"""

import time
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from core import settings
from core.scope import because
from funds.models import BalanceDifference, BalanceProof, FundAllocation, FundIndicator, PaymentBatch, PaymentResult
from funds.services.errors import FundsError
from funds.services.payments import broken_lines

# Each selects kind, key, about, project_id, village_id, expected, found where the two differ.
CEILING = """
select '{kind}', t.id, {about}, {project}, {village}, coalesce(s.total, 0), b.used
from {table} t join funds_balance b on b.kind = '{kind}' and b.key = t.id left join ({sums}) s on s.key = t.id
where b.used <> coalesce(s.total, 0)
"""
CHECKS = (
    CEILING.format(kind="indicator", table="funds_fundindicator", about="t.document || ' ' || t.title", project="null::bigint", village="null::bigint", sums="""
        select key, sum(amount) as total from (
          select indicator_id as key, amount from funds_fundallocation union all select indicator_id, amount from funds_indicatorreturn
          union all select part_of_id, amount from funds_fundindicator where counting = 'inside') parts group by key"""),
    CEILING.format(kind="budget", table="funds_project", about="t.name", project="t.id", village="t.village_id",
                   sums="select project_id as key, sum(amount) as total from funds_fundallocation where project_id is not null group by 1"),
    CEILING.format(kind="allocation", table="funds_fundallocation", about="t.document", project="t.project_id", village="t.village_id", sums="""
        select p.allocation_id as key, sum(p.amount) as total from funds_payment p join funds_paymentbatch b on b.id = p.batch_id
        left join funds_paymentresult r on r.payment_id = p.id
        where (b.kind <> 'reversal' and b.state <> 'cancelled' and coalesce(r.succeeded, true)) or (b.kind = 'reversal' and b.state = 'settled')
        group by 1"""),
    """select 'batch', b.id, b.number, b.project_id, b.village_id, coalesce(s.total, 0), b.total from funds_paymentbatch b
       left join (select batch_id, sum(amount) as total, count(*) as lines from funds_payment group by 1) s on s.batch_id = b.id
       where b.total <> coalesce(s.total, 0) or b.lines <> coalesce(s.lines, 0)""",
    """select 'answer', b.id, b.number, b.project_id, b.village_id, b.total, coalesce(s.total, 0) from funds_paymentbatch b
       left join (select r.batch_id, sum(p.amount) as total from funds_paymentresult r join funds_payment p on p.id = r.payment_id group by 1) s
         on s.batch_id = b.id
       where b.state = 'settled' and b.kind <> 'reversal' and b.total <> coalesce(s.total, 0)""",
    CEILING.format(kind="loan", table="funds_loan", about="t.number", project="null::bigint", village="t.village_id",
                   sums="select loan_id as key, sum(principal) as total from funds_repayment group by 1"),
    """select 'unanswered', b.id, b.number || ' ' || b.title, b.project_id, b.village_id, b.total, 0 from funds_paymentbatch b
       where b.state = 'sent' and b.sent_at::date < %(unanswered)s""",
    """select 'failed', b.id, b.number || ' ' || b.title, b.project_id, b.village_id, 0, sum(p.amount) from funds_paymentresult r
       join funds_payment p on p.id = r.payment_id join funds_paymentbatch b on b.id = p.batch_id
       where not r.succeeded and r.settled_on < %(failed)s and not exists (
         select from funds_payment n join funds_paymentbatch nb on nb.id = n.batch_id where n.reissues_id = p.id and nb.state <> 'cancelled')
       group by b.id""",
    """select 'not_arrived', i.id, i.document || ' ' || i.title, null::bigint, null::bigint, 0, sum(ab.used) from funds_fundindicator i
       join funds_fundallocation a on a.indicator_id = i.id join funds_balance ab on ab.kind = 'allocation' and ab.key = a.id
       where i.received_on is null group by i.id having sum(ab.used) > 0""",
)  # fmt: skip
WRITE = """
with found(kind, key, about, project_id, village_id, expected, found) as materialized ({checks}),
gone as (
  update funds_balancedifference d set gone_on = %(day)s where d.gone_on is null and d.kind <> 'broken'
    and not exists (select from found f where f.kind = d.kind and f.key = d.key) returning 1
), changed as (
  -- Another sum is another question: what was written about the old one does not explain it.
  update funds_balancedifference d set expected = f.expected, found = f.found, explanation = '', explained_by_id = null, explained_at = null
  from found f where d.gone_on is null and d.kind = f.kind and d.key = f.key and (d.expected, d.found) is distinct from (f.expected, f.found) returning 1
), fresh as (
  insert into funds_balancedifference (kind, key, about, project_id, village_id, expected, found, found_on, explanation)
  select f.kind, f.key, left(f.about, 120), f.project_id, f.village_id, f.expected, f.found, %(day)s, '' from found f
  where not exists (select from funds_balancedifference d where d.gone_on is null and d.kind = f.kind and d.key = f.key)
  on conflict do nothing returning 1
)
select (select count(*) from found), (select count(*) from fresh), (select count(*) from gone), (select count(*) from changed)
"""


@transaction.atomic
def prove_balance(*, day: date) -> BalanceProof:
    """Ask everything and write what is not explained. Over the whole city: call it under `acting_as_system`."""
    start = time.perf_counter()
    because("资金平衡核对")
    days = {
        "day": day,
        "unanswered": day - timedelta(days=settings.get("funds_return_days")),
        "failed": day - timedelta(days=settings.get("funds_reissue_days")),
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE.format(checks=" union all ".join(CHECKS)), days)
    _broken(day)
    open_rows = BalanceDifference.objects.filter(gone_on=None)
    return BalanceProof.objects.create(
        ran_on=day, **_sums(), differences=open_rows.count(), difference=sum((abs(row.difference) for row in open_rows), start=Decimal(0)),
        milliseconds=round((time.perf_counter() - start) * 1000),
    )  # fmt: skip


def _broken(day: date) -> None:
    """Batches whose lines are not what was made, by their digests. Each found is a difference until it is whole again."""
    broken = [batch for batch in PaymentBatch.objects.exclude(digest="").iterator(chunk_size=500) if broken_lines(batch)]
    kind = BalanceDifference.Kind.BROKEN
    open_rows = BalanceDifference.objects.filter(kind=kind, gone_on=None)
    open_rows.exclude(key__in=[batch.pk for batch in broken]).update(gone_on=day)
    known = set(open_rows.values_list("key", flat=True))
    for batch in broken:
        if batch.pk not in known:
            BalanceDifference.objects.create(kind=kind, key=batch.pk, about=batch.number, project_id=batch.project_id, village_id=batch.village_id,
                                             expected=batch.total, found=0, found_on=day)  # fmt: skip


def _sums() -> dict[str, Decimal]:
    counted = FundIndicator.objects.filter(counting="separate", carried_from=None)
    going = PaymentBatch.objects.filter(state__in=["made", "checked", "sent"]).exclude(kind="reversal")
    paid = PaymentResult.objects.filter(succeeded=True)
    back = PaymentBatch.objects.filter(kind="reversal", state="settled")

    def total(rows: QuerySet, field: str) -> Decimal:
        return rows.aggregate(total=Sum(field))["total"] or Decimal(0)

    received = total(paid, "payment__amount")
    return {"issued": total(counted, "amount"), "allocated": total(FundAllocation.objects.all(), "amount"), "way": total(going, "total"),
            "paid": received + total(back, "total"), "received": received}  # fmt: skip


@transaction.atomic
def explain_difference(*, difference: BalanceDifference, explanation: str, by: User) -> BalanceDifference:
    """The bureau's written word on a difference; it stands under every notice over it. Raises FundsError."""
    difference = BalanceDifference.objects.select_for_update(of=("self",)).get(pk=difference.pk)
    if difference.gone_on:
        raise FundsError("这笔差异已经消除,不需要说明。")
    if difference.kind == BalanceDifference.Kind.BROKEN:
        raise FundsError("完整性校验不符的不能以说明代替,请审计管理员查明后处理。")
    if len(explanation.strip()) < 10:
        raise FundsError("请写明差异的原因和处理办法,不少于10个字。")
    because(f"资金差异说明:{explanation}")
    difference.explanation, difference.explained_by, difference.explained_at = explanation.strip()[:300], by, timezone.now()
    difference.save()
    return difference
