"""Door on core.figures: every number by its key, or the rows a key counts."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import figures
from core.checks.problems import CheckError
from core.clock import today
from core.dates import parse_date
from core.listing import Column
from core.scope import acting_as_system


class Command(BaseCommand):
    help = "列出全部登记的指标;给出指标名只算一个,--rows 列出它所数的记录。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", nargs="?", help="指标名")
        parser.add_argument("--as-of", help="截至日期,如 2017-09-30")
        parser.add_argument("--rows", action="store_true", help="列出所数的记录")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")

    def handle(self, *, key: str | None, as_of: str | None, rows: bool, json: bool, **_: Any) -> None:
        try:
            day = parse_date(as_of) if as_of else today()
            wanted = [figures.get(key)] if key else figures.all_figures()
        except CheckError as error:
            raise CommandError(str(error)) from error
        except KeyError as error:
            raise CommandError(f"没有名为 {key} 的指标,不带参数运行可列出全部。") from error
        if rows and not key:
            raise CommandError("--rows 要同时给出指标名。")
        with acting_as_system(reason="命令 figures"):
            document = self._rows(wanted[0], day) if rows else self._values(wanted, day)
        self._write(document, as_json=json, rows=rows)

    def _values(self, wanted: list[figures.Figure], day: date) -> dict[str, dict[str, Any]]:
        return {
            figure.key: {"value": figures.plain(figure.compute(day)), "unit": figure.unit, "label": figure.label, "bound": figure.bound}
            for figure in wanted
        }

    def _rows(self, figure: figures.Figure, day: date) -> list[dict[str, str]]:
        columns = [Column(label, path) for label, path in figure.columns]
        return [{column.label: column.text(row) for column in columns} for row in figure.rows(day).order_by("pk").iterator()]

    def _write(self, document: Any, *, as_json: bool, rows: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(document, ensure_ascii=False))
        elif rows:
            for row in document:
                self.stdout.write("  ".join(row.values()))
        else:
            for key, found in document.items():
                self.stdout.write(f"{key:32} {found['value']!s:>10} {found['unit']}  {found['label']}")
