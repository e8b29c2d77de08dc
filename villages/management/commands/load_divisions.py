"""Door on villages.services.load_divisions."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.scope import acting_as_system
from villages import services

SHOWN = 100


class Command(BaseCommand):
    help = "从 CSV 载入区划(列:code,name,level,parent_code;UTF-8 或 GB18030)。有一行不对就全部不载入;可重复运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv", help="区划文件")

    def handle(self, *, file: Path, **_: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"读不了文件 {file}:{error.strerror}。") from error
        try:
            with acting_as_system(reason="命令 load_divisions"):
                counts = services.load_divisions(data=data)
        except services.DivisionFileError as error:
            for line, message in error.problems[:SHOWN]:
                self.stderr.write(f"第{line}行:{message}")
            if len(error.problems) > SHOWN:
                self.stderr.write(f"其余 {len(error.problems) - SHOWN} 处略。")
            raise CommandError(str(error)) from error
        self.stdout.write(f"区划已载入:新增 {counts.created} 个,改名 {counts.renamed} 个,未变 {counts.unchanged} 个。")
