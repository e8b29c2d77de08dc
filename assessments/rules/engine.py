"""From inputs to points. Pure: the same inputs give the same card, in whatever order they come.

One rounding rule: the points of an indicator (and of a part scaled up for what did not apply) are rounded half up to
two decimals; sums of rounded points are exact and are not rounded again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from assessments.rules.scheme import COMPETENT, PARTS, Item, Scheme
from assessments.rules.survey import GroupResult, Tally, survey_results

CENT = Decimal("0.01")
ZERO = Decimal(0)


def rounded(value: Decimal) -> Decimal:
    """Half up, two decimals: the only rounding there is."""
    return value.quantize(CENT, ROUND_HALF_UP)


def plain(value: Decimal | int | None) -> str:
    """A number as an official writes it: 12, 0.5, never 12.00 or 1E+1."""
    if value is None:
        return ""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Line:
    """One indicator of a scorecard. `points` None: data is missing; `applies` False: excused, with a reason.

    `formula` is an expression over the names in `inputs` that anyone can work out again.
    """

    code: str
    part: str
    title: str
    maximum: Decimal
    inputs: Mapping[str, Decimal | None]
    formula: str
    points: Decimal | None
    words: str
    applies: bool = True

    @property
    def lost(self) -> Decimal | None:
        """How many points this indicator cost."""
        return None if self.points is None or not self.applies else self.maximum - self.points


@dataclass(frozen=True)
class Claim:
    """An accepted bonus: one fact may be honoured on several levels and counts once."""

    kind: str
    fact: str
    level: str
    fact_key: str


@dataclass(frozen=True)
class Bonus:
    kind: str
    fact: str
    level: str
    points: Decimal
    words: str = ""


@dataclass(frozen=True)
class Veto:
    """A confirmed veto. `effect` is the best grade that is left: failed or basic."""

    code: str
    title: str
    effect: str


@dataclass(frozen=True)
class Facts:
    """What the engine is given of one cadre. `excused` maps an indicator that does not apply to its reason."""

    inputs: Mapping[str, Decimal | None] = field(default_factory=dict)
    judged: Mapping[str, Decimal] = field(default_factory=dict)
    tallies: Sequence[Tally] = ()
    excused: Mapping[str, str] = field(default_factory=dict)
    claims: Sequence[Claim] = ()
    vetoes: Sequence[Veto] = ()
    days_served: int = 365


@dataclass(frozen=True)
class Card:
    """One cadre's score, explained. A sum is None while one of its lines is."""

    lines: tuple[Line, ...]
    sums: Mapping[str, Decimal | None]
    bonus: tuple[Bonus, ...]
    bonus_points: Decimal
    vetoes: tuple[Veto, ...]
    total: Decimal | None
    groups: tuple[GroupResult, ...]
    missing: tuple[str, ...]
    short: bool

    @property
    def no_sample(self) -> bool:
        return any(group.points is None for group in self.groups)


def _clamped(points: Decimal, item: Item) -> Decimal:
    return rounded(min(max(points, ZERO), item.maximum))


def _ratio(item: Item, values: Sequence[Decimal]) -> tuple[Decimal, str]:
    done, due = values
    if due <= 0:
        return item.maximum, "本期没有应完成的数量,计满分"
    return _clamped(item.maximum * min(Decimal(1), max(done, ZERO) / due), item), f"{plain(done)} ÷ {plain(due)}"


def _deduction(item: Item, values: Sequence[Decimal]) -> tuple[Decimal, str]:
    rates = [item.rates[key] for key in item.inputs]
    off = sum((rate * max(value, ZERO) for rate, value in zip(rates, values, strict=True)), ZERO)
    parts = [f"{plain(value)} 次 × {plain(rate)} 分" for rate, value in zip(rates, values, strict=True) if value > 0]
    return _clamped(item.maximum - off, item), "扣 " + " + ".join(parts) if parts else "没有扣分"


def _step(item: Item, values: Sequence[Decimal]) -> tuple[Decimal, str]:
    for limit, points in item.steps:
        if values[0] <= limit:
            return _clamped(points, item), f"{plain(values[0])} 不超过 {plain(limit)},计 {plain(points)} 分"
    return ZERO, f"{plain(values[0])} 超过各档,计 0 分"


WORKED = {"ratio": _ratio, "deduction": _deduction, "step": _step}


def formula(item: Item) -> str:
    """The indicator as an expression over its inputs: arithmetic, min, max, and `a if b else c` for steps."""
    top = plain(item.maximum)
    if item.kind == "ratio":
        done, due = item.inputs
        return f"{top} * min(1, {done} / {due}) if {due} > 0 else {top}"
    if item.kind == "deduction":
        return f"max(0, {top} - " + " - ".join(f"{plain(item.rates[key])} * {key}" for key in item.inputs) + ")"
    if item.kind == "step":
        key = item.inputs[0]
        return " else ".join(f"{plain(points)} if {key} <= {plain(limit)}" for limit, points in item.steps) + " else 0"
    return "judged"


def score_item(item: Item, facts: Facts) -> Line:
    """One line that is not of the survey."""
    if item.code in facts.excused:
        return Line(item.code, item.part, item.title, item.maximum, {}, "excused", None, f"本期不适用:{facts.excused[item.code]}", False)
    if item.kind == "judged":
        points = facts.judged.get(item.code)
        words = "评分人尚未评分" if points is None else "评分人评定"
        judged = None if points is None else _clamped(points, item)
        return Line(item.code, item.part, item.title, item.maximum, {"judged": judged}, formula(item), judged, words)
    values = {key: facts.inputs.get(key) for key in item.inputs}
    present = [value for value in values.values() if value is not None]
    if len(present) < len(values):
        return Line(item.code, item.part, item.title, item.maximum, values, formula(item), None, "缺少数据,暂不计分")
    points, words = WORKED[item.kind](item, present)
    return Line(item.code, item.part, item.title, item.maximum, values, formula(item), points, words)


def survey_line(group: GroupResult, part: str, scheme: Scheme) -> Line:
    """A group (or groups merged) as a line of the card."""
    said = "+".join(group.codes)
    inputs: dict[str, Decimal | None] = {"valid": Decimal(group.valid), "minimum": Decimal(group.minimum), "electorate": Decimal(group.electorate)}
    if group.may_show_counts:
        inputs |= {answer: Decimal(count) for answer, count in group.counts.items()}
    weights = " + ".join(f"{plain(value)} * {answer}" for answer, value in scheme.answers.items() if value)
    text = f"{plain(group.weight)} * ({weights}) / (100 * valid)"
    words = f"应评 {group.electorate} 人,有效 {group.valid} 票,至少 {group.minimum} 票"
    if group.merged:
        words += ";人数不足 5 人的组已合并"
    if group.points is None:
        words = f"样本不足:{words}"
    elif group.may_show_counts:
        words += f";满意 {group.counts['satisfied']}、基本满意 {group.counts['basic']}、不满意 {group.counts['unsatisfied']}"
        words += f"、不了解 {group.counts['unknown']}"
    return Line(said, part, group.label, group.weight, inputs, text, group.points, words)


def bonus_of(claims: Sequence[Claim], scheme: Scheme) -> tuple[tuple[Bonus, ...], Decimal]:
    """Each fact at its highest level only; all together no more than the cap."""
    best: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda each: (each.kind, each.fact, each.level)):
        kept = best.get(claim.fact_key)
        if kept is None or scheme.bonus_points.get(claim.level, ZERO) > scheme.bonus_points.get(kept.level, ZERO):
            best[claim.fact_key] = claim
    found = tuple(
        Bonus(claim.kind, claim.fact, claim.level, scheme.bonus_points.get(claim.level, ZERO))
        for claim in sorted(best.values(), key=lambda each: (-scheme.bonus_points.get(each.level, ZERO), each.kind, each.fact))
    )
    return found, min(sum((bonus.points for bonus in found), ZERO), scheme.bonus_cap)


def _part_sum(part: str, lines: Sequence[Line], weight: Decimal) -> Decimal | None:
    """The part's points; what did not apply is made up for by the others in proportion."""
    counted = [line for line in lines if line.part == part and line.applies]
    if any(line.points is None for line in counted):
        return None
    total = sum((line.points or ZERO for line in counted), ZERO)
    possible = sum((line.maximum for line in counted), ZERO)
    if possible == weight:
        return total
    return rounded(total * weight / possible) if possible else None


def score(scheme: Scheme, facts: Facts) -> Card:
    """One cadre's card."""
    groups = tuple(survey_results(facts.tallies, scheme)) if facts.tallies else ()
    lines = [score_item(item, facts) for item in scheme.items if item.kind != "survey"]
    survey_items = [item for item in scheme.items if item.kind == "survey"]
    if groups:
        lines += [survey_line(group, survey_items[0].part if survey_items else "C", scheme) for group in groups]
    else:
        lines += [Line(item.code, item.part, item.title, item.maximum, {}, "survey", None, "测评票箱尚未开设") for item in survey_items]
    sums = {part: _part_sum(part, lines, scheme.weights[part]) for part in PARTS}
    bonus, bonus_points = bonus_of(facts.claims, scheme)
    present = [value for value in sums.values() if value is not None]
    total = sum(present, ZERO) + bonus_points if len(present) == len(PARTS) else None
    missing = tuple(line.code for line in lines if line.applies and line.points is None)
    return Card(tuple(lines), sums, bonus, bonus_points, tuple(facts.vetoes), total, groups, missing, facts.days_served < scheme.least_days)


def best_left(vetoes: Sequence[Veto]) -> str:
    """The best grade a cadre with these vetoes may still have."""
    effects = {veto.effect for veto in vetoes}
    return "failed" if "failed" in effects else "basic" if "basic" in effects else COMPETENT
