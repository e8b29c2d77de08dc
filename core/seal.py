"""The seals on the trail and on the access log: finished rows are laid onto hash chains that the application cannot write.

A chain is a table and the table of its seals. Two definer functions each, installed with the walls: `…_finished` takes the
rows of finished transactions in (transaction, id) order and gives each a digest over the digest before it and its own
content; `…_check` recomputes the chain and names the first row that does not fit. Sealing row by row as they come would
put every writer in one queue; a job does it each minute (`core.tasks`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from core import walls

BATCH = 20_000


@dataclass(frozen=True)
class Chain:
    """A table whose rows are sealed, the table of their seals, and the columns a digest covers, in order.

    The names go into SQL as they are: they are written in code and nowhere else. `lock` is the chain's advisory lock.
    """

    key: str
    label: str
    table: str
    seals: str
    columns: tuple[str, ...]
    lock: int

    def sql(self) -> Iterator[str]:
        names = {
            "{table}": self.table,
            "{seals}": self.seals,
            "{lock}": str(self.lock),
            "{content}": ", ".join(f'e."{column}"' for column in self.columns),
        }
        for template in (DIGEST_SQL, SEAL_SQL, CHECK_SQL, GRANTS_SQL):
            for name, value in names.items():
                template = template.replace(name, value)
            yield template


DIGEST_SQL = """
create or replace function {table}_digest(previous text, e {table}) returns text
language sql stable set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
  select encode(sha256(convert_to(previous || jsonb_build_array({content})::text, 'UTF8')), 'hex')
$$;
"""

SEAL_SQL = """
create or replace function {seals}_finished(batch integer) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  last {seals};
  here pg_snapshot;
  own bigint;
  low bigint;
  high bigint;
  e {table};
  previous text;
  sealed bigint := 0;
begin
  perform pg_advisory_xact_lock({lock});
  select * into last from {seals} order by id desc limit 1;
  previous := coalesce(last.digest, '');
  -- Taken before the events are read: whatever lies below `low` was finished then, and is seen by the query.
  -- Transactions known to run in another database of the server (a bench, a backup) do not hold the seal up.
  here := pg_current_snapshot();
  own := pg_current_xact_id_if_assigned()::text::bigint;
  high := greatest(pg_snapshot_xmax(here)::text::bigint, own + 1);
  select least(min(running), own, high) into low
  from (select x::text::bigint as running from pg_snapshot_xip(here) x) going
  -- One that ended since the snapshot has no lock any more; the query below already sees what it wrote.
  where case when exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid
                          where l.locktype = 'transactionid' and l.transactionid::text::bigint = running % 4294967296
                            and a.datid <> (select oid from pg_database where datname = current_database())) then false
        else pg_xact_status(running::text::xid8) = 'in progress' end;
  for e in
    select c.* from {table} c
    where case
      when last.transaction < high then c.transaction < low and (c.transaction, c.id) > (last.transaction, last.event_id)
      -- A restored database counts transactions from a new beginning: what it kept is finished, all of it.
      else (c.transaction < low or c.transaction >= high) and not exists (select from {seals} s where s.event_id = c.id)
      end
    order by c.transaction >= high desc, c.transaction, c.id
    limit batch
  loop
    previous := {table}_digest(previous, e);
    insert into {seals} (event_id, transaction, digest) values (e.id, e.transaction, previous);
    sealed := sealed + 1;
  end loop;
  return sealed;
end $$;
"""

CHECK_SQL = """
create or replace function {seals}_check(out rows bigint, out waiting bigint, out broken bigint, out problem text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s {seals};
  e {table};
  last {seals};
  previous text := '';
begin
  rows := 0;
  for s in select * from {seals} order by id loop
    select * into e from {table} where id = s.event_id;
    if not found then
      broken := s.event_id; problem := 'missing'; exit;
    end if;
    previous := {table}_digest(previous, e);
    if previous <> s.digest or e.transaction <> s.transaction then
      broken := s.event_id; problem := 'changed'; exit;
    end if;
    rows := rows + 1;
    last := s;
  end loop;
  select count(*) into waiting from {table} c where not exists (select from {seals} k where k.event_id = c.id);
  if broken is null and last.transaction < pg_snapshot_xmax(pg_current_snapshot())::text::bigint then
    -- Sealing goes forward only: an unsealed event before the last sealed one was slipped in afterwards.
    select c.id into broken from {table} c
    where (c.transaction, c.id) < (last.transaction, last.event_id) and not exists (select from {seals} k where k.event_id = c.id)
    order by c.transaction, c.id limit 1;
    if found then problem := 'inserted'; end if;
  end if;
end $$;
"""

GRANTS_SQL = """
revoke all on function {table}_digest(text, {table}), {seals}_finished(integer), {seals}_check() from public, pa_app;
grant execute on function {seals}_finished(integer), {seals}_check() to pa_app;
"""

_chains: list[Chain] = []


def add(chain: Chain) -> Chain:
    """Seal this table too; its functions are installed with the walls."""
    _chains.append(chain)
    for statement in chain.sql():
        walls.add(statement)
    return chain


def chains() -> list[Chain]:
    return list(_chains)


TRAIL = add(
    Chain(
        key="trail", label="变更记录", table="core_event", seals="core_seal", lock=771003,
        columns=("id", "at", "transaction", "user_id", "login", "reason", "table", "row_id", "village_id", "household_id", "action", "before", "after"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What recomputing the chain found. `first_broken` is the id of the sealed row, None when all fit.

    `problem`: changed (row or seal was altered), missing (row was deleted), inserted (slipped in behind the seal).
    """

    rows: int
    waiting: int
    first_broken: int | None
    problem: str

    @property
    def ok(self) -> bool:
        return self.first_broken is None


def seal_finished(*wanted: Chain) -> int:
    """Seal every row of a finished transaction, on the chains named or on all; returns how many were sealed."""
    total = 0
    for chain in wanted or chains():
        sealed = BATCH
        while sealed == BATCH:
            with connection.cursor() as cursor:
                cursor.execute(f"select {chain.seals}_finished(%s)", [BATCH])
                sealed = cursor.fetchone()[0]
            total += sealed
    return total


def verify(chain: Chain = TRAIL) -> Verdict:
    """Recompute a chain in the database, over every village's rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"select rows, waiting, broken, problem from {chain.seals}_check()")
        rows, waiting, broken, problem = cursor.fetchone()
    return Verdict(rows, waiting, broken, problem or "")
