"""Rows follow their assessment's village, scorers are bound to the scored, and an adopted scheme adds up and stays as it is."""

from django.db import migrations

from core.migrations_sql import follows

CHILDREN = ("entry", "bonusclaim", "vetofinding", "opinion", "comment", "score", "appeal", "scoreuse", "appraisalchart")

SCHEME = """
create function assessments_scheme_holds() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
-- At commit: a scheme that is more than a draft weighs 30 / 30 / 40 and the indicators of each part add up to it.
declare which bigint; part record;
begin
  which := case when tg_table_name = 'assessments_assessmentscheme' then (to_jsonb(new) ->> 'id')::bigint else (to_jsonb(coalesce(new, old)) ->> 'scheme_id')::bigint end;
  if not exists (select from assessments_assessmentscheme where id = which and state <> 'draft') then return null; end if;
  for part in select w.code, w.due, p.weight, coalesce((select sum(i.maximum) from assessments_indicator i where i.scheme_id = which and i.part = w.code), 0) as held
              from (values ('A', 30), ('B', 30), ('C', 40)) w(code, due) left join assessments_assessmentpart p on p.scheme_id = which and p.code = w.code loop
    if part.weight is distinct from part.due or part.held <> part.due then
      raise exception 'part % weighs % and holds %', part.code, part.weight, part.held using errcode = 'check_violation', constraint = 'scheme_parts_sum_331';
    end if;
  end loop;
  return null;
end $$;

create function assessments_scheme_stays() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
-- What a period was opened with does not change under it: an adopted scheme is fixed, only its state moves on.
begin
  if tg_table_name = 'assessments_assessmentscheme' then
    if old.state <> 'draft' and (tg_op = 'DELETE' or to_jsonb(new) - 'state' <> to_jsonb(old) - 'state' or new.state = 'draft') then
      raise exception 'an adopted scheme is fixed' using errcode = 'check_violation', constraint = 'scheme_adopted_is_fixed';
    end if;
  elsif exists (select from assessments_assessmentscheme s where s.state <> 'draft'
                and s.id in ((to_jsonb(old) ->> 'scheme_id')::bigint, (to_jsonb(new) ->> 'scheme_id')::bigint)) then
    raise exception 'an adopted scheme is fixed' using errcode = 'check_violation', constraint = 'scheme_adopted_is_fixed';
  end if;
  return coalesce(new, old);
end $$;

create constraint trigger scheme_holds after insert or update on assessments_assessmentscheme deferrable initially deferred
  for each row execute function assessments_scheme_holds();
create trigger scheme_stays before update or delete on assessments_assessmentscheme for each row execute function assessments_scheme_stays();
create trigger scheme_stays before insert or update or delete on assessments_assessmentpart for each row execute function assessments_scheme_stays();
create trigger scheme_stays before insert or update or delete on assessments_indicator for each row execute function assessments_scheme_stays();
create trigger scheme_stays before insert or update or delete on assessments_bonuskind for each row execute function assessments_scheme_stays();
create trigger scheme_stays before insert or update or delete on assessments_vetokind for each row execute function assessments_scheme_stays();
"""
BACK = """
drop trigger scheme_holds on assessments_assessmentscheme;
drop trigger scheme_stays on assessments_assessmentscheme;
drop trigger scheme_stays on assessments_assessmentpart;
drop trigger scheme_stays on assessments_indicator;
drop trigger scheme_stays on assessments_bonuskind;
drop trigger scheme_stays on assessments_vetokind;
drop function assessments_scheme_holds();
drop function assessments_scheme_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "alter table assessments_assessment add constraint assessment_and_village unique (id, village_id),"
            " add constraint assessment_and_subject unique (id, cadre_user_id)",
            "alter table assessments_assessment drop constraint assessment_and_village, drop constraint assessment_and_subject",
        ),
        *[
            follows(f"assessments_{child}", "assessments_assessment", column="assessment_id", name=f"{child}_follows_its_assessment")
            for child in CHILDREN
        ],
        migrations.RunSQL(
            "alter table assessments_entry add constraint entry_subject_is_the_scored foreign key (assessment_id, subject_id)"
            " references assessments_assessment (id, cadre_user_id) on update cascade deferrable initially deferred",
            "alter table assessments_entry drop constraint entry_subject_is_the_scored",
        ),
        migrations.RunSQL(SCHEME, BACK),
    ]
