"""Edges of the register's rules that import and loaders rely on, where no form stands before them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from households.rules.income import INCOME_ITEMS, check_income
from households.rules.living import check_living
from households.rules.members import HouseholdFacts, MemberFacts, check_household, check_member

TODAY = date(2020, 3, 15)
HEAD = MemberFacts(
    "王明",
    "1",
    "01",
    date(1980, 1, 1),
    id_number="990101198001010019",
    education="3",
    health=("1",),
    labour="1",
)


def of_member(m):
    return {(p.field, p.level) for p in check_member(m, head=HEAD, today=TODAY)}


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        ({}, set()),
        ({"sex": "2"}, {("sex", "error")}),
        ({"birth_on": date(1980, 1, 2)}, {("birth_on", "error")}),
        ({"work_months": 13, "work_area": "1"}, {("work_months", "error")}),
        ({"work_months": -1, "work_area": "1"}, {("work_months", "error")}),
        ({"work_months": 12, "work_area": "1"}, set()),
        ({"public_post": "1", "public_post_months": 13}, {("public_post_months", "error")}),
        ({"birth_on": None}, set()),
    ],
)
def test_members(change, findings):
    assert of_member(replace(HEAD, **change)) == findings


@pytest.mark.parametrize(("status", "findings"), [("6", set()), ("5", set()), ("1", {("members", "error")})])
def test_an_ended_household_needs_no_head(status, findings):
    gone = replace(HEAD, left_on=TODAY, leave_reason="1")
    facts = HouseholdFacts(cause_main="07", poverty_status=status)
    assert {(p.field, p.level) for p in check_household(facts, [gone], today=TODAY)} == findings


def test_every_item_has_a_label_and_a_group():
    assert list(INCOME_ITEMS) == [f"{g}{n}" for g, last in zip("abcde", (5, 4, 4, 6, 4), strict=True) for n in range(1, last + 1)]
    assert INCOME_ITEMS["d5"] == ("生态补偿金", "transfer") and INCOME_ITEMS["a1"] == ("务工收入", "wage")


@pytest.mark.parametrize("code", ["a1", "d2", "e4"])
def test_no_item_is_negative(code):
    found = check_income({code: Decimal("-0.01")}, members=[], living=None, year_end=TODAY, previous=None)
    assert (code, "error") in {(p.field, p.level) for p in found}


@pytest.mark.parametrize("name", ["cultivated_mu", "pasture_mu", "road_distance_km", "sheep"])
def test_no_amount_is_negative(name):
    found = check_living({name: -1, "cultivated_mu": -1 if name == "cultivated_mu" else 1}, population=1)
    assert (name, "error") in {(p.field, p.level) for p in found}
