"""Batches of payments: made, checked, paid by different people; every write (`domain.md` §7.6)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings as environment
from django.db import connection, transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from core import crypto, settings
from core.clock import today
from core.scope import because
from funds.models import Contract, FundAllocation, Payment, PaymentBatch, PaymentResult, Project, SubsidyItem
from funds.models.payments import SIGNERS
from funds.rules.integrity import digest_of, line_mac
from funds.services.ceilings import check_amount, within_ceilings
from funds.services.errors import FundsError
from funds.services.gates import refuse_before
from funds.services.payees import MOST_SHOWN, Payee, Wanted, check_payees, refuse_problems

State = PaymentBatch.State
NUMBER_LOCK = 771_011
COLUMNS = (
    "batch_id", "number", "allocation_id", "village_id", "household_id", "member_id", "organization_id", "contract_id", "invoice",
    "household_code", "person_name", "account", "account_index", "account_name", "bank_name", "standard", "quantity", "amount", "mac",
    "reverses_id", "reissues_id",
)  # fmt: skip
SIGNED = ("number", "household_id", "member_id", "organization_id", "account_index", "account_name", "person_name", "amount")


def _key() -> bytes:
    return environment.INTEGRITY_KEY.encode()


def _mac(batch: str, values: Sequence[Any]) -> str:
    """The integrity digest of a line: its batch and the SIGNED columns in their order."""
    return line_mac(_key(), (batch, *("" if value is None else value for value in values)))


def _batch_mac(batch: PaymentBatch) -> str:
    parts = (batch.number, batch.kind, batch.allocation_id, batch.item_id or "", batch.period_on, batch.lines, f"{batch.total:.2f}", batch.digest)
    return line_mac(_key(), (*parts, batch.maker_id))


def next_number(day: date) -> str:
    """The next batch number of the year: ZF, year, serial. Holds a lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
        # Numbers run over the whole city, past what this user may see.
        cursor.execute("select funds_last_batch(%s)", [f"ZF{day.year}"])
        return f"ZF{day.year}{cursor.fetchone()[0] + 1:06d}"


def checks_needed(total: Decimal) -> int:
    """How many must check a batch: one, more above the set amounts (settings in 万元, [assumed])."""
    return 1 + sum(total > settings.get(key) * 10_000 for key in ("funds_second_check_wan", "funds_third_check_wan"))


def refuse_unready(project: Project) -> None:
    """Raises FundsError naming why no money may leave for this project."""
    if project.state == Project.State.DROPPED or project.approved_on is None:
        raise FundsError("项目还没有批复(或已移出项目库),不能付款。")
    if project.forbidden_use:
        raise FundsError(f"项目属于负面清单“{project.get_forbidden_use_display()}”,不能付款。")


def open_batch(kind: str, project: Project, allocation: FundAllocation, title: str, period_on: date, by: User, **fields: Any) -> PaymentBatch:
    """A batch with no lines yet, its number taken."""
    if allocation.project_id != project.pk or allocation.reverses_id:
        raise FundsError("请选择这个项目的资金分配。")
    return PaymentBatch.objects.create(
        number=next_number(today()), kind=kind, project=project, village_id=project.village_id, allocation=allocation, title=title[:80],
        period_on=period_on.replace(day=1), maker=by, **fields,
    )  # fmt: skip


def write_lines(batch: PaymentBatch, rows: Iterable[dict[str, Any]]) -> None:
    """Write a batch's lines in one statement and close it: total, digest and check of integrity. Raises OverCeiling."""
    macs, total, count = [], Decimal(0), 0
    with connection.cursor() as cursor:
        cursor.execute("create temporary table if not exists funds_line on commit drop as select * from funds_payment with no data")
        cursor.execute("truncate funds_line")
        with cursor.copy(f"copy funds_line ({', '.join(COLUMNS)}) from stdin") as copy:
            for row in rows:
                row["amount"] = f"{row['amount']:.2f}"
                mac = _mac(batch.number, [row.get(name) for name in SIGNED])
                copy.write_row([row.get(name) for name in COLUMNS[:18]] + [mac, row.get("reverses_id"), row.get("reissues_id")])
                macs.append(mac)
                total += Decimal(row["amount"])
                count += 1
        if not count:
            raise FundsError("没有要付款的明细。")
        with within_ceilings(total, allocation=batch.allocation_id):
            cursor.execute(
                f"insert into funds_payment ({', '.join(COLUMNS)}) select {', '.join(COLUMNS)} from funds_line order by number"  # noqa: S608
            )
    batch.total, batch.lines, batch.digest = total, count, digest_of(macs)
    batch.checks_needed = checks_needed(abs(total))
    batch.mac = _batch_mac(batch)
    batch.save()


@transaction.atomic
def make_batch(
    *, project: Project, allocation: FundAllocation, item: SubsidyItem, period_on: date, lines: Iterable[Wanted], by: User, title: str = "",
    reissues: PaymentBatch | None = None,
) -> PaymentBatch:  # fmt: skip
    """Make a batch to households: all lines pass the payee check or nothing is written. Raises PayeesRefused, OverCeiling."""
    wanted = list(lines)
    for line in wanted:
        check_amount(line.amount)
    refuse_unready(project)
    because(f"制单:{item.name}")
    batch = open_batch(PaymentBatch.Kind.HOUSEHOLD, project, allocation, title or item.name, period_on, by, item=item, reissues=reissues)
    payees = check_payees(wanted, project=project, item=item, period_on=batch.period_on, day=today(), batch=batch)
    refuse_problems(payees)
    write_lines(batch, (_household_row(batch, payee, item) for payee in payees))
    return batch


def _household_row(batch: PaymentBatch, payee: Payee, item: SubsidyItem) -> dict[str, Any]:
    row = payee._asdict()
    return row | {"batch_id": batch.pk, "allocation_id": batch.allocation_id, "invoice": "", "standard": item.standard}


@transaction.atomic
def make_unit_batch(
    *, project: Project, allocation: FundAllocation, contract: Contract, invoice: str, amount: Decimal, account: str, bank_name: str, by: User,
    title: str = "",
) -> PaymentBatch:  # fmt: skip
    """Make a payment to the contractor against an invoice (报账); not beyond the contract. Raises OverCeiling."""
    check_amount(amount)
    refuse_unready(project)
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    if contract.project_id != project.pk:
        raise FundsError("请选择这个项目的合同。")
    paid = _standing(Payment.objects.filter(contract=contract))
    if paid + amount > contract.amount:
        raise FundsError(f"超过合同金额:合同 {contract.amount:,.2f} 元,已付和在途 {paid:,.2f} 元,还可付 {contract.amount - paid:,.2f} 元。")
    because(f"制单:{contract.contractor}")
    batch = open_batch(PaymentBatch.Kind.UNIT, project, allocation, title or f"拨付{contract.contractor}", today(), by)
    name = contract.contractor.name
    row = {"batch_id": batch.pk, "number": 1, "allocation_id": allocation.pk, "village_id": project.village_id, "organization_id": contract.contractor_id,
           "contract_id": contract.pk, "invoice": invoice, "household_code": "", "person_name": name, "account": crypto.encrypt(account),
           "account_index": crypto.blind_index(account, "bank_account"), "account_name": name, "bank_name": bank_name, "quantity": Decimal(1),
           "amount": amount}  # fmt: skip
    with within_ceilings(amount, allocation=allocation.pk):
        write_lines(batch, [row])
    return batch


def _standing(payments: Any) -> Decimal:
    """The sum of payments that are on their way or arrived, less what came back."""
    gone = payments.exclude(batch__state=State.CANCELLED).exclude(result__succeeded=False)
    return gone.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def broken_lines(batch: PaymentBatch) -> list[int]:
    """The numbers of lines whose amount, name or account is not what was made; 0 stands for the batch itself."""
    broken, macs = [], []
    rows = Payment.objects.filter(batch=batch).order_by("number").values_list(*SIGNED, "mac")
    for *values, mac in rows.iterator(chunk_size=5000):
        values[-1] = f"{values[-1]:.2f}"
        if _mac(batch.number, values) != mac:
            broken.append(values[0])
        macs.append(mac)
    if digest_of(macs) != batch.digest or _batch_mac(batch) != batch.mac:
        broken.append(0)
    return broken


def _refuse_broken(batch: PaymentBatch) -> None:
    broken = broken_lines(batch)
    if broken:
        which = "、".join(str(number) for number in broken if number)[:100] or "批次合计"
        raise FundsError(f"完整性校验没有通过({which}),内容在制单后被改动。请停止办理并报告审计管理员。")


def _locked(batch: PaymentBatch, *states: str, seen: str) -> PaymentBatch:
    """The batch, locked, in one of these states and as the user has seen it."""
    found = PaymentBatch.objects.select_for_update(of=("self",)).select_related("item", "project", "allocation").get(pk=batch.pk)
    if found.state not in states:
        raise FundsError(f"批次现在是“{found.get_state_display()}”,不能这样办理。可能已由同事办过,请刷新查看。")
    if seen != found.digest:
        raise FundsError("批次内容与您看到的不同,请刷新核对后再办理。")
    return found


def _refuse_signer(batch: PaymentBatch, by: User) -> None:
    if by.pk in {getattr(batch, f"{name}_id") for name in SIGNERS}:
        raise FundsError("制单、复核、支付须由不同的人办理,您已办过这个批次的一步。")


@transaction.atomic
def check_batch(*, batch: PaymentBatch, seen: str, by: User) -> PaymentBatch:
    """Put one checker's name under a batch: integrity and payees are looked at again as they are today. Raises PayeesRefused."""
    batch = _locked(batch, State.MADE, seen=seen)
    _refuse_signer(batch, by)
    _refuse_broken(batch)
    _check_again(batch)
    because(f"复核批次 {batch.number}")
    for name in SIGNERS[1:4]:
        if getattr(batch, f"{name}_id") is None:
            setattr(batch, name, by)
            setattr(batch, f"{name.replace('checker', 'checked')}_at", timezone.now())
            break
    if len(batch.checkers) >= batch.checks_needed:
        batch.state = State.CHECKED
    batch.save()
    return batch


def _check_again(batch: PaymentBatch) -> None:
    if batch.kind != PaymentBatch.Kind.HOUSEHOLD or batch.item is None:
        return
    lines = Payment.objects.filter(batch=batch).order_by("number")
    wanted = (Wanted(*row) for row in lines.values_list("household_id", "amount", "quantity", "member_id", "account_name").iterator(chunk_size=5000))
    payees = check_payees(wanted, project=batch.project, item=batch.item, period_on=batch.period_on, day=today(), batch=batch)
    refuse_problems(payees)
    frozen = dict(lines.values_list("number", "account_index"))
    moved = [payee for payee in payees if frozen[payee.number] != payee.account_index]
    if moved:
        told = "、".join(f"第 {payee.number} 笔 {payee.person_name}" for payee in moved[:MOST_SHOWN])
        raise FundsError(f"制单以后登记的账号变了:{told}。请作废后重新制单。")


@transaction.atomic
def pay_batch(*, batch: PaymentBatch, seen: str, by: User) -> PaymentBatch:
    """Release a checked batch to the bank. A second press finds it released and moves nothing."""
    batch = _locked(batch, State.CHECKED, seen=seen)
    _refuse_signer(batch, by)
    refuse_unready(batch.project)
    if batch.kind != PaymentBatch.Kind.REVERSAL:
        refuse_before(batch.project, 5, "支付")
    _refuse_broken(batch)
    _check_again(batch)
    because(f"支付批次 {batch.number}")
    batch.payer, batch.sent_at, batch.state = by, timezone.now(), State.SENT
    batch.save()
    return batch


@transaction.atomic
def cancel_batch(*, batch: PaymentBatch, reason: str, by: User) -> PaymentBatch:
    """Give up a batch that has not gone to the bank; its money is free again."""
    batch = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state not in {State.MADE, State.CHECKED}:
        raise FundsError("批次已送银行(或已作废),不能作废。到账后有误的,请办理冲销。")
    because(f"作废批次 {batch.number}:{reason}")
    batch.state, batch.cancelled_by, batch.cancelled_at, batch.cancel_reason = State.CANCELLED, by, timezone.now(), reason[:200]
    batch.save()
    return batch


def to_reissue(batch: PaymentBatch) -> QuerySet:
    """The lines of a batch that failed and are in no other batch yet."""
    failed = Payment.objects.filter(batch=batch, result__succeeded=False).order_by("number")
    return failed.exclude(pk__in=Payment.objects.filter(reissues__batch=batch).exclude(batch__state=State.CANCELLED).values("reissues"))


@transaction.atomic
def reissue(*, batch: PaymentBatch, by: User) -> PaymentBatch:
    """Make a linked batch of the lines that failed, to the accounts as they are registered now."""
    batch = PaymentBatch.objects.select_for_update(of=("self",)).select_related("item", "project", "allocation").get(pk=batch.pk)
    again = to_reissue(batch)
    if not again.exists():
        raise FundsError("没有失败的明细需要补发,或已经补发。")
    if batch.kind != PaymentBatch.Kind.HOUSEHOLD or batch.item is None:
        raise FundsError("拨付单位失败的,请核对账号后重新制单。")
    wanted = [Wanted(line.household_id or 0, line.amount, line.quantity, line.member_id, reissues_id=line.pk) for line in again]
    return make_batch(
        project=batch.project, allocation=batch.allocation, item=batch.item, period_on=batch.period_on, lines=wanted, by=by,
        title=f"补发 {batch.number}", reissues=batch,
    )  # fmt: skip


@transaction.atomic
def reverse(*, payments: Sequence[Payment], reason: str, by: User) -> PaymentBatch:
    """Ask money back that arrived wrongly: a batch of rows below zero, checked and released like any other. Nothing is edited."""
    ids = [payment.pk for payment in payments]
    # Payments are never changed, so their batch is what is locked.
    list(PaymentBatch.objects.select_for_update(of=("self",)).filter(payments__in=ids).order_by("pk"))
    lines = list(Payment.objects.filter(pk__in=ids, result__succeeded=True).select_related("batch__project", "allocation"))
    if not lines or len(lines) != len(ids) or len({line.batch_id for line in lines}) != 1:
        raise FundsError("只能冲销同一批次中已到账的付款。")
    if Payment.objects.filter(reverses__in=lines).exists():  # also one given up: the database takes one reversal of a payment
        raise FundsError("所选的付款已经冲销过。")
    source = lines[0].batch
    because(f"冲销 {source.number}:{reason}")
    batch = open_batch(
        PaymentBatch.Kind.REVERSAL, source.project, lines[0].allocation, f"冲销 {source.number}:{reason}", today(), by, item=source.item
    )
    names = [name for name in COLUMNS if name not in {"batch_id", "number", "amount", "mac", "reverses_id", "reissues_id", "account"}]
    rows = []
    for number, line in enumerate(lines, start=1):
        row = {name: getattr(line, name) for name in names}
        rows.append(
            row | {"batch_id": batch.pk, "number": number, "amount": -line.amount, "reverses_id": line.pk, "account": crypto.encrypt(line.account)}
        )
    write_lines(batch, rows)
    return batch


@transaction.atomic
def settle_reversal(*, batch: PaymentBatch, by: User) -> PaymentBatch:
    """The money is back: only now is it free to be spent again."""
    batch = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.kind != PaymentBatch.Kind.REVERSAL or batch.state != State.SENT:
        raise FundsError("只有已送银行的冲销批次可以登记款项退回。")
    because(f"款项退回 {batch.number}")
    batch.state, batch.settled_at = State.SETTLED, timezone.now()
    with within_ceilings(batch.total, allocation=batch.allocation_id):
        batch.save()
    return batch


@transaction.atomic
def answer_unit(*, batch: PaymentBatch, succeeded: bool, reason: str, serial: str, settled_on: date, by: User) -> PaymentBatch:
    """Write down by hand what the bank said of a payment to a unit."""
    batch = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.kind != PaymentBatch.Kind.UNIT or batch.state != State.SENT:
        raise FundsError("只有已送银行的拨付可以登记结果。")
    if not succeeded and not reason:
        raise FundsError("请写明失败原因。")
    because(f"登记拨付结果 {batch.number}")
    line = batch.payments.get()
    PaymentResult.objects.create(
        payment=line, batch=batch, village_id=line.village_id, household=None, succeeded=succeeded, reason="" if succeeded else reason,
        bank_serial=serial, settled_on=settled_on,
    )  # fmt: skip
    batch.state, batch.settled_at = State.SETTLED, timezone.now()
    batch.save()
    return batch


def paid_total(batch: PaymentBatch) -> Decimal:
    """What of a batch arrived, in yuan."""
    return PaymentResult.objects.filter(batch=batch, succeeded=True).aggregate(total=Sum(F("payment__amount")))["total"] or Decimal(0)
