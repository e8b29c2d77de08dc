"""Our own workbooks: the template, the register as a workbook, and the user's own file with its errors marked.

Whatever a cell holds is written as text, number or date, never as a formula.
"""

import io
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from rustpy_xlsxwriter import write_worksheets

from households.models import Income, Living, Member
from households.sheets.cells import ERRORS, is_blank
from households.sheets.columns import FIELDS, HOUSEHOLD, INCOME, LIVING, MEMBER, PARTS, TITLES, Column, sheet_columns
from households.sheets.reading import XLSX, Grid, grids
from households.sheets.tables import Found

TEMPLATE_ROWS = 2000
CODES = "代码"
NOTES = "填写说明"
GREY, RED, HEAD_FILL = (PatternFill("solid", fgColor=colour) for colour in ("F2F3F5", "F8D7D3", "E8EAED"))
WIDTHS = {"household_code": 19, "id_number": 21, "bank_account": 22, "disability_number": 23, "address": 24, "registered_address": 24, "village": 16}
ANNOTATED_CELLS = 300_000
EACH = 2_000

HOW_TO = (
    "一户一行填在“户”表;家庭成员一人一行填在“家庭成员”表;生产生活条件、家庭收入一户一年一行。",
    "已有的户填户编号(16位);新户的户编号留空,在各表填同一个“表内户号”,如 1、2、3。",
    "第一行是给系统认列用的,请不要改;列的先后可以调整,不用的列可以删去,多出的列不读。",
    "有下拉的格请从下拉中选,也可填“代码”表中的编号;健康状况等多选用顿号隔开。",
    "证件号码、银行账号已设为文本格式;从别处粘贴时请选“只粘贴数值(文本)”,不要让软件改成数字。",
    "日期写成 2017-09-30 或 20170930;金额单位为元,不带单位。",
    "导入时空白的格保持系统里原来的内容;要清空下拉、日期、号码,请填“无”;要清空文字,请在上传时选“空白格清空原有内容”。",
    "红色标题的列新户必填。出生日期和性别可由身份证号码带出,不必填。",
)
NEEDED = {("household", name) for name in ("village", "identified_on", "attribute", "cause_main")} | {
    ("member", name) for name in ("name", "relation", "document_kind", "education", "health", "labour")
}


# --- the template ----------------------------------------------------------------------------------------
def template() -> bytes:
    """An empty workbook to fill in: headings, drop-downs, hints, a sheet of codes. No macros."""
    book = Workbook()
    book.remove(book.active)
    lists = _codes_sheet(book)
    for part in PARTS:
        sheet = book.create_sheet(TITLES[part])
        for position, column in enumerate(sheet_columns(part), start=1):
            _template_column(sheet, position, column, part, lists)
        sheet.freeze_panes = "D3"
        sheet.row_dimensions[1].height = 12
    _notes_sheet(book)
    book.move_sheet(NOTES, -(len(PARTS) + 1))
    book.move_sheet(CODES, len(PARTS))
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _codes_sheet(book: Workbook) -> dict[tuple[tuple[str, str], ...], str]:
    """Every code list; where each list's labels stand."""
    sheet = book.create_sheet(CODES)
    places: dict[tuple[tuple[str, str], ...], str] = {(("是", "是"), ("否", "否")): '"是,否"'}
    position = 1
    for part in PARTS:
        for column in sheet_columns(part):
            if not column.choices or column.choices in places:
                continue
            for offset, text in ((0, "编号"), (1, f"代码:{column.label}")):
                cell = sheet.cell(1, position + offset, text)
                cell.font, cell.fill = Font(bold=True), HEAD_FILL
            for row, (code, label) in enumerate(column.choices, start=2):
                sheet.cell(row, position, code).number_format = "@"
                sheet.cell(row, position + 1, label)
            letter = get_column_letter(position + 1)
            sheet.column_dimensions[letter].width = 22
            places[column.choices] = f"{quote_sheetname(CODES)}!${letter}$2:${letter}${len(column.choices) + 1}"
            position += 3
    sheet.freeze_panes = "A2"
    return places


def _template_column(sheet: Worksheet, position: int, column: Column, part: str, lists: dict[tuple[tuple[str, str], ...], str]) -> None:
    letter = get_column_letter(position)
    machine, heading = sheet.cell(1, position, column.key), sheet.cell(2, position, column.label)
    machine.font, machine.fill = Font(size=8, color="9AA0A6"), GREY
    heading.font = Font(bold=True, color="A8322D" if (column.part or part, column.name) in NEEDED else "1D2129")
    heading.fill, heading.alignment = HEAD_FILL, Alignment(wrap_text=True, vertical="center")
    width = WIDTHS.get(column.name, max(9, min(18, len(column.label) * 2 + 2)))
    sheet.column_dimensions[letter].width = width
    area = f"{letter}3:{letter}{TEMPLATE_ROWS}"
    if column.kind in {"number", "phone", "household_code", "text"}:
        for row in range(3, 203):
            sheet[f"{letter}{row}"].number_format = "@"
    source = lists.get(column.choices) if column.kind == "code" else '"是,否"' if column.kind == "yes" else ""
    if source:
        rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True, errorStyle="warning",
                              errorTitle="请核对", error="请从下拉中选择,或填“代码”表中的编号。")  # fmt: skip
        sheet.add_data_validation(rule)
        rule.add(area)
    elif column.note:
        hint = DataValidation(showInputMessage=True, promptTitle=column.label[:30], prompt=column.note[:250])
        sheet.add_data_validation(hint)
        hint.add(area)


def _notes_sheet(book: Workbook) -> None:
    sheet = book.create_sheet(NOTES)
    sheet.column_dimensions["A"].width = 100
    sheet["A1"] = "建档立卡户导入模板填写说明"
    sheet["A1"].font = Font(bold=True, size=14)
    for row, text in enumerate(HOW_TO, start=3):
        cell = sheet.cell(row, 1, f"{row - 2}. {text}")
        cell.alignment = Alignment(wrap_text=True)


# --- the register as a workbook -----------------------------------------------------------------------------
def write_register(path: str, households: Any, *, mark: str = "") -> dict[str, int]:
    """The households of a queryset with their members, conditions and incomes, in the template's form; rows written by part.

    Rows come through server-side cursors and go to the file one by one: memory does not grow with them.
    """
    written = dict.fromkeys(PARTS, 0)

    def counted(part: str, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        yield {column.key: column.label for column in sheet_columns(part)}
        for row in rows:
            written[part] += 1
            yield row

    sheets: list[Any] = [(TITLES[part], counted(part, _records(part, households))) for part in PARTS]
    head: Any = {TITLES[part]: [(0, 0, 0, 8, mark)] for part in PARTS} if mark else None
    write_worksheets(
        sheets,
        path,
        header_row=dict.fromkeys(TITLES.values(), 1) if mark else None,
        merge_ranges=head,
        freeze_panes={"general": {"row": 3 if mark else 2, "col": 3}},
    )
    return written


def _records(part: str, households: Any) -> Iterator[dict[str, Any]]:
    columns = sheet_columns(part)
    heads = Member.objects.filter(relation="01", left_on=None)
    keys = [column.key for column in columns]
    shows = [_shower(column) for column in columns]
    for values in _values(part, households, heads):
        yield {key: show(value) for key, show, value in zip(keys, shows, values, strict=True)}


def _values(part: str, households: Any, heads: Any) -> Iterator[tuple[Any, ...]]:
    from django.db.models import OuterRef, Subquery

    if part == HOUSEHOLD:
        names = ["group__name" if name == "group" else name for name in FIELDS[part]]
        rows = households.annotate(head=Subquery(heads.filter(household_id=OuterRef("pk")).values("name")[:1])).order_by("village_id", "pk")
        for code, *rest in rows.values_list("household_code", "head", "village__code", *names).iterator(chunk_size=EACH):
            yield (code, None, *rest)
        return
    model: Any = {MEMBER: Member, LIVING: Living, INCOME: Income}[part]
    order = ("village_id", "household_id", "number", "pk") if part == MEMBER else ("village_id", "household_id", "year")
    rows = model.objects.filter(household__in=households.values("pk")).order_by(*order)
    rows = rows.annotate(head=Subquery(heads.filter(household_id=OuterRef("household_id")).values("name")[:1]))
    for code, *rest in rows.values_list("household__household_code", "head", *FIELDS[part]).iterator(chunk_size=EACH):
        yield (code, None, *rest)


def _shower(column: Column) -> Any:
    labels = dict(column.choices)
    if column.kind == "code":
        return lambda value: labels.get(value, value) or None
    if column.kind == "codes":
        return lambda value: "、".join(labels.get(code, code) for code in value) or None
    if column.kind == "yes":
        return {True: "是", False: "否"}.get
    if column.kind == "decimal":
        return lambda value: None if value is None else float(value)
    return lambda value: None if value == "" else value


# --- the user's own file, marked ------------------------------------------------------------------------------
def annotated(data: bytes, kind: str, errors: Iterable[Found]) -> bytes:
    """The workbook that was handed in, its cells marked and explained; formulas as the values they had.

    A file too large to be opened in memory comes back as its faulty rows alone, with their headings.
    """
    found = list(errors)
    if kind == XLSX:
        size = sum(len(grid.rows) * (len(grid.rows[0]) if grid.rows else 0) for grid in grids(data, kind))
        if size <= ANNOTATED_CELLS:
            book = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
            _mark(book, found)
            return _saved(book)
    book = Workbook()
    book.remove(book.active)
    rows_of: dict[str, set[int]] = {}
    for error in found:
        rows_of.setdefault(error.sheet, set()).add(error.row)
    moved: dict[tuple[str, int], int] = {}
    for grid in grids(data, kind):
        whole = len(grid.rows) * (len(grid.rows[0]) if grid.rows else 0) <= ANNOTATED_CELLS
        _copy(book.create_sheet(grid.name[:31]), grid, None if whole else rows_of.get(grid.name, set()), moved)
    _mark(book, [_moved(error, moved) for error in found])
    return _saved(book)


def _moved(error: Found, moved: dict[tuple[str, int], int]) -> Found:
    from dataclasses import replace

    return replace(error, sheet=error.sheet[:31], row=moved.get((error.sheet, error.row), error.row))


def _copy(sheet: Worksheet, grid: Grid, wanted: set[int] | None, moved: dict[tuple[str, int], int]) -> None:
    """The cells of a sheet as values; of a large one its first rows and the faulty ones."""
    place = 0
    for number, row in enumerate(grid.rows, start=1):
        if wanted is not None and number > 5 and number not in wanted:
            continue
        place += 1
        moved[(grid.name, number)] = place
        for position, value in enumerate(row, start=1):
            if not is_blank(value):
                cell = sheet.cell(place, position)
                _put(cell, value)


def _put(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        cell.value = _printable(value)
        cell.data_type = "s"
    else:
        cell.value = value if isinstance(value, int | float | date | Decimal | bool) else str(value)


def _printable(text: str) -> str:
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)[:32_000]


def _mark(book: Workbook, errors: list[Found]) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or (
                    isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")) and cell.value not in ERRORS
                ):
                    cell.data_type = "s"
    by_cell: dict[tuple[str, int, int], list[str]] = {}
    for error in errors:
        by_cell.setdefault((error.sheet, error.row, max(1, error.position + 1)), []).append(
            error.message if error.position >= 0 or not error.column else f"{error.column}:{error.message}"
        )
    summary = book.create_sheet("错误清单")
    for position, (title, width) in enumerate((("工作表", 16), ("行", 7), ("列", 22), ("内容", 26), ("怎么改", 70)), start=1):
        cell = summary.cell(1, position, title)
        cell.font, cell.fill = Font(bold=True), HEAD_FILL
        summary.column_dimensions[get_column_letter(position)].width = width
    for place, error in enumerate(errors, start=2):
        for position, value in enumerate((error.sheet, error.row, error.column, error.value, error.message), start=1):
            _put(summary.cell(place, position), value)
    summary.freeze_panes = "A2"
    for (name, row, position), messages in by_cell.items():
        if name not in book.sheetnames:
            continue
        cell = book[name].cell(row, position)
        target = cell if type(cell).__name__ != "MergedCell" else book[name].cell(row, position)
        if type(target).__name__ == "MergedCell":
            continue
        target.fill = RED
        comment = Comment("\n".join(messages)[:2000], "导入检查")
        comment.width, comment.height = 300, min(260, 40 + 22 * len(messages) * 2)
        target.comment = comment


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
