from django.db import migrations

from core.migrations_sql import follows

YEARS = """
create function households_year_never_changes() returns trigger
language plpgsql as $$
begin
  raise exception 'household_year_never_changes: the snapshot of a year is never changed'
    using errcode = 'check_violation', constraint = 'household_year_never_changes';
end $$;
create trigger household_year_never_changes before update or delete on households_householdyear
  for each statement execute function households_year_never_changes();

create function households_year_is_open() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from new_rows n join households_dynamicwindow w on w.year = n.year where w.rolled_over_on is not null) then
    raise exception 'household_year_is_open: a closed year takes no further rows'
      using errcode = 'check_violation', constraint = 'household_year_is_open';
  end if;
  return null;
end $$;
create trigger household_year_is_open after insert on households_householdyear referencing new table as new_rows
  for each statement execute function households_year_is_open();

create function households_change_in_open_year() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from households_dynamicwindow w where w.id = new.window_id
             and (w.rolled_over_on is not null or new.happened_on not between w.starts_on and w.closes_on)) then
    raise exception 'register_change_in_its_year: the year is closed or the day lies outside it'
      using errcode = 'check_violation', constraint = 'register_change_in_its_year';
  end if;
  return new;
end $$;
create trigger register_change_in_its_year before insert on households_registerchange
  for each row execute function households_change_in_open_year();

create function households_closed_window_stays() returns trigger
language plpgsql as $$
begin
  if old.rolled_over_on is not null then
    raise exception 'dynamic_window_closed_stays: a closed year is never changed'
      using errcode = 'check_violation', constraint = 'dynamic_window_closed_stays';
  end if;
  return coalesce(new, old);
end $$;
create trigger dynamic_window_closed_stays before update or delete on households_dynamicwindow
  for each row execute function households_closed_window_stays();
"""
NO_YEARS = """
drop trigger household_year_never_changes on households_householdyear;
drop trigger household_year_is_open on households_householdyear;
drop trigger register_change_in_its_year on households_registerchange;
drop trigger dynamic_window_closed_stays on households_dynamicwindow;
drop function households_year_never_changes();
drop function households_year_is_open();
drop function households_change_in_open_year();
drop function households_closed_window_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("households", "0011_dynamic_management")]
    operations = [
        follows("households_registerchange", "households_household", column="household_id", name="register_change_follows_household"),
        migrations.RunSQL(YEARS, NO_YEARS),
    ]
