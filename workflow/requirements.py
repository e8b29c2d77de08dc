"""Named conditions a step may ask before it is passed; each room registers its own in its `approvals.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Requirement:
    """`check(case)` gives what is still missing, in words; nothing when the condition holds."""

    code: str
    label: str
    check: Callable[[Any], list[str]]


_requirements: dict[str, Requirement] = {}


def register(code: str, label: str, check: Callable[[Any], list[str]]) -> Requirement:
    """Raises ValueError for a code registered twice."""
    if code in _requirements:
        raise ValueError(f"requirement {code} is registered twice")
    _requirements[code] = Requirement(code, label, check)
    return _requirements[code]


def get(code: str) -> Requirement:
    """Raises KeyError for a condition nobody registered: a step that asks it must not pass by mistake."""
    return _requirements[code]


def choices() -> list[tuple[str, str]]:
    return sorted((each.code, each.label) for each in _requirements.values())
