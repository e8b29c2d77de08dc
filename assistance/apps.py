from django.apps import AppConfig

PAIRED_HOUSEHOLDS = """
create or replace function assistance_paired_households(person bigint, day date) returns bigint[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- Asked before the wall knows the user's reach: the ids of the households a helper is paired with on a day, nothing else.
  select coalesce(array_agg(p.household_id), '{}')
  from assistance_pairing p
  join assistance_helper h on h.id = p.helper_id
  where h.user_id = person and p.started_on <= day and (p.ended_on is null or p.ended_on >= day)
$$;
revoke all on function assistance_paired_households(bigint, date) from public;
grant execute on function assistance_paired_households(bigint, date) to pa_app;
"""


class AssistanceConfig(AppConfig):
    name = "assistance"
    verbose_name = "结对帮扶"

    def ready(self) -> None:
        from assistance.reach import helper_reach
        from core import scope, walls

        walls.add(PAIRED_HOUSEHOLDS)
        scope.register(helper_reach)
