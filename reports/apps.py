from django.apps import AppConfig

RELEASE_STATUS = """
create or replace function reports_release_status(wanted text)
returns table (village text, version int, data_on date, newest int, posted_on date, taken_down_on date)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- What a passer-by who scans a poster may know: whose it is, of which day, and whether a newer one exists.
  select v.name, r.version, r.data_on, (select max(version) from reports_chartrelease where village_id = r.village_id),
         r.posted_on, r.taken_down_on
  from reports_chartrelease r join villages_village v on v.id = r.village_id
  where r.number = wanted
$$;
revoke all on function reports_release_status(text) from public;
grant execute on function reports_release_status(text) to pa_app;
"""


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "报表"

    def ready(self) -> None:
        from core import walls

        walls.add(RELEASE_STATUS)
