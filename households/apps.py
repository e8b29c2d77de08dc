from django.apps import AppConfig

WHERE_REGISTERED = """
create or replace function households_where_registered(wanted text) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- What the wall hides, but the clerk must know: the office to call about an ID number. Nothing else gets out.
  select coalesce(o.name || coalesce(' ' || nullif(o.phone, ''), ''), d.name)
  from households_member m
  join villages_village v on v.id = m.village_id
  join villages_division d on d.id = v.township_id
  left join accounts_organization o on o.area_code = left(d.code, 9) and o.nature = 'township' and o.valid_to is null
  where m.id_number_index = wanted and m.left_on is null
  limit 1
$$;
revoke all on function households_where_registered(text) from public;
grant execute on function households_where_registered(text) to pa_app;
create or replace function households_where_registered_many(wanted text[]) returns table (number_index text, office text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- The same for the numbers of a whole file at once.
  select distinct on (m.id_number_index) m.id_number_index, coalesce(o.name || coalesce(' ' || nullif(o.phone, ''), ''), d.name)
  from households_member m
  join villages_village v on v.id = m.village_id
  join villages_division d on d.id = v.township_id
  left join accounts_organization o on o.area_code = left(d.code, 9) and o.nature = 'township' and o.valid_to is null
  where m.id_number_index = any(wanted) and m.left_on is null
$$;
revoke all on function households_where_registered_many(text[]) from public;
grant execute on function households_where_registered_many(text[]) to pa_app;
"""


IMPORT_WALL = """
create or replace function households_next_batch_number(of_year int) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
-- The next number of the year, counted over the batches the wall hides too.
begin
  perform pg_advisory_xact_lock(771003, of_year);
  return (select 'DR' || of_year || '-' || lpad((coalesce(max(substr(number, 8)::int), 0) + 1)::text, 4, '0')
          from households_importbatch where number like 'DR' || of_year || '-%');
end $$;
revoke all on function households_next_batch_number(int) from public;
grant execute on function households_next_batch_number(int) to pa_app;
alter table households_importbatch enable row level security;
drop policy if exists reach on households_importbatch;
create policy reach on households_importbatch to pa_app using (
-- Of no single village: its maker's, and theirs who reach every village it touches.
  (select current_setting('app.all', true) = 'on')
  or made_by_id = (select nullif(current_setting('app.user', true), '')::bigint)
  or (villages <> '{}' and villages <@ (select nullif(current_setting('app.villages', true), '')::int[])::int[])
);
"""


COMPLAINT_WALL = """
alter table households_complaint enable row level security;
drop policy if exists reach on households_complaint;
create policy reach on households_complaint to pa_app using (
-- Of a village in reach, or of an area in reach; never shown to whom it is about, wherever they reach.
  (about_id is null or about_id <> (select coalesce(nullif(current_setting('app.user', true), '')::bigint, 0)))
  and ((select current_setting('app.all', true) = 'on')
    or village_id = any((select nullif(current_setting('app.villages', true), '')::bigint[])::bigint[])
    or village_id is null and exists (select from unnest(string_to_array(nullif(current_setting('app.areas', true), ''), ',')) mine
                                      where starts_with(area, mine)))
);
"""


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = "建档立卡"

    def ready(self) -> None:
        from core import walls

        walls.add(WHERE_REGISTERED)
        walls.add(IMPORT_WALL)
        walls.add(COMPLAINT_WALL)
