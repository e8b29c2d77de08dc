"""Households into the register by COPY: rows made in worker processes, copied by the owner in one transaction."""

import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection

from core import crypto
from core.pinyin import grams
from demo.households import VillageTraits, make_family, sizes_for
from demo.names import NumberSource

LOADED_AT = datetime(2017, 9, 20, 9, 0).isoformat()
TABLES = ("households_household", "households_member", "households_living", "households_income", "households_namegram")


@dataclass(frozen=True)
class VillageOrder:
    """What one village is to get; ids are given ahead so that workers need no database."""

    traits: VillageTraits
    village_id: int
    group_ids: tuple[int, ...]
    households: int
    members: int
    first_household: int
    first_member: int
    first_living: int
    first_income: int
    seed: int


def _text(value: Any) -> str:
    """A value in COPY's text format."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, list | tuple):
        return "{" + ",".join(map(str, value)) + "}"
    if isinstance(value, date | Decimal | int):
        return str(value)
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")


def _columns(model: Any) -> list[str]:
    return [f.column for f in model._meta.concrete_fields if not getattr(f, "generated", False)]


def columns() -> dict[str, list[str]]:
    """Column order of each table, from the models."""
    from households.models import Household, Income, Living, Member

    return {
        "households_household": _columns(Household),
        "households_member": _columns(Member),
        "households_living": _columns(Living),
        "households_income": _columns(Income),
        "households_namegram": ["gram", "village_id", "household_id"],
    }


def _encrypt(row: dict[str, Any], name: str, purpose: str) -> None:
    row[f"{name}_index"] = crypto.blind_index(row[name], purpose)
    row[name] = crypto.encrypt(row[name])


def make_village(order: VillageOrder, orders: dict[str, list[str]]) -> dict[str, bytes]:
    """The COPY text of one village's households, members, conditions, incomes and name fragments."""
    random = Random(order.seed)
    numbers = NumberSource(order.first_member)
    out = {table: io.StringIO() for table in TABLES}
    household_id, member_id = order.first_household, order.first_member
    living_id, income_id = order.first_living, order.first_income

    def write(table: str, row: dict[str, Any]) -> None:
        out[table].write("\t".join([_text(row.get(name)) for name in orders[table]]) + "\n")

    for serial, size in enumerate(sizes_for(order.households, order.members, random), start=1):
        family = make_family(order.traits, serial, size, random, numbers)
        here = {"village_id": order.village_id, "household_id": household_id}
        row = family.household | {"id": household_id, "village_id": order.village_id, "created_at": LOADED_AT, "updated_at": LOADED_AT}
        row["group_id"] = order.group_ids[row.pop("group_number") - 1]
        _encrypt(row, "phone", "phone")
        _encrypt(row, "bank_account", "bank_account")
        write("households_household", row)
        fragments: set[str] = set()
        for number, member in enumerate(family.members, start=1):
            fragments |= grams(member["name"])
            _encrypt(member, "id_number", "id_number")
            _encrypt(member, "disability_number", "disability_number")
            member["illness_note"] = ""
            write("households_member", member | here | {"id": member_id, "number": number})
            member_id += 1
        for row in family.living:
            write("households_living", row | here | {"id": living_id})
            living_id += 1
        for row in family.incomes:
            write("households_income", row | here | {"id": income_id})
            income_id += 1
        for fragment in fragments:
            write("households_namegram", {"gram": fragment, **here})
        household_id += 1
    return {table: buffer.getvalue().encode() for table, buffer in out.items()}


def _made(orders: list[VillageOrder], layout: dict[str, list[str]], workers: int) -> Iterator[dict[str, bytes]]:
    if workers <= 1 or len(orders) < 8:
        yield from (make_village(order, layout) for order in orders)
        return
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        window = 2 * workers
        waiting = [pool.submit(make_village, order, layout) for order in orders[:window]]
        for position in range(len(orders)):
            done = waiting.pop(0).result()
            if window + position < len(orders):
                waiting.append(pool.submit(make_village, orders[window + position], layout))
            yield done


def copy_households(orders: list[VillageOrder], *, workers: int = 1, progress: Callable[[int], None] | None = None) -> None:
    """Copy all villages' rows in the surrounding transaction. Runs as the owner."""
    layout = columns()
    done = 0
    with connection.cursor() as cursor:
        for batch in _batches(zip(orders, _made(orders, layout, workers), strict=True), 20):
            for table in TABLES:
                names = ", ".join(f'"{name}"' for name in layout[table])
                with cursor.copy(f"copy {table} ({names}) from stdin") as copy:
                    for _, made in batch:
                        copy.write(made[table])
            done += sum(order.households for order, _ in batch)
            if progress:
                progress(done)
        for table in TABLES[:4]:
            cursor.execute("select setval(pg_get_serial_sequence(%s, 'id'), (select max(id) from " + table + "))", [table])


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


class light_load:
    """For loads of many rows: triggers, foreign keys and lookups step aside and are checked as sets afterwards."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")  # what was written so far must not wait any more
            marks = ", ".join(["%s"] * len(TABLES))
            cursor.execute(
                "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
                f"where contype = 'f' and conrelid::regclass::text in ({marks})", list(TABLES))  # fmt: skip
            self.keys = cursor.fetchall()
            cursor.execute(
                "select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index "
                f"where indrelid::regclass::text in ({marks}) and not indisprimary and not exists "
                "(select from pg_constraint c where c.conindid = indexrelid)", list(TABLES))  # fmt: skip
            self.indexes = cursor.fetchall()
            for table, name, _ in self.keys:
                cursor.execute(f'alter table {table} drop constraint "{name}"')
            for name, _ in self.indexes:
                cursor.execute(f"drop index {name}")
            for table in TABLES:
                cursor.execute(f"alter table {table} disable trigger user")

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is not None:
            return
        with connection.cursor() as cursor:
            for _, definition in self.indexes:
                cursor.execute(definition)
            for table, name, definition in self.keys:
                cursor.execute(f'alter table {table} add constraint "{name}" {definition}')
            for table in TABLES:
                cursor.execute(f"alter table {table} enable trigger user")
            cursor.execute(
                "select count(*) from households_household h where ended_on is null and not exists (select from "
                "households_member m where m.household_id = h.id and m.relation = '01' and m.left_on is null)"
            )
            if cursor.fetchone()[0]:
                raise RuntimeError("a loaded household has no head")
