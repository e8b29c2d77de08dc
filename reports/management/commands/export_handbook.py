"""Door on reports.services: a household's handbook as PDF."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import AccessEvent, User
from accounts.permissions import Permission
from core.clock import today
from core.fonts import FontError
from core.scope import acting_as, acting_as_system
from households.models import Household
from reports import services
from reports.handbooks.books import NATIONAL, TITLES
from reports.handbooks.render import render


class Command(BaseCommand):
    help = "导出一户的手册 PDF:扶贫手册(national)或青海省精准管理手册(province)。号码打码;要完整号码,须写明用户和用途,并记入查阅记录。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="HOUSEHOLD_CODE", help="户编号,16位")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE.pdf", help="存放的文件")
        parser.add_argument("--kind", choices=sorted(TITLES), default=NATIONAL, help="哪一种手册,默认扶贫手册")
        parser.add_argument("--user", metavar="USERNAME", default="", help="以这位用户的权限打印完整号码")
        parser.add_argument("--purpose", default="", help="打印完整号码的用途")

    def handle(self, *, code: str, output: Path, kind: str, user: str, purpose: str, **_: Any) -> None:
        if bool(user) != bool(purpose.strip()):
            raise CommandError("打印完整号码须同时给出 --user 和 --purpose。")
        try:
            data = self._full(code, kind, user, purpose.strip()) if user else self._masked(code, kind)
            output.parent.mkdir(parents=True, exist_ok=True)
            part = output.with_name(f".{output.name}.part")
            part.write_bytes(data)
            part.replace(output)
        except (services.ReportsError, FontError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"不能写入 {output}:{error.strerror}。") from error
        self.stdout.write(str(output))

    def _masked(self, code: str, kind: str) -> bytes:
        with acting_as_system(reason="命令 export_handbook"):
            home = self._household(Household.objects.all(), code)
            return render(kind, services.handbook_content(household=home, kind=kind, day=today(), full=False))

    def _full(self, code: str, kind: str, username: str, purpose: str) -> bytes:
        with acting_as_system(reason="命令 export_handbook"):
            user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"没有用户 {username},或已停用。")
        with acting_as(user, reason="命令 export_handbook"):
            home = self._household(Household.objects.visible_to(user, Permission.PERSON_REVEAL), code)
            content = services.handbook_content(household=home, kind=kind, day=today(), full=True)
            AccessEvent.objects.create(user_id=user.pk, action="printed", table=Household._meta.db_table, row_id=home.pk, subject=code,
                                       village_id=home.village_id, household_id=home.pk, detail=f"《{TITLES[kind]}》完整号码(命令行)", purpose=purpose[:200])  # fmt: skip
        return render(kind, content)

    def _household(self, rows: Any, code: str) -> Household:
        home = rows.filter(household_code=code).select_related("village__township", "group").first()
        if home is None:
            raise CommandError(f"没有户编号 {code},或不在这位用户可以查看完整信息的范围内。")
        return home
