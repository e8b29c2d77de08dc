"""Wall two: row security, and a history the application can neither forge nor switch off.

`install()` is run as the owner after every migrate. It is written to be run again and again: it brings
roles, grants, policies and triggers to the state the models ask for.

A table is behind the wall when its model has a `village` foreign key (or declares `wall_village`);
rows also open to single-household users (helpers, banks) when it has a `household` foreign key (or
declares `wall_household`); a row without a village may be its owners' alone (`wall_owner`, one column or several) or that of an area
(`wall_area`, a code prefix): whoever has a grant in the area or above it reads it; with `wall_place` only whoever has one on the
area or above. A row may be open to the liaison of its unit (`wall_unit`). A row that hangs on a walled one follows it
(`wall_parent`: its foreign key). `core_event` follows the same rule through its plain id columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models

EVENT_TABLE = "core_event"
UNRECORDED = {"core_event", "core_seal", "accounts_accessseal", "workflow_draft", "workflow_job", "accounts_accessevent", "accounts_session",
              "households_namegram", "cadres_presenceposition"}  # fmt: skip
INSERT_ONLY = {"accounts_accessevent", "cadres_presence", "cadres_correction", "cadres_spotcheck", "cadres_cadreaction", "cadres_teamexpense"}
UNRECORDED |= {"workflow_alertrun", "workflow_bulkchangerow"}
UNRECORDED |= {"accounts_oldpassword"}
UNRECORDED |= {"workflow_serial"}
INSERT_ONLY |= {"workflow_noticerecord"}
UNRECORDED |= {"workflow_message"}
INSERT_ONLY |= {"workflow_decision", "workflow_evidence", "workflow_signature"}
READ_ONLY = {"core_event", "core_seal", "accounts_accessseal"}
UNRECORDED |= {"assessments_ballot", "assessments_answer", "assessments_paperbatch", "assessments_scoreseal"}
INSERT_ONLY |= {"assessments_score"}
READ_ONLY |= {"assessments_scoreseal"}
UNRECORDED |= {"funds_balance"}
INSERT_ONLY |= {"funds_fundallocation", "funds_indicatorreturn", "funds_payment", "funds_paymentresult", "funds_returnfile", "funds_repayment",
                "funds_instalment"}  # fmt: skip
READ_ONLY |= {"funds_balance"}
INSERT_ONLY |= {"households_registerchange", "households_householdyear"}
UNRECORDED |= {"funds_balanceproof", "funds_clue", "funds_cluetransfer", "funds_accountability", "funds_clueevent"}
INSERT_ONLY |= {"funds_balanceproof", "funds_clueevent", "funds_accountability"}
PUBLIC_TABLES: set[str] = set()


@dataclass(frozen=True)
class Walled:
    """A table and the columns that say which village and household a row belongs to."""

    table: str
    village: str
    household: str
    owners: tuple[str, ...] = ()
    area: str = ""
    place: str = ""
    unit: str = ""
    parent: str = ""  # the column that names the walled row
    parent_table: str = ""


def our_models() -> Iterator[type[models.Model]]:
    """Every concrete model of our rooms, many-to-many tables too."""
    for label in settings.ROOMS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                yield model


def _column(model: type[models.Model], name: str) -> str:
    declared = getattr(model, f"wall_{name}", None)
    if declared is not None:
        return declared
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    return field.column if getattr(field, "concrete", False) and field.many_to_one else ""


def walled(model: type[models.Model]) -> Walled | None:
    """How the model's table is walled, or None for a table that holds no village's rows."""
    if model._meta.db_table == EVENT_TABLE:
        return Walled(EVENT_TABLE, "village_id", "household_id")
    if parent := getattr(model, "wall_parent", ""):
        key: Any = model._meta.get_field(parent)
        return Walled(model._meta.db_table, "", "", parent=key.column, parent_table=key.related_model._meta.db_table)
    village = _column(model, "village")
    if not village:
        return None
    owners = getattr(model, "wall_owner", ())
    return Walled(
        model._meta.db_table, village, _column(model, "household"), (owners,) if isinstance(owners, str) else tuple(owners),
        getattr(model, "wall_area", ""), getattr(model, "wall_place", ""), getattr(model, "wall_unit", ""),
    )  # fmt: skip


def policy(wall: Walled) -> str:
    """The row test. Sub-selects are evaluated once; a setting that ended is '' and not null.

    The first arm is a bare truth value: the planner then expects half of the rows and not one in two hundred, and
    walks a list's index instead of sorting the whole table.
    """
    if wall.parent:
        return f"exists (select from {wall.parent_table} upper where upper.id = {wall.table}.{wall.parent})"
    arms = [
        "(select current_setting('app.all', true) = 'on')",
        f"{wall.village} = any((select nullif(current_setting('app.villages', true), '')::bigint[])::bigint[])",
    ]
    if wall.household:
        arms.append(f"{wall.household} = any((select nullif(current_setting('app.households', true), '')::bigint[])::bigint[])")
    for owner in wall.owners:
        arms.append(f"{wall.village} is null and {owner} = (select nullif(current_setting('app.user', true), '')::bigint)")
    mine = "(select from unnest(string_to_array(nullif(current_setting('app.areas', true), ''), ',')) mine where"
    if wall.area:
        arms.append(
            f"{wall.village} is null and {wall.area} <> '' and exists {mine} starts_with({wall.area}, mine) or starts_with(mine, {wall.area}))"
        )
    if wall.place:
        arms.append(f"{wall.village} is null and exists {mine} starts_with({wall.place}, mine))")
    if wall.unit:
        arms.append(f"{wall.unit} = any((select nullif(current_setting('app.units', true), '')::bigint[])::bigint[])")
    return " or ".join(arms)


ROLES_SQL = """
do $$ begin
  if not exists (select from pg_roles where rolname = 'pa_app') then create role pa_app; end if;
  if not exists (select from pg_roles where rolname = 'pa_public') then create role pa_public nologin; end if;
exception when duplicate_object or unique_violation then null; end $$;
do $$ begin
  -- A public page steps down to pa_public; it gains nothing by it, and steps down only when it says so.
  if not pg_has_role('pa_app', 'pa_public', 'set') then grant pa_public to pa_app with inherit false, set true; end if;
end $$;
"""

GRANTS_SQL = """
revoke all on schema public from public;
revoke all on all tables in schema public from public, pa_app, pa_public;
grant usage on schema public to pa_app, pa_public;
grant select, insert, update, delete on all tables in schema public to pa_app;
grant usage, select on all sequences in schema public to pa_app;
do $$ declare ours regprocedure; begin
  -- Not "all functions": extensions may keep theirs in this schema, and those are not ours to grant.
  for ours in select oid from pg_proc where pronamespace = 'public'::regnamespace and prokind <> 'p'
              and pg_has_role(current_user, proowner, 'usage') loop
    execute 'grant execute on function ' || ours || ' to pa_app';
  end loop;
end $$;
"""

RECORD_SQL = """
create or replace function core_record_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
-- Statement level: one insert of events for however many rows a COPY or an update touched.
-- tg_argv[0], tg_argv[1]: the columns that hold the row's village and household ('' for none).
declare
  actor bigint := nullif(current_setting('app.user', true), '')::bigint;
  why text := coalesce(current_setting('app.reason', true), '');
  village_column text := tg_argv[0];
  household_column text := tg_argv[1];
begin
  if tg_op = 'INSERT' then
    insert into core_event (at, transaction, user_id, login, reason, "table", row_id, village_id, household_id,
                            action, before, after)
    select clock_timestamp(), pg_current_xact_id()::text::bigint, actor, session_user, why, tg_table_name,
           (row ->> 'id')::bigint, (row ->> village_column)::bigint, (row ->> household_column)::bigint,
           'I', null, row
    from (select to_jsonb(n) - 'password' - 'last_login' as row from new_rows n) changed;
  elsif tg_op = 'DELETE' then
    insert into core_event (at, transaction, user_id, login, reason, "table", row_id, village_id, household_id,
                            action, before, after)
    select clock_timestamp(), pg_current_xact_id()::text::bigint, actor, session_user, why, tg_table_name,
           (row ->> 'id')::bigint, (row ->> village_column)::bigint, (row ->> household_column)::bigint,
           'D', row, null
    from (select to_jsonb(o) - 'password' - 'last_login' as row from old_rows o) changed;
  else
    insert into core_event (at, transaction, user_id, login, reason, "table", row_id, village_id, household_id,
                            action, before, after)
    select clock_timestamp(), pg_current_xact_id()::text::bigint, actor, session_user, why, tg_table_name,
           coalesce((new_row ->> 'id')::bigint, (old_row ->> 'id')::bigint),
           (coalesce(new_row, old_row) ->> village_column)::bigint,
           (coalesce(new_row, old_row) ->> household_column)::bigint,
           'U',
           (select jsonb_object_agg(key, value) from jsonb_each(old_row)
             where new_row is null or new_row -> key is distinct from value),
           (select jsonb_object_agg(key, value) from jsonb_each(new_row)
             where old_row is null or old_row -> key is distinct from value)
    from (select to_jsonb(o) - 'password' - 'last_login' as old_row, o.id from old_rows o) olds
    full join (select to_jsonb(n) - 'password' - 'last_login' as new_row, n.id from new_rows n) news using (id)
    where old_row is distinct from new_row;
  end if;
  return null;
end $$;
revoke all on function core_record_change() from public, pa_app;
"""


def _trigger_sql(table: str, village: str, household: str) -> str:
    statements = []
    for operation, references in (
        ("insert", "referencing new table as new_rows"),
        ("update", "referencing old table as old_rows new table as new_rows"),
        ("delete", "referencing old table as old_rows"),
    ):
        statements.append(
            f'create or replace trigger record_{operation} after {operation} on "{table}" {references} '
            f"for each statement execute function core_record_change('{village}', '{household}');"
        )
    return "\n".join(statements)


def statements() -> Iterator[str]:
    """Everything `install` runs, in order."""
    yield ROLES_SQL
    yield GRANTS_SQL
    yield RECORD_SQL
    for model in our_models():
        table = model._meta.db_table
        wall = walled(model)
        if wall:
            yield f'alter table "{table}" enable row level security'
            yield f'drop policy if exists reach on "{table}"'
            yield f'create policy reach on "{table}" to pa_app using ({policy(wall)}) with check ({policy(wall)})'
        if table in READ_ONLY:
            yield f'revoke insert, update, delete, truncate on "{table}" from pa_app'
        elif table in INSERT_ONLY:
            yield f'revoke update, delete, truncate on "{table}" from pa_app'
        if table not in UNRECORDED:
            yield _trigger_sql(table, wall.village if wall else "", wall.household if wall else "")
    for table in sorted(PUBLIC_TABLES):
        yield f'grant select on "{table}" to pa_public'
    for extra in _extras:
        yield extra


_extras: list[str] = []


def add(sql: str) -> None:
    """A room's own definer function or grant, installed with the walls. Must be safe to run again."""
    _extras.append(sql)


def is_owner() -> bool:
    """Whether this connection owns the tables and so may install. False before the first migrate."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_has_role(current_user, relowner, 'usage') from pg_class where oid = to_regclass(%s)", [EVENT_TABLE])
        row = cursor.fetchone()
        return bool(row and row[0])


def install() -> None:
    """Bring roles, grants, policies and triggers to what the models ask for. Run as the owner."""
    with connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)


def install_after_migrate(**_: Any) -> None:
    """After every migrate: a table added today is behind the wall today."""
    if not is_owner():
        return
    existing = set(connection.introspection.table_names())
    if all(model._meta.db_table in existing for model in our_models()):
        install()
