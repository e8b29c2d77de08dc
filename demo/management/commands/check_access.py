"""Door on demo.access: exit 1 when a page answered somebody it should not."""

import json
import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import access


class Command(BaseCommand):
    help = "逐个网址(查看和提交)× 角色 × 范围内外 × 授权已截止检查访问控制,有泄露时退出码为1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--roles", help="只查这些角色,逗号分隔")
        parser.add_argument("--part", default="1/1", metavar="K/N", help="只查网址的第 K 份,共 N 份,便于几个进程同时查")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *, json: bool, roles: str | None, part: str, **_: Any) -> None:
        logging.disable(logging.ERROR)
        number, _slash, of = part.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise CommandError("--part 应写成 1/2 这样的形式。")
        answer = access.check(roles=roles.split(",") if roles else None, part=(int(number), int(of)))
        if json:
            self._json(answer)
        else:
            self.stdout.write(f"检查 {answer.checked} 次,泄露 {len(answer.leaks)} 处,未覆盖 {len(answer.uncovered)} 个网址。")
            for leak in answer.leaks:
                self.stdout.write(f"  {leak['status']} {leak['method'].upper()} {leak['role']} {leak['area']} {leak['url']}")
            for name in answer.uncovered:
                self.stdout.write(f"  未覆盖 {name}")
        if answer.leaks:
            raise CommandError(f"有 {len(answer.leaks)} 处不该给出的页面。")

    def _json(self, answer: access.Answer) -> None:
        self.stdout.write(json.dumps(answer.to_dict(), ensure_ascii=False))
