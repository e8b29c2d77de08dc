"""What an uploaded file is, decided by its content alone: its name and the browser's word for it say nothing.

`kind_of` names the kind; `checked` gives back the content that may be kept (a photo re-encoded, its position data gone)
or raises `ContentError`, whose text tells the user what to do. Files that are two things at once, that carry a
program, or that unpack to far more than they weigh are refused.
"""

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

PHOTO, PDF, WORKBOOK = "jpg", "pdf", "xlsx"
LABELS = {PHOTO: "照片(JPG、PNG、HEIC)", PDF: "PDF", WORKBOOK: "表格(.xlsx)"}
MEGABYTE = 2**20
LIMITS = {PHOTO: 10 * MEGABYTE, PDF: 20 * MEGABYTE, WORKBOOK: 50 * MEGABYTE}
HEAD = 4096
PHOTO_SIDE = 4000
PHOTO_PIXELS = 70_000_000
UNPACKED_LIMIT, PARTS_LIMIT = 400 * MEGABYTE, 2000
PDF_OBJECTS, PDF_SECONDS = 100_000, 10.0

register_heif_opener()


class ContentError(Exception):
    """A file that is not kept; str() is shown to the user."""

    for_user = True


PROGRAM = "这是程序文件,不能上传。"
OLD_OFFICE = "这是旧版或加了密码的 Office 文件。请另存为不加密码的 .xlsx 或 PDF 后再传。"
WORD = "这是 Word 或演示文稿。请打印签字后拍照或扫描,或另存为 PDF 后再传。"
ARCHIVE = "这是压缩包。请解压后逐个上传。"
WEB_PAGE = "这是网页文件,不能上传。请上传照片或 PDF。"
TIFF = "这是 TIFF 扫描件。请在扫描仪上选 JPG 或 PDF 后再传。"
UNKNOWN = "文件打不开,或已损坏。请重新拍照、扫描或导出后再传。"
# What a file begins with that is none of the kinds kept here, and what to do about it.
REFUSED_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", PROGRAM), (b"\x7fELF", PROGRAM), (b"#!", PROGRAM), (b"\xcf\xfa\xed\xfe", PROGRAM), (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE), (b"Rar!", ARCHIVE), (b"7z\xbc\xaf\x27\x1c", ARCHIVE), (b"\x1f\x8b", ARCHIVE),
    (b"II*\x00", TIFF), (b"MM\x00*", TIFF),
)  # fmt: skip
PHOTO_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")  # a JPEG of several pictures (MPO) comes under JPEG
MARKUP = re.compile(rb"<!doctype\s+html|<html[\s>]|<script[\s>]|<\?php|<svg[\s>]", re.IGNORECASE)


def kind_of(head: bytes) -> str:
    """The kind of a file by its first bytes (`HEAD` are enough). Raises ContentError for what is none of ours."""
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return WORKBOOK
    if head.startswith(PHOTO_BEGINNINGS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return PHOTO
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return PHOTO
    for beginning, message in REFUSED_BEGINNINGS:
        if head.startswith(beginning):
            raise ContentError(message)
    if MARKUP.search(head[:1024]):
        raise ContentError(WEB_PAGE)
    raise ContentError(UNKNOWN)


def accepted(head: bytes, *, size: int, accept: Iterable[str]) -> str:
    """The kind, when it is one asked for and not too large: known from the first bytes and the size, before the rest is read."""
    if size == 0:
        raise ContentError("文件是空的,请重新选择。")
    wanted = tuple(accept)
    largest = max(LIMITS[kind] for kind in wanted)
    if size > largest:
        raise ContentError(f"文件有 {size / MEGABYTE:.0f} MB,超过 {largest // MEGABYTE} MB,请压缩或分开后再传。")
    kind = kind_of(head)
    if kind not in wanted:
        raise ContentError("文件类型不对,可上传:" + "、".join(LABELS[each] for each in wanted) + "。")
    if size > LIMITS[kind]:
        raise ContentError(f"{LABELS[kind]}不能超过 {LIMITS[kind] // MEGABYTE} MB,这个文件有 {size / MEGABYTE:.0f} MB,请压缩后再传。")
    return kind


def checked(data: bytes, kind: str) -> bytes:
    """The content as it may be kept. Raises ContentError."""
    if kind == PHOTO:
        return _photo(data)
    (_check_pdf if kind == PDF else _check_workbook)(data)
    return data


PHOTO_LARGE = "照片的像素太大。请把相机调到 5000 万像素以下重拍。"


# --- photos ------------------------------------------------------------------------------------------
def _photo(data: bytes) -> bytes:
    """Re-encoded as an upright JPEG of the pixels alone: no position, no comment, nothing behind the picture."""
    if _is_archive(data) or re.search(rb"%PDF-\d\.\d", data) or MARKUP.search(data):
        raise ContentError("照片里夹带了别的文件,没有保存。请用手机重新拍照后上传。")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > PHOTO_PIXELS:
                raise ContentError(PHOTO_LARGE)
            image.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
            upright = ImageOps.exif_transpose(image)
            pixels = _on_white(upright)
    except ContentError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ContentError(PHOTO_LARGE) from error
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error) as error:
        raise ContentError("照片打不开,或没有传完整。请换一张 JPG、PNG 或手机照片。") from error
    pixels.info = {}
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=85)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """Transparent parts become paper, not black."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    drawn = image.convert("RGBA")
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper


def _is_archive(data: bytes) -> bool:
    """Whether a program that unpacks archives would find one in it, wherever it lies."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return False


# --- PDF -----------------------------------------------------------------------------------------------
PDF_BROKEN = "PDF 打不开,或没有传完整。请重新扫描或导出后再传。"
PDF_TWOFOLD = "PDF 里夹带了别的文件,没有保存。请重新扫描,或打印成 PDF 后再传。"
PDF_ACTIVE = "PDF 里有脚本、启动程序或内嵌附件,没有保存。请重新扫描,或打印成 PDF 后再传。"
PDF_LOCKED = "PDF 加了密码。请去掉密码后再传。"
PDF_COMPLEX = "PDF 结构过于复杂,无法检查。请重新扫描,或分成几个文件后再传。"
ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/RichMediaContent", "/XFA"}
ACTIVE_VALUES = {"/JavaScript", "/Launch", "/EmbeddedFile", "/GoToE", "/SubmitForm", "/ImportData", "/RichMedia", "/FileAttachment"}
ACTIVE_TEXT = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")


def _check_pdf(data: bytes) -> None:
    if not re.search(rb"%%EOF[\s\x00]*\Z", data[-2048:]):
        raise ContentError(PDF_TWOFOLD if b"%%EOF" in data else PDF_BROKEN)
    if MARKUP.search(data[:1024]) or _is_archive(data):
        raise ContentError(PDF_TWOFOLD)
    if ACTIVE_TEXT.search(data):
        raise ContentError(PDF_ACTIVE)
    try:
        _walk_pdf(data)
    except ContentError:
        raise
    except Exception as error:  # whatever a damaged file makes the parser do, it is a damaged file
        raise ContentError(PDF_BROKEN) from error


def _walk_pdf(data: bytes) -> None:
    """Every object of the file, in use or not, is looked at for something that acts."""
    from pypdf import PdfReader
    from pypdf.generic import IndirectObject

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise ContentError(PDF_LOCKED)
    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found} | {(n, 0) for n in reader.xref_objStm}
    if len(numbers) > PDF_OBJECTS:
        raise ContentError(PDF_COMPLEX)
    until = time.monotonic() + PDF_SECONDS
    for number, generation in sorted(numbers):
        if time.monotonic() > until:
            raise ContentError(PDF_COMPLEX)
        for key, value in _entries(reader.get_object(IndirectObject(number, generation, reader))):
            if key in ACTIVE_KEYS or value in ACTIVE_VALUES:
                raise ContentError(PDF_ACTIVE)
    if not reader.pages:
        raise ContentError(PDF_BROKEN)


def _entries(value: Any) -> Iterator[tuple[str, str]]:
    """(key, name it holds or '') of every dictionary within an object, without following references."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            for key, entry in dict.items(found):
                yield str(key), str(entry) if isinstance(entry, str) else ""
                waiting.append(entry)
        elif isinstance(found, list):
            waiting.extend(list.__iter__(found))


# --- workbooks -------------------------------------------------------------------------------------------
BOOK_BROKEN = "表格打不开,或没有传完整。请用 WPS 或 Excel 另存为 .xlsx 后再传。"
BOOK_TWOFOLD = "表格文件前后夹带了别的内容,没有保存。请另存为 .xlsx 后再传。"
BOOK_MACROS = "表格里有宏、内嵌程序或外部链接,没有保存。请另存为不含宏的 .xlsx 后再传。"
BOOK_TOO_MUCH = "表格解开后过大,没有保存。请删去空白行列,或分成几个文件后再传。"
ACTIVE_PARTS = re.compile(r"(^|/)(vbaproject|vbadata|activex|embeddings|externallinks|macrosheets|dialogsheets|customui|ctrlprops)", re.IGNORECASE)


def _check_workbook(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive, data)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, struct.error, zlib.error) as error:
        raise ContentError(BOOK_BROKEN) from error


def _check_parts(archive: zipfile.ZipFile, data: bytes) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise ContentError(WORD if any(name.startswith(("word/", "ppt/")) for name in names) else ARCHIVE)
    if any(ACTIVE_PARTS.search(name) for name in names):
        raise ContentError(BOOK_MACROS)
    if len(parts) > PARTS_LIMIT or len(names) != len(parts):
        raise ContentError(BOOK_TOO_MUCH)
    end = data.rfind(b"PK\x05\x06")
    if min(part.header_offset for part in parts) != 0 or len(data) != end + 22 + len(archive.comment):
        raise ContentError(BOOK_TWOFOLD)
    left = UNPACKED_LIMIT
    for part in parts:
        if part.flag_bits & 1:
            raise ContentError(OLD_OFFICE)
        left = _unpack(archive, part, left)


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Read a part through, as far as the limit goes; what is left of the limit. What the directory says of sizes is not believed."""
    if part.file_size > left:
        raise ContentError(BOOK_TOO_MUCH)
    with archive.open(part) as content:
        first = content.read(HEAD)
        if b"<!DOCTYPE" in first or b"<!ENTITY" in first or b"macroEnabled" in first:
            raise ContentError(BOOK_MACROS)
        unpacked = len(first)
        while chunk := content.read(MEGABYTE):
            unpacked += len(chunk)
            if unpacked > left:
                raise ContentError(BOOK_TOO_MUCH)
    return left - unpacked
