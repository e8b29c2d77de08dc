"""Figures of the register."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.permissions import Permission
from core.figures import Figure, Number, register
from households.models import Household, Member
from households.rules.codes import PovertyStatus
from villages.models import Village

VILLAGE_COLUMNS = (("村", "name"), ("村代码", "code"), ("乡镇", "township.name"))
HOUSEHOLD_COLUMNS = (
    ("户编号", "household_code"),
    ("村", "village.name"),
    ("属性", "get_attribute_display"),
    ("脱贫状态", "get_poverty_status_display"),
)
MEMBER_COLUMNS = (("姓名", "name"), ("与户主关系", "get_relation_display"), ("村", "village.name"), ("户编号", "household.household_code"))


def households(as_of: date) -> QuerySet:
    return Household.objects.registered_by(as_of).select_related("village")


def members(as_of: date) -> QuerySet:
    return Member.objects.present_on(as_of).select_related("village", "household")


def villages_with_poor(as_of: date) -> QuerySet:
    """Villages where at least one household is registered."""
    here = Household.objects.registered_by(as_of).filter(village_id=OuterRef("pk"))
    return Village.objects.filter(Exists(here)).select_related("township")


def mean_size(rows: QuerySet) -> Number:
    """Members by household, half up to two places; None without households."""
    found = rows.order_by().aggregate(members=Count("pk"), homes=Count("household_id", distinct=True))
    if not found["homes"]:
        return None
    return (Decimal(found["members"]) / found["homes"]).quantize(Decimal("0.01"), ROUND_HALF_UP)


V, H = Permission.VILLAGE_VIEW, Permission.HOUSEHOLD_VIEW
register(Figure("non_poor_villages_with_poor", "有贫困户的非贫困村", "个", lambda d: villages_with_poor(d).filter(is_poor_village=False), V,
                columns=VILLAGE_COLUMNS, source="7个非贫困村的278户贫困户"))  # fmt: skip
register(Figure("villages_with_poor_total", "有贫困户的村", "个", villages_with_poor, V, columns=VILLAGE_COLUMNS, source="16个贫困村、7个非贫困村"))
register(Figure("households", "建档立卡户", "户", households, H, columns=HOUSEHOLD_COLUMNS, source="精准核定精扶贫对象278户809名"))
register(Figure("members", "建档立卡人口", "人", members, H, columns=MEMBER_COLUMNS, source="精准核定精扶贫对象278户809名"))
register(Figure("household_mean_size", "户均人口", "人/户", members, H, value=mean_size, columns=MEMBER_COLUMNS, source="809/278", scale=2))
for _status in (PovertyStatus.POOR, PovertyStatus.PRE_EXIT, PovertyStatus.EXITED, PovertyStatus.RETURNED):
    register(Figure(f"households_{_status.name.lower()}", f"{_status.label}户", "户",
                    lambda d, status=_status: households(d).filter(poverty_status=status), H, columns=HOUSEHOLD_COLUMNS))  # fmt: skip
