"""Figures of the dispatched cadres."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef, QuerySet

from accounts.permissions import Permission
from cadres import rules
from cadres.models import (
    AllowanceKind,
    AttendanceMonth,
    BodyMember,
    Commitment,
    DutyBody,
    Honour,
    LeadingBody,
    Posting,
    QuarterReport,
    Secondment,
    TrainingAttendance,
    TrainingSession,
)
from core.figures import Figure, register


def postings(as_of: date) -> QuerySet:
    """Postings that run on a day: one a cadre, by constraint."""
    return Posting.objects.active_on(as_of).select_related("cadre", "cadre__home_unit", "village")


COLUMNS = (
    ("姓名", "cadre.name"),
    ("驻村职务", "get_role_display"),
    ("村", "village.name"),
    ("派出单位", "cadre.home_unit.name"),
    ("到岗日期", "started_on"),
)
register(Figure("dispatched_cadres", "派驻干部", "名", postings, Permission.CADRE_VIEW, columns=COLUMNS, source="向16个贫困村统筹选派了40名扶贫干部"))


def on_or_before(model: type, field: str, **more: object) -> Callable[[date], QuerySet]:
    return lambda as_of: model.objects.filter(**{f"{field}__lte": as_of}, **more)


def coverage(rows: QuerySet) -> Decimal | None:
    """Cadres in a running posting who have attended at least one training, in per cent."""
    trained = rows.filter(Exists(TrainingAttendance.objects.filter(cadre_id=OuterRef("cadre_id")))).count()
    posted = rows.count()
    return Decimal(100 * trained) / posted if posted else None


def add(key: str, label: str, unit: str, rows: Callable[[date], QuerySet], columns: tuple, source: str, **more: object) -> None:
    register(Figure(key, label, unit, rows, Permission.CADRE_VIEW, columns=columns, source=source, **more))  # type: ignore[arg-type]


NAME = (("名称", "name"),)
SESSION = (("培训名称", "title"), ("方式", "get_mode_display"), ("日期", "starts_on"), ("地点", "place"))
SECONDED = (("姓名", "name"), ("职务", "post"), ("挂职单位", "host.name"), ("起", "started_on"), ("止", "ended_on"))
add("attached_section_leaders", "挂职锻炼的新提任科级领导干部", "名", on_or_before(Secondment, "started_on"), SECONDED, "选派了5名新提任科级领导干部")
add("attachment_months", "挂职锻炼期限", "个月", on_or_before(Secondment, "started_on"), SECONDED, "开展为期4个月的挂职锻炼",
    value=lambda rows: rows.aggregate(most=Max("months"))["most"])  # fmt: skip
add(
    "leading_group",
    "扶贫开发领导小组",
    "个",
    on_or_before(LeadingBody, "established_on", kind="leading_group", ended_on=None),
    NAME,
    "双组长制扶贫开发领导小组",
)
add("leading_group_heads", "领导小组组长", "名", on_or_before(BodyMember, "since_on", place="head", body__kind="leading_group", until_on=None),
    (("姓名", "name"), ("职务", "post")), "建立了双组长制扶贫开发领导小组")  # fmt: skip
add(
    "command_headquarters",
    "扶贫攻坚指挥部",
    "个",
    on_or_before(LeadingBody, "established_on", kind="headquarters", ended_on=None),
    NAME,
    "扶贫攻坚指挥部",
)
add("duty_bodies", "管理责任主体", "类", on_or_before(DutyBody, "since_on"), (("主体", "get_kind_display"), ("职责", "duties")),
    "市委组织部、东城区、西城区工委、乡镇(街道)党委和派出单位")  # fmt: skip
add(
    "training_sessions",
    "培训、参训、观摩",
    "次",
    on_or_before(TrainingSession, "starts_on"),
    SESSION,
    "共组织20余次各类培训、参训、观摩等",
    bound="lower",
)
add("training_attendances", "参训", "人次", on_or_before(TrainingAttendance, "session__starts_on"),
    (("姓名", "cadre.name"), ("培训", "session.title")), "参训人数达480余人(次)", bound="lower")  # fmt: skip
add("training_modes", "培训方式", "种", on_or_before(TrainingSession, "starts_on"), SESSION, "岗前培训+专题轮训+观摩集训+实践验训",
    value=lambda rows: rows.order_by().values("mode").distinct().count())  # fmt: skip
add("training_coverage_pct", "培训覆盖面", "%", postings, COLUMNS, "确保扶贫干部培训全覆盖", value=coverage)
add("allowance_kinds", "派驻干部补助种类", "种", on_or_before(AllowanceKind, "valid_from", valid_to=None), NAME,
    "艰苦边远地区工资水平补差、乡镇工作岗位补助和干部人身意外伤害险")  # fmt: skip
add("promoted_cadres", "提拔使用", "名", on_or_before(Honour, "awarded_on", kind="promotion"), (("姓名", "cadre.name"), ("名称", "title"), ("日期", "awarded_on")),
    "优先提拔使用了…干部1名")  # fmt: skip


def last_month(as_of: date) -> date:
    """The first day of the month that was over last."""
    return (as_of.replace(day=1) - timedelta(days=1)).replace(day=1)


def per(*owner: str) -> Callable[[QuerySet], Decimal | None]:
    """How many rows an owner has: one each, where everyone has done what the rule asks."""

    def value(rows: QuerySet) -> Decimal | None:
        owners = rows.order_by().values(*owner).distinct().count()
        return Decimal(rows.count()) / owners if owners else None

    return value


def quarter_reports(as_of: date) -> QuerySet:
    year, quarter = rules.quarter_over(as_of)
    return QuarterReport.objects.filter(year=year, quarter=quarter, submitted_on__isnull=False).select_related(
        "commitment__village", "commitment__cadre"
    )


add("commitment_per_year", "每队、每人每年承诺", "份", lambda as_of: Commitment.objects.filter(year=as_of.year, signed_on__lte=as_of).select_related("village", "cadre"),
    (("承诺", "whose"), ("村", "village.name"), ("签订日期", "signed_on")), "派驻工作队及干部个人“年承诺、季报告”制度", value=per("village", "cadre"))  # fmt: skip
add("report_per_quarter", "每队、每人每季报告", "份", quarter_reports, (("报告", "commitment.whose"), ("季度", "get_quarter_display"), ("报送日期", "submitted_on")),
    "“年承诺、季报告”制度", value=per("commitment"))  # fmt: skip
add("attendance_report_per_month", "每村每月考勤月报", "份",
    lambda as_of: AttendanceMonth.objects.filter(month_on=last_month(as_of), submitted_on__lte=as_of).select_related("village"),
    (("村", "village.name"), ("月份", "label"), ("报送日期", "submitted_on"), ("状态", "get_state_display")), "派驻干部管理考勤月报制", value=per("village"))  # fmt: skip
