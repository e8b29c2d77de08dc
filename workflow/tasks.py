"""The one background task: runs a job's handler as its owner, in the owner's reach."""

import logging

from procrastinate.contrib.django import app

from accounts.models import User
from core.scope import acting_as
from workflow import services
from workflow.models import Job

logger = logging.getLogger(__name__)
_handlers: dict[str, services.Handler] = {}


def handles(kind: str):  # type: ignore[no-untyped-def]
    """Register the handler of a job kind; rooms do so in their own `tasks.py`."""

    def register(handler: services.Handler) -> services.Handler:
        _handlers[kind] = handler
        return handler

    return register


@app.task(name="workflow.run_job")
def run_job(job_id: int) -> None:
    """Runs once: a job that is no longer waiting is left alone."""
    from django.utils import timezone

    started = Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(state=Job.State.RUNNING, started_at=timezone.now())
    if not started:
        return
    progress = services.Progress(job_id)
    try:
        run = services.JobRun(Job.objects.get(pk=job_id), progress)
        run.user = User.objects.get(pk=run.job.owner_id)
        with acting_as(run.user, reason=run.job.title):
            _handlers[run.job.kind](run)
            services.finish_job(job_id=job_id, state=Job.State.DONE, message=run.message, result=run.result, result_url=run.result_url)
    except services.JobCancelled:
        services.finish_job(job_id=job_id, state=Job.State.CANCELLED, message="已取消,没有写入任何内容。")
    except Exception as error:
        expected = getattr(error, "for_user", isinstance(error, services.WorkflowError))
        message = str(error) if expected else "处理出错,没有写入任何内容。已记录,请联系管理员。"
        services.finish_job(job_id=job_id, state=Job.State.FAILED, message=message)
        if not expected:
            logger.exception("job %s failed", job_id)
    finally:
        progress.close()


EXPORT_HOURS = 24


@handles("export")
def export_listing(run: services.JobRun) -> None:
    """Writes the workbook of a list under the query it was shown with; the file expires after a day."""
    import tempfile
    from datetime import timedelta
    from pathlib import Path

    from django.http import QueryDict
    from django.utils import timezone
    from rustpy_xlsxwriter import write_worksheet

    from accounts.models import AccessEvent
    from core import listing as listings

    listing = listings.get(run.parameters["listing"])
    if not run.user.may(listing.export_permission):
        raise services.WorkflowError("您已没有导出权限。")
    rows, _ = listings.filtered(listing, run.user, QueryDict(run.parameters["query"]))
    total = rows.order_by().count()
    written = 0

    def records():  # type: ignore[no-untyped-def]
        nonlocal written
        for record in listings.export_rows(listing, rows.order_by(*listing.order).iterator(chunk_size=2000)):
            written += 1
            if written % 2000 == 0:
                run.progress(written, total, f"已写入 {written:,} 行")
            yield record

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        write_worksheet(records(), str(path), sheet_name=listing.title[:31])
        data = path.read_bytes()
    AccessEvent.objects.create(user_id=run.user.pk, action="exported", table=listing.table or listing.key,
                               purpose=run.parameters["purpose"], detail=listing.title, rows=written)  # fmt: skip
    day = timezone.localtime().strftime("%Y%m%d")
    run.leave(data, kind="xlsx", title=f"{listing.title}-{day}.xlsx", expires_at=timezone.now() + timedelta(hours=EXPORT_HOURS))
    run.message = f"共导出 {written:,} 行,文件保留 {EXPORT_HOURS} 小时。"
