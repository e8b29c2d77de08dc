"""Door on reports.services: one PDF a village, from its newest release."""

import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.clock import today
from core.fonts import FontError
from core.scope import acting_as_system
from reports import services
from reports.rendering import render_many
from reports.six_charts.edition import PUBLIC, project
from villages.models import Village


class Command(BaseCommand):
    help = "导出村的六张图,每村一个 PDF;--all 为全部贫困村。没有发布过的村先按今天的数据发布一版。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="VILLAGE_CODE", help="村代码,12位")
        parser.add_argument("--all", action="store_true", help="全部贫困村")
        parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="存放 PDF 的目录")
        parser.add_argument("--paper", choices=services.PAPERS, default="A3")
        parser.add_argument("--edition", choices=("public", "work"), default="public")

    def handle(self, *, codes: list[str], all: bool, output: Path, paper: str, edition: str, **_: Any) -> None:
        if bool(codes) == all:
            raise CommandError("请给出村代码,或用 --all 导出全部贫困村,二者选一。")
        with acting_as_system(reason="命令 export_six_charts"):
            try:
                releases = [services.newest_release(v) or services.release_charts(village=v, day=today(), by=None) for v in self._villages(codes)]
                mark = "" if edition == PUBLIC else services.watermark(f"命令行 {getpass.getuser()}")
                editions = [project(services.snapshot_of(release), edition, watermark=mark) for release in releases]
            except services.ReportsError as error:
                raise CommandError(str(error)) from error
            names = [f"{release.village.code}-{release.village.name}-{paper}-{edition}.pdf" for release in releases]
        self._write(output, names, render_many(editions, paper=paper))

    def _villages(self, codes: list[str]) -> list[Village]:
        if not codes:
            return list(Village.objects.filter(is_poor_village=True).order_by("code"))
        villages = list(Village.objects.filter(code__in=codes).order_by("code"))
        unknown = sorted(set(codes) - {village.code for village in villages})
        if unknown:
            raise CommandError(f"没有这些村代码:{'、'.join(unknown)}。")
        return villages

    def _write(self, output: Path, names: list[str], files: Any) -> None:
        try:
            output.mkdir(parents=True, exist_ok=True)
            for name, data in zip(names, files, strict=True):
                part = output / f".{name}.part"
                part.write_bytes(data)
                part.replace(output / name)
                self.stdout.write(str(output / name))
        except FontError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"不能写入 {output}:{error.strerror}。") from error
