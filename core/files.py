"""Files at rest, content-addressed and encrypted below DATA_DIR/files through Django's storage; and the first look at what comes in."""

import hashlib
import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadhandler import FileUploadHandler

from core import crypto


class EncryptedStorage(FileSystemStorage):
    """Stores key id + ciphertext; the name is given by the content, so a file is held once."""

    def _open(self, name: str, mode: str = "rb") -> File:
        raw = Path(self.path(name)).read_bytes()
        key, _, data = raw.partition(b"\n")
        return ContentFile(crypto.decrypt_bytes(key.decode(), data), name=name)

    def _save(self, name: str, content: Any) -> str:
        key, data = crypto.encrypt_bytes(content.read())
        return super()._save(name, File(io.BytesIO(key.encode() + b"\n" + data), name=name))

    def url(self, name: str | None) -> str:
        raise ValueError("files are served by a checked view only")


def content_name(data: bytes, *, kind: str) -> tuple[str, str]:
    """Storage name and SHA-256 of a file's content."""
    digest = hashlib.sha256(data).hexdigest()
    return f"{digest[:2]}/{digest}.{kind}", digest


class RefuseHuge(FileUploadHandler):
    """Turns away a request larger than any upload this product takes before a byte of it is written anywhere."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: bytes, encoding: str | None = None) -> None:
        if content_length > settings.UPLOAD_REQUEST_LIMIT:
            raise RequestDataTooBig(f"a request of {content_length} bytes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
