"""From sheets of cells to the records of households: values read column by column, rows gathered by household."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from core.masking import last_four
from households.sheets.cells import Bad, Cells
from households.sheets.columns import FIELDS, HOUSEHOLD, INCOME, LIVING, MEMBER, Column, by_key
from households.sheets.headings import KEY_NAMES, Layout, candidate, fill_merged, is_total, recognise
from households.sheets.reading import Grid, grids

Record = tuple[Any, ...]
INDEX = {part: {name: position for position, name in enumerate(names)} for part, names in FIELDS.items()}


@dataclass(frozen=True)
class Found:
    """Something wrong in a file: where it stands (row and position as a spreadsheet counts them), what stands there, what to do."""

    sheet: str
    row: int
    column: str
    value: str
    message: str
    code: str
    position: int = -1
    secret: bool = False


@dataclass(slots=True)
class Line:
    """A record of one part and where it stands."""

    table: "Table"
    row: int
    record: Record


@dataclass(slots=True)
class Home:
    """What a file says of one household."""

    key: str
    code: str = ""
    village: str = ""
    township: str = ""
    head_id: str = ""
    first: Line | None = None
    household: Line | None = None
    members: list[Line] = field(default_factory=list)
    living: dict[int, Line] = field(default_factory=dict)
    incomes: dict[int, Line] = field(default_factory=dict)
    bad: bool = False  # refused
    unread: bool = False  # for a cell that could not be read: what the rules would say of it means nothing

    @property
    def place(self) -> Line:
        assert self.first is not None
        return self.first


@dataclass
class Table:
    """A sheet that was read: where each column stands and which fields it has."""

    layout: Layout
    present: dict[str, frozenset[str]] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.layout.sheet

    def has(self, part: str, name: str) -> bool:
        return name in self.present.get(part, ())

    def found(self, row: int, key: str, message: str, code: str, value: str = "") -> Found:
        """An error at a column of a row; at the row alone when the sheet has no such column."""
        position = self.positions.get(key, -1)
        column = by_key().get(key)
        label = self.layout.headings[position] if position >= 0 else (column.label if column else "")
        secret = bool(column and column.secret)
        return Found(self.name, row, label, last_four(value) if secret and len(value) > 8 else value, message, code, position, secret)


@dataclass
class Sheets:
    """All that the sheets of a file say, by household."""

    homes: dict[str, Home] = field(default_factory=dict)
    errors: list[Found] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    rows: int = 0

    def add(self, grid: Grid, layout: Layout, *, year: int) -> None:
        """Read one sheet. `year` is what its yearly facts are of when no column says so."""
        fill_merged(grid, layout)
        table = Table(layout)
        for position, columns in layout.columns.items():
            table.positions |= {column.key: position for column in columns}
        for part in layout.parts:
            table.present[part] = frozenset(c.name for columns in layout.columns.values() for c in columns if c.part == part)
        numbers, rows = self._kept(grid, layout)
        values, bad = self._values(table, numbers, list(zip(*rows, strict=True)) if rows else [])
        if rows:
            self.rows += len(rows)
            self._gather(table, numbers, values, bad, year)

    def _kept(self, grid: Grid, layout: Layout) -> tuple[list[int], list[list[Any]]]:
        """Rows that hold a record, with their numbers as a spreadsheet counts them."""
        numbers, rows = [], []
        for number, row in enumerate(grid.rows[layout.first_row :], start=layout.first_row + 1):
            if not any(row):
                continue
            if is_total(row):
                self.remarks.append(f"“{grid.name}”第{number}行是合计,没有当作记录。")
                continue
            numbers.append(number)
            rows.append(row)
        return numbers, rows

    def _values(self, table: Table, numbers: list[int], cells: list[tuple[Any, ...]]) -> tuple[dict[str, list[Any]], set[int]]:
        """Values by column key, and the places (not row numbers) of rows with a cell that cannot be taken."""
        values: dict[str, list[Any]] = {}
        bad: set[int] = set()
        wanted = {"", *table.layout.parts}
        for position, columns in table.layout.columns.items():
            for column in columns:
                if column.part in wanted and column.kind != "ignored" and cells:
                    values[column.key] = self._column(table, column, numbers, cells[position], bad)
        return values, bad

    def _column(self, table: Table, column: Column, numbers: list[int], cells: tuple[Any, ...], bad: set[int]) -> list[Any]:
        known = Cells(column)
        read = [known[cell] for cell in cells]
        if known.has_bad:
            for place, value in enumerate(read):
                if type(value) is Bad:
                    bad.add(place)
                    read[place] = None
                    self.errors.append(table.found(numbers[place], column.key, value.message, "value", value.value))
        return read

    def _gather(self, table: Table, numbers: list[int], values: dict[str, list[Any]], bad: set[int], year: int) -> None:
        size = len(numbers)
        keys = [values.get(name) or [None] * size for name in KEY_NAMES]
        villages, townships = (values.get(name) or [None] * size for name in ("village", "township"))
        records: dict[str, list[Record]] = {}
        for part in table.layout.parts:
            columns: list[Iterable[Any]] = [values.get(f"{part}.{name}") or repeat(None, size) for name in FIELDS[part]]
            records[part] = list(zip(*columns, strict=True))
        for place in range(size):
            code, ref, head_id = (column[place] for column in keys)
            row = numbers[place]
            key = code or ref or head_id
            if not key:
                if place not in bad:
                    self.errors.append(table.found(row, "household_code", "这一行没有户编号、表内户号或户主证件号码,不知道是哪一户的。", "key"))
                continue
            home = self.homes.get(key)
            line = Line(table, row, ())
            if home is None:
                home = self.homes[key] = Home(key, code or "", first=line)
            home.unread = home.unread or place in bad
            home.bad = home.bad or home.unread
            home.head_id = home.head_id or head_id or ""
            self._village(home, line, villages[place], townships[place])
            for part, found in records.items():
                self._put(home, part, Line(table, row, found[place]), year)

    def _village(self, home: Home, line: Line, village: str | None, township: str | None) -> None:
        if village and home.village and village != home.village:
            self._refuse(home, line, "village", f"同一户的村前后不一致,前面是“{home.village}”。", "conflict", village)
        home.village, home.township = home.village or village or "", home.township or township or ""

    def _refuse(self, home: Home, line: Line, key: str, message: str, code: str, value: str = "") -> None:
        home.bad = True
        self.errors.append(line.table.found(line.row, key, message, code, value))

    def _put(self, home: Home, part: str, line: Line, year: int) -> None:
        if not any(value is not None for value in line.record):
            if part == HOUSEHOLD and home.household is None:
                home.household = line
            return
        flat = MEMBER in line.table.present and part != MEMBER
        if part == MEMBER:
            home.members.append(line)
        elif part == HOUSEHOLD:
            home.household = self._once(home, part, home.household, line, flat)
        else:
            yearly = home.living if part == LIVING else home.incomes
            of = line.record[INDEX[part]["year"]] or year
            yearly[of] = self._once(home, part, yearly.get(of), line, flat)

    def _once(self, home: Home, part: str, before: Line | None, line: Line, flat: bool) -> Line:
        """The one line of a household (or year). In a sheet of one row a member it is repeated, and must not contradict itself."""
        if before is None or not any(value is not None for value in before.record):
            return line
        if line.record == before.record and flat:
            return before
        if not flat:
            self._refuse(home, line, "household_code", f"这一户在第{before.row}行已填过,请删去一行。", "twice")
            return before
        for name, old, new in zip(FIELDS[part], before.record, line.record, strict=True):
            if old is not None and new is not None and old != new:
                self._refuse(home, line, f"{part}.{name}", f"同一户的内容前后不一致,见第{before.row}行。", "conflict")
        merged = tuple(old if old is not None else new for old, new in zip(before.record, line.record, strict=True))
        return Line(before.table, before.row, merged)


@dataclass
class Reading:
    """A file as read: its records, how each sheet is laid out, and the headings of sheets nobody knows."""

    sheets: Sheets
    layouts: list[Layout] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)

    @property
    def lacking(self) -> list[str]:
        """What has to be said about columns before the file can be checked."""
        if not self.layouts:
            return ["没有一张工作表的列标题能认出来。请指明各列是什么。"]
        return [f"“{layout.sheet}”没有户编号、表内户号或户主证件号码列,不知道哪些行是一户。" for layout in self.layouts if not layout.is_keyed]


def read_file(data: bytes, kind: str, *, chosen: Mapping[str, str] | None = None, year: int) -> Reading:
    """Read the sheets of a file that passed `reading.checked`. Raises FileError."""
    reading = Reading(Sheets())
    for grid in grids(data, kind):
        layout = recognise(grid, chosen)
        if layout is None or not layout.parts:
            if not grid.hidden and (headings := candidate(grid)):
                reading.unknown[grid.name] = headings
            continue
        reading.layouts.append(layout)
        reading.sheets.remarks += [f"“{grid.name}”有两列都是“{text}”,只用前一列。" for text in layout.doubled]
        if grid.hidden:
            reading.sheets.remarks.append(f"“{grid.name}”是隐藏的工作表,也已读入。")
        if layout.is_keyed:
            reading.sheets.add(grid, layout, year=year)
    return reading


__all__ = ["HOUSEHOLD", "INCOME", "INDEX", "LIVING", "MEMBER", "Found", "Home", "Line", "Reading", "Record", "Sheets", "Table", "read_file"]
