"""The years of dynamic management: set up by the city, closed once with a snapshot of the whole register."""

from datetime import date
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from accounts.permissions import Permission
from core import scope
from core.clock import today
from core.scope import because
from households.models import DynamicWindow, HouseholdYear
from households.rules import dynamics
from households.services.errors import HouseholdsError

SNAPSHOT = """
insert into households_householdyear (household_id, village_id, year, household_code, head_name, population, attribute, cause_main, poverty_status,
                                      exit_year, per_capita, low_income_members, members, joined, "left")
select h.id, h.village_id, %(year)s, h.household_code, coalesce(m.head, ''), coalesce(m.population, 0), h.attribute, h.cause_main,
  case when h.status_confirmed_on is null or h.status_confirmed_on <= %(day)s then h.poverty_status
       when h.exit_year <= %(year)s then '2' else '1' end,
  case when h.exit_year <= %(year)s then h.exit_year end, i.per_capita, coalesce(m.low_income, 0), coalesce(m.people, '[]'::jsonb),
  coalesce(m.joined, 0), coalesce(m.gone, 0)
from households_household h
left join households_income i on i.household_id = h.id and i.year = %(year)s
left join (
  select household_id,
    count(*) filter (where present) as population,
    min(name) filter (where present and relation = '01') as head,
    count(*) filter (where present and low_income_support) as low_income,
    count(*) filter (where joined_on between %(since)s and %(day)s) as joined,
    count(*) filter (where left_on between %(since)s and %(day)s) as gone,
    jsonb_agg(jsonb_build_object('name', name, 'relation', relation, 'sex', sex, 'birth_on', birth_on, 'labour', labour) order by number)
      filter (where present) as people
  from (select *, (joined_on is null or joined_on <= %(day)s) and (left_on is null or left_on > %(day)s) as present
        from households_member) each
  group by household_id) m on m.household_id = h.id
where h.identified_on <= %(day)s and (h.ended_on is null or h.ended_on > %(day)s)
"""


def may_manage(user: User) -> bool:
    """Whether somebody sets up and closes years: for the whole city at once."""
    return scope.reach(user, Permission.DYNAMIC_MANAGE).everything


def _check_manager(by: User) -> None:
    if not may_manage(by):
        raise HouseholdsError("动态管理年度由市扶贫部门设立和结转。")


@transaction.atomic
def save_window(*, window: DynamicWindow, by: User, **fields: Any) -> DynamicWindow:
    """Set up a year's window or move its days. Raises HouseholdsError for days that do not fit, or a year that is closed."""
    _check_manager(by)
    if window.pk:
        window = DynamicWindow.objects.select_for_update().get(pk=window.pk)
        if window.rolled_over_on:
            raise HouseholdsError(f"{window.year} 年已经结转,不能再改。")
        first = window.changes.order_by("happened_on").first()
        last = window.changes.order_by("-happened_on").first()
        if first and last and not (fields["starts_on"] <= first.happened_on and last.happened_on <= fields["closes_on"]):
            raise HouseholdsError(f"本年度已登记 {first.happened_on} 至 {last.happened_on} 的变动,日期要包含它们。")
    for name, value in fields.items():
        setattr(window, name, value)
    problem = dynamics.window_problem(year=window.year, starts_on=window.starts_on, opens_on=window.opens_on, closes_on=window.closes_on)
    others = DynamicWindow.objects.exclude(pk=window.pk)
    if not problem and others.filter(starts_on__lte=window.closes_on, closes_on__gte=window.starts_on).exists():
        problem = "与另一年度的变动期间重叠,请改日期。"
    if problem:
        raise HouseholdsError(problem)
    because(f"{'修改' if window.pk else '设立'}动态管理年度 {window.year}:{window.document}")
    window.full_clean()
    window.save()
    return window


@transaction.atomic
def roll_over(*, window: DynamicWindow, by: User, day: date | None = None) -> int:
    """Close a year: one statement writes every household as it stood on the window's last day. Returns how many.

    Raises HouseholdsError before the window has ended, or when the year is closed already.
    """
    _check_manager(by)
    day = day or today()
    window = DynamicWindow.objects.select_for_update().get(pk=window.pk)
    if window.rolled_over_on:
        raise HouseholdsError(f"{window.year} 年已于 {window.rolled_over_on} 结转,往年档案不再改变。")
    if day <= window.closes_on:
        raise HouseholdsError(f"{window.year} 年的动态管理到 {window.closes_on} 关闭,关闭后才能结转。")
    because(f"{window.year} 年度结转")
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT, {"year": window.year, "day": window.closes_on, "since": window.starts_on})
        count = cursor.rowcount
    window.rolled_over_on, window.rolled_over_by = day, by
    window.save(update_fields=["rolled_over_on", "rolled_over_by"])
    return count


def year_of(window: DynamicWindow, user: User) -> Any:
    """The snapshot of a closed year in reach."""
    return HouseholdYear.objects.visible_to(user).filter(year=window.year)
