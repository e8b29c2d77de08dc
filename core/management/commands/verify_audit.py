"""Door on core.seal: recomputes the hash chain over the trail."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import seal

PROBLEMS = {"changed": "内容或封存被改动", "missing": "记录已被删除", "inserted": "封存之后插入的记录"}


class Command(BaseCommand):
    help = "核验变更记录和查阅记录的封存链:逐条重算,有改动时指出各自的第一条,退出码为1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *, json: bool, **_: Any) -> None:
        seal.seal_finished()
        found = {chain: seal.verify(chain) for chain in seal.chains()}
        (self._document if json else self._words)(found)
        if not all(verdict.ok for verdict in found.values()):
            sys.exit(1)

    def _document(self, found: dict[seal.Chain, seal.Verdict]) -> None:
        """The trail's own verdict stands at the top as it always did; `ok` speaks for all chains, `chains` has each."""
        chains = {
            chain.key: {"rows": verdict.rows, "ok": verdict.ok, "first_broken": verdict.first_broken, "problem": verdict.problem}
            for chain, verdict in found.items()
        }
        document = chains[seal.TRAIL.key] | {"ok": all(verdict.ok for verdict in found.values()), "chains": chains}
        self.stdout.write(json.dumps(document, ensure_ascii=False))

    def _words(self, found: dict[seal.Chain, seal.Verdict]) -> None:
        for chain, verdict in found.items():
            if verdict.ok:
                self.stdout.write(f"{chain.label} {verdict.rows:,} 条,封存链完整。")
            else:
                self.stdout.write(
                    f"{chain.label}的封存链在第 {verdict.first_broken} 号断开:{PROBLEMS[verdict.problem]}。此前 {verdict.rows:,} 条完整。"
                )
