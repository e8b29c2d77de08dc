"""The upload field of every room: kind and size are judged from a file's beginning."""

import io

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.forms import UploadField


class Form(forms.Form):
    file = UploadField(label="附件", accept=("jpg", "pdf"), camera=True)
    book = UploadField(label="表格", accept=("xlsx",), required=False)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    return out.getvalue()


class Large(SimpleUploadedFile):
    """An upload of 60 MB that fails when it is read past its beginning."""

    def __init__(self, beginning: bytes) -> None:
        super().__init__("a.jpg", beginning)
        self.size = 60 * 2**20

    def read(self, *size: int) -> bytes:
        assert size, "read as a whole"
        return super().read(*size)


def errors(**files: object) -> dict:
    form = Form({}, files)
    form.is_valid()
    return form.errors


def test_the_browser_is_told_the_kinds_and_the_phone_opens_its_camera():
    page = str(Form())
    assert 'accept="image/*,.heic,.heif,application/pdf,.pdf"' in page
    assert page.count('capture="environment"') == 1
    assert "照片(JPG、PNG、HEIC)不超过 10 MB、PDF不超过 20 MB。照片中的位置信息会被去除。" in page


def test_a_photo_comes_through_from_its_beginning_whatever_its_name():
    form = Form({}, {"file": SimpleUploadedFile("virus.exe", jpeg(), "application/x-msdownload")})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["file"].read() == jpeg()


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("scan.pdf", b"MZ\x90\x00"), "程序文件"),
        (SimpleUploadedFile("scan.pdf", b""), "是空的"),
        (SimpleUploadedFile("scan.jpg", b"PK\x03\x04"), "可上传"),
        (Large(b"\xff\xd8\xff\xe0"), "有 60 MB,超过 20 MB"),
        (None, "请选择文件"),
    ],
)
def test_what_is_wrong_is_told_at_the_field(upload, words):
    assert words in str(errors(file=upload)["file"])


def test_a_request_larger_than_any_upload_is_turned_away_at_its_beginning(signed_in, world, settings):
    settings.UPLOAD_REQUEST_LIMIT = 1000
    url = reverse("accounts:password-change")
    response = signed_in("township_clerk").post(url, {"old": "x", "file": SimpleUploadedFile("a.jpg", b"\xff\xd8" + b"0" * 2000)})
    assert response.status_code == 400
