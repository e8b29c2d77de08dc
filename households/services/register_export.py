"""The register as a workbook in the import's own form."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import AccessEvent, User
from accounts.permissions import Permission
from core import settings
from households.models import Household
from households.services.errors import HouseholdsError
from households.sheets.columns import HOUSEHOLD, MEMBER
from households.sheets.writing import write_register
from workflow.models import Job
from workflow.services import JobRun, protect, start_job, watermark

FORM = "households"


def start_register_export(*, purpose: str, password: str, by: User) -> Job:
    """Queue the export of every household in the user's reach."""
    from core.crypto import encrypt

    return start_job(kind="household_register_export", title="导出:建档立卡全库", parameters={"purpose": purpose, "secret": encrypt(password)}, by=by)


def export_register(run: JobRun) -> None:
    """The job. Raises HouseholdsError when the right to export is gone meanwhile."""
    if not run.user.may(Permission.HOUSEHOLD_EXPORT):
        raise HouseholdsError("您已没有导出权限。")
    rows = Household.objects.visible_to(run.user, Permission.HOUSEHOLD_EXPORT).active()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        written = write_register(str(path), rows, mark=watermark(run.user, run.parameters["purpose"]))
        data = protect(run, path, must=settings.get("export_password"))
    AccessEvent.objects.create(user_id=run.user.pk, action="exported", table="households_household", purpose=run.parameters["purpose"],
                               detail="建档立卡全库", rows=written[HOUSEHOLD] + written[MEMBER])  # fmt: skip
    hours = settings.get("export_hours")
    day = timezone.localtime().strftime("%Y%m%d")
    run.leave(data, kind="xlsx", title=f"建档立卡全库-{day}.xlsx", expires_at=timezone.now() + timedelta(hours=hours))
    run.message = f"共导出 {written[HOUSEHOLD]:,} 户、{written[MEMBER]:,} 人,文件保留 {hours} 小时,只有您本人可以下载。"


def export_file(path: str, *, village_code: str = "") -> dict[str, Any]:
    """For an operator on the server: everything, or one village. Raises HouseholdsError for a village that is not there."""
    from villages.models import Village

    rows = Household.objects.active()
    if village_code:
        if not Village.objects.filter(code=village_code).exists():
            raise HouseholdsError(f"没有代码为 {village_code} 的村。")
        rows = rows.filter(village__code=village_code)
    return write_register(path, rows)
