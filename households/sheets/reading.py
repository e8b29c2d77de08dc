"""A file as sheets of cells: .xlsx, .xls and .csv, decided by content, within limits that keep the server standing."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from core import content

XLSX, XLS, CSV = content.WORKBOOK, "xls", "csv"
LABELS = {XLSX: ".xlsx", XLS: ".xls", CSV: ".csv"}
XLS_LIMIT, CSV_LIMIT = 20 * content.MEGABYTE, 50 * content.MEGABYTE
ROWS, COLUMNS, SHEETS = 200_000, 150, 30
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A reference to a row or a column beyond the limits, wherever it stands: the reading library would make room for all of it.
BEYOND = re.compile(rb"""\br\s*=\s*["'](?:[A-Z]{0,3}(?:[2-9]\d{5}|\d{7,})|(?:E[U-Z]|[F-Z][A-Z]|[A-Z]{3})\d)""")
UNREADY = re.compile(rb"""<c\b[^>]*\br="([A-Z]+\d+)"[^>]*>\s*(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>""")
BROKEN = re.compile(rb"""<c\b[^>]*\br="([A-Z]+\d+)"[^>]*\bt="e\"""")


class FileError(Exception):
    """A file that cannot be read; str() is shown to the user."""

    for_user = True


TOO_LARGE = f"表格超过 {ROWS:,} 行或 {COLUMNS} 列。请删去末尾的空白行和右侧的空白列(选中后右键“删除”),或按乡镇分成几个文件后再传。"
ENCRYPTED = "表格加了打开密码。请去掉密码另存后再传。"
OLD_MACROS = "表格里有宏,没有保存。请另存为不含宏的 .xlsx 后再传。"


@dataclass
class Grid:
    """A sheet: its cells row by row from the first row, and the areas of merged cells as (row, column) pairs."""

    name: str
    rows: list[list[Any]]
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    hidden: bool = False


def kind_of(data: bytes) -> str:
    """What the file is by its content. Raises FileError for what is no workbook."""
    head = data[: content.HEAD]
    if head.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise FileError(ENCRYPTED)
        if "_VBA_PROJECT".encode("utf-16-le") in data:
            raise FileError(OLD_MACROS)
        if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
            raise FileError("这不是表格文件。请上传 .xlsx、.xls 或 .csv。")
        return XLS
    if not head:
        raise FileError("文件是空的,请重新选择。")
    try:
        kind = content.kind_of(head)
    except content.ContentError as error:
        if str(error) == content.UNKNOWN and _is_text(data):
            return CSV
        raise FileError(str(error)) from error
    if kind != XLSX:
        raise FileError("这不是表格文件。请上传 .xlsx、.xls 或 .csv。")
    return XLSX


def _is_text(data: bytes) -> bool:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    return b"\0" not in data and not re.search(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", data[:200_000])


def checked(data: bytes) -> str:
    """The kind of a file that may be read. Raises FileError for one that is not what it seems, too large, or hides something."""
    kind = kind_of(data)
    limit = {XLSX: content.LIMITS[content.WORKBOOK], XLS: XLS_LIMIT, CSV: CSV_LIMIT}[kind]
    if len(data) > limit:
        raise FileError(f"文件有 {len(data) / content.MEGABYTE:.0f} MB,超过 {limit // content.MEGABYTE} MB,请分成几个文件后再传。")
    if kind == XLSX:
        try:
            content.checked(data, content.WORKBOOK)
        except content.ContentError as error:
            raise FileError(str(error)) from error
        _look_through(data)
    return kind


def _look_through(data: bytes) -> None:
    """Refuses what would take all memory, and formulas that have no result: their cells would look empty."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.infolist():
            if not part.filename.startswith("xl/worksheets/") or not part.filename.endswith(".xml"):
                continue
            sheet = archive.read(part)
            if BEYOND.search(sheet):
                raise FileError(TOO_LARGE)
            unready = [found[1].decode() for found in UNREADY.finditer(sheet)][:3]
            if unready:
                raise FileError(f"单元格 {'、'.join(unready)} 的公式没有算出结果。请在 Excel 或 WPS 中打开、保存一次,或复制为数值后再传。")
            broken = [found[1].decode() for found in BROKEN.finditer(sheet)][:3]
            if broken:
                raise FileError(f"单元格 {'、'.join(broken)} 是公式错误(如 #REF!)。请改为内容后再传。")


def grids(data: bytes, kind: str) -> Iterator[Grid]:
    """The sheets of a file that passed `checked`, one at a time so that only one is in memory."""
    if kind == CSV:
        yield Grid("CSV", _csv_rows(data))
        return
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise FileError(ENCRYPTED) from error
    except (CalamineError, OSError, ValueError) as error:
        raise FileError(content.BOOK_BROKEN) from error
    sheets = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    if len(sheets) > SHEETS:
        raise FileError(f"表格有 {len(sheets)} 张工作表,最多 {SHEETS} 张。")
    for meta in sheets:
        try:
            sheet = book.get_sheet_by_name(meta.name)
            rows = sheet.to_python(skip_empty_area=False)
            merged = list(sheet.merged_cell_ranges or ())
        except (CalamineError, OSError, ValueError) as error:
            raise FileError(content.BOOK_BROKEN) from error
        if len(rows) > ROWS or (rows and len(rows[0]) > COLUMNS):
            raise FileError(TOO_LARGE)
        yield Grid(meta.name, rows, merged, "Visible" not in str(meta.visible))


def _csv_rows(data: bytes) -> list[list[Any]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    rows: list[list[Any]] = []
    empty = 0
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            if not any(row):
                empty += 1
                if empty > ROWS:
                    raise FileError(TOO_LARGE)
                rows.append([])
                continue
            if len(row) > COLUMNS or len(rows) > ROWS:
                raise FileError(TOO_LARGE)
            rows.append(list(row))
    except csv.Error as error:
        raise FileError("CSV 文件的引号或换行不完整,读不出来。请用 WPS 或 Excel 重新另存后再传。") from error
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileError("CSV 文件的文字编码认不出来。请另存为“CSV UTF-8”或 .xlsx 后再传。")
