"""Which row of a sheet is its heading, and which column is what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from households.sheets.columns import INCOME, LIVING, MEMBER, PARTS, Column, by_heading, by_key, heading
from households.sheets.reading import Grid

LOOKED_AT = 25
LEAST = 2
IGNORE = "-"
TOTALS = ("合计", "总计", "小计", "共计", "总和")
FILLED_CELLS = 1_000_000
KEY_NAMES = ("household_code", "ref", "head_id")


@dataclass
class Layout:
    """How a sheet is laid out: rows of headings (0-based), and what each column position holds."""

    sheet: str
    heading_row: int
    first_row: int
    headings: list[str]
    columns: dict[int, tuple[Column, ...]] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    @property
    def keys(self) -> set[str]:
        return {column.key for found in self.columns.values() for column in found}

    @property
    def parts(self) -> list[str]:
        """The parts this sheet has rows of: a year alone makes none, nor does a part without its required columns being possible."""
        held = {column.part for found in self.columns.values() for column in found if column.part and column.name not in {"year", "population"}}
        if MEMBER in held and not self.keys & {"member.name", "member.id_number"}:
            held.discard(MEMBER)
        if "village" in self.keys and MEMBER not in held and not held & {LIVING, INCOME}:
            held.add(PARTS[0])
        return [part for part in PARTS if part in held]

    @property
    def is_keyed(self) -> bool:
        return bool(self.keys & set(KEY_NAMES))


def _columns(row: list[Any], chosen: Mapping[str, str]) -> dict[int, tuple[Column, ...]]:
    known, keys = by_heading(), by_key()
    found: dict[int, tuple[Column, ...]] = {}
    for position, cell in enumerate(row):
        text = heading(cell) if isinstance(cell, str) else ""
        if not text:
            continue
        wanted = chosen.get(text)
        if wanted in keys:
            found[position] = (keys[wanted],)
        elif wanted != IGNORE and text in known:
            found[position] = known[text]
    return found


def recognise(grid: Grid, chosen: Mapping[str, str] | None = None) -> Layout | None:
    """The layout of a sheet, or None for one without a heading of ours. `chosen` is what somebody said of headings before."""
    rows = grid.rows[:LOOKED_AT]
    found = [_columns(row, chosen or {}) for row in rows]
    best = max(range(len(rows)), key=lambda number: (len(found[number]), -number), default=-1)
    if best < 0 or len(found[best]) < LEAST:
        return None
    last = best
    while last + 1 < len(rows) and len(found[last + 1]) * 2 >= len(found[best]):
        last += 1  # a second row of headings, as in our own workbook
    texts = [str(cell).strip() if cell is not None else "" for cell in grid.rows[last]]
    upper = [str(cell).strip() if cell is not None else "" for cell in grid.rows[best]]
    layout = Layout(grid.name, best, last + 1, [text or above for text, above in zip(texts, upper, strict=True)])
    taken: set[str] = set()
    for position, text in enumerate(layout.headings):
        columns = tuple(column for column in found[best].get(position, ()) if column.key not in taken)
        if columns:
            layout.columns[position] = columns
            taken |= {column.key for column in columns}
        elif position in found[best]:
            layout.doubled.append(text)
        elif text:
            layout.unused.append(text)
    return layout


def candidate(grid: Grid) -> list[str]:
    """The headings of a sheet nobody knows yet: its first row with several different texts."""
    for row in grid.rows[:LOOKED_AT]:
        texts = [str(cell).strip() for cell in row if isinstance(cell, str) and cell.strip()]
        if len(set(texts)) >= 3:
            return texts
    return []


def fill_merged(grid: Grid, layout: Layout) -> None:
    """A cell merged over several rows counts for each of them."""
    left = FILLED_CELLS
    for (top, column), (bottom, _) in grid.merged:
        if bottom <= top or top < layout.first_row or column not in layout.columns or top >= len(grid.rows):
            continue
        value = grid.rows[top][column]
        for number in range(top + 1, min(bottom + 1, len(grid.rows))):
            left -= 1
            if left < 0:
                return
            grid.rows[number][column] = value


def is_total(row: list[Any]) -> bool:
    """Whether a row is a sum below the table and not a record."""
    first = next((cell for cell in row if cell not in ("", None)), "")
    return isinstance(first, str) and first.replace(" ", "").startswith(TOTALS)
