"""What an assessment may count about a cadre: every room registers its inputs, the scoring room reads them by key.

An input answers for many cadres at once (one query, not one a cadre) and says its value in words and with evidence,
so that a score can be explained down to the day or the ballot. Core knows neither cadres nor scores: ids are plain numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Evidence:
    """One record behind a value: its label, its page ('' for none), its day, and what it adds to the value."""

    label: str
    url: str = ""
    day: date | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class InputValue:
    """A value in the input's unit (None: nothing to count, which is not zero), in words, with its evidence."""

    value: Decimal | None
    words: str
    evidence: list[Evidence] = field(default_factory=list)


Compute = Callable[[Sequence[int], date, date], dict[int, InputValue]]


@dataclass(frozen=True)
class Input:
    """`compute(cadre_ids, since, until)` gives the value of each cadre over the days from `since` to `until`, both included."""

    key: str
    label: str
    unit: str
    compute: Compute


_inputs: dict[str, Input] = {}


def register(entry: Input) -> Input:
    """Raises ValueError for a key registered twice."""
    if entry.key in _inputs:
        raise ValueError(f"scoring input {entry.key} is registered twice")
    _inputs[entry.key] = entry
    return entry


def get(key: str) -> Input:
    """Raises KeyError for a key nobody registered."""
    return _inputs[key]


def all_inputs() -> list[Input]:
    return [_inputs[key] for key in sorted(_inputs)]
