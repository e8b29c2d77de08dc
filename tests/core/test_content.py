"""What an uploaded file is, by its content: what is kept, what is refused, and in which words."""

import io
import os
import struct
import zipfile
import zlib

import openpyxl
import pytest
from PIL import Image, ImageCms
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from core import content

ORIENTATION, GPS = 0x0112, 0x8825


def picture(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Red above left, blue elsewhere: turning it shows."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[ORIENTATION] = orientation
    found[0x010F] = "Huawei"
    found.get_ifd(GPS).update({1: "N", 2: (36.0, 24.0, 9.8765), 3: "E", 4: (94.0, 54.0, 1.2345)})
    return found


def photo(form: str = "JPEG", orientation: int = 1, **options: object) -> bytes:
    out = io.BytesIO()
    picture().save(out, form, exif=exif(orientation).tobytes(), **options)
    return out.getvalue()


def pdf(change=None, **options: object) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def book(change=None) -> bytes:
    made = openpyxl.Workbook()
    made.active.append(["姓名", "金额"])
    out = io.BytesIO()
    made.save(out)
    if change is None:
        return out.getvalue()
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        change(archive)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def take(data: bytes, accept: tuple[str, ...] = ("jpg", "pdf", "xlsx")) -> bytes:
    return content.checked(data, content.accepted(data[: content.HEAD], size=len(data), accept=accept))


# --- photos ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_photo_becomes_a_jpeg_without_position_or_maker(form):
    data = photo(form)
    with Image.open(io.BytesIO(data)) as before:
        assert before.getexif().get_ifd(GPS), "the test's own photo carries a position"
    with Image.open(io.BytesIO(take(data))) as kept:
        assert kept.format == "JPEG"
        assert not kept.getexif()
        assert not kept.info.get("comment")
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize(
    ("orientation", "red_at", "size"), [(1, (10, 10), (120, 80)), (6, (70, 10), (80, 120)), (3, (110, 70), (120, 80)), (8, (10, 110), (80, 120))]
)
def test_a_turned_photo_stays_upright(form, orientation, red_at, size):
    data = photo(form, orientation)
    with Image.open(io.BytesIO(data)) as before:
        turned = form != "HEIF" or before.size == size
    with Image.open(io.BytesIO(take(data))) as kept:
        assert turned
        assert kept.size == size
        red, _, blue = kept.getpixel(red_at)
        assert red > 150 > blue


def test_position_written_as_words_beside_the_picture_is_gone_too():
    where = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:li exif:GPSLatitude='36,24.5N'/></x:xmpmeta>"
    data = photo(comment="N36.4 E94.9", xmp=where)
    assert b"GPSLatitude" in data
    assert b"E94.9" in data
    kept = take(data)
    assert b"GPS" not in kept
    assert b"E94.9" not in kept


def test_what_a_phone_writes_behind_the_picture_is_no_reason_to_refuse():
    moving = photo() + b"\x00\x00\x00\x18ftypmp42" + os.urandom(4000)
    assert len(take(moving)) < len(moving)


def test_a_drawn_signature_keeps_its_paper_white():
    out = io.BytesIO()
    drawn = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    drawn.paste((0, 0, 0, 255), (20, 10, 40, 30))
    drawn.save(out, "PNG")
    with Image.open(io.BytesIO(take(out.getvalue()))) as kept:
        assert min(kept.getpixel((2, 2))) > 240
        assert max(kept.getpixel((30, 20))) < 20


def test_a_large_photo_is_kept_smaller():
    out = io.BytesIO()
    Image.new("L", (6000, 3000)).save(out, "JPEG")
    with Image.open(io.BytesIO(take(out.getvalue()))) as kept:
        assert kept.size == (4000, 2000)


def bomb_png(side: int = 40_000) -> bytes:
    """A picture of 1.6 thousand million points in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


SCRIPT = b"<html><script>alert(1)</script></html>"
REFUSED_PHOTOS = {
    "a ZIP behind it": (lambda: photo() + archive(a=b"x"), "夹带"),
    "a web page behind it": (lambda: photo() + SCRIPT, "夹带"),
    "a PDF behind it": (lambda: photo() + pdf(), "夹带"),
    "a web page in its comment": (lambda: photo(comment=SCRIPT), "夹带"),
    "a program in PHP in it": (lambda: photo(comment=b"<?php system($_GET['c']); ?>"), "夹带"),
    "cut short": (lambda: photo()[:-400], "没有传完整"),
    "the beginning alone": (lambda: photo()[:40], "打不开"),
    "HEIC cut short": (lambda: photo("HEIF")[:-300], "打不开"),
    "PNG cut short": (lambda: photo("PNG")[: len(photo("PNG")) // 3], "打不开"),
    "a bomb": (bomb_png, "太大"),
    "noise under a photo's beginning": (lambda: b"\xff\xd8\xff\xe0" + os.urandom(5000), "打不开"),
}


@pytest.mark.parametrize("case", REFUSED_PHOTOS)
def test_a_photo_that_is_more_or_less_than_a_photo_is_refused(case):
    make, words = REFUSED_PHOTOS[case]
    with pytest.raises(content.ContentError, match=words):
        take(make())


# --- what is no scan at all -----------------------------------------------------------------------------
OTHERS = {
    "a program": (b"MZ\x90\x00" + b"\0" * 100, "程序文件"),
    "a Linux program": (b"\x7fELF" + b"\0" * 100, "程序文件"),
    "a script": (b"#!/bin/sh\n", "程序文件"),
    "an old workbook, or one with a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "另存为"),
    "an archive": (b"Rar!\x1a\x07\x00", "压缩包"),
    "a web page": (b"  <!DOCTYPE html><html></html>", "网页文件"),
    "a drawing with scripts": (b"<svg onload='x'></svg>", "网页文件"),
    "a TIFF": (b"II*\x00" + b"\0" * 60, "TIFF"),
    "text": ("张三,2017".encode(), "打不开"),
    "a GIF": (b"GIF89a" + b"\0" * 60, "打不开"),
    "a film": (b"\x00\x00\x00\x18ftypmp42" + b"\0" * 60, "打不开"),
    "a PDF with something before it": (b"GARBAGE" + pdf(), "打不开"),
    "nothing": (b"", "是空的"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_none_of_ours_is_refused_with_what_to_do(case):
    data, words = OTHERS[case]
    with pytest.raises(content.ContentError, match=words):
        take(data)


def test_a_word_document_and_a_plain_archive_are_told_apart():
    with pytest.raises(content.ContentError, match="Word"):
        take(archive(word__document_xml=b"", __Content_Types=b""))
    with pytest.raises(content.ContentError, match="压缩包"):
        take(archive(a=b"x"))


@pytest.mark.parametrize(
    ("make", "accept", "words"),
    [
        (pdf, ("jpg",), "可上传:照片"),
        (photo, ("pdf",), "可上传:PDF"),
        (book, ("jpg", "pdf"), "可上传:照片.*、PDF"),
        (photo, ("xlsx",), "可上传:表格"),
    ],
)
def test_a_kind_not_asked_for_is_refused(make, accept, words):
    with pytest.raises(content.ContentError, match=words):
        take(make(), accept)


@pytest.mark.parametrize(
    ("head", "size", "accept", "words"),
    [
        (photo()[:64], 60 * 2**20, ("jpg", "pdf"), "有 60 MB,超过 20 MB"),
        (photo()[:64], 11 * 2**20, ("jpg", "pdf"), "照片.*不能超过 10 MB"),
        (b"%PDF-1.7", 21 * 2**20, ("jpg", "pdf", "xlsx"), "PDF不能超过 20 MB"),
        (b"PK\x03\x04", 51 * 2**20, ("xlsx",), "超过 50 MB"),
    ],
)
def test_size_is_judged_before_the_rest_is_read(head, size, accept, words):
    with pytest.raises(content.ContentError, match=words):
        content.accepted(head, size=size, accept=accept)


# --- PDF ---------------------------------------------------------------------------------------------------
def script(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})
    writer.root_object[NameObject("/OpenAction")] = action


def embedded(writer: PdfWriter) -> None:
    writer.add_attachment("a.exe", b"MZ")


def launch(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    writer.root_object[NameObject("/OpenAction")] = action


def hidden_script(writer: PdfWriter) -> None:
    writer._add_object(DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}))


def sends_a_form(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/AA")] = DictionaryObject({NameObject("/S"): NameObject("/SubmitForm")})


def locked(writer: PdfWriter) -> None:
    writer.encrypt("geheim", algorithm="RC4-128")


def no_page() -> bytes:
    out = io.BytesIO()
    PdfWriter().write(out)
    return out.getvalue()


REFUSED_PDFS = {
    "a script": (lambda: pdf(script), "脚本"),
    "a script nothing refers to": (lambda: pdf(hidden_script), "脚本"),
    "a script written with an escape": (
        lambda: pdf(hidden_script).replace(b"/S /JavaScript", b"/S /URI       ").replace(b"/JS (x)", b"/J#53()"),
        "脚本",
    ),
    "a program to start": (lambda: pdf(launch), "脚本"),
    "a file inside": (lambda: pdf(embedded), "脚本"),
    "a form that sends": (lambda: pdf(sends_a_form), "脚本"),
    "a password": (lambda: pdf(locked), "密码"),
    "a ZIP behind it": (lambda: pdf() + archive(a=b"x"), "夹带"),
    "a web page behind it": (lambda: pdf() + SCRIPT, "夹带"),
    "a web page in its head": (lambda: pdf().replace(b"\n", b"\n%<script>alert(1)</script>\n", 1), "夹带"),
    "cut short": (lambda: pdf()[: len(pdf()) // 2], "没有传完整"),
    "no page": (no_page, "打不开"),
    "only its beginning": (lambda: b"%PDF-1.7\n%%EOF\n", "打不开"),
    "noise": (lambda: b"%PDF-1.7\n" + os.urandom(3000) + b"\n%%EOF", "打不开"),
}


@pytest.mark.parametrize("case", REFUSED_PDFS)
def test_a_pdf_that_acts_or_hides_something_is_refused(case):
    make, words = REFUSED_PDFS[case]
    with pytest.raises(content.ContentError, match=words):
        take(make())


def test_a_plain_pdf_is_kept_as_it_is_also_the_ones_this_product_makes():
    from core.pdf import render_pdf

    for data in (pdf(), pdf() + b"\r\n\x00", render_pdf("<p>签字表</p>", identifier="1")):
        assert take(data) == data


# --- workbooks -----------------------------------------------------------------------------------------------
def swollen(archive: zipfile.ZipFile) -> None:
    with archive.open("xl/worksheets/sheet2.xml", "w") as part:
        for _ in range(410):
            part.write(b"\0" * 2**20)


REFUSED_BOOKS = {
    "macros": (lambda: book(lambda made: made.writestr("xl/vbaProject.bin", b"x")), "宏"),
    "a program inside": (lambda: book(lambda made: made.writestr("xl/embeddings/oleObject1.bin", b"x")), "内嵌"),
    "a link outside": (lambda: book(lambda made: made.writestr("xl/externalLinks/externalLink1.xml", b"<x/>")), "外部链接"),
    "entities that swell": (lambda: book(lambda made: made.writestr("xl/a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>")), "宏"),
    "a bomb": (lambda: book(swollen), "过大"),
    "thousands of parts": (lambda: book(lambda made: [made.writestr(f"xl/{n}.xml", b"") for n in range(2100)]), "过大"),
    "something behind it": (lambda: book() + b"<script>", "夹带"),
    "cut short": (lambda: book()[:-200], "没有传完整"),
    "a changed byte": (lambda: book().replace(b"xl/workbook.xml", b"xl/workb00k.xml", 1), "打不开"),
}


@pytest.mark.parametrize("case", REFUSED_BOOKS)
def test_a_workbook_that_acts_or_swells_is_refused(case):
    make, words = REFUSED_BOOKS[case]
    with pytest.raises(content.ContentError, match=words):
        take(make())


def test_a_part_that_lies_about_its_size_is_not_read_beyond_it():
    data = bytearray(book(swollen))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)  # the directory says a thousand bytes
    with pytest.raises(content.ContentError, match="打不开"):
        take(bytes(data))


def test_a_plain_workbook_is_kept_as_it_is():
    data = book()
    assert take(data) == data


def test_colour_profiles_are_no_obstacle():
    out = io.BytesIO()
    picture().save(out, "JPEG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    assert take(out.getvalue())
