"""Figures of the "331" assessment, counted from the scheme in force."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from accounts.permissions import Permission
from assessments.models import AssessmentPart, AssessmentScheme, BonusKind, Score
from core.figures import Figure, Number, register

P = Permission.FIGURE_VIEW


def scheme_on(as_of: date) -> QuerySet:
    """The scheme in force on a day: the newest adopted by then."""
    newest = AssessmentScheme.objects.filter(adopted_on__isnull=False, valid_from__lte=as_of).order_by("-valid_from", "-version").values("pk")[:1]
    return AssessmentScheme.objects.filter(pk__in=newest)


def parts(as_of: date) -> QuerySet:
    return AssessmentPart.objects.filter(scheme__in=scheme_on(as_of))


def part(code: str) -> Callable[[date], QuerySet]:
    return lambda as_of: parts(as_of).filter(code=code)


def clarifications(rows: QuerySet) -> Number:
    """How many of the three (method, content, procedure) the scheme has a text for."""
    scheme = rows.first()
    return sum(bool(text.strip()) for text in (scheme.method, scheme.content, scheme.procedure)) if scheme else 0


def weight(rows: QuerySet) -> Number:
    return rows.aggregate(total=Sum("weight"))["total"] or Decimal(0)


def method(rows: QuerySet) -> Number:
    """331: clarifications, parts, and charts per cadre, as digits."""
    scheme = rows.first()
    if scheme is None:
        return None
    return int(f"{clarifications(rows)}{scheme.parts.count()}1")


def newest_charts(as_of: date) -> QuerySet:
    """The sheets of frozen scores; a later version of a score replaces its earlier sheet."""
    scores = Score.objects.filter(assessment__period__frozen_on__lte=as_of)
    return scores.filter(version=1)


def charts_per_cadre(rows: QuerySet) -> Number:
    """Sheets a cadre and period: one, whatever the versions."""
    counted = rows.aggregate(people=Count("assessment", distinct=True), sheets=Count("assessment", filter=Q(version=1)))
    return round(counted["sheets"] / counted["people"]) if counted["people"] else None


COLUMNS = (("方案", "name"), ("版本", "version"), ("状态", "get_state_display"), ("起用日期", "valid_from"))
PART_COLUMNS = (("部分", "get_code_display"), ("权重", "weight"))
register(Figure("assessment_method_331", "“331”工作法", "", scheme_on, P, value=method, columns=COLUMNS, source="创新推行“331”工作法"))
register(
    Figure("assessment_clear_rules", "三个明确", "项", scheme_on, P, value=clarifications, columns=COLUMNS, source="考核方式、内容、程序“三个明确”")
)
register(Figure("assessment_parts", "三项考评", "项", parts, P, columns=PART_COLUMNS, source="严格开展“三项考评”"))
register(Figure("assessment_charts_per_cadre", "每名干部鉴定挂图", "张", newest_charts, P, value=charts_per_cadre,
                columns=(("派驻干部", "assessment.cadre.name"), ("考核期", "assessment.period.title"), ("总分", "total")),
                source="形成一个考勤、管理、履职、满意度为一体的鉴定“挂图”"))  # fmt: skip
for _key, _code, _label in (("attendance", "A", "日常考勤管理"), ("duty", "B", "履职情况"), ("satisfaction", "C", "满意度测评")):
    register(Figure(f"assessment_weight_{_key}", f"{_label}权重", "分", part(_code), P, value=weight, columns=PART_COLUMNS, source="3:3:4比例评分"))
register(
    Figure(
        "bonus_kinds", "加分项", "项", lambda as_of: BonusKind.objects.filter(scheme__in=scheme_on(as_of)), P,
        columns=(("加分项", "title"), ("认定条件", "criterion"), ("证明材料", "proof"), ("认定单位", "certifier")),
        source="将上级表彰表扬和扶贫突出成效、典型经验亮点等作为加分项",
    )
)  # fmt: skip
