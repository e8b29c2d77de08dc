"""Likely the same person: found in one set-based pass, decided by a person, merged without losing either history."""

from django.db import connection, transaction

from accounts.models import User
from core import settings
from core.clock import today
from core.pinyin import reading
from core.scope import because
from households.models import DuplicatePair, Member
from households.rules.codes import DocumentKind, LeaveReason, Relation
from households.rules.duplicates import FILLED, GROUNDS
from households.services.dynamics import enter_household, refuse_running
from households.services.errors import HouseholdsError
from households.services.register import lock_household, refresh_grams
from workflow import services as flow
from workflow.models import Job

PEOPLE = """
create temporary table duplicate_people on commit drop as
select m.id, m.village_id, v.code, r.reading, m.name, m.birth_on, m.sex, m.id_number_index as number
from households_member m
join households_household h on h.id = m.household_id and h.ended_on is null and h.identified_on is not null
join villages_village v on v.id = m.village_id
join duplicate_names r on r.name = m.name
where m.left_on is null
"""
PAIRS = """
create temporary table duplicate_found on commit drop as
with candidates as (
  select a.id as first, b.id as second from duplicate_people a
  join duplicate_people b on b.reading = a.reading and b.birth_on = a.birth_on and a.id < b.id
  union
  select a.id, b.id from duplicate_people a
  join duplicate_people b on b.reading = a.reading and b.village_id = a.village_id and a.id < b.id
    and date_part('year', b.birth_on) = date_part('year', a.birth_on)),
compared as (
  select a.id as first, b.id as second, a.village_id as village, b.village_id as other, a.code, b.code as other_code,
    a.name = b.name as same_name, a.birth_on = b.birth_on as same_birth, a.sex = b.sex as same_sex, a.number <> b.number as numbers,
    date_part('year', a.birth_on) = date_part('year', b.birth_on) as same_year,
    to_char(a.birth_on, 'YYYYMM') = to_char(b.birth_on, 'YYYYMM') or to_char(a.birth_on, 'YYYYMMDD') = to_char(b.birth_on, 'YYYYDDMM') as near
  from candidates c join duplicate_people a on a.id = c.first join duplicate_people b on b.id = c.second)
select first, second, case when village = other then village end as village,
  case when village = other then code when left(code, 9) = left(other_code, 9) then left(code, 9) else left(code, 6) end as area,
  case when same_name then %(name)s else %(reading)s end
    + case when same_birth then %(birth)s when near then %(near_birth)s when same_year then %(birth_year)s else 0 end
    + case when village = other then %(village)s else 0 end + case when same_sex then %(sex)s else 0 end
    + case when numbers then %(numbers)s else 0 end as score,
  concat_ws('、', case when same_name then %(name_words)s else %(reading_words)s end,
    case when same_birth then %(birth_words)s when near then %(near_birth_words)s when same_year then %(birth_year_words)s end,
    case when village = other then %(village_words)s end, case when same_sex then %(sex_words)s end,
    case when numbers then %(numbers_words)s end) as grounds
from compared
"""
KEEP = """
insert into households_duplicatepair (first_id, second_id, village_id, area, score, grounds, found_on, state, reason)
select first, second, village, area, score, grounds, %(day)s, 'open', '' from duplicate_found where score >= %(least)s and (
  -- As row security will ask: the village in reach, or the whole area both lie in.
  current_setting('app.all', true) = 'on' or village = any(nullif(current_setting('app.villages', true), '')::bigint[])
  or village is null and exists (select from unnest(string_to_array(nullif(current_setting('app.areas', true), ''), ',')) mine where starts_with(area, mine)))
on conflict (first_id, second_id) do update set score = excluded.score, grounds = excluded.grounds, village_id = excluded.village_id, area = excluded.area
  where households_duplicatepair.state = 'open' and households_duplicatepair.score <> excluded.score
"""
FORGET = """
delete from households_duplicatepair p where p.state = 'open'
  and not exists (select from duplicate_found f where f.first = p.first_id and f.second = p.second_id and f.score >= %(least)s)
"""


@transaction.atomic
def find_duplicates() -> int:
    """Compare everybody in reach with everybody; open pairs that no longer agree go, decided ones stay. How many wait then."""
    because("查找疑似重复登记")
    names = set(Member.objects.active().order_by().values_list("name", flat=True).distinct())
    words = {f"{key}_words": ground.words for key, ground in GROUNDS.items()}
    values = {key: ground.points for key, ground in GROUNDS.items()} | words | {"day": today(), "least": settings.get("duplicate_possible")}
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists duplicate_names, duplicate_people, duplicate_found")
        cursor.execute("create temporary table duplicate_names (name text primary key, reading text) on commit drop")
        with cursor.copy("copy duplicate_names from stdin") as copy:
            for name in names:
                copy.write_row((name, reading(name)))
        cursor.execute(PEOPLE)
        cursor.execute("analyze duplicate_people")
        cursor.execute(PAIRS, values)
        cursor.execute(KEEP, values)
        cursor.execute(FORGET, values)
    return DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN).count()


def start_search(*, by: User) -> Job:
    """Look for duplicates in one's own reach, as a job."""
    return flow.start_job(kind="duplicate_search", title="查找疑似重复", parameters={}, by=by)


def _open(pair: DuplicatePair) -> DuplicatePair:
    found = DuplicatePair.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=pair.pk)
    if found.state != DuplicatePair.State.OPEN:
        who = f"{found.decided_by.name} " if found.decided_by else ""
        raise HouseholdsError(f"这一对已由{who}于 {found.decided_on} 认定为“{found.get_state_display()}”,理由:{found.reason}。")
    return found


def _close(pair: DuplicatePair, state: str, reason: str, by: User, kept: Member | None = None) -> DuplicatePair:
    pair.state, pair.reason, pair.decided_by, pair.decided_on, pair.kept = state, reason.strip(), by, today(), kept
    pair.save()
    return pair


@transaction.atomic
def judge_different(*, pair: DuplicatePair, reason: str, by: User) -> DuplicatePair:
    """Two people, for good: the pair does not come back. Raises HouseholdsError when somebody has decided already."""
    pair = _open(pair)
    if not reason.strip():
        raise HouseholdsError("请写明认定理由。")
    because(f"认定不是同一人:{reason}")
    return _close(pair, DuplicatePair.State.DIFFERENT, reason, by)


@transaction.atomic
def judge_same(*, pair: DuplicatePair, keep: Member, whole: bool = False, reason: str, by: User) -> DuplicatePair:
    """One person: the other row ends as 重复录入 and points to the one that stays. Raises HouseholdsError.

    With `whole` the household of the row that goes is a duplicate too: its other members enter the kept one's household.
    """
    pair = _open(pair)
    if not reason.strip():
        raise HouseholdsError("请写明认定理由。")
    if keep.pk not in {pair.first_id, pair.second_id}:
        raise HouseholdsError("保留的要是这两人之一。")
    because(f"合并重复登记:{reason}")
    goes = pair.second_id if keep.pk == pair.first_id else pair.first_id
    kept = merge_persons(kept=keep, merged=Member.objects.get(pk=goes), whole=whole, by=by)
    return _close(pair, DuplicatePair.State.SAME, reason, by, kept)


def merge_persons(*, kept: Member, merged: Member, whole: bool = False, by: User) -> Member:
    """Make two rows of one person one; nothing is deleted. Raises HouseholdsError for itself, across villages, a head who leaves others behind."""
    if kept.pk == merged.pk:
        raise HouseholdsError("不能与自己合并。")
    # Households before members, as every change of a household locks them.
    homes = {row.household_id: lock_household(row.household) for row in sorted((kept, merged), key=lambda row: row.household_id)}
    rows = {row.pk: row for row in Member.objects.select_for_update().filter(pk__in=[kept.pk, merged.pk]).order_by("pk")}
    kept, merged = rows[kept.pk], rows[merged.pk]
    gone = next((row for row in (kept, merged) if row.left_on), None)
    if gone:
        raise HouseholdsError(f"{gone.name}已于 {gone.left_on} 减少,不用再合并。")
    if kept.village_id != merged.village_id:
        raise HouseholdsError("两人登记在不同的村,不能直接合并。请先由多登的村办理减少,或认定为不是同一人。")
    home, into = homes[merged.household_id], homes[kept.household_id]
    others = list(home.members.filter(left_on=None).exclude(pk=merged.pk).order_by("number"))
    ends = home.pk != into.pk and (whole or not others)
    if merged.relation == Relation.HEAD and not ends:
        raise HouseholdsError(f"{merged.name}是户编号 {home} 的户主,户内还有 {len(others)} 人。请勾选整户合并、保留另一条,或先办理户主变更。")
    if ends:
        refuse_running(home, "合并")
    merged.left_on, merged.leave_reason = today(), LeaveReason.DUPLICATE
    merged.save()
    Member.objects.filter(pk=merged.pk).update(continued_as=kept)
    _fill(kept, merged)
    if ends:
        enter_household(others, home, into, {}, today())
    for each in homes.values():
        each.version += 1
        each.save()
    refresh_grams([*homes])
    return kept


def _fill(kept: Member, merged: Member) -> None:
    """What the kept row has nothing of it takes from the other: the number with its kind, and what else is empty."""
    if not kept.id_number and merged.id_number:
        kept.id_number, kept.document_kind = merged.id_number, merged.document_kind
        if merged.document_kind == DocumentKind.ID_CARD:
            kept.birth_on, kept.birth_estimated = merged.birth_on, False
    if not kept.education and not kept.schooling:
        kept.education, kept.schooling = merged.education, merged.schooling
    for name in FILLED:
        if name not in {"education", "schooling"} and not getattr(kept, name):
            setattr(kept, name, getattr(merged, name))
    kept.save()
