"""Small workbooks that people fill in: an empty one out, its rows in as text. What the file is decides `core.content` first."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from core import content

ROWS_READ = 100_000  # empty formatted rows count too


class WorkbookError(Exception):
    """A workbook that is not read at all; str() is shown to the user."""

    for_user = True


@dataclass(frozen=True)
class Heading:
    """A column to fill in: its name, what goes in it, a choice of words where there is one."""

    name: str
    hint: str
    choices: tuple[str, ...] = ()
    width: int = 16


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell (row 0: with the sheet), in words that say what to do."""

    row: int
    column: str
    value: str
    words: str


@dataclass(frozen=True)
class Line:
    """A filled row: its number in the sheet and its cells as text, by heading."""

    number: int
    cells: dict[str, str]


def template(title: str, headings: Sequence[Heading]) -> bytes:
    """An empty workbook: headings, hints in the second sheet, choices to pick from, every cell as text."""
    book = Workbook()
    sheet, notes = book.active, book.create_sheet("填表说明")
    sheet.title = title
    for number, heading in enumerate(headings, start=1):
        cell = sheet.cell(1, number, heading.name)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="EEEEEE")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = heading.width
        sheet.column_dimensions[letter].number_format = "@"
        for row in range(2, 502):
            sheet.cell(row, number).number_format = "@"
        if heading.choices:
            words = book["选项"] if "选项" in book.sheetnames else book.create_sheet("选项")
            for row, word in enumerate(heading.choices, start=1):
                words.cell(row, number, word)
            pick = DataValidation(type="list", formula1=f"=选项!${letter}$1:${letter}${len(heading.choices)}", allow_blank=True)
            pick.add(f"{letter}2:{letter}501")
            sheet.add_data_validation(pick)
        notes.append([heading.name, heading.hint])
    sheet.freeze_panes = "A2"
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 18, 90
    for row in notes.iter_rows():
        row[1].alignment = Alignment(wrap_text=True, vertical="top")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_rows(data: bytes, headings: Sequence[Heading], *, most: int) -> tuple[list[Line], list[Problem]]:
    """The filled rows of the first sheet, and the cells that hold a formula or an error in place of a value.

    Columns are found by their headings, in any order; others are left alone. Raises WorkbookError for what is no
    workbook, lacks a heading or has more than `most` rows.
    """
    try:
        content.accepted(data[: content.HEAD], size=len(data), accept=(content.WORKBOOK,))
        content.checked(data, content.WORKBOOK)
    except content.ContentError as error:
        raise WorkbookError(str(error)) from error
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
        return _read(book.worksheets[0], headings, most)
    except WorkbookError:
        raise
    except Exception as error:  # whatever a damaged sheet makes the reader do, it is a damaged sheet
        raise WorkbookError(content.BOOK_BROKEN) from error


def _read(sheet: Any, headings: Sequence[Heading], most: int) -> tuple[list[Line], list[Problem]]:
    rows = sheet.iter_rows(max_row=ROWS_READ, max_col=60)
    names = [_text(cell.value) for cell in next(rows, ())]
    missing = [heading.name for heading in headings if heading.name not in names]
    if missing:
        raise WorkbookError(f"表头缺少:{'、'.join(missing)}。请用下载的模板填写,第一行表头不要改动。")
    doubled = [heading.name for heading in headings if names.count(heading.name) > 1]
    if doubled:
        raise WorkbookError(f"表头“{doubled[0]}”出现了两次,请删去多余的一列。")
    places = {heading.name: names.index(heading.name) for heading in headings}
    lines, problems = [], []
    for number, row in enumerate(rows, start=2):
        cells = {name: row[place] for name, place in places.items() if place < len(row)}
        if all(cell.value in (None, "") for cell in cells.values()):
            continue
        if len(lines) == most:
            raise WorkbookError(f"一张表最多 {most} 行,这张表不止。请分成几张表,分次办理。")
        for name, cell in cells.items():
            if getattr(cell, "data_type", "") == "f":
                problems.append(Problem(number, name, str(cell.value)[:40], "单元格是公式,请改为直接填写的值。"))
            elif getattr(cell, "data_type", "") == "e":
                problems.append(Problem(number, name, str(cell.value)[:40], "单元格是错误值,请重新填写。"))
        lines.append(Line(number, {name: _text(cells[name].value) if name in cells else "" for name in places}))
    return lines, problems


def _text(value: Any) -> str:
    """A cell as it would be typed: no decimal point behind a whole number, a date as 2017-09-30."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()[:500]
