"""When a poor village leaves 贫困村退出 (`domain.md` §3.5): the rate and the sheet of ten items.

Items 4–10 and the limits are [assumed] and settings. The year's profile suggests an answer for each item; a person confirms it with
evidence. None means that the profile cannot tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import TextChoices

from households.rules.exits import Suggestion
from households.rules.procedures import CITY, TOWNSHIP, VILLAGE, ProcedureDefault, StepDefault

KEY = "village-exit"


class VillageItem(TextChoices):
    ROAD = "01", "道路"
    WATER = "02", "饮水"
    POWER = "03", "用电"
    HOUSING = "04", "住房"
    COMMUNICATIONS = "05", "通信(宽带)"
    CULTURE = "06", "文化广电"
    HEALTH = "07", "医疗卫生"
    EDUCATION = "08", "教育"
    OFFICE = "09", "村级综合服务中心"
    INDUSTRY = "10", "产业与集体经济"


TESTS = {
    VillageItem.ROAD: "通村路硬化,具备条件的通客运",
    VillageItem.WATER: "户户有安全饮水",
    VillageItem.POWER: "生活用电全覆盖,满足生产用电",
    VillageItem.HOUSING: "没有人住 C、D 级危房",
    VillageItem.COMMUNICATIONS: "有移动信号,通宽带",
    VillageItem.CULTURE: "有文化活动室或广场,广播电视户户通",
    VillageItem.HEALTH: "有标准化卫生室和合格村医",
    VillageItem.EDUCATION: "学前和小学就学有保障,没有辍学",
    VillageItem.OFFICE: "有村级综合服务中心",
    VillageItem.INDUSTRY: "有主导产业或合作社,有集体经济收入",
}


def poverty_rate(*, poor: int, rural: int) -> Decimal | None:
    """People not yet out of poverty by the rural registered population, in per cent to two places, half up; None without population."""
    if rural <= 0:
        return None
    return (Decimal(poor) * 100 / rural).quantize(Decimal("0.01"), ROUND_HALF_UP)


def rate_problem(*, poor: int, rural: int, limit: int) -> str:
    """'' or why the rate forbids the exit. A village exactly on the limit may leave; judged on the numbers, not on the rounded rate."""
    if rural <= 0:
        return "年度情况没有农业户籍人口,算不出贫困发生率。"
    if poor * 100 > rural * limit:
        return f"贫困发生率 {poverty_rate(poor=poor, rural=rural)}%(未脱贫 {poor} 人,农业户籍人口 {rural} 人),高于 {limit}%。"
    return ""


def _all(words: str, *conditions: bool) -> Suggestion:
    return Suggestion(all(conditions), words)


def suggest(profile: Mapping[str, Any] | None, *, year: int, income_limit: Decimal) -> dict[str, Suggestion]:
    """For each item what the village's profile of the year says. `income_limit` in 万元: collective income is above 0 and no less."""
    if profile is None:
        return {item: Suggestion(None, f"没有 {year} 年的村年度情况。") for item in VillageItem}
    p = profile
    yes: dict[bool, str] = {True: "是", False: "否"}
    income = p["collective_income_wan"]
    return {
        VillageItem.ROAD: _all(f"通硬化路:{yes[p['paved_road']]};通客运:{yes[p['bus']]}。", p["paved_road"]),
        VillageItem.WATER: _all(f"安全饮水 {p['safe_water_households']} 户,全村 {p['households_total']} 户。",
                                p["safe_water_households"] >= p["households_total"] > 0),
        VillageItem.POWER: _all(f"生活用电:{yes[p['domestic_power']]};生产用电:{yes[p['production_power']]}。", p["domestic_power"], p["production_power"]),
        VillageItem.HOUSING: _all(f"危房 {p['unsafe_dwellings']} 户。", p["unsafe_dwellings"] == 0),
        VillageItem.COMMUNICATIONS: _all(f"通宽带:{yes[p['broadband']]}。", p["broadband"]),
        VillageItem.CULTURE: _all(f"文化活动室:{yes[p['culture_room']]};广播电视:{yes[p['broadcast']]}。", p["culture_room"], p["broadcast"]),
        VillageItem.HEALTH: _all(f"卫生室 {p['clinics']} 个,村医 {p['doctors']} 人。", p["clinics"] > 0, p["doctors"] > 0),
        VillageItem.EDUCATION: _all(f"就学有保障:{yes[p['school_access']]};辍学 {p['dropouts']} 人。", p["school_access"], p["dropouts"] == 0),
        VillageItem.OFFICE: _all(f"综合服务中心:{yes[p['service_centre']]}。", p["service_centre"]),
        VillageItem.INDUSTRY: _all(f"主导产业:{p['leading_industry'] or '无'};合作社 {p['cooperatives']} 个;集体收入 {income} 万元。",
                                   bool(p["leading_industry"]) or p["cooperatives"] > 0, income > 0, income >= income_limit),
    }  # fmt: skip


def missing_items(answers: Mapping[str, bool | None]) -> list[str]:
    """What stops the exit: items nobody has checked, and items not met, in the sheet's order."""
    open_ = [item.label for item in VillageItem if answers.get(item) is None]
    unmet = [item.label for item in VillageItem if answers.get(item) is False]
    found = []
    if open_:
        found.append(f"退出指标还有 {len(open_)} 项没有核实:{'、'.join(open_)}。")
    if unmet:
        found.append(f"{'、'.join(unmet)}不达标,不能退出。")
    return found


@dataclass(frozen=True)
class Standing:
    """A village as it stands for its exit in a year."""

    is_poor_village: bool
    poor_since: int | None
    exited_in: int | None
    has_profile: bool


def start_problem(standing: Standing, *, year: int, today: date) -> str:
    """'' or why no exit of this year may be started."""
    if not standing.is_poor_village:
        return "不是贫困村,不办理退出。"
    if standing.exited_in:
        return f"已于 {standing.exited_in} 年退出。"
    if year > today.year or (standing.poor_since and year < standing.poor_since):
        return f"退出年度应在认定年度{f'({standing.poor_since} 年)' if standing.poor_since else ''}以后,不晚于今年。"
    if not standing.has_profile:
        return f"还没有录入 {year} 年的村年度情况,算不出贫困发生率。请先录入。"
    return ""


DEFAULT = ProcedureDefault("贫困村退出", "厅字〔2016〕16号;县级步骤数值待核定", (
    StepDefault("application", "村级申请", "handle", "village_committee", VILLAGE, 10, requirements=("village_exit_checks",),
                evidence=(("退出申请书", "any"),)),
    StepDefault("township", "乡镇审核", "check", "township_checker", TOWNSHIP, 7, requirements=("village_exit_checks",)),
    StepDefault("verification", "市级核查", "check", "bureau_approver", CITY, 15, requirements=("village_exit_checks", "village_exit_document"),
                evidence=(("核查报告", "any"),)),
    StepDefault("notice", "乡镇公示", "handle", "township_clerk", TOWNSHIP, 15, requirements=("village_exit_notice",)),
    StepDefault("announcement", "公告", "handle", "bureau_clerk", CITY, 15, requirements=("village_exit_checks", "village_exit_notice")),
))  # fmt: skip

NOTICES = {"notice": "village_exit_township", "announcement": "village_exit_announcement"}
