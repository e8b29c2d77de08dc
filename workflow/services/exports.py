"""Exports: a list as a workbook that says whose it is, opens by a password, and is gone after some hours."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import msoffcrypto
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from rustpy_xlsxwriter import write_worksheet

from accounts.models import AccessEvent, User
from accounts.services import make_first_password
from core import listing as listings
from core import settings
from core.classification import names_persons
from core.crypto import decrypt, encrypt
from workflow.models import Attachment, Job
from workflow.services.errors import WorkflowError
from workflow.services.jobs import JobRun, start_job

BATCH = 2000
PASSWORD_ONCE = "password_once"  # noqa: S105 — the name of a job's parameter


def wants_password(listing: listings.Listing) -> bool:
    """Whether a workbook of this list must open by a password: it is of persons, and the setting says so."""
    return settings.get("export_password") and names_persons(listing.table)


def start_export(*, listing: listings.Listing, query: str, purpose: str, password: str, by: User) -> Job:
    """Queue the export of exactly the list that was shown. A chosen password waits encrypted until the job starts."""
    parameters = {"listing": listing.key, "query": query, "purpose": purpose, "secret": encrypt(password)}
    return start_job(kind="export", title=f"导出:{listing.title}", parameters=parameters, by=by)


def write_export(run: JobRun) -> None:
    """The job: rows are read and written in batches, so that memory does not grow with them."""
    listing = listings.get(run.parameters["listing"])
    if not run.user.may(listing.export_permission):
        raise WorkflowError("您已没有导出权限。")
    rows, _ = listings.filtered(listing, run.user, QueryDict(run.parameters["query"]))
    total, written = rows.order_by().count(), 0

    def records() -> Any:
        nonlocal written
        for record in listings.export_rows(listing, rows.order_by(*listing.order).iterator(chunk_size=BATCH)):
            written += 1
            if written % BATCH == 0:
                run.progress(written, total, f"已写入 {written:,} 行")
            yield record

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        mark = watermark(run.user, run.parameters["purpose"])
        write_worksheet(
            records(), str(path), sheet_name=listing.title[:31], header_row=1, freeze_row=2,
            merge_ranges=[(0, 0, 0, max(1, len(listing.columns) - 1), mark)],
            page_setup={"header": "&L" + mark.replace("&", "&&")[:200], "footer": "&R&P/&N"},
        )  # fmt: skip
        data = protect(run, path, must=wants_password(listing))
    AccessEvent.objects.create(user_id=run.user.pk, action="exported", table=listing.table or listing.key,
                               purpose=run.parameters["purpose"], detail=listing.title, rows=written)  # fmt: skip
    hours = settings.get("export_hours")
    day = timezone.localtime().strftime("%Y%m%d")
    run.leave(data, kind="xlsx", title=f"{listing.title}-{day}.xlsx", expires_at=timezone.now() + timedelta(hours=hours))
    run.message = f"共导出 {written:,} 行,文件保留 {hours} 小时,只有您本人可以下载。"


def watermark(user: User, purpose: str) -> str:
    """Whose copy this is and since when: the first row on the screen, the head of every page on paper."""
    moment = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    return f"{user.name}({user.username})于 {moment} 导出,用途:{purpose}。含个人信息,仅限本人用于上述用途,不得转发。"


def protect(run: JobRun, path: Path, *, must: bool) -> bytes:
    """The workbook's bytes, encrypted where a password was chosen or must be; one made here is kept for its only showing."""
    chosen = decrypt(run.parameters.get("secret", ""))
    if not chosen and not must:
        return path.read_bytes()
    password = chosen or make_first_password()
    if not chosen:
        run.kept = {PASSWORD_ONCE: encrypt(password)}
    locked = path.with_suffix(".locked")
    with path.open("rb") as plain, locked.open("wb") as out:
        msoffcrypto.OfficeFile(plain).encrypt(password, out)
    return locked.read_bytes()


@transaction.atomic
def take_password(*, job: Job, by: User) -> str:
    """The password that was made for a workbook, for the only time. Raises WorkflowError when it has been shown."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    kept = job.parameters.pop(PASSWORD_ONCE, "")
    if job.owner_id != by.pk or not kept:
        raise WorkflowError("打开口令只显示一次,已经显示过了。口令丢失请重新导出。")
    job.save(update_fields=["parameters"])
    return decrypt(kept)


def drop_expired() -> int:
    """Delete the content of files whose time is over; the row stays, so that its link can say so. Returns how many."""
    gone = 0
    for attachment in Attachment.objects.filter(expires_at__lt=timezone.now()).exclude(file=""):
        with transaction.atomic():
            name, storage = attachment.file.name, attachment.file.storage
            Attachment.objects.filter(pk=attachment.pk).update(file="")
            for job in Job.objects.filter(result=attachment):
                job.parameters.pop(PASSWORD_ONCE, None)
                job.save(update_fields=["parameters"])
            if name and not Attachment.objects.filter(file=name).exists():
                transaction.on_commit(lambda name=name, storage=storage: storage.delete(name))
        gone += 1
    return gone
