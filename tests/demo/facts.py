"""The generator's rows as the rules want them."""

from dataclasses import fields
from typing import Any

from core.checks import Problem
from households.rules.members import HouseholdFacts, MemberFacts, check_household, check_member


def _facts(kind: Any, row: dict[str, Any]) -> Any:
    names = {field.name for field in fields(kind)}
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items() if key in names})


def member_facts(row: dict[str, Any]) -> MemberFacts:
    return _facts(MemberFacts, row)


def household_facts(row: dict[str, Any], members: list[MemberFacts], day: Any) -> list[Problem]:
    """Every finding about the household and its members."""
    found = check_household(_facts(HouseholdFacts, row), members, today=day)
    return found + [problem for member in members for problem in check_member(member, head=members[0], today=day)]
