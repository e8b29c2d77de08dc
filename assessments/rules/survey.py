"""Satisfaction: answers per group in, points out; groups too small to hide a single slip are merged first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from assessments.rules.scheme import Scheme

HIDING = 5  # a group smaller than this would show who said what
COUNTED = ("satisfied", "basic", "unsatisfied")


@dataclass(frozen=True)
class Tally:
    """The answers of one respondent group for one cadre. `electorate` is how many might answer."""

    code: str
    label: str
    weight: Decimal
    electorate: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def valid(self) -> int:
        """不了解 is no answer."""
        return sum(self.counts.get(answer, 0) for answer in COUNTED)


@dataclass(frozen=True)
class GroupResult:
    """Points of one group, or of several merged ones. `points` None says that the sample is too small."""

    codes: tuple[str, ...]
    label: str
    weight: Decimal
    electorate: int
    minimum: int
    counts: Mapping[str, int]
    valid: int
    mean: Decimal | None
    points: Decimal | None
    merged: bool

    @property
    def may_show_counts(self) -> bool:
        """Counts per answer only where the group is large enough to hide single slips."""
        return self.valid >= HIDING


def minimum_answers(electorate: int, *, least: int = 5, share: Decimal = Decimal("0.3")) -> int:
    """min(N, max(5, ⌈0.3 N⌉)): how many valid answers a group of N must give."""
    wanted = int((Decimal(electorate) * share).to_integral_value(ROUND_CEILING))
    return min(electorate, max(least, wanted))


def merge_small(tallies: Sequence[Tally]) -> list[tuple[Tally, ...]]:
    """Neighbouring groups joined until none that stands alone has fewer than five people (or one is left).

    A group in which nobody can answer, and none of the weight is lost: its weight goes with the group it joins.
    """
    bundles: list[tuple[Tally, ...]] = [(tally,) for tally in tallies]
    while len(bundles) > 1:
        sizes = [sum(tally.electorate for tally in bundle) for bundle in bundles]
        smallest = min(range(len(bundles)), key=lambda place: (sizes[place], -place))
        if sizes[smallest] >= HIDING:
            break
        neighbour = smallest - 1 if smallest else 1
        first, second = sorted((smallest, neighbour))
        bundles[first : second + 1] = [bundles[first] + bundles[second]]
    return bundles


def survey_results(tallies: Sequence[Tally], scheme: Scheme, *, rounding: Decimal = Decimal("0.01")) -> list[GroupResult]:
    """Points of every group: its mean of 100 / 80 / 0 over valid answers × its weight. Order of slips plays no part."""
    from assessments.rules.engine import rounded

    results = []
    for bundle in merge_small(tallies):
        counts = {answer: sum(tally.counts.get(answer, 0) for tally in bundle) for answer in (*COUNTED, "unknown")}
        electorate, weight = sum(tally.electorate for tally in bundle), sum((tally.weight for tally in bundle), Decimal(0))
        valid = sum(counts[answer] for answer in COUNTED)
        minimum = minimum_answers(electorate, least=scheme.least_answers, share=scheme.least_share)
        mean = points = None
        if valid and valid >= minimum:
            total = sum((scheme.answers[answer] * counts[answer] for answer in COUNTED), Decimal(0))
            mean = rounded(total / valid)
            points = rounded(weight * total / valid / 100)
        codes = tuple(tally.code for tally in bundle)
        label = "、".join(tally.label for tally in bundle)
        results.append(GroupResult(codes, label, weight, electorate, minimum, counts, valid, mean, points, len(bundle) > 1))
    return results
