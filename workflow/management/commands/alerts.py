"""Door on workflow.services.tell_alerts."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.checks.problems import CheckError
from core.clock import today
from core.dates import parse_date
from core.scope import acting_as_system
from workflow import services
from workflow.alerts_registry import CannotRun, checks


class Command(BaseCommand):
    help = "运行预警规则并列出仍然成立的预警;--as-of 给出其他日期时只列出当日规则会查到的,不写入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE", help="只运行这些规则,如 R03 R05")
        parser.add_argument("--as-of", help="截至日期,如 2017-09-30,默认今天")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *, codes: list[str], as_of: str | None, json: bool, **_: Any) -> None:
        unknown = sorted(set(codes) - {check.code for check in checks()})
        if unknown:
            raise CommandError(f"没有这些规则:{'、'.join(unknown)}。")
        try:
            day = parse_date(as_of) if as_of else today()
            with acting_as_system(reason="命令 alerts"):
                found = services.tell_alerts(day, codes or None)
        except (CheckError, CannotRun) as error:
            raise CommandError(str(error)) from error
        self._write(found, as_json=json)

    def _write(self, found: list[dict[str, Any]], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"alerts": found}, ensure_ascii=False))
            return
        for each in found:
            self.stdout.write(f"{each['rule']}  {each['object']}  {each['evidence']}  {each['found_on']}")
        self.stdout.write(f"共 {len(found)} 条。")
