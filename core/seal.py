"""The seal on the trail: finished changes are laid onto a hash chain that the application cannot write.

Two definer functions, installed with the walls. `core_seal_finished` takes the events of finished transactions in
(transaction, id) order and gives each a digest over the digest before it and its own content. `core_seal_check`
recomputes the chain and names the first event that does not fit. Sealing row by row as changes happen would put
every writer in one queue; a job does it each minute (`core.tasks`).
"""

from dataclasses import dataclass

from django.db import connection

from core import walls

BATCH = 20_000

DIGEST_SQL = """
create or replace function core_event_digest(previous text, e core_event) returns text
language sql stable set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
  select encode(sha256(convert_to(previous || jsonb_build_array(e.id, e.at, e.transaction, e.user_id, e.login, e.reason, e."table",
    e.row_id, e.village_id, e.household_id, e.action, e.before, e.after)::text, 'UTF8')), 'hex')
$$;
"""

SEAL_SQL = """
create or replace function core_seal_finished(batch integer) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  last core_seal;
  here pg_snapshot;
  own bigint;
  low bigint;
  high bigint;
  e core_event;
  previous text;
  sealed bigint := 0;
begin
  perform pg_advisory_xact_lock(771003);
  select * into last from core_seal order by id desc limit 1;
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
    select c.* from core_event c
    where case
      when last.transaction < high then c.transaction < low and (c.transaction, c.id) > (last.transaction, last.event_id)
      -- A restored database counts transactions from a new beginning: what it kept is finished, all of it.
      else (c.transaction < low or c.transaction >= high) and not exists (select from core_seal s where s.event_id = c.id)
      end
    order by c.transaction >= high desc, c.transaction, c.id
    limit batch
  loop
    previous := core_event_digest(previous, e);
    insert into core_seal (event_id, transaction, digest) values (e.id, e.transaction, previous);
    sealed := sealed + 1;
  end loop;
  return sealed;
end $$;
"""

CHECK_SQL = """
create or replace function core_seal_check(out rows bigint, out waiting bigint, out broken bigint, out problem text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s core_seal;
  e core_event;
  last core_seal;
  previous text := '';
begin
  rows := 0;
  for s in select * from core_seal order by id loop
    select * into e from core_event where id = s.event_id;
    if not found then
      broken := s.event_id; problem := 'missing'; exit;
    end if;
    previous := core_event_digest(previous, e);
    if previous <> s.digest or e.transaction <> s.transaction then
      broken := s.event_id; problem := 'changed'; exit;
    end if;
    rows := rows + 1;
    last := s;
  end loop;
  select count(*) into waiting from core_event c where not exists (select from core_seal k where k.event_id = c.id);
  if broken is null and last.transaction < pg_snapshot_xmax(pg_current_snapshot())::text::bigint then
    -- Sealing goes forward only: an unsealed event before the last sealed one was slipped in afterwards.
    select c.id into broken from core_event c
    where (c.transaction, c.id) < (last.transaction, last.event_id) and not exists (select from core_seal k where k.event_id = c.id)
    order by c.transaction, c.id limit 1;
    if found then problem := 'inserted'; end if;
  end if;
end $$;
"""

GRANTS_SQL = """
revoke all on function core_event_digest(text, core_event), core_seal_finished(integer), core_seal_check() from public;
grant execute on function core_seal_finished(integer), core_seal_check() to pa_app;
"""

for _sql in (DIGEST_SQL, SEAL_SQL, CHECK_SQL, GRANTS_SQL):
    walls.add(_sql)


@dataclass(frozen=True)
class Verdict:
    """What recomputing the chain found. `first_broken` is the id of the trail's row, None when all fit.

    `problem`: changed (row or seal was altered), missing (row was deleted), inserted (slipped in behind the seal).
    """

    rows: int
    waiting: int
    first_broken: int | None
    problem: str

    @property
    def ok(self) -> bool:
        return self.first_broken is None


def seal_finished() -> int:
    """Seal every event of a finished transaction; returns how many were sealed."""
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("select core_seal_finished(%s)", [BATCH])
            sealed = cursor.fetchone()[0]
        total += sealed
        if sealed < BATCH:
            return total


def verify() -> Verdict:
    """Recompute the chain in the database, over every village's rows."""
    with connection.cursor() as cursor:
        cursor.execute("select rows, waiting, broken, problem from core_seal_check()")
        rows, waiting, broken, problem = cursor.fetchone()
    return Verdict(rows, waiting, broken, problem or "")
