"""Attachments: every write."""

from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from core import content, files
from workflow.models import Attachment
from workflow.services.errors import WorkflowError


@transaction.atomic
def attach(
    *,
    data: bytes | File,
    title: str,
    by: User,
    accept: tuple[str, ...] = ("jpg", "pdf"),
    village_id: int | None = None,
    household_id: int | None = None,
    area: str = "",
    expires_at: Any = None,
) -> Attachment:
    """Store a file (its content, or the upload itself), its kind decided by content (`core.content`).

    Raises WorkflowError for a kind not accepted, too large, or not what it seems. A file too large is not read.
    """
    head, size = (data[: content.HEAD], len(data)) if isinstance(data, bytes) else (_head(data), data.size)
    try:
        kind = content.accepted(head, size=size, accept=accept)
        kept = content.checked(data if isinstance(data, bytes) else data.read(), kind)
    except content.ContentError as error:
        raise WorkflowError(str(error)) from error
    return store(data=kept, kind=kind, title=title, by=by, village_id=village_id, household_id=household_id, area=area,
                 expires_at=expires_at)  # fmt: skip


def _head(upload: File) -> bytes:
    upload.seek(0)
    head = upload.read(content.HEAD)
    upload.seek(0)
    return head


def store(*, data: bytes, kind: str, title: str, by: User, **fields: Any) -> Attachment:
    """Store content the product made itself (a PDF, a workbook)."""
    name, digest = files.content_name(data, kind=kind)
    attachment = Attachment(owner=by, kind=kind, title=title[:120], sha256=digest, size=len(data), **fields)
    storage = attachment.file.storage
    attachment.file.name = name if storage.exists(name) else storage.save(name, ContentFile(data))
    attachment.save()
    return attachment
