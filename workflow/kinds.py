"""Kinds of case: what the one mechanism must ask the room whose work it is.

A room registers its kinds in its own `approvals.py`. The mechanism knows no subject: it hands the case over, the room finds
what hangs on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.pages import Fact, Table


@dataclass(frozen=True)
class SubjectView:
    """What the case page and the printed form show of the subject, and the subject's own page ('' for none)."""

    url: str = ""
    facts: Sequence[Fact] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of case. The hooks run in the transaction of the decision; what they raise undoes it.

    `on_step(case, step, decision)` after a step was passed, `on_done(case, by)` after the last one, `on_ended(case, state, by)`
    after the case was refused or withdrawn, `on_returned(case, decision)` when it went back to who started it, `on_step_back(case, decision)` when
    it went back to the step before, `on_resubmitted(case)` when who started it handed it in again. `permission` is what reading a case of this kind takes, beside having started it and having had
    it to decide.
    """

    key: str
    label: str
    subject: Callable[[Any], SubjectView]
    on_step: Callable[[Any, Any, Any], None] | None = None
    on_done: Callable[[Any, Any], None] | None = None
    on_ended: Callable[[Any, str, Any], None] | None = None
    permission: str = "household_view"
    on_returned: Callable[[Any, Any], None] | None = None
    on_step_back: Callable[[Any, Any], None] | None = None
    on_resubmitted: Callable[[Any], None] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Raises ValueError for a key registered twice."""
    if kind.key in _kinds:
        raise ValueError(f"case kind {kind.key} is registered twice")
    _kinds[kind.key] = kind
    return kind


def get(key: str) -> Kind:
    """A kind by its key; one nobody registered (its room is gone) shows nothing of its subject."""
    return _kinds.get(key) or Kind(key, key, lambda case: SubjectView())


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.label)
