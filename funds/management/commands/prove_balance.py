"""Door on funds.services.prove_balance."""

import json as jsonlib
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.clock import today
from core.scope import acting_as_system
from funds import services
from funds.models import BalanceDifference


class Command(BaseCommand):
    help = "资金平衡核对:从指标到农户逐级核对,列出每一笔没有解释的差额;每夜自动运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *, json: bool, **_: Any) -> None:
        with acting_as_system(reason="命令 prove_balance"):
            proof = services.prove_balance(day=today())
            found = list(BalanceDifference.objects.filter(gone_on=None).order_by("id"))
        if json:
            rows = [{"kind": row.kind, "object": row.about, "expected": str(row.expected), "found": str(row.found), "explained": bool(row.explanation)}
                    for row in found]  # fmt: skip
            sums = {name: str(getattr(proof, name)) for name in ("issued", "allocated", "paid", "way", "received", "difference")}
            self.stdout.write(jsonlib.dumps({"sums": sums, "differences": rows}, ensure_ascii=False))
            return
        for row in found:
            self.stdout.write(f"{row}  应为 {row.expected:,.2f}  查得 {row.found:,.2f}  {row.state}")
        self.stdout.write(
            f"下达 {proof.issued:,.2f},分配 {proof.allocated:,.2f},支付 {proof.paid:,.2f};差异 {proof.differences} 笔 {proof.difference:,.2f} 元。"
        )
