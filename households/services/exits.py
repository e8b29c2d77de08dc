"""What the register says about a household's exit, gathered for `rules.exits`."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from core.clock import today
from households.models import Household, Member, PovertyLine, Proceeding
from households.rules.exits import ExitFacts, Suggestion, suggest
from households.rules.members import MemberFacts

_measures: list[Callable[[int], int]] = []


def count_measures(counter: Callable[[int], int]) -> None:
    """Rooms above register how many measures a household was really given (by household id)."""
    _measures.append(counter)


def _values(member: Member, names: list[str]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value := getattr(member, name), list) else value for name in names}


def member_facts(household: Household) -> list[MemberFacts]:
    """The household's members as the rules need them."""
    names = [field.name for field in fields(MemberFacts)]
    return [MemberFacts(**_values(member, names)) for member in household.members.filter(left_on=None).order_by("number")]


def line_of(year: int, series: str = "working") -> Any:
    """The line of a year in yuan a head, or None."""
    return PovertyLine.objects.filter(year=year, series=series, area_code="").values_list("amount", flat=True).first()


def exit_suggestions(proceeding: Proceeding) -> dict[str, Suggestion]:
    """For each item of the exit sheet what the register of the proceeding's year says."""
    household, year = proceeding.household, proceeding.year
    income = household.incomes.filter(year=year).first()
    living = household.living.filter(year=year).values().first()
    return suggest(
        ExitFacts(
            year=year, per_capita=income.per_capita if income else None, line=line_of(year), living=living, members=member_facts(household),
            measures_given=sum(counter(household.pk) for counter in _measures) if _measures else None, today=today(),
        )
    )  # fmt: skip
