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
"""


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = "建档立卡"

    def ready(self) -> None:
        from core import walls

        walls.add(WHERE_REGISTERED)
