"""The one background task: runs a job's handler as its owner, in the owner's reach."""

import logging

from procrastinate.contrib.django import app

from accounts.models import User
from core.clock import today
from core.scope import acting_as, acting_as_system
from workflow import alerts_registry, services
from workflow.models import BulkChange, Job

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
        kept = {key: value for key, value in run.parameters.items() if key != "secret"}
        Job.objects.filter(pk=job_id).update(parameters=kept)  # what was handed over in confidence is not kept longer than needed
        with acting_as(run.user, reason=run.job.title):
            _handlers[run.job.kind](run)
            services.finish_job(job_id=job_id, state=Job.State.DONE, message=run.message, result=run.result, result_url=run.result_url,
                                parameters=kept | run.kept)  # fmt: skip
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


@handles("export")
def export_listing(run: services.JobRun) -> None:
    """Writes the workbook of a list under the query it was shown with."""
    services.write_export(run)


@app.periodic(cron="17 * * * *")
@app.task(name="workflow.drop_expired", queueing_lock="workflow.drop_expired")
def drop_expired(timestamp: int) -> None:
    """Export files are gone within the hour after their time."""
    with acting_as_system(reason="清除到期文件"):
        services.drop_expired()


@app.periodic(cron="37 1 * * *")
@app.task(name="workflow.nightly_alerts", queueing_lock="workflow.nightly_alerts")
def nightly_alerts(timestamp: int) -> None:
    """Every rule over the whole city, each in a transaction of its own; old previews of bulk changes go."""
    for check in alerts_registry.checks():
        with acting_as_system(reason="夜间预警"):
            services.run_alerts(today(), codes=[check.code])
    with acting_as_system(reason="清除未确认的批量修改"):
        services.drop_old_previews()


@app.task(name="workflow.recheck")
def recheck(households: list[int] | None = None, villages: list[int] | None = None) -> None:
    """The rules again about what has just been saved: single households, or whole villages after an import."""
    with acting_as_system(reason="保存后核对预警"):
        services.run_alerts(today(), households=households, villages=villages)


@handles("bulk_change")
def bulk_change(run: services.JobRun) -> None:
    """Does or undoes a confirmed bulk change of many records."""
    change = BulkChange.objects.visible_to(run.user).get(pk=run.parameters["change"])
    run.progress(0, change.rows.count(), "正在修改")
    if "undo" in run.parameters:
        services.undo_change(change=change, reason=run.parameters["undo"], by=run.user)
    else:
        services.apply_change(change=change, by=run.user)
    recheck.defer(households=services.touched_households(change))
    run.message, run.result_url = "已完成。", change.get_absolute_url()


@app.periodic(cron="40 6 * * *")
@app.task(name="workflow.remind", queueing_lock="workflow.remind")
def remind(timestamp: int) -> None:
    """Before the day's work: who has something due soon or late is told, once each."""
    with acting_as_system(reason="到期提醒"):
        services.remind(today())


@app.periodic(cron="5 0 * * *")
@app.task(name="workflow.turn_notices", queueing_lock="workflow.turn_notices")
def turn_notices(timestamp: int) -> None:
    """After midnight: what has run its days is over, and what nobody handled goes a level up."""
    with acting_as_system(reason="公示期满和异议上提"):
        services.take_down_ended(today())
        services.escalate_objections(today())
