"""Watching households after exit (国乡振发〔2021〕7号, number not verified; `domain.md` §3.7): who may be watched as what, and when a risk ends."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import TextChoices


class Category(TextChoices):
    """L30."""

    UNSTABLE = "1", "脱贫不稳定户"
    EDGE = "2", "边缘易致贫户"
    SUDDEN = "3", "突发严重困难户"


class Risk(TextChoices):
    """L31, the first of a household's is the main one."""

    ILLNESS = "01", "因病"
    DISABILITY = "02", "因残"
    SCHOOLING = "03", "因学"
    DISASTER = "04", "因自然灾害"
    ACCIDENT = "05", "因意外事故"
    INDUSTRY = "06", "因产业项目失败"
    EMPLOYMENT = "07", "因务工就业不稳"
    LABOUR = "08", "缺劳动力"
    DWELLING = "09", "因房"
    WATER = "10", "因水"
    OTHER = "99", "其他"


class Source(TextChoices):
    APPLICATION = "1", "农户自主申报"
    CADRES = "2", "基层干部排查"
    DEPARTMENT = "3", "部门筛查预警"
    PETITION = "4", "信访舆情"


class Clearing(TextChoices):
    """L32."""

    HELPED = "1", "帮扶消除"
    NATURAL = "2", "自然消除"


RISKS_AT_MOST = 5


def category_problem(category: str, *, registered: bool, exited: bool) -> str:
    """'' or why a household may not be watched as this kind: 1 only after an exit, 2 never a registered household."""
    if category == Category.UNSTABLE and not (registered and exited):
        return "脱贫不稳定户必须是已脱贫的建档立卡户。"
    if category == Category.EDGE and registered:
        return "建档立卡户不能认定为边缘易致贫户,请选脱贫不稳定户或突发严重困难户。"
    return ""


def risks_problem(risks: Sequence[str]) -> str:
    """'' or what is wrong with a list of risks."""
    if not risks:
        return "请至少选择一项风险类型。"
    if len(risks) > RISKS_AT_MOST:
        return f"风险类型最多选 {RISKS_AT_MOST} 项。"
    if len(set(risks)) != len(risks):
        return "风险类型不能重复。"
    return ""


def clearing_problems(
    *, recognised_on: date, day: date, per_capita: Decimal | None, line: Decimal | None, least_days: int, no_workforce: bool
) -> list[str]:
    """What keeps a risk from being marked as gone: half a year of steady income, income over the year's line (yuan a head)."""
    found = []
    if no_workforce:
        found.append("整户无劳动能力的兜底户暂不标注风险消除。")
    if (day - recognised_on).days < least_days:
        found.append(f"认定不满 {least_days} 天,收入稳定的时间还不够。")
    if per_capita is None or line is None:
        found.append("缺少本年度收入或监测线,无法核对收入。")
    elif per_capita <= line:
        found.append(f"人均纯收入 {per_capita:,.2f} 元,没有超过监测线 {line:,.2f} 元。")
    return found
