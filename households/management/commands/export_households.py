"""The register as a workbook that imports again as all unchanged."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.scope import acting_as_system
from households import services


class Command(BaseCommand):
    help = "把建档立卡户连同成员、生产生活条件、收入导出为表格;原样再导入时全部“不变”。含完整证件号码,请妥善保管。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("output", metavar="OUT.xlsx")
        parser.add_argument("--village", default="", metavar="CODE", help="只导出这个村(12位代码)")

    def handle(self, *, output: str, village: str, **_: Any) -> None:
        with acting_as_system(reason=f"export_households {village}"):
            try:
                written = services.export_file(output, village_code=village)
            except (services.HouseholdsError, OSError) as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"已导出 {written['household']} 户、{written['member']} 人。")
