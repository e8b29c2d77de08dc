"""A village's democratic review 民主评议: quorum and majority (村民委员会组织法; `domain.md` §3.1 step 3)."""

from dataclasses import dataclass
from fractions import Fraction

QUORUM = Fraction(2, 3)  # of the representatives who should come
MAJORITY = Fraction(1, 2)  # of those present: more than this


@dataclass(frozen=True)
class Votes:
    """One household's ballot at one meeting."""

    agree: int
    against: int
    abstain: int = 0

    @property
    def cast(self) -> int:
        return self.agree + self.against + self.abstain


def has_quorum(*, due: int, present: int) -> bool:
    """At least two thirds of those due are present; exactly two thirds is enough."""
    return due > 0 and present >= QUORUM * due


def is_carried(*, agree: int, present: int) -> bool:
    """More than half of those present agree; exactly half is not enough."""
    return agree > MAJORITY * present


def meeting_problem(*, due: int, present: int) -> str:
    """'' or why the meeting cannot decide."""
    if present > due:
        return "实到人数不能多于应到人数。"
    if not has_quorum(due=due, present=present):
        return f"应到 {due} 人、实到 {present} 人,不足三分之二,这次会议不能评议,请另行召开。"
    return ""


def votes_problem(votes: Votes, *, present: int) -> str:
    """'' or what is wrong with a count of votes."""
    if votes.cast != present:
        return f"同意、反对、弃权合计 {votes.cast} 票,与实到 {present} 人不符。"
    return ""
