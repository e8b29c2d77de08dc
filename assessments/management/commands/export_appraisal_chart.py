"""Door on the wall chart: one cadre's as a file, or everybody's into a folder, drawn on every core."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.models import Period
from assessments.rendering.wall_chart import render_many
from assessments.services import charts
from core.clock import today
from core.fonts import FontError
from core.scope import acting_as_system


class Command(BaseCommand):
    help = "导出鉴定挂图(A3):一名干部存为一个 PDF 文件;--all 把考核期内每人一张存入目录。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="+", metavar="CADRE_CODE PERIOD", help="干部编号和考核期;用 --all 时只写考核期")
        parser.add_argument("--all", action="store_true", help="考核期内全部干部")
        parser.add_argument("--output", required=True, type=Path, metavar="PATH", help="一人为文件,--all 为目录")

    def handle(self, *, names: list[str], all: bool, output: Path, **_: Any) -> None:
        if len(names) != (1 if all else 2):
            raise CommandError("请写干部编号和考核期;或用 --all 只写考核期。")
        with acting_as_system(reason="命令 export_appraisal_chart"):
            period = Period.objects.filter(code=names[-1]).first()
            if period is None:
                raise CommandError(f"没有考核期 {names[-1]}。")
            people = list(charts.people_of(period) if all else charts.people_of(period).filter(cadre__code=names[0]))
            if not people:
                raise CommandError(f"考核期 {names[-1]} 中没有编号为 {names[0]} 的干部。")
            sheets = charts.charts_of(people, day=today())
        paths = [output / f"{sheet.number}-{sheet.name}.pdf" for sheet in sheets] if all else [output]
        try:
            paths[0].parent.mkdir(parents=True, exist_ok=True)
            for path, data in zip(paths, render_many(sheets), strict=True):
                part = path.with_name(f".{path.name}.part")
                part.write_bytes(data)
                part.replace(path)
                self.stdout.write(str(path))
        except FontError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"不能写入 {output}:{error.strerror}。") from error
