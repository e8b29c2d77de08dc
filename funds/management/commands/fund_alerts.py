"""Door on workflow.services.tell_alerts, for the fund rules."""

import json as jsonlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.checks.problems import CheckError
from core.clock import today
from core.dates import parse_date
from core.scope import acting_as_system
from workflow import services
from workflow.alerts_registry import CannotRun, checks


class Command(BaseCommand):
    help = "运行资金预警规则(F01—F20)并列出仍然成立的预警;--as-of 给出其他日期时只列出当日规则会查到的,不写入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", help="截至日期,如 2017-09-30,默认今天")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *, as_of: str | None, json: bool, **_: Any) -> None:
        codes = [check.code for check in checks() if check.code.startswith("F")]
        try:
            day = parse_date(as_of) if as_of else today()
            with acting_as_system(reason="命令 fund_alerts"):
                found = services.tell_alerts(day, codes)
        except (CheckError, CannotRun) as error:
            raise CommandError(str(error)) from error
        if json:
            self.stdout.write(jsonlib.dumps({"alerts": found}, ensure_ascii=False))
            return
        for each in found:
            self.stdout.write(f"{each['rule']}  {each['object']}  {each['evidence']}  {each['found_on']}")
        self.stdout.write(f"共 {len(found)} 条。")
