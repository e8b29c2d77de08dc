"""Jobs, drafts and attachments: every write."""

import io
import json
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User
from core import files
from workflow.models import Attachment, Draft, Job

PHOTO_LIMIT, PDF_LIMIT, WORKBOOK_LIMIT = 10 * 2**20, 20 * 2**20, 50 * 2**20
DRAFT_LIMIT = 256 * 1024


class WorkflowError(Exception):
    """Base for expected refusals; str() is shown to the user."""


class JobCancelled(Exception):
    """The owner asked to stop; what was done so far is rolled back."""


# --- jobs ---------------------------------------------------------------------------------------
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
    job.save()
    return job


def finish_job(*, job_id: int, state: str, message: str, result: Attachment | None = None, result_url: str = "") -> None:
    Job.objects.filter(pk=job_id).update(
        state=state,
        message=message[:500],
        finished_at=timezone.now(),
        result=result,
        result_url=result_url,
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


# --- drafts --------------------------------------------------------------------------------------
@transaction.atomic
def save_draft(*, form: str, data: dict[str, Any], label: str, by: User) -> Draft:
    """Keep a half-filled form. One draft a form and user: the newest wins."""
    text = json.dumps(data, ensure_ascii=False)
    if len(text) > DRAFT_LIMIT:
        raise WorkflowError("草稿内容过大,没有保存。")
    draft, _ = Draft.objects.update_or_create(owner=by, form=form[:80], defaults={"data": text, "label": label[:120]})
    return draft


@transaction.atomic
def drop_draft(*, form: str, by: User) -> None:
    Draft.objects.filter(owner=by, form=form[:80]).delete()


# --- attachments -----------------------------------------------------------------------------------
def _photo(data: bytes) -> bytes:
    """Re-encoded as JPEG without any metadata: position data does not survive."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.thumbnail((4000, 4000))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, SyntaxError) as error:
        raise WorkflowError("照片打不开,请换一张 JPG、PNG 或手机照片。") from error
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue()


def _kind(data: bytes) -> str:
    """What a file is by its content; its name says nothing."""
    if data.startswith(b"%PDF-"):
        return Attachment.Kind.PDF
    if data.startswith(b"PK\x03\x04") and b"xl/" in data[:4096] + data[-65536:]:
        return Attachment.Kind.WORKBOOK
    return Attachment.Kind.PHOTO


@transaction.atomic
def attach(
    *,
    data: bytes,
    title: str,
    by: User,
    accept: tuple[str, ...] = ("jpg", "pdf"),
    village_id: int | None = None,
    household_id: int | None = None,
    expires_at: Any = None,
) -> Attachment:
    """Store a file, its kind decided by content. Raises WorkflowError for a kind not accepted or too large."""
    kind = _kind(data)
    if kind not in accept:
        raise WorkflowError("文件类型不对,可上传:" + "、".join(Attachment.Kind(k).label for k in accept) + "。")
    limit = {"jpg": PHOTO_LIMIT, "pdf": PDF_LIMIT, "xlsx": WORKBOOK_LIMIT}[kind]
    if len(data) > limit:
        raise WorkflowError(f"文件超过 {limit // 2**20} MB,请压缩后再传。")
    if kind == Attachment.Kind.PHOTO:
        data = _photo(data)
    return store(data=data, kind=kind, title=title, by=by, village_id=village_id, household_id=household_id, expires_at=expires_at)


def store(*, data: bytes, kind: str, title: str, by: User, **fields: Any) -> Attachment:
    """Store content the product made itself (a PDF, a workbook)."""
    name, digest = files.content_name(data, kind=kind)
    attachment = Attachment(owner=by, kind=kind, title=title[:120], sha256=digest, size=len(data), **fields)
    storage = attachment.file.storage
    attachment.file.name = name if storage.exists(name) else storage.save(name, ContentFile(data))
    attachment.save()
    return attachment


Handler = Callable[["JobRun"], None]


class JobRun:
    """What a job's handler works with: its parameters, its owner, a way to report and to leave a result."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self.job, self.parameters, self.user, self.progress = job, job.parameters, job.owner, progress
        self.message = "已完成。"
        self.result: Attachment | None = None
        self.result_url = ""

    def leave(self, data: bytes, *, kind: str, title: str, expires_at: Any = None) -> Attachment:
        """The result file the owner downloads from the job's page."""
        self.result = store(data=data, kind=kind, title=title, by=self.user, expires_at=expires_at)
        return self.result
