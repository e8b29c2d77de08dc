"""The generator's rows as the rules want them."""

from typing import Any

from core.checks import Problem
from demo.households import facts_of
from households.rules.members import HouseholdFacts, MemberFacts, check_household, check_member


def member_facts(row: dict[str, Any]) -> MemberFacts:
    return facts_of(MemberFacts, row)


def household_facts(row: dict[str, Any], members: list[MemberFacts], day: Any) -> list[Problem]:
    """Every finding about the household and its members."""
    found = check_household(facts_of(HouseholdFacts, row), members, today=day)
    return found + [problem for member in members for problem in check_member(member, head=members[0], today=day)]
