from django.db import migrations

from core.migrations_sql import follows

HEAD = """
create function households_household_has_a_head() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  wanted bigint := case tg_argv[0] when 'household' then coalesce(new.id, old.id)
                   else coalesce((to_jsonb(new) ->> 'household_id')::bigint, (to_jsonb(old) ->> 'household_id')::bigint) end;
begin
  if exists (select from households_household h where h.id = wanted and h.ended_on is null)
     and not exists (select from households_member m
                     where m.household_id = wanted and m.left_on is null and m.relation = '01') then
    raise exception 'household_has_a_head: household % has no head', wanted
      using errcode = 'check_violation', constraint = 'household_has_a_head';
  end if;
  return null;
end $$;
create constraint trigger household_has_a_head after insert or update of ended_on on households_household
  deferrable initially deferred for each row execute function households_household_has_a_head('household');
create constraint trigger household_keeps_a_head after update of left_on, relation, household_id or delete on households_member
  deferrable initially deferred for each row execute function households_household_has_a_head('member');
"""
NO_HEAD = """
drop trigger household_has_a_head on households_household;
drop trigger household_keeps_a_head on households_member;
drop function households_household_has_a_head();
"""


class Migration(migrations.Migration):
    dependencies = [("households", "0001_initial")]
    operations = [
        *[
            follows(f"households_{child}", "households_household", column="household_id", name=f"{child}_follows_household")
            for child in ("member", "living", "income")
        ],
        migrations.RunSQL(HEAD, NO_HEAD),
    ]
