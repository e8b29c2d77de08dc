"""Rows of a checked workbook into the register: copied into temporary tables, then written in sets, history with them.

COPY into a table behind the wall is refused by the database, and would leave out nothing here: row security, constraints
and the recording triggers see every row as if it were typed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db import connection, models

from core import crypto
from core.fields import BlindIndexField, EncryptedTextField
from core.pinyin import grams
from households.models import NameGram
from households.rules.codes import PovertyStatus
from households.services.errors import HouseholdsError
from households.services.register import CODE_LOCKS
from households.sheets.checking import CREATED, Plan, Row
from households.sheets.columns import FIELDS, HOUSEHOLD, INCOME, LIVING, MEMBER, MODELS
from households.sheets.tables import INDEX

BATCH = 2_000
NULL = "\\N"
_NAME, _LEFT = INDEX[MEMBER]["name"], INDEX[MEMBER]["left_on"]
_STATUS, _CONFIRMED = (INDEX[HOUSEHOLD][name] for name in ("poverty_status", "status_confirmed_on"))


@dataclass(frozen=True)
class Shape:
    """How a part's records become columns of its table."""

    table: str
    columns: tuple[str, ...]  # of the table, in the order they are copied
    sources: tuple[str, ...]  # the record's field or the extra value each comes from
    kinds: tuple[str, ...]  # plain, secret, index
    purposes: tuple[str, ...]


EXTRA = {
    HOUSEHOLD: ("id", "village_id", "household_code", "warning_count", "version", "created_at", "updated_at"),
    MEMBER: ("id", "village_id", "household_id"),
    LIVING: ("id", "village_id", "household_id"),
    INCOME: ("id", "village_id", "household_id"),
}


@cache
def shape(part: str) -> Shape:
    """From the model: an encrypted field is two columns where it has a blind index."""
    model: Any = MODELS[part]
    indexes: dict[str, Any] = {field.source: field for field in model._meta.fields if isinstance(field, BlindIndexField)}
    columns, sources, kinds, purposes = list(EXTRA[part]), list(EXTRA[part]), ["plain"] * len(EXTRA[part]), [""] * len(EXTRA[part])
    for name in FIELDS[part]:
        field = model._meta.get_field(name)
        columns.append(field.column)
        sources.append(name)
        kinds.append("secret" if isinstance(field, EncryptedTextField) else "plain")
        purposes.append("")
        if name in indexes:
            columns.append(indexes[name].column)
            sources.append(name)
            kinds.append("index")
            purposes.append(indexes[name].purpose or "")
    for field in model._meta.concrete_fields:  # what no column of a workbook says: the model's own default
        if field.column not in columns and not isinstance(field, models.GeneratedField) and not field.null:
            columns.append(field.column)
            sources.append(f"={field.get_default()}")
            kinds.append("plain")
            purposes.append("")
    return Shape(model._meta.db_table, tuple(columns), tuple(sources), tuple(kinds), tuple(purposes))


class Texts(dict[Any, str]):
    """Values in COPY's text format; each different value is set once."""

    def __missing__(self, value: Any) -> str:
        if value is None:
            text = NULL
        elif value is True or value is False:
            text = "t" if value else "f"
        elif isinstance(value, tuple):
            text = "{" + ",".join(value) + "}"
        else:
            text = str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        self[value] = text
        return text


Record = tuple[tuple[Any, ...], tuple[Any, ...]]  # the extra values, and the values by field


def _column(part: str, form: Shape, position: int, extras: list[tuple[Any, ...]], values: list[tuple[Any, ...]]) -> list[str]:
    source, kind = form.sources[position], form.kinds[position]
    if source.startswith("="):
        return [source[1:]] * len(extras[0])
    if position < len(EXTRA[part]):
        return [NULL if value is None else str(value) for value in extras[position]]
    plain = values[INDEX[part][source]]
    if kind == "secret":
        return [crypto.encrypt(value) for value in plain]
    if kind == "index":
        purpose = form.purposes[position]
        return [crypto.blind_index(value, purpose) or NULL for value in plain]
    texts = Texts()
    return [texts[value] for value in plain]


def copy_text(part: str, records: list[Record]) -> str:
    """The lines COPY takes for some records of a part."""
    form = shape(part)
    extras, values = list(zip(*(extra for extra, _ in records), strict=True)), list(zip(*(value for _, value in records), strict=True))
    columns = [_column(part, form, position, extras, values) for position in range(len(form.columns))]  # type: ignore[arg-type]
    return "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def insert(part: str, records: list[Record]) -> None:
    """New rows of a part, through a temporary table."""
    if not records:
        return
    form = shape(part)
    names = _quoted(form.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"create temp table import_{part} on commit drop as select {names} from {form.table} with no data")
        with cursor.copy(f"copy import_{part} ({names}) from stdin") as copy:
            for start in range(0, len(records), BATCH):
                copy.write(copy_text(part, records[start : start + BATCH]))
        cursor.execute(f"insert into {form.table} ({names}) select {names} from import_{part}")
        cursor.execute(f"drop table import_{part}")


def update(part: str, records: list[tuple[Record, tuple[str, ...]]]) -> None:
    """Changed rows of a part: only the columns that change are touched, so that what stays encrypted stays as it is."""
    if not records:
        return
    form = shape(part)
    names = _quoted(form.columns)
    always = {"warning_count"} if part == HOUSEHOLD else set()
    touched = {name for _, changed in records for name in changed}
    sets = [
        f'"{column}" = case when %s = any(i.changed) then i."{column}" else t."{column}" end'
        for column, source in zip(form.columns, form.sources, strict=True)
        if source in touched
    ]
    parameters = [source for source in form.sources if source in touched]
    if part == HOUSEHOLD:
        sets += ["version = t.version + 1", "updated_at = now()", *(f"{name} = i.{name}" for name in always)]
    with connection.cursor() as cursor:
        cursor.execute(f"create temp table import_{part} on commit drop as select {names}, null::text[] as changed from {form.table} with no data")
        with cursor.copy(f"copy import_{part} ({names}, changed) from stdin") as copy:
            for start in range(0, len(records), BATCH):
                some = records[start : start + BATCH]
                lines = copy_text(part, [record for record, _ in some]).splitlines()
                copy.write("".join(f"{line}\t{{{','.join(changed)}}}\n" for line, (_, changed) in zip(lines, some, strict=True)))
        head_first = (" and not (i.relation = '01' and i.left_on is null)", " and i.relation = '01' and i.left_on is null")
        for condition in head_first if part == MEMBER else ("",):
            # Who stops being head is written before who becomes it: the one-head index is checked row by row.
            cursor.execute(f"update {form.table} t set {', '.join(sets)} from import_{part} i where i.id = t.id{condition}", parameters)
        cursor.execute(f"drop table import_{part}")


def reserve(part: str, count: int) -> Iterator[int]:
    """So many fresh ids of a part's table."""
    with connection.cursor() as cursor:
        sequence = "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)"
        cursor.execute(sequence, [shape(part).table, count])
        return iter([row[0] for row in cursor.fetchall()])


def give_codes(plans: list[Plan], codes: dict[int, str]) -> None:
    """Household codes for new households: the village's own 12 digits and its next serials. Locks the villages' counters in order."""
    waiting: dict[int, list[Plan]] = {}
    for plan in plans:
        if not plan.home.code:
            waiting.setdefault(plan.village_id, []).append(plan)
    for village_id, new in sorted(waiting.items()):
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [CODE_LOCKS, village_id])
            cursor.execute("select code from villages_village where id = %s", [village_id])
            code = cursor.fetchone()[0]
            cursor.execute("select max(household_code) from households_household where village_id = %s and household_code >= %s "
                           "and household_code < %s", [village_id, code, code + "~"])  # fmt: skip
            last = cursor.fetchone()[0]
        given = {plan.home.code for plan in plans if plan.village_id == village_id and plan.home.code}
        serial = int(last[12:]) if last else 0
        for plan in new:
            serial += 1
            while f"{code}{serial:04d}" in given:
                serial += 1
            if serial > 9999:
                raise HouseholdsError(f"村 {code} 的户编号已用完(9999户),请联系市扶贫部门。")
            codes[id(plan)] = f"{code}{serial:04d}"


def write(plans: list[Plan], *, today: date, progress: Callable[[int, int, str], None]) -> dict[int, int]:
    """All rows of these plans, in sets; household ids by the plan's identity. In the caller's transaction."""
    new, changed = [plan for plan in plans if plan.action == CREATED], [plan for plan in plans if plan.action != CREATED]
    codes: dict[int, str] = {}
    give_codes(new, codes)
    ids = dict(zip(map(id, new), reserve(HOUSEHOLD, len(new)), strict=True))
    ids |= {id(plan): plan.pk for plan in changed}  # type: ignore[misc]
    total = len(plans)
    progress(0, total, "正在写入户")
    moment = _now()
    insert(HOUSEHOLD, [
        ((ids[id(plan)], plan.village_id, plan.home.code or codes[id(plan)], plan.warnings, 1, moment, moment), _confirmed(plan.household, today).record)
        for plan in new
    ])  # fmt: skip
    update(HOUSEHOLD, [
        (((plan.pk, plan.village_id, plan.home.code, plan.warnings, 1, moment, moment), row.record), row.changed)
        for plan in changed for row in [_confirmed(plan.household, today)]
    ])  # fmt: skip
    for part, label in ((MEMBER, "成员"), (LIVING, "生产生活条件"), (INCOME, "收入")):
        progress(total // 4, total, f"正在写入{label}")
        _children(part, plans, ids)
    progress(total // 2, total, "正在更新检索")
    _search_keys(plans, ids)
    return ids


def _now() -> str:
    from django.utils import timezone

    return timezone.now().isoformat()


def _confirmed(row: Row, today: date) -> Row:
    """As on the entry screen: a status that has changed is confirmed today when no day is given."""
    changes = row.pk is None or "poverty_status" in row.changed
    if not changes or row.record[_STATUS] == PovertyStatus.POOR or row.record[_CONFIRMED] is not None:
        return row
    record = (*row.record[:_CONFIRMED], today, *row.record[_CONFIRMED + 1 :])
    return Row(row.pk, record, (*row.changed, "status_confirmed_on"), row.line, row.before)


def _rows(part: str, plan: Plan) -> list[Row]:
    return {MEMBER: plan.members, LIVING: plan.living, INCOME: plan.incomes}[part]


def _children(part: str, plans: list[Plan], ids: dict[int, int]) -> None:
    fresh = [(plan, row) for plan in plans for row in _rows(part, plan) if row.pk is None]
    numbers = reserve(part, len(fresh))
    records = [((next(numbers), plan.village_id, ids[id(plan)]), row.record) for plan, row in fresh]
    stale = [
        (((row.pk, plan.village_id, ids[id(plan)]), row.record), row.changed) for plan in plans for row in _rows(part, plan) if row.pk and row.changed
    ]
    update(part, stale)  # who leaves makes room for who comes
    insert(part, records)


def _search_keys(plans: list[Plan], ids: dict[int, int]) -> None:
    """The name fragments of households whose names or members changed."""
    touched = [plan for plan in plans if any(row.pk is None or {"name", "left_on"} & set(row.changed) for row in plan.members)]
    old = [ids[id(plan)] for plan in touched if plan.action != CREATED]
    with connection.cursor() as cursor:
        if old:
            cursor.execute("delete from households_namegram where household_id = any(%s)", [old])
        cursor.execute("create temp table import_gram (village_id int, household_id int, grams text[]) on commit drop")
        with cursor.copy("copy import_gram from stdin") as copy:
            for start in range(0, len(touched), BATCH):
                copy.write("".join(_gram_line(plan, ids[id(plan)]) for plan in touched[start : start + BATCH]))
        cursor.execute(f"insert into {NameGram._meta.db_table} (gram, village_id, household_id) "
                       "select unnest(grams), village_id, household_id from import_gram")  # fmt: skip
        cursor.execute("drop table import_gram")


def _gram_line(plan: Plan, household_id: int) -> str:
    found: set[str] = set()
    for row in plan.members:
        if row.record[_LEFT] is None:
            found |= grams(row.record[_NAME])
    quoted = ",".join('"' + text.replace("\\", "\\\\\\\\").replace('"', '\\\\"') + '"' for text in found)
    return f"{plan.village_id}\t{household_id}\t{{{quoted}}}\n"
