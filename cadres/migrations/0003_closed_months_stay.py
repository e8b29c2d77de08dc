"""What is filed is not changed: not by a forgotten check in a service, and not by SQL of the application."""

from django.db import migrations

FORWARD = """
create function cadres_day_is_closed() returns trigger language plpgsql as $$
begin
  if exists (select from cadres_attendancemonth m where m.village_id = old.village_id and m.closed_days
             and m.month_on = date_trunc('month', old.day_on)::date)
     and (tg_op = 'DELETE' or new.correction_id is not distinct from old.correction_id) then
    raise exception 'attendance_day_closed_with_its_month' using errcode = 'check_violation', constraint = 'attendance_day_closed_with_its_month';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger day_is_closed before update or delete on cadres_attendanceday for each row execute function cadres_day_is_closed();

create function cadres_month_is_filed() returns trigger language plpgsql as $$
begin
  if old.state = 'filed' then
    raise exception 'attendance_month_filed_stays' using errcode = 'check_violation', constraint = 'attendance_month_filed_stays';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger month_is_filed before update or delete on cadres_attendancemonth for each row execute function cadres_month_is_filed();

create function cadres_line_is_filed() returns trigger language plpgsql as $$
begin
  if exists (select from cadres_attendancemonth m where m.state = 'filed'
             and m.id = case when tg_op = 'INSERT' then new.month_id else old.month_id end) then
    raise exception 'attendance_line_filed_stays' using errcode = 'check_violation', constraint = 'attendance_line_filed_stays';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger line_is_filed before insert or update or delete on cadres_attendanceline for each row execute function cadres_line_is_filed();
"""
BACKWARD = """
drop trigger day_is_closed on cadres_attendanceday; drop function cadres_day_is_closed();
drop trigger month_is_filed on cadres_attendancemonth; drop function cadres_month_is_filed();
drop trigger line_is_filed on cadres_attendanceline; drop function cadres_line_is_filed();
"""


class Migration(migrations.Migration):
    dependencies = [("cadres", "0002_days_of_a_posting")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
