"""Writes of the register: one household with its members, conditions and income is saved in one step."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from core import crypto
from core.pinyin import grams
from core.scope import because
from households.models import Household, Income, Living, Member, NameGram
from households.rules.codes import PovertyStatus, Relation
from households.services.errors import HouseholdsError
from villages.models import Village
from workflow import services as flow


class StaleVersion(HouseholdsError):
    """Somebody else saved this household after the form was opened; nothing was written."""

    def __init__(self, household: Household) -> None:
        super().__init__("您打开之后,另一位同事已保存过这一户。请对照两个版本,确认后再保存。")
        self.household = household


class Registered(HouseholdsError):
    """An ID number belongs to an active member already; `where` says where, or whom to call."""

    def __init__(self, message: str, *, member_number: int = 0) -> None:
        super().__init__(message)
        self.member_number = member_number


@dataclass
class HouseholdInput:
    """What one entry screen holds. A member with an `id` is changed, one without is added, one not named stays."""

    household: dict[str, Any]
    members: list[dict[str, Any]]
    living: dict[str, Any] | None = None
    income: dict[str, Any] | None = None
    warnings: int = 0
    reason: str = ""
    version: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def next_code(village: Village) -> str:
    """The next household code of a village: its 12 digits and a serial of 4 [assumed]. Locks the village's counter."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [CODE_LOCKS, village.pk])
    prefix = village.code
    last = Household.objects.filter(village=village, household_code__gte=prefix, household_code__lt=prefix + "~").aggregate(
        last=Max("household_code")
    )["last"]
    serial = int(last[12:]) + 1 if last else 1
    if serial > 9999:
        raise HouseholdsError("本村户编号已用完(9999户),请联系市扶贫部门。")
    return f"{prefix}{serial:04d}"


CODE_LOCKS = 771_002


def where_registered(id_number: str, *, user: Any, exclude_household: int | None = None) -> str:
    """'' or a sentence that says where an active member with this number is registered.

    Within the user's reach it names household and village; beyond it, only the office to call.
    """
    index = crypto.blind_index(id_number, "id_number")
    if index is None:
        return ""
    found = (
        Member.objects.visible_to(user)
        .active()
        .filter(id_number_index=index)
        .exclude(household_id=exclude_household)
        .select_related("household", "village")
        .first()
    )
    if found:
        return f"该证件号码已登记在{found.village.name}户编号 {found.household.household_code}({found.name})。"
    if exclude_household and Member.objects.active().filter(id_number_index=index, household_id=exclude_household).exists():
        return ""
    with connection.cursor() as cursor:
        cursor.execute("select households_where_registered(%s)", [index])
        office = cursor.fetchone()[0]
    return f"该证件号码已在其他乡镇登记,请联系{office}核对。" if office else ""


def refresh_grams(household_ids: list[int]) -> None:
    """Rewrite the search fragments of these households from their active members."""
    NameGram.objects.filter(household_id__in=household_ids).delete()
    rows = {
        (gram, village_id, household_id)
        for name, village_id, household_id in Member.objects.filter(household_id__in=household_ids, left_on=None).values_list(
            "name", "village_id", "household_id"
        )
        for gram in grams(name)
    }
    NameGram.objects.bulk_create([NameGram(gram=gram, village_id=v, household_id=h) for gram, v, h in rows], batch_size=2000)


def lock_household(household: Household, version: int | None = None) -> Household:
    """The household, locked for a change. Raises HouseholdsError while it stands in a notice, StaleVersion for another version."""
    current = Household.objects.select_for_update().get(pk=household.pk)
    try:
        flow.refuse_if_noticed(Household._meta.db_table, [household.pk])
    except flow.UnderNotice as error:
        raise HouseholdsError(str(error)) from error
    if version is not None and current.version != version:
        raise StaleVersion(current)
    return current


def _save_members(household: Household, members: list[dict[str, Any]]) -> None:
    known = {member.pk: member for member in household.members.all()}
    number = max((member.number for member in known.values()), default=0)
    changed = []
    for values in members:
        wanted = values.get("id")
        member = known.get(wanted or 0)
        if wanted and member is None:
            raise HouseholdsError("有一位成员不属于本户,没有保存。请重新打开页面。")
        if member is None:
            number += 1
            member = Member(household=household, number=number)
        member.village_id = household.village_id
        for name, value in values.items():
            if name != "id":
                setattr(member, name, value)
        changed.append(member)
    # Who stops being head is written before who becomes it: the one-head index is checked row by row.
    for member in sorted(changed, key=lambda member: member.is_head and not member.left_on):
        member.save()


def _save_yearly(model: type[Living] | type[Income], household: Household, values: dict[str, Any] | None) -> None:
    if not values:
        return
    values = dict(values)
    model.objects.update_or_create(household=household, year=values.pop("year"), defaults={**values, "village_id": household.village_id})


def check_heads(household: Household) -> None:
    """An active household has exactly one head among its active members."""
    heads = household.members.filter(left_on=None, relation=Relation.HEAD).count()
    if household.ended_on is None and heads != 1:
        raise HouseholdsError("一户必须有一位户主:户主去世或迁出时,请同时选定新户主。" if heads == 0 else "一户只能有一位户主。")


def _check_numbers(household: Household, members: list[dict[str, Any]], user: Any) -> None:
    for position, values in enumerate(members):
        if values.get("id_number") and not values.get("left_on"):
            where = where_registered(values["id_number"], user=user, exclude_household=household.pk)
            if where:
                raise Registered(where, member_number=position)


@transaction.atomic
def save_household(*, household: Household | None, village: Village, data: HouseholdInput, by: Any, today: date) -> Household:
    """Register a new household (household=None) or save changes to one, all in one transaction.

    Raises StaleVersion when `data.version` is not the stored one, Registered for an ID number that is
    somebody else's, HouseholdsError for what the register forbids. `by` must reach the village.
    """
    because(data.reason or ("新建档" if household is None else "修改档案"))
    if household is None:
        household = Household(village=village)
        if not data.household.get("applied_on"):
            household.household_code = next_code(village)
    else:
        household = lock_household(household, data.version)
        household.version += 1
    before = household.poverty_status if household.pk else None
    for name, value in data.household.items():
        setattr(household, name, value)
    if household.poverty_status != before and household.poverty_status != PovertyStatus.POOR:
        household.status_confirmed_on = household.status_confirmed_on or today
    household.warning_count = data.warnings
    _check_numbers(household, data.members, by)
    household.save()
    _save_members(household, data.members)
    check_heads(household)
    population = household.members.filter(left_on=None).count()
    if data.income:
        data.income = {"population": population, **data.income}
    _save_yearly(Living, household, data.living)
    _save_yearly(Income, household, data.income)
    refresh_grams([household.pk])
    return household


@transaction.atomic
def end_household(*, household: Household, ended_on: date, end_reason: str, leave_reason: str, by: Any, reason: str) -> Household:
    """Take a household out of the register with a date and a reason; its members leave with it."""
    because(reason)
    household = lock_household(household)
    if household.ended_on:
        raise HouseholdsError("这一户已退出登记。")
    if household.identified_on is None:
        raise HouseholdsError("这一户还在申请中,请在识别办理页撤回或结束申请。")
    if ended_on < household.identified_on:
        raise HouseholdsError("退出登记日期不能早于识别日期。")
    household.ended_on, household.end_reason = ended_on, end_reason
    household.version += 1
    household.save()
    household.members.filter(left_on=None).update(left_on=ended_on, leave_reason=leave_reason)
    refresh_grams([household.pk])
    return household
