"""How scores lie: who is far from the rest, which township scores high or low. Hints for people, never part of a score."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

LEAST = 8  # fewer scores have no fences
FENCE = Decimal("1.5")


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle one of some values, or the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def outliers(values: Mapping[int, Decimal]) -> dict[int, str]:
    """ "high" or "low" for who lies more than one and a half times the middle half's width outside it (Tukey)."""
    if len(values) < LEAST:
        return {}
    ordered = sorted(values.values())
    half = len(ordered) // 2
    lower, upper = median(ordered[:half]), median(ordered[-half:])
    reach = FENCE * (upper - lower)
    return {pk: "low" if value < lower - reach else "high" for pk, value in values.items() if not lower - reach <= value <= upper + reach}


def apart(groups: Mapping[str, Sequence[Decimal]], limit: Decimal) -> dict[str, Decimal]:
    """Groups whose median differs from everybody's by at least `limit` points, and by how much."""
    everybody = [value for values in groups.values() for value in values]
    if not everybody:
        return {}
    middle = median(everybody)
    differences = {name: median(values) - middle for name, values in groups.items() if values}
    return {name: difference for name, difference in differences.items() if abs(difference) >= limit}
