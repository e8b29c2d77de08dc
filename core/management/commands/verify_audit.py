"""Door on core.seal: recomputes the hash chain over the trail."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import seal

PROBLEMS = {"changed": "内容或封存被改动", "missing": "记录已被删除", "inserted": "封存之后插入的记录"}


class Command(BaseCommand):
    help = "核验变更记录的封存链:逐条重算,有改动时指出第一条,退出码为1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *, json: bool, **_: Any) -> None:
        seal.seal_finished()
        found = seal.verify()
        self._write(found, json)
        if not found.ok:
            sys.exit(1)

    def _write(self, found: seal.Verdict, as_json: bool) -> None:
        if as_json:
            document = {"rows": found.rows, "ok": found.ok, "first_broken": found.first_broken, "problem": found.problem}
            self.stdout.write(json.dumps(document, ensure_ascii=False))
        elif found.ok:
            self.stdout.write(f"变更记录 {found.rows:,} 条,封存链完整。")
        else:
            self.stdout.write(f"封存链在变更记录 {found.first_broken} 处断开:{PROBLEMS[found.problem]}。此前 {found.rows:,} 条完整。")
