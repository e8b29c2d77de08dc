"""The bank's files: what goes out, what comes back (`funds.rules.bank_files` reads and writes the bytes)."""

import hashlib
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from core import crypto
from core.clock import today
from core.scope import because
from funds.models import BankLayout, Payment, PaymentBatch, PaymentResult, ReturnFile
from funds.rules import bank_files
from funds.rules.bank_files import Answer, Layout, Sent, Told
from funds.services.errors import FundsError
from funds.services.payments import State
from workflow import services as flow

MOST_TOLD = 30


class ReturnRefused(FundsError):
    """A return file that does not fit; `told` has everything wrong with it."""

    def __init__(self, told: list[Told]) -> None:
        self.told = told
        more = f"……共 {len(told)} 处" if len(told) > MOST_TOLD else ""
        super().__init__(f"回单文件没有导入,没有写入任何内容。{''.join(str(each) for each in told[:MOST_TOLD])}{more}")


def _sent(batch: PaymentBatch) -> Iterator[Sent]:
    rows = (
        Payment.objects.filter(batch=batch)
        .order_by("number")
        .values_list("number", "account_name", "account", "account_index", "bank_name", "amount")
    )
    for number, name, account, index, bank, amount in rows.iterator(chunk_size=5000):
        if crypto.blind_index(account, "bank_account") != index:
            raise FundsError(f"第 {number} 笔的账号与校验值不符,内容在制单后被改动。请停止办理并报告审计管理员。")
        yield Sent(number, name, account, bank, amount)


def layout_of(layout: BankLayout | None) -> Layout:
    return layout.layout if layout else Layout()


def bank_file(*, batch: PaymentBatch, layout: BankLayout | None = None) -> bytes:
    """The file for the bank of a released batch: the same bytes however often it is asked for."""
    if batch.state not in {State.SENT, State.SETTLED} or batch.kind == PaymentBatch.Kind.REVERSAL:
        raise FundsError("批次支付以后才能生成银行文件。")
    return bank_files.write(batch.number, batch.title, _sent(batch), layout_of(layout))


@transaction.atomic
def take_return(*, batch: PaymentBatch, data: bytes, name: str, by: User, layout: BankLayout | None = None) -> ReturnFile:
    """Take in a return file: every line fits and is written, or nothing is. The same file again is told and moves nothing.

    Raises ReturnRefused with everything wrong.
    """
    batch = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    digest = hashlib.sha256(data).hexdigest()
    earlier = ReturnFile.objects.filter(batch=batch, sha256=digest).first()
    if earlier:
        raise FundsError(f"这个回单文件已于 {timezone.localtime(earlier.taken_at):%Y-%m-%d %H:%M} 导入,没有重复写入。")
    if batch.state != State.SENT:
        raise FundsError(f"批次现在是“{batch.get_state_display()}”,不接收回单文件。")
    answers, told = bank_files.read(data, batch.number, layout_of(layout))
    if not told:
        told = bank_files.compare(answers, {sent.number: (sent.account, sent.amount) for sent in _sent(batch)})
    if told:
        raise ReturnRefused(told)
    because(f"导入银行回单 {batch.number}")
    succeeded = sum(answer.succeeded for answer in answers)
    kept = flow.store(data=data, kind="txt", title=name or f"{batch.number}回单", by=by, village_id=batch.village_id)
    file = ReturnFile.objects.create(
        batch=batch, village_id=batch.village_id, sha256=digest, file=kept, name=name[:120], succeeded=succeeded,
        failed=len(answers) - succeeded, taken_by=by,
    )  # fmt: skip
    _write(batch, file, answers)
    batch.state, batch.settled_at = State.SETTLED, timezone.now()
    batch.save()
    return file


def _write(batch: PaymentBatch, file: ReturnFile, answers: list[Answer]) -> None:
    """All answers in one statement."""
    day = today()
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table if not exists funds_answer (number int, succeeded boolean, reason text, serial text, settled_on date) on commit drop"
        )
        cursor.execute("truncate funds_answer")
        with cursor.copy("copy funds_answer from stdin") as copy:
            for answer in answers:
                copy.write_row((answer.number, answer.succeeded, answer.reason, answer.serial, answer.settled_on or day))
        cursor.execute("analyze funds_answer")
        cursor.execute(
            f"insert into {PaymentResult._meta.db_table} "  # noqa: S608
            "(payment_id, batch_id, village_id, household_id, succeeded, reason, bank_serial, settled_on, return_file_id) "
            "select p.id, p.batch_id, p.village_id, p.household_id, a.succeeded, a.reason, a.serial, a.settled_on, %s "
            "from funds_answer a join funds_payment p on p.batch_id = %s and p.number = a.number order by p.number",
            [file.pk, batch.pk],
        )
