"""The one place where the code of a day is worked out: calendar, leave, presence, corrections, in one statement for any number of cadres."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection, transaction

from cadres import rules
from core import settings
from core.scope import because

# What holds, in this order: a correction; a leave whose return is overdue; leave; presence; the calendar. What is left open
# becomes 缺勤 when the days of grace are over. Days of a month whose report is on its way or filed change by corrections only.
SETTLE = """
with calendar as (
  select unnest(%(days)s::date[]) as day_on, unnest(%(kinds)s::text[]) as kind
), wanted as (
  select p.cadre_id, p.id as posting_id, p.village_id, c.day_on, c.kind
  from cadres_posting p join calendar c on c.day_on >= p.started_on and (p.ended_on is null or c.day_on <= p.ended_on)
  where p.cadre_id = any(%(cadres)s)
), fixed as (
  select distinct on (cadre_id, day_on) cadre_id, day_on, id, code from cadres_correction
  where cadre_id = any(%(cadres)s) and day_on between %(since)s and %(until)s order by cadre_id, day_on, id desc
), seen as (
  select distinct on (cadre_id, day_on) cadre_id, day_on, id, code from cadres_presence
  where cadre_id = any(%(cadres)s) and day_on between %(since)s and %(until)s and counts order by cadre_id, day_on, code desc, id
), away as (
  select cadre_id, kind, starts_on, ends_on, returned_on from cadres_leave
  where cadre_id = any(%(cadres)s) and state = 'approved' and starts_on <= %(until)s
    and (ends_on >= %(since)s or returned_on is null)
), coded as (
  select w.*, f.id as correction_id, s.id as presence_id,
    case when f.id is not null then f.code
         when w.kind = 'W' and w.day_on <= %(today)s and o.overdue then 'A'
         when w.kind = 'W' and l.kind is not null then l.kind
         when s.id is not null then s.code
         when w.kind <> 'W' then w.kind
         when w.day_on <= %(closed)s then 'A' else 'N' end as code,
    case when f.id is not null then 'correction'
         when w.kind = 'W' and w.day_on <= %(today)s and o.overdue then 'overdue'
         when w.kind = 'W' and l.kind is not null then 'leave'
         when s.id is not null then 'presence'
         when w.kind <> 'W' then 'calendar'
         when w.day_on <= %(closed)s then 'missing' else 'calendar' end as source
  from wanted w
  left join fixed f on f.cadre_id = w.cadre_id and f.day_on = w.day_on
  left join seen s on s.cadre_id = w.cadre_id and s.day_on = w.day_on
  left join lateral (select a.kind from away a where a.cadre_id = w.cadre_id and w.day_on between a.starts_on and a.ends_on limit 1) l on true
  left join lateral (select true as overdue from away a where a.cadre_id = w.cadre_id and a.returned_on is null
                     and w.day_on > a.ends_on + %(grace)s limit 1) o on true
)
insert into cadres_attendanceday as d (cadre_id, posting_id, village_id, day_on, kind, code, source, presence_id, correction_id)
select cadre_id, posting_id, village_id, day_on, kind, code, source, presence_id, correction_id from coded c
where not exists (select from cadres_attendancemonth m where m.village_id = c.village_id and m.closed_days and m.month_on = date_trunc('month', c.day_on)::date)
   or c.correction_id is distinct from
      (select e.correction_id from cadres_attendanceday e where e.cadre_id = c.cadre_id and e.day_on = c.day_on)
order by cadre_id, day_on
on conflict (cadre_id, day_on) do update
set posting_id = excluded.posting_id, village_id = excluded.village_id, kind = excluded.kind, code = excluded.code, source = excluded.source,
    presence_id = excluded.presence_id, correction_id = excluded.correction_id
where (d.posting_id, d.village_id, d.kind, d.code, d.source, d.presence_id, d.correction_id) is distinct from
      (excluded.posting_id, excluded.village_id, excluded.kind, excluded.code, excluded.source, excluded.presence_id, excluded.correction_id)
"""

# A posting that ended has no days after its last: what was only expected goes, what somebody corrected stays.
UNPOSTED = """
delete from cadres_attendanceday d
where d.cadre_id = any(%(cadres)s) and d.day_on between %(since)s and %(until)s and d.correction_id is null
  and not exists (select from cadres_posting p where p.cadre_id = d.cadre_id and d.day_on >= p.started_on and (p.ended_on is null or d.day_on <= p.ended_on))
  and not exists (select from cadres_attendancemonth m where m.village_id = d.village_id and m.closed_days
                  and m.month_on = date_trunc('month', d.day_on)::date)
"""


@transaction.atomic
def settle_days(*, cadres: Sequence[int], since: date, until: date, today: date, reason: str = "") -> int:
    """Make and recompute the days of these cadres in a span. Returns how many rows changed; running it again changes none."""
    if not cadres or until < since:
        return 0
    if reason:
        because(reason)
    span = rules.kinds(since, until)
    values = {
        "cadres": list(cadres), "since": since, "until": until, "today": today, "days": [day for day, _ in span], "kinds": [kind for _, kind in span],
        "closed": today - timedelta(days=settings.get("attendance_grace_days") + 1), "grace": settings.get("leave_return_days"),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(UNPOSTED, values)
        gone = cursor.rowcount
        cursor.execute(SETTLE, values)
        return gone + cursor.rowcount


def settle_around(*, cadre_id: int, since: date, until: date, today: date) -> int:
    """Recompute one cadre's days after something about them changed."""
    return settle_days(cadres=[cadre_id], since=since, until=until, today=today)
