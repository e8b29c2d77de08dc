"""Checks a workbook against the register, or imports it: all or nothing."""

import json as jsonlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.clock import today
from core.scope import acting_as_system
from households import services
from households.sheets.columns import PARTS
from households.sheets.tables import Found

NAMES = {"household": "households", "member": "members", "living": "living", "income": "incomes"}
SHOWN = 20


class Command(BaseCommand):
    help = "检查或导入建档立卡户表格(模板、导出表或国家系统导出表,.xlsx .xls .csv)。有一处错误就一户也不写入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.xlsx")
        parser.add_argument("--check", action="store_true", help="只检查,不写入")
        parser.add_argument("--errors", metavar="OUT.xlsx", help="把标注了错误的表格写到这里")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *, file: str, check: bool, errors: str | None, json: bool, **_: Any) -> None:
        path = Path(file)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"读不了文件 {file}:{error.strerror}。") from error
        with acting_as_system(reason=f"import_households {path.name}"):
            try:
                counts, found, marked = services.import_file(data=data, title=path.name, day=today(), only_check=check, mark=bool(errors))
            except services.HouseholdsError as error:
                raise CommandError(str(error)) from error
            if found:
                transaction.set_rollback(True)
        if errors and found:
            Path(errors).write_bytes(marked)
        self._say(counts, found, check=check, as_json=json)

    def _say(self, counts: dict[str, dict[str, int]], found: list[Found], *, check: bool, as_json: bool) -> None:
        if as_json:
            listed = [{"sheet": e.sheet, "row": e.row, "column": e.column, "code": e.code, "value": e.value, "message": e.message} for e in found]
            document: dict[str, Any] = {NAMES[part]: counts[part] for part in PARTS} | {"errors": listed, "stored": not check and not found}
            self.stdout.write(jsonlib.dumps(document, ensure_ascii=False))
        else:
            for part, label in zip(PARTS, ("户", "成员", "生产生活条件", "收入"), strict=True):
                of = counts[part]
                self.stdout.write(f"{label}:新增 {of['created']},修改 {of['updated']},不变 {of['unchanged']}")
            for e in found[:SHOWN]:
                self.stderr.write(f"{e.sheet} 第{e.row}行 {e.column}:{e.message}")
        if found:
            raise CommandError(f"有 {len(found)} 处错误,没有写入任何内容。")
        if not as_json:
            self.stdout.write("检查通过,没有写入。" if check else "已导入。")
