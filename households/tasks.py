"""Long work of this room."""

import tempfile
from datetime import timedelta
from pathlib import Path

from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app
from rustpy_xlsxwriter import write_worksheet

from accounts.models import AccessEvent
from core import settings
from core.scope import acting_as_system
from households import services
from households.models import CrossCheckRequest, ImportBatch
from workflow.services import JobRun, watermark
from workflow.tasks import handles, recheck


def _batch(run: JobRun) -> ImportBatch:
    return ImportBatch.objects.get(pk=run.parameters["batch"])


@handles("household_check")
def check(run: JobRun) -> None:
    """What a workbook would change, and what is wrong with it."""
    batch = services.check_batch(batch=_batch(run), by=run.user, progress=run.progress)
    errors = batch.counts.get("errors")
    run.result_url = batch.get_absolute_url()
    run.message = f"检查完毕,有 {errors} 处错误。" if errors else "检查完毕。"


@handles("household_import")
def carry_out(run: JobRun) -> None:
    """Stores a confirmed workbook, as the person who brought it."""
    result = services.carry_out(batch=_batch(run), by=run.user, progress=run.progress)
    households = result["counts"]["household"]
    run.result_url = _batch(run).get_absolute_url()
    recheck.defer(villages=_batch(run).villages)
    run.message = f"已导入:新增 {households['created']} 户,修改 {households['updated']} 户。"


@handles("household_undo")
def undo(run: JobRun) -> None:
    """Takes an import back as a whole."""
    batch = services.undo(batch=_batch(run), reason=run.parameters["reason"], by=run.user, progress=run.progress)
    run.result_url = batch.get_absolute_url()
    recheck.defer(villages=batch.villages)
    run.message = "已撤销整批导入。"


@handles("household_register_export")
def export_register(run: JobRun) -> None:
    """The whole register in reach, as a workbook that can be imported again."""
    services.export_register(run)


@handles("crosscheck_sheet")
def crosscheck_sheet(run: JobRun) -> None:
    """The list an office fills in, for who asked for it and for a time."""
    request = CrossCheckRequest.objects.visible_to(run.user).select_related("source").get(pk=run.parameters["request"])
    lines = services.request_lines(request)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        mark = watermark(run.user, request.purpose)
        write_worksheet(lines, str(path), sheet_name="协查清单", header_row=1, freeze_row=2, merge_ranges=[(0, 0, 0, 5, mark)])
        data = path.read_bytes()
    AccessEvent.objects.create(user_id=run.user.pk, action="exported", table="households_crosscheckresult", row_id=request.pk,
                               purpose=request.purpose, detail=f"协查清单 {request.number}", rows=len(lines))  # fmt: skip
    hours = settings.get("export_hours")
    run.leave(data, kind="xlsx", title=f"协查清单-{request.pk}.xlsx", expires_at=timezone.now() + timedelta(hours=hours))
    run.message = f"共 {len(lines):,} 人,文件保留 {hours} 小时,只有您本人可以下载。"


@handles("duplicate_search")
def duplicate_search(run: JobRun) -> None:
    """Looks for likely duplicates among everybody the person reaches."""
    waiting = services.find_duplicates()
    run.result_url = reverse("households:duplicate-list")
    run.message = f"待认定的疑似重复共 {waiting} 对。"


@app.periodic(cron="52 1 * * *")
@app.task(name="households.nightly_duplicates", queueing_lock="households.nightly_duplicates")
def nightly_duplicates(timestamp: int) -> None:
    """Every pair in the city that may be one person."""
    with acting_as_system(reason="夜间查找疑似重复"):
        services.find_duplicates()
