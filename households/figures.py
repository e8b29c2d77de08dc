"""Figures of the register."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.permissions import Permission
from core.figures import Figure, Number, register
from households.models import Complaint, CrossCheckSource, HandbookIssue, Household, HouseholdSurvey, Member, Proceeding
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


def sources(as_of: date) -> QuerySet:
    """Offices whose records every applicant is compared with."""
    return CrossCheckSource.objects.filter(is_required=True).valid_on(as_of)


def handbooks(as_of: date) -> QuerySet:
    """Handbooks in the hands of registered households on a day."""
    held = HandbookIssue.objects.filter(issued_on__lte=as_of).filter(Q(ended_on=None) | Q(ended_on__gt=as_of))
    return held.filter(household__in=Household.objects.registered_by(as_of)).select_related("village", "household")


def per_household(rows: QuerySet) -> Number:
    """Handbooks by household that has any, half up to two places."""
    found = rows.order_by().aggregate(books=Count("pk"), homes=Count("household_id", distinct=True))
    if not found["homes"]:
        return None
    return (Decimal(found["books"]) / found["homes"]).quantize(Decimal("0.01"), ROUND_HALF_UP)


def not_taken_in(as_of: date) -> QuerySet:
    """Applications that ended without registration, with the step and the reason."""
    ended = Proceeding.objects.filter(kind=Proceeding.Kind.IDENTIFICATION, outcome=Proceeding.Outcome.DECLINED, closed_on__lte=as_of)
    return ended.select_related("village", "case")


def surveys(as_of: date) -> QuerySet:
    return HouseholdSurvey.objects.filter(surveyed_on__lte=as_of).select_related("village", "household")


SOURCE_COLUMNS = (("部门", "office"), ("比对项", "item"), ("作用", "get_effect_display"))
register(
    Figure(
        "crosscheck_departments", "信息比对必查部门", "类", sources, H, columns=SOURCE_COLUMNS, source="农牧、公安、房管、车管及各大银行等相关单位"
    )
)
register(Figure("survey_aspects", "入户调查方面", "个", surveys, H, value=lambda rows: len(HouseholdSurvey.ASPECTS),
                columns=(("村", "village.name"), ("户", "household"), ("调查日期", "surveyed_on")), source="从人口、财产、收入等情况入手"))  # fmt: skip
register(Figure("handbooks_per_household", "户均手册", "本/户", handbooks, H, value=per_household, scale=2,
                columns=(("手册", "get_kind_display"), ("编号", "number"), ("村", "village.name"), ("户", "household"), ("发放日期", "issued_on")),
                source="发放《扶贫手册》及《青海省建档立卡贫困户精准管理手册》"))  # fmt: skip
register(Figure("applications_not_taken_in", "申请未纳入", "户", not_taken_in, H,
                columns=(("办件编号", "case.number"), ("村", "village.name"), ("终止环节", "closed_step"), ("原因", "closed_reason"))))  # fmt: skip


def misidentifications(as_of: date) -> QuerySet:
    """Petitions about identification that were found true, wholly or in part, by a day."""
    found = Complaint.objects.filter(cause=Complaint.Cause.MISIDENTIFIED, finding__in=[Complaint.Finding.TRUE, Complaint.Finding.PARTLY])
    return found.filter(answered_on__lte=as_of).select_related("village")


def complaints(as_of: date) -> QuerySet:
    return Complaint.objects.filter(received_on__lte=as_of).select_related("village")


COMPLAINT_COLUMNS = (("编号", "number"), ("来源", "get_channel_display"), ("收到日期", "received_on"), ("反映事项", "get_cause_display"),
                     ("村", "village.name"), ("核实结果", "get_finding_display"), ("答复日期", "answered_on"))  # fmt: skip
register(Figure("incidents_from_misidentification", "因识别不准引发的事件", "件", misidentifications, Permission.COMPLAINT_VIEW,
                columns=COMPLAINT_COLUMNS, source="全市未发生因识别不准引发的各类事件"))  # fmt: skip
register(Figure("complaints", "信访件", "件", complaints, Permission.COMPLAINT_VIEW, columns=COMPLAINT_COLUMNS))
