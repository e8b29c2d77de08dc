"""Income accounting (`domain.md` §2): D = D1+…+D6, gross = A+B+C+D, net = gross − E, per head half up to the cent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.checks import Problem
from core.checks.identity import age_on
from households.rules.members import MemberFacts

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "wage": ("工资性收入", ("a1", "a2", "a3", "a4", "a5")),
    "business": ("生产经营性收入", ("b1", "b2", "b3", "b4")),
    "property": ("财产性收入", ("c1", "c2", "c3", "c4")),
    "transfer": ("转移性收入", ("d1", "d2", "d3", "d4", "d5", "d6")),
    "expense": ("生产经营性支出", ("e1", "e2", "e3", "e4")),
}
_LABELS = {
    "a": "务工收入 行业部门公益岗 乡镇公益岗 村级公益岗 其他(采摘、零工)",
    "b": "种植业 养殖业 林果业 其他",
    "c": "资产收益扶贫分红 土地(草场)流转 代种代养、入股 其他",
    "d": "计划生育金 低保金 特困供养金 养老保险金 生态补偿金 其他转移性收入",
    "e": "种植 养殖 林果 其他",
}
# Item code in the form's order -> (label, group), as ("a1", ("务工收入", "wage")).
INCOME_ITEMS: dict[str, tuple[str, str]] = {
    code: (label, group) for group, (_, codes) in GROUPS.items() for code, label in zip(codes, _LABELS[codes[0][0]].split(), strict=True)
}
CENT = Decimal("0.01")
LARGE_CHANGE = Decimal("0.5")
PENSION_AGE = 60


def closed_year(day: date) -> int:
    """The newest accounting year that is over on a day: year Y runs from 1 October of Y−1 to 30 September of Y (`domain.md` §2.1)."""
    return day.year if (day.month, day.day) >= (9, 30) else day.year - 1


@dataclass(frozen=True)
class IncomeTotals:
    """Yuan. `per_capita` is None for a household without people."""

    wage: Decimal
    business: Decimal
    property: Decimal
    transfer: Decimal
    expense: Decimal
    gross: Decimal
    net: Decimal
    per_capita: Decimal | None


def income_totals(items: Mapping[str, Any], population: int) -> IncomeTotals:
    """The sums of a year's items (missing ones count as 0), in yuan."""
    sums = {name: sum((Decimal(items.get(code) or 0) for code in codes), Decimal(0)) for name, (_, codes) in GROUPS.items()}
    gross = sums["wage"] + sums["business"] + sums["property"] + sums["transfer"]
    net = gross - sums["expense"]
    per_capita = (net / population).quantize(CENT, ROUND_HALF_UP) if population > 0 else None
    return IncomeTotals(**sums, gross=gross, net=net, per_capita=per_capita)


def is_below_line(per_capita: Decimal, line: Decimal) -> bool:
    """Strictly below: a household exactly on the line is not counted as poor."""
    return per_capita < line


def is_large_change(now: Decimal, before: Decimal) -> bool:
    """More than 50 % up or down on the year before; from nothing to something counts as large."""
    if before <= 0:
        return now > 0
    return abs(now - before) > before * LARGE_CHANGE


def check_income(
    items: Mapping[str, Any], *, members: Sequence[MemberFacts], living: Mapping[str, Any] | None, year_end: Any, previous: Decimal | None
) -> list[Problem]:
    """Findings at the items of one year: each kind of income has something behind it."""
    present = [m for m in members if m.active]

    def amount(code: str) -> Decimal:
        return Decimal(items.get(code) or 0)

    found: list[Problem] = []

    found += [Problem(code, "error", "不能是负数。") for code in INCOME_ITEMS if amount(code) < 0]

    def warn(field: str, message: str) -> None:
        found.append(Problem(field, "warning", message))

    low_income = any(m.low_income_support for m in present)
    extreme = any(m.extreme_support for m in present)
    if (amount("d2") > 0) != low_income:
        warn("d2", "有低保成员,但没有低保金。" if low_income else "有低保金,但没有享受低保的成员。")
    if (amount("d3") > 0) != extreme:
        warn("d3", "有特困供养成员,但没有特困供养金。" if extreme else "有特困供养金,但没有特困供养成员。")
    if amount("d4") > 0 and not any(m.birth_on and age_on(m.birth_on, year_end) >= PENSION_AGE for m in present):
        warn("d4", "有养老保险金,但没有60岁以上的成员。")
    wage = sum(amount(code) for code in GROUPS["wage"][1])
    if wage > 0 and not any(m.work_months or m.public_post for m in present):
        warn("a1", "有工资性收入,但没有成员务工或在公益岗。")
    if living is not None:
        if amount("b1") > 0 and not (living.get("cultivated_mu") or living.get("in_cooperative")):
            warn("b1", "有种植业收入,但没有耕地,也没有加入合作社。")
        if amount("d5") > 0 and not (living.get("pasture_mu") or living.get("returned_forest_mu") or items.get("note")):
            warn("d5", "有生态补偿金,但没有草场或退耕地,请在说明中写明。")
    totals = income_totals(items, len(present))
    if previous is not None and totals.per_capita is not None and is_large_change(totals.per_capita, previous):
        warn("a1", "人均纯收入比上年变化超过50%,请核对。")
    return found
