"""Jobs with progress: every write."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from workflow.models import Attachment, Job
from workflow.services.errors import WorkflowError
from workflow.services.files import store


class JobCancelled(Exception):
    """The owner asked to stop; what was done so far is rolled back."""


@transaction.atomic
def start_job(*, kind: str, title: str, parameters: dict[str, Any], by: User) -> Job:
    """Queue long work in this transaction: a rolled-back request leaves no job behind."""
    from workflow.tasks import run_job

    job = Job.objects.create(owner=by, kind=kind, title=title[:120], parameters=parameters)
    run_job.defer(job_id=job.pk)
    return job


@transaction.atomic
def cancel_job(*, job: Job, by: User) -> Job:
    """A waiting job ends at once, a running one at its next step; an ended one stays as it is."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.owner_id != by.pk:
        raise WorkflowError("只能取消自己发起的任务。")
    if job.ended:
        raise WorkflowError("任务已结束,不需要取消。")
    job.cancel_requested = True
    if job.state == Job.State.WAITING:
        job.state, job.finished_at, job.message = Job.State.CANCELLED, timezone.now(), "开始前已取消。"
        job.parameters.pop("secret", None)
    job.save()
    return job


def finish_job(*, job_id: int, state: str, message: str, result: Attachment | None = None, result_url: str = "", **fields: Any) -> None:
    Job.objects.filter(pk=job_id).update(
        state=state,
        message=message[:500],
        finished_at=timezone.now(),
        result=result,
        result_url=result_url,
        **fields,
        **({"done": F("total")} if state == Job.State.DONE else {}),
    )


class Progress:
    """Tells how far a job is, on a connection of its own so that it is seen while the work is still open.

    It also holds an advisory lock for the life of the job: a lock that can be had tells a dead worker.
    """

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self._connection = connection.copy()
        self._execute("select pg_advisory_lock(%s, %s)", [JOB_LOCKS, job_id])

    def _execute(self, sql: str, parameters: list[Any]) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone() if cursor.description else None

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Raises JobCancelled once the owner asked for it."""
        row = self._execute(
            "update workflow_job set done = %s, total = %s, message = %s where id = %s returning cancel_requested",
            [min(done, total), total, message[:500], self.job_id],
        )
        if row and row[0]:
            raise JobCancelled

    def close(self) -> None:
        self._connection.close()


JOB_LOCKS = 771_001


def fail_interrupted() -> int:
    """End the running jobs whose worker is gone. Safe beside living workers: theirs stay locked."""
    ended = 0
    for job in Job.objects.filter(state=Job.State.RUNNING):
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s, %s)", [JOB_LOCKS, job.pk])
            if not cursor.fetchone()[0]:
                continue
            finish_job(job_id=job.pk, state=Job.State.FAILED, message="处理中断(服务重启),没有写入任何内容,请重新发起。")
            cursor.execute("select pg_advisory_unlock(%s, %s)", [JOB_LOCKS, job.pk])
            ended += 1
    return ended


Handler = Callable[["JobRun"], None]


class JobRun:
    """What a job's handler works with: its parameters, its owner, a way to report and to leave a result."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self.job, self.parameters, self.user, self.progress = job, job.parameters, job.owner, progress
        self.message = "已完成。"
        self.result: Attachment | None = None
        self.result_url = ""
        self.kept: dict[str, Any] = {}  # what the job's row keeps among its parameters beyond the end

    def leave(self, data: bytes, *, kind: str, title: str, expires_at: Any = None) -> Attachment:
        """The result file the owner downloads from the job's page."""
        self.result = store(data=data, kind=kind, title=title, by=self.user, expires_at=expires_at)
        return self.result
