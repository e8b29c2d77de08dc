"""A figure is a question that can be asked: key, label, unit, the rows it counts, an as-of day, a page of rows.

Each room declares its figures in its own `figures.py`; `figures`, the drill-down page, the charts and the
reports all ask here, so that no number is computed in two places.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

Rows = Callable[[date], QuerySet]
Number = int | Decimal | None


@dataclass(frozen=True)
class Figure:
    """`rows(as_of)` gives the rows counted; `value(queryset)` makes the number of them (default: how many).

    `bound` is "exact", or "lower" for a figure officials give as "20余" and which is shown so.
    `columns` are (label, lookup or callable) pairs of the drill-down page; `permission` is what reading takes.
    """

    key: str
    label: str
    unit: str
    rows: Rows
    permission: str
    value: Callable[[QuerySet], Number] | None = None
    columns: tuple[tuple[str, Any], ...] = ()
    bound: str = "exact"
    source: str = ""
    scale: int = 0

    def compute(self, as_of: date, user: Any = None) -> Number:
        """The number on a day, over what the user may see (None: over everything)."""
        return self.number(self.visible(as_of, user))

    def number(self, rows: QuerySet) -> Number:
        """What the figure makes of its rows, or of a part of them (one village's)."""
        number = self.value(rows) if self.value else rows.order_by().count()
        if isinstance(number, Decimal):
            return number.quantize(Decimal(1).scaleb(-self.scale)) if self.scale else number
        return number

    def visible(self, as_of: date, user: Any = None) -> QuerySet:
        rows = self.rows(as_of)
        if user is not None and hasattr(rows, "visible_to"):
            return rows.visible_to(user, self.permission)
        return rows


_figures: dict[str, Figure] = {}


def register(figure: Figure) -> Figure:
    if figure.key in _figures:
        raise ValueError(f"figure {figure.key} is registered twice")
    _figures[figure.key] = figure
    return figure


def all_figures() -> list[Figure]:
    return list(_figures.values())


def get(key: str) -> Figure:
    """Raises KeyError for a key nobody registered."""
    return _figures[key]


def total_wan(field: str) -> Callable[[QuerySet], Decimal]:
    """The sum of a yuan field in 万元, trailing zeros kept off."""

    def value(rows: QuerySet) -> Decimal:
        total = rows.order_by().aggregate(total=Sum(field))["total"] or Decimal(0)
        return (total / 10_000).normalize()

    return value


def plain(number: Number) -> int | float | None:
    """For JSON: whole numbers as int, others as float of their decimal text."""
    if isinstance(number, Decimal):
        return int(number) if number == number.to_integral_value() else float(number)
    return number
