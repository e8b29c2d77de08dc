"""What a bank answers in the demo: a return file for a batch."""

from decimal import Decimal

from funds.models import PaymentBatch
from funds.rules import bank_files


def answer_file(batch: PaymentBatch, failing: set[int], day: str = "20170623") -> bytes:
    """The return file a bank would write."""
    rows, total = [], Decimal(0)
    for line in batch.payments.order_by("number"):
        failed = line.number in failing
        row = {"批次号": batch.number, "序号": str(line.number), "户名": line.account_name, "账号": line.account, "金额": str(line.amount),
               "结果": "失败" if failed else "成功", "原因": "账户状态异常" if failed else "", "流水号": f"Y{batch.pk:05d}{line.number:04d}", "日期": day}  # fmt: skip
        rows.append("|".join(row[column] for column in bank_files.BACK.split()))
        total += line.amount
    return ("\r\n".join([*rows, f"合计|{len(rows)}|{total}"]) + "\r\n").encode("gb18030")
