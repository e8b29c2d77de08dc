from django.apps import AppConfig

STAMP_SQL = """
create or replace function assessments_score_stamp() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
-- When and in which transaction a score was frozen is not for the application to say: the seal goes by it.
begin
  new.transaction := pg_current_xact_id()::text::bigint;
  new.made_at := clock_timestamp();
  return new;
end $$;
create or replace trigger stamp before insert on assessments_score for each row execute function assessments_score_stamp();
"""

# Ballots and answers are reached through these functions alone: the application reads counts, never slips.
BALLOT_SQL = """
revoke all on assessments_ballot, assessments_answer from pa_app;

create or replace function assessments_covered(which bigint) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  -- The assessments a box is about: the home unit's one, or all who served in the box's village.
  select a.id from assessments_ballotbox x join assessments_surveyround r on r.id = x.survey_round_id
  join assessments_assessment a on a.period_id = r.period_id
  where x.id = which and (x.assessment_id = a.id or (x.assessment_id is null and exists (
    select from assessments_span s where s.assessment_id = a.id and s.village_id = x.village_id)))
  order by a.id
$$;

create or replace function assessments_room_left(which bigint) returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  -- How many of a box's people have not answered: no more slips than people, on paper and on the phone together.
  select x.electorate - (select count(*) from assessments_ballot b where b.box_id = which and b.used)::int
       - coalesce((select sum(p.slips) from assessments_paperbatch p where p.box_id = which and p.state = 'done'), 0)::int
  from assessments_ballotbox x where x.id = which
$$;

create or replace function assessments_slip(wanted text, day date, out status text, out title text, out village text, out people jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- What the holder of a slip may see: whether it is good, and about whom it asks.
declare b assessments_ballot; x assessments_ballotbox; r assessments_surveyround;
begin
  select * into b from assessments_ballot where digest = wanted;
  if not found then status := 'unknown'; return; end if;
  select * into x from assessments_ballotbox where id = b.box_id;
  select * into r from assessments_surveyround where id = x.survey_round_id;
  status := case when b.void then 'void' when b.used then 'used' when r.closed_on is not null or day > r.closes_on then 'late'
                 when day < r.opens_on then 'early' else 'open' end;
  select p.title into title from assessments_period p where p.id = r.period_id;
  select v.name into village from villages_village v where v.id = x.village_id;
  select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'name', c.name, 'role', a.role) order by a.id), '[]') into people
  from assessments_assessment a join cadres_cadre c on c.id = a.cadre_id where a.id in (select assessments_covered(x.id));
end $$;

create or replace function assessments_drop(which bigint, slips jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  -- Drop slips into a box and shake it: every answer of the box is written anew, with a new name and in a random order, and
  -- every slip too, so that neither order nor transaction tells which answer came with which slip.
  with gone as (delete from assessments_answer where box_id = which returning assessment_id, value),
       fresh as (select e.key::bigint as assessment_id, e.value #>> '{}' as value from jsonb_array_elements(slips) s, jsonb_each(s) e)
  insert into assessments_answer (id, box_id, assessment_id, value)
  select gen_random_uuid(), which, assessment_id, value from (select * from gone union all select * from fresh) every order by random();
  update assessments_ballot set used = used where box_id = which;
$$;

create or replace function assessments_complete(which bigint, slip jsonb) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  -- One of four answers for each cadre the box is about, and for nobody else.
  select jsonb_typeof(slip) = 'object'
     and (select coalesce(array_agg(key order by key), '{}') from jsonb_object_keys(slip) key)
       = (select coalesce(array_agg(c::text order by c::text), '{}') from assessments_covered(which) c)
     and not exists (select from jsonb_each_text(slip) e where e.value not in ('satisfied', 'basic', 'unsatisfied', 'unknown'))
$$;

create or replace function assessments_cast(wanted text, day date, slip jsonb) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare which bigint; found_status text;
begin
  select x.id into which from assessments_ballotbox x
  where x.id = (select b.box_id from assessments_ballot b where b.digest = wanted) for update;  -- one at a time a box
  found_status := (select s.status from assessments_slip(wanted, day) s);
  if found_status <> 'open' then return found_status; end if;
  if not assessments_complete(which, slip) then return 'incomplete'; end if;
  if assessments_room_left(which) < 1 then return 'full'; end if;
  update assessments_ballot set used = true where digest = wanted;
  perform assessments_drop(which, jsonb_build_array(slip));
  return 'cast';
end $$;

create or replace function assessments_issue(which bigint, digests text[]) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from assessments_ballotbox where id = which for update;
  if exists (select from assessments_ballotbox x join assessments_surveyround r on r.id = x.survey_round_id where x.id = which and r.closed_on is not null)
    then return 'late'; end if;
  if cardinality(digests) > assessments_room_left(which) - (select count(*) from assessments_ballot b where b.box_id = which and not b.used and not b.void)
    then return 'full'; end if;
  insert into assessments_ballot (id, box_id, digest, used, void) select gen_random_uuid(), which, d, false, false from unnest(digests) d order by random();
  return 'issued';
end $$;

create or replace function assessments_void(which bigint) returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with gone as (update assessments_ballot set void = true where box_id = which and not used and not void returning 1) select count(*)::int from gone
$$;

create or replace function assessments_deposit(batch bigint) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
-- Paper slips go into the box only where two people have typed the same, in whatever order; then the entries are wiped.
declare p assessments_paperbatch;
begin
  select * into p from assessments_paperbatch where id = batch for update;
  perform from assessments_ballotbox where id = p.box_id for update;
  if p.second_by_id is null or p.first_by_id = p.second_by_id or p.state = 'done' then return 'not_yet'; end if;
  if (select jsonb_agg(s order by s) from jsonb_array_elements(p.first) s) is distinct from (select jsonb_agg(s order by s) from jsonb_array_elements(p.second) s)
    then return 'differs'; end if;
  if exists (select from jsonb_array_elements(p.first) s where not assessments_complete(p.box_id, s)) then return 'incomplete'; end if;
  if assessments_room_left(p.box_id) < jsonb_array_length(p.first) then return 'full'; end if;
  perform assessments_drop(p.box_id, p.first);
  update assessments_paperbatch set state = 'done', slips = jsonb_array_length(p.first), first = '[]', second = '[]' where id = batch;
  return 'cast';
end $$;

create or replace function assessments_box_counts(wanted bigint)
returns table (box bigint, issued integer, used integer, paper integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select x.id, (select count(*)::int from assessments_ballot b where b.box_id = x.id and not b.void),
         (select count(*)::int from assessments_ballot b where b.box_id = x.id and b.used),
         coalesce((select sum(p.slips)::int from assessments_paperbatch p where p.box_id = x.id and p.state = 'done'), 0)
  from assessments_ballotbox x where x.survey_round_id = wanted
$$;

create or replace function assessments_tally(wanted bigint)
returns table (assessment bigint, code text, electorate integer, satisfied integer, basic integer, unsatisfied integer, unknown integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  -- Counts of the last closed round of a period; before the boxes are sealed nobody sees how it stands.
  with last as (select id, period_id from assessments_surveyround where period_id = wanted and closed_on is not null order by number desc limit 1),
  cover as (
    select x.id as box_id, x."group" as code, x.electorate, a.id as assessment_id
    from assessments_ballotbox x join last on last.id = x.survey_round_id join assessments_assessment a on a.id = x.assessment_id
    union all
    select distinct x.id, x."group", x.electorate, a.id
    from assessments_ballotbox x join last on last.id = x.survey_round_id
    join assessments_span s on s.village_id = x.village_id join assessments_assessment a on a.id = s.assessment_id and a.period_id = last.period_id
    where x.assessment_id is null
  ),
  counted as (
    select n.box_id, n.assessment_id, count(*) filter (where value = 'satisfied') as satisfied, count(*) filter (where value = 'basic') as basic,
           count(*) filter (where value = 'unsatisfied') as unsatisfied, count(*) filter (where value = 'unknown') as unknown
    from assessments_answer n where n.box_id in (select box_id from cover) group by 1, 2
  )
  select c.assessment_id, c.code::text, sum(c.electorate)::int, coalesce(sum(n.satisfied), 0)::int, coalesce(sum(n.basic), 0)::int,
         coalesce(sum(n.unsatisfied), 0)::int, coalesce(sum(n.unknown), 0)::int
  from cover c left join counted n on n.box_id = c.box_id and n.assessment_id = c.assessment_id
  group by 1, 2 order by 1, 2
$$;

create or replace function assessments_chart_status(wanted text)
returns table (name text, village text, period text, version integer, released_on date)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  -- What a passer-by who scans a sheet may know: whose it is, of which period, and its newest version.
  select c.name, v.name, p.title, s.version::int, p.frozen_on
  from assessments_score s join assessments_assessment a on a.id = s.assessment_id join assessments_period p on p.id = a.period_id
  join cadres_cadre c on c.id = a.cadre_id join villages_village v on v.id = a.village_id
  where wanted = 'JD' || p.code || '-' || c.code order by s.version desc limit 1
$$;

do $$ declare ours regprocedure; begin
  for ours in select oid from pg_proc where pronamespace = 'public'::regnamespace and proname like 'assessments\\_%' loop
    execute 'revoke all on function ' || ours || ' from public, pa_app';
  end loop;
end $$;
grant execute on function assessments_slip(text, date), assessments_cast(text, date, jsonb), assessments_issue(bigint, text[]),
  assessments_void(bigint), assessments_deposit(bigint), assessments_box_counts(bigint), assessments_tally(bigint), assessments_chart_status(text) to pa_app;
"""


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "“331”考核"

    def ready(self) -> None:
        """Frozen scores are sealed like the trail; slips are out of the application's reach."""
        from core import seal, walls

        walls.add(STAMP_SQL)
        walls.add(BALLOT_SQL)
        seal.add(
            seal.Chain(
                key="scores", label="定分", table="assessments_score", seals="assessments_scoreseal", lock=771007,
                columns=("id", "made_at", "transaction", "assessment_id", "village_id", "version", "card", "attendance", "duty", "satisfaction",
                         "bonus", "total", "grade", "rank", "reason", "made_by_id"),
            )
        )  # fmt: skip
