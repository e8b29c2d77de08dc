"""Keyset pages: the cost of a page does not grow with how far one has turned."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Model, Q, QuerySet
from django.http import QueryDict

PAGE_SIZE = 50
COUNT_CAP = 1_000
FILTERED_CAP = 200  # counting what a filter leaves may walk far: a page must not wait for it


@dataclass(frozen=True)
class Page:
    """One page of a list, its neighbours' addresses and how many rows the whole list has, up to a cap."""

    rows: list[Any]
    next_url: str
    previous_url: str
    count: int | None
    count_label: str

    @property
    def has_next(self) -> bool:
        return bool(self.next_url)

    @property
    def has_previous(self) -> bool:
        return bool(self.previous_url)

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def encode(values: Sequence[Any]) -> str:
    text = json.dumps([str(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, length: int) -> list[str] | None:
    """The key of a cursor, or None for anything that is not one (then the list starts at its beginning)."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != length:
        return None
    if not all(isinstance(value, str) and "\0" not in value and len(value) < 200 for value in values):
        return None
    return values


def beyond(order: Sequence[str], values: Sequence[Any], *, backwards: bool) -> Q:
    """Rows after (or before) a key in a mixed-direction order, as nested comparisons an index can walk."""
    condition = Q()
    for position in range(len(order)):
        equal = {name.lstrip("-"): value for name, value in zip(order[:position], values, strict=False)}
        name = order[position]
        descending = name.startswith("-") != backwards
        lookup = f"{name.lstrip('-')}__{'lt' if descending else 'gt'}"
        condition |= Q(**equal, **{lookup: values[position]})
    first = order[0]
    descending = first.startswith("-") != backwards
    bound = f"{first.lstrip('-')}__{'lte' if descending else 'gte'}"
    return Q(**{bound: values[0]}) & condition


def capped_count(rows: QuerySet, cap: int = COUNT_CAP, order: Sequence[str] = ()) -> int:
    """How many, counted no further than cap + 1; in a list's own `order` the planner walks the same index as for its page."""
    return rows.order_by(*order).values("pk")[: cap + 1].count()


def _total(rows: QuerySet, found: list[Any], order: Sequence[str], *, has_next: bool, first: bool, cap: int) -> int:
    if first and not has_next:
        return len(found)
    return capped_count(rows, cap, order)


def walk_in_order() -> None:
    """For the rest of this transaction, walk indexes in the list's order instead of joining whole tables and sorting.

    The planner takes a fragment's village and household for independent, expects ten rows of a hundred
    thousand, and then reads every household to find them (700 ms instead of 1 ms at a million).
    """
    off = ", ".join(f"set_config('enable_{name}', 'off', true)" for name in ("hashjoin", "mergejoin", "sort", "seqscan"))
    with connection.cursor() as cursor:
        cursor.execute(f"select {off}")


def is_big(model: type[Model], least: int = 50_000) -> bool:
    """Whether a table is too big to be counted while a page waits, by PostgreSQL's own estimate."""
    with connection.cursor() as cursor:
        cursor.execute("select reltuples >= %s from pg_class where oid = %s::regclass", [least, model._meta.db_table])
        row = cursor.fetchone()
    return bool(row and row[0])


def _link(query: QueryDict, **changes: str) -> str:
    query = query.copy()
    for name in ("after", "before", "page"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return "?" + query.urlencode()


def keyset_page(
    rows: QuerySet,
    query: QueryDict,
    *,
    order: Sequence[str],
    size: int = PAGE_SIZE,
    count: bool = True,
    cap: int = COUNT_CAP,
) -> Page:
    """A page of `rows` in `order` (field names, '-' for descending, unique together) at the cursor in `query`.

    The whole list is counted no further than `cap`, and not at all where the page shows all of it.
    """
    fields = [name.lstrip("-") for name in order]
    before, after = query.get("before", ""), query.get("after", "")
    backwards = bool(before)
    key = decode(before or after, len(order)) if (before or after) else None
    if key is not None:
        try:
            key = [rows.model._meta.get_field(name.split("__")[0]).to_python(value)
                   if "__" not in name else value for name, value in zip(fields, key, strict=True)]  # fmt: skip
        except Exception:
            key = None
    backwards = backwards and key is not None
    ordering = [F(f).asc() if (name.startswith("-") == backwards) else F(f).desc()
                for f, name in zip(fields, order, strict=True)]  # fmt: skip
    narrowed = rows.filter(beyond(order, key, backwards=backwards)) if key is not None else rows
    found = list(narrowed.order_by(*ordering)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_next = bool(found) and (more if not backwards else True)
    has_previous = bool(found) and ((key is not None) if not backwards else more)
    total = _total(rows, found, order, has_next=has_next, first=key is None, cap=cap) if count else None
    return Page(
        rows=found,
        next_url=_link(query, after=encode(_key(found[-1], fields))) if has_next else "",
        previous_url=_link(query, before=encode(_key(found[0], fields))) if has_previous else "",
        count=total,
        count_label="" if total is None else (f"{cap:,}+" if total > cap else f"{total:,}"),
    )


def _key(row: Any, fields: Sequence[str]) -> list[Any]:
    values = []
    for name in fields:
        value = row
        for part in name.split("__"):
            value = getattr(value, part)
        values.append(value)
    return values
