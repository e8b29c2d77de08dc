"""A scoring scheme as the engine takes it, and what a scheme must be like to be adopted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

PARTS = ("A", "B", "C")
WEIGHTS = {"A": Decimal(30), "B": Decimal(30), "C": Decimal(40)}
PART_KEYS = {"A": "attendance", "B": "duty", "C": "satisfaction"}
KINDS = ("ratio", "step", "deduction", "judged", "survey")
INPUT_COUNT = {"ratio": (2, 2), "step": (1, 1), "deduction": (1, 5), "judged": (0, 0), "survey": (0, 0)}


@dataclass(frozen=True)
class Item:
    """One indicator. `inputs` are keys of `core.scoring_inputs` in the order the kind asks for.

    ratio: done, due. step: the measured value; `steps` are (at most, points) from the strictest on, beyond the last 0.
    deduction: counts, each taking `rates[key]` points off. judged: points by a named role. survey: the group of the same code.
    """

    code: str
    part: str
    title: str
    maximum: Decimal
    kind: str
    inputs: tuple[str, ...] = ()
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    steps: tuple[tuple[Decimal, Decimal], ...] = ()


@dataclass(frozen=True)
class GradeBand:
    """A grade from `least` points on; `label` for civil servants, `institution_label` for staff of institutions."""

    code: str
    label: str
    institution_label: str
    least: Decimal


EXCELLENT, COMPETENT, BASIC, FAILED = "excellent", "competent", "basic", "failed"
UNDECIDED, NO_SAMPLE, INCOMPLETE = "undecided", "no_sample", "incomplete"
BANDS = (
    GradeBand(EXCELLENT, "优秀", "优秀", Decimal(90)),
    GradeBand(COMPETENT, "称职", "合格", Decimal(75)),
    GradeBand(BASIC, "基本称职", "基本合格", Decimal(60)),
    GradeBand(FAILED, "不称职", "不合格", Decimal(0)),
)
ANSWERS = {"satisfied": Decimal(100), "basic": Decimal(80), "unsatisfied": Decimal(0)}
WITHOUT_GRADE = {UNDECIDED: "不定等次", NO_SAMPLE: "样本不足", INCOMPLETE: "未齐"}


@dataclass(frozen=True)
class Scheme:
    """Everything a score depends on beside the inputs."""

    weights: Mapping[str, Decimal]
    items: tuple[Item, ...]
    bonus_points: Mapping[str, Decimal]
    bonus_cap: Decimal
    quota_percent: Decimal
    bands: tuple[GradeBand, ...] = BANDS
    answers: Mapping[str, Decimal] = field(default_factory=lambda: dict(ANSWERS))
    least_answers: int = 5
    least_share: Decimal = Decimal("0.3")
    least_days: int = 180

    def of(self, part: str) -> list[Item]:
        return [item for item in self.items if item.part == part]


def scheme_problems(scheme: Scheme, *, known_inputs: Mapping[str, Any] | None = None) -> list[str]:
    """What keeps a scheme from being adopted, in words; empty for one that may be.

    The three parts weigh 30 / 30 / 40 and the indicators of each add up to it; a trial may weigh otherwise, but must add up.
    """
    problems = [f"{part} 部分权重应为 {WEIGHTS[part]} 分,现为 {scheme.weights.get(part, 0)} 分。"
                for part in PARTS if scheme.weights.get(part) != WEIGHTS[part]]  # fmt: skip
    return problems + sum_problems(scheme) + [problem for item in scheme.items for problem in _item_problems(item, known_inputs)]


def sum_problems(scheme: Scheme) -> list[str]:
    """Whether everything adds up: needed even for trying a scheme out."""
    problems = []
    total = sum(scheme.weights.get(part, Decimal(0)) for part in PARTS)
    if total != 100:
        problems.append(f"三部分权重合计应为 100 分,现为 {total} 分。")
    for part in PARTS:
        found = sum((item.maximum for item in scheme.of(part)), Decimal(0))
        if found != scheme.weights.get(part, Decimal(0)):
            problems.append(f"{part} 部分指标满分合计 {found} 分,与权重 {scheme.weights.get(part, 0)} 分不符。")
    codes = [item.code for item in scheme.items]
    problems += [f"指标代码 {code} 重复。" for code in sorted({code for code in codes if codes.count(code) > 1})]
    if not 0 <= scheme.quota_percent <= 100:
        problems.append("优秀名额比例应在 0 到 100 之间。")
    if scheme.bonus_cap < 0 or any(points < 0 for points in scheme.bonus_points.values()):
        problems.append("加分不能为负。")
    return problems


def _item_problems(item: Item, known: Mapping[str, Any] | None) -> list[str]:
    problems = []
    low, high = INPUT_COUNT[item.kind]
    if not low <= len(item.inputs) <= high:
        problems.append(f"{item.code} 的数据来源应为 {low}{f'到 {high}' if high != low else ''} 项。")
    if item.maximum <= 0:
        problems.append(f"{item.code} 的满分应大于 0。")
    if item.kind == "deduction" and any(item.rates.get(key, Decimal(0)) <= 0 for key in item.inputs):
        problems.append(f"{item.code} 每次扣分应大于 0。")
    if item.kind == "step":
        limits, points = [limit for limit, _ in item.steps], [value for _, value in item.steps]
        if not item.steps or limits != sorted(limits) or points != sorted(points, reverse=True) or points[0] != item.maximum or points[-1] < 0:
            problems.append(f"{item.code} 的分档应从严到宽排列,首档为满分。")
    if known is not None:
        problems += [f"{item.code} 的数据来源“{key}”没有登记。" for key in item.inputs if key not in known]
    return problems
