"""Attachments: every write."""

import io
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User
from core import files
from workflow.models import Attachment
from workflow.services.errors import WorkflowError

PHOTO_LIMIT, PDF_LIMIT, WORKBOOK_LIMIT = 10 * 2**20, 20 * 2**20, 50 * 2**20


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
