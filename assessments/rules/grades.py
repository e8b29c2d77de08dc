"""Rank and grade of everybody in a period: bands, the quota of 优秀, ties, vetoes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from assessments.rules.engine import Card, best_left
from assessments.rules.scheme import BASIC, COMPETENT, EXCELLENT, FAILED, INCOMPLETE, NO_SAMPLE, UNDECIDED, WITHOUT_GRADE, Scheme

WORST_FIRST = (FAILED, BASIC, COMPETENT, EXCELLENT)


@dataclass(frozen=True)
class Placing:
    """Where a card stands. `rank` None: without a total. `tied` marks a tie at the quota's edge that people must decide."""

    rank: int | None
    grade: str
    words: str = ""
    tied: bool = False


def quota_places(people: int, percent: Decimal) -> int:
    """How many may be 优秀: floor(n × q)."""
    return int((Decimal(people) * percent / 100).to_integral_value(ROUND_FLOOR))


def _key(card: Card) -> tuple[Decimal, Decimal, Decimal]:
    """Higher is better: total, then satisfaction, then attendance."""
    return (card.total or Decimal(0), card.sums["C"] or Decimal(0), card.sums["A"] or Decimal(0))


def _band(scheme: Scheme, total: Decimal) -> str:
    return next((band.code for band in sorted(scheme.bands, key=lambda b: -b.least) if total >= band.least), FAILED)


def place(cards: Mapping[int, Card], scheme: Scheme, *, chosen: frozenset[int] = frozenset()) -> dict[int, Placing]:
    """Rank and grade for every card. The order in which cards come plays no part.

    People with equal total, satisfaction and attendance share a rank. Where such a tie does not fit into what is left of the
    quota, none of them is made 优秀 by the machine: `chosen` names those whom people decided for.
    """
    counted = {pk: card for pk, card in cards.items() if card.total is not None and not card.short and not card.no_sample}
    places = quota_places(len(counted), scheme.quota_percent)
    order = sorted(counted, key=lambda pk: (tuple(-value for value in _key(counted[pk])), pk))
    ranks: dict[int, int] = {}
    for position, pk in enumerate(order):
        before = order[position - 1] if position else None
        ranks[pk] = ranks[before] if before is not None and _key(counted[before]) == _key(counted[pk]) else position + 1
    worthy = [pk for pk in order if _band(scheme, counted[pk].total or Decimal(0)) == EXCELLENT and not counted[pk].vetoes]
    excellent, tied = _within_quota(worthy, ranks, places, chosen)
    found = {pk: _placing(pk, card, ranks, scheme, excellent, tied) for pk, card in counted.items()}
    for pk, card in cards.items():
        if pk not in found:
            state = UNDECIDED if card.short else NO_SAMPLE if card.no_sample else INCOMPLETE
            if card.vetoes and best_left(card.vetoes) == FAILED:
                found[pk] = Placing(None, FAILED, f"一票否决:{'、'.join(veto.title for veto in card.vetoes)}")
            else:
                found[pk] = Placing(None, state, WITHOUT_GRADE[state])
    return found


def _within_quota(worthy: list[int], ranks: Mapping[int, int], places: int, chosen: frozenset[int]) -> tuple[set[int], set[int]]:
    """Who is 优秀, and who stands in a tie that does not fit."""
    excellent: set[int] = set()
    for rank in sorted({ranks[pk] for pk in worthy}):
        group = [pk for pk in worthy if ranks[pk] == rank]
        left = places - len(excellent)
        if left <= 0:
            break
        if len(group) <= left:
            excellent.update(group)
            continue
        decided = [pk for pk in group if pk in chosen][:left]
        excellent.update(decided)
        return excellent, set(group) - excellent if not decided else set()
    return excellent, set()


def _placing(pk: int, card: Card, ranks: Mapping[int, int], scheme: Scheme, excellent: set[int], tied: set[int]) -> Placing:
    grade = _band(scheme, card.total or Decimal(0))
    words = ""
    if grade == EXCELLENT and pk not in excellent:
        grade, words = COMPETENT, "与他人并列,名额不足,须研究确定" if pk in tied else "达到优秀分数,名额已满"
    if card.vetoes:
        allowed = best_left(card.vetoes)
        grade = min(grade, allowed, key=WORST_FIRST.index)
        words = f"一票否决:{'、'.join(veto.title for veto in card.vetoes)}"
    return Placing(ranks[pk], grade, words, pk in tied)


def label(grade: str, scheme: Scheme, *, institution: bool = False) -> str:
    """The grade in the words of the cadre's kind of unit."""
    for band in scheme.bands:
        if band.code == grade:
            return band.institution_label if institution else band.label
    return WITHOUT_GRADE.get(grade, grade)
