"""What a household's exit is checked against (厅字〔2016〕16号; `domain.md` §3.4).

The register suggests an answer for each item and says from what; a person confirms it with evidence. None means that
the register cannot tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices

from core.checks.identity import age_on
from households.rules.members import COMPULSORY_SCHOOL, MemberFacts


class ExitItem(TextChoices):
    INCOME = "01", "人均纯收入达标"
    FOOD = "02", "不愁吃"
    CLOTHING = "03", "不愁穿"
    WATER = "04", "安全饮水"
    HOUSING = "05", "住房安全"
    SCHOOLING = "06", "义务教育"
    MEDICAL = "07", "基本医疗"
    POWER = "08", "生活用电"
    BROADCAST = "09", "广播电视"
    HELP = "10", "帮扶措施有成效"
    CONSENT = "11", "户主认可"


@dataclass(frozen=True)
class ExitFacts:
    """What the register knows of a household in a year. Yuan a head; `living` holds the year's conditions or is None."""

    year: int
    per_capita: Decimal | None
    line: Decimal | None
    living: Mapping[str, Any] | None
    members: Sequence[MemberFacts]
    measures_given: int | None
    today: date


@dataclass(frozen=True)
class Suggestion:
    met: bool | None
    words: str


def _income(facts: ExitFacts) -> Suggestion:
    if facts.per_capita is None:
        return Suggestion(None, f"没有 {facts.year} 年收入记录。")
    if facts.line is None:
        return Suggestion(None, f"没有 {facts.year} 年扶贫标准,请先在代码表中登记。")
    met = facts.per_capita >= facts.line
    return Suggestion(met, f"{facts.year} 年人均纯收入 {facts.per_capita:,.2f} 元,标准 {facts.line:,.2f} 元。")


def _living(facts: ExitFacts, name: str, good: str, bad: str) -> Suggestion:
    if facts.living is None:
        return Suggestion(None, f"没有 {facts.year} 年生产生活条件记录。")
    met = bool(facts.living.get(name))
    return Suggestion(met, good if met else bad)


def _water(facts: ExitFacts) -> Suggestion:
    if facts.living is None:
        return Suggestion(None, f"没有 {facts.year} 年生产生活条件记录。")
    safe = bool(facts.living.get("water_safe") or facts.living.get("water_solved")) and not facts.living.get("water_difficult")
    return Suggestion(safe, "饮水安全,不存在饮水困难。" if safe else "饮水安全尚未解决,或存在饮水困难。")


def _housing(facts: ExitFacts) -> Suggestion:
    if facts.living is None:
        return Suggestion(None, f"没有 {facts.year} 年生产生活条件记录。")
    if not facts.living.get("dwelling_unsafe"):
        return Suggestion(True, f"不是危房{',等级 ' + facts.living['dwelling_grade'] if facts.living.get('dwelling_grade') else ''}。")
    return Suggestion(False, f"登记为危房(等级 {facts.living.get('dwelling_grade') or '未填'})。")


def _schooling(facts: ExitFacts) -> Suggestion:
    children = [m for m in facts.members if m.active and m.birth_on and age_on(m.birth_on, facts.today) in COMPULSORY_SCHOOL]
    if not children:
        return Suggestion(True, "没有义务教育阶段的孩子。")
    out = [m.name for m in children if not m.at_school and not m.dropout_reason.startswith("2")]
    return Suggestion(not out, f"{len(children)} 名适龄孩子都在校或送教上门。" if not out else f"{'、'.join(out)}没有在校。")


def _medical(facts: ExitFacts) -> Suggestion:
    present = [m for m in facts.members if m.active]
    out = [m.name for m in present if not m.medical_insured]
    return Suggestion(not out, f"{len(present)} 人全部参保。" if not out else f"{'、'.join(out)}没有参加基本医疗保险。")


def _help(facts: ExitFacts) -> Suggestion:
    if facts.measures_given is None:
        return Suggestion(None, "请核实帮扶措施及成效。")
    given = facts.measures_given
    return Suggestion(given > 0, f"登记了 {given} 项已落实的帮扶措施。" if given else "没有已落实的帮扶措施。")


def suggest(facts: ExitFacts) -> dict[str, Suggestion]:
    """For each `ExitItem` what the register says. Food, clothing and consent are always a person's to find."""
    return {
        ExitItem.INCOME: _income(facts),
        ExitItem.FOOD: Suggestion(None, "入户看粮油、肉蛋奶或豆制品。"),
        ExitItem.CLOTHING: Suggestion(None, "入户看四季衣服、换洗被褥。"),
        ExitItem.WATER: _water(facts),
        ExitItem.HOUSING: _housing(facts),
        ExitItem.SCHOOLING: _schooling(facts),
        ExitItem.MEDICAL: _medical(facts),
        ExitItem.POWER: _living(facts, "domestic_power", "已通生活用电。", "没有通生活用电。"),
        ExitItem.BROADCAST: _living(facts, "broadcast", "已通广播电视。", "没有通广播电视。"),
        ExitItem.HELP: _help(facts),
        ExitItem.CONSENT: Suggestion(None, "户主在认可书上签字或按手印,上传认可书。"),
    }


def missing_checks(answers: Mapping[str, bool | None]) -> list[str]:
    """What stops an exit: items not yet checked, and items not met, in the sheet's order."""
    open_ = [item.label for item in ExitItem if answers.get(item) is None]
    unmet = [item.label for item in ExitItem if answers.get(item) is False]
    found = []
    if open_:
        found.append(f"退出核查还有 {len(open_)} 项没有核实:{'、'.join(open_)}。")
    if unmet:
        found.append(f"{'、'.join(unmet)}不达标,不能退出。")
    return found
