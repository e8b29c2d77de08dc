"""Income accounting and yearly conditions (`domain.md` §1.2, §2)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.rules.income import GROUPS, check_income, income_totals, is_below_line, is_large_change
from households.rules.living import check_living
from households.rules.members import MemberFacts

YEAR_END = date(2020, 9, 30)
FARMER = MemberFacts("王明", "1", "01", date(1980, 1, 1))
ITEMS = [code for _, codes in GROUPS.values() for code in codes]
money = st.decimals(0, 10**8, places=2)


def test_the_item_codes_are_the_forms():
    assert ITEMS == [
        "a1",
        "a2",
        "a3",
        "a4",
        "a5",
        "b1",
        "b2",
        "b3",
        "b4",
        "c1",
        "c2",
        "c3",
        "c4",
        "d1",
        "d2",
        "d3",
        "d4",
        "d5",
        "d6",
        "e1",
        "e2",
        "e3",
        "e4",
    ]


def test_totals_follow_the_formula():
    items = {
        "a1": Decimal("1000.10"),
        "b2": Decimal(500),
        "c1": Decimal(200),
        "d2": Decimal(300),
        "e2": Decimal("100.05"),
        "b3": None,
    }
    totals = income_totals(items, 3)
    assert (totals.wage, totals.business, totals.property, totals.transfer) == (
        Decimal("1000.10"),
        500,
        200,
        300,
    )
    assert (totals.gross, totals.expense, totals.net) == (
        Decimal("2000.10"),
        Decimal("100.05"),
        Decimal("1900.05"),
    )
    assert str(totals.per_capita) == "633.35"


@pytest.mark.parametrize(
    ("amount", "population", "each"),
    [("0.01", 2, "0.01"), ("100", 3, "33.33"), ("200", 3, "66.67"), ("0.05", 2, "0.03"), ("0", 4, "0.00")],
)
def test_per_head_is_rounded_half_up(amount, population, each):
    assert str(income_totals({"a1": Decimal(amount)}, population).per_capita) == each


def test_a_loss_is_a_negative_income():
    assert str(income_totals({"e1": Decimal("0.03")}, 2).per_capita) == "-0.02"


def test_nobody_has_no_income_per_head():
    assert income_totals({"a1": Decimal(1)}, 0).per_capita is None


@given(st.dictionaries(st.sampled_from(ITEMS), money), st.integers(1, 12))
def test_every_item_counts_once(items, population):
    totals = income_totals(items, population)
    spent = sum((v for k, v in items.items() if k.startswith("e")), Decimal(0))
    assert totals.net == sum(items.values(), Decimal(0)) - 2 * spent
    assert abs(totals.per_capita * population - totals.net) <= Decimal("0.005") * population


def test_on_the_line_is_not_below():
    assert not is_below_line(Decimal("4000.00"), Decimal(4000))
    assert is_below_line(Decimal("3999.99"), Decimal(4000))


@pytest.mark.parametrize(
    ("now", "before", "large"),
    [
        (150, 100, False),
        ("150.01", 100, True),
        (50, 100, False),
        ("49.99", 100, True),
        (1, 0, True),
        (0, 0, False),
    ],
)
def test_a_large_change_is_more_than_half(now, before, large):
    assert is_large_change(Decimal(now), Decimal(before)) is large


def fields(items, member=FARMER, living=None, previous=None):
    found = check_income(items, members=[member], living=living, year_end=YEAR_END, previous=previous)
    assert {p.level for p in found} <= {"warning"}
    return {p.field for p in found}


@pytest.mark.parametrize(
    ("item", "behind_it"),
    [
        ("d2", {"low_income_support": True}),
        ("d3", {"extreme_support": True}),
        ("d4", {"birth_on": date(1960, 9, 30)}),
        ("a1", {"work_months": 2}),
        ("a3", {"public_post": "1"}),
    ],
)
def test_income_has_something_behind_it(item, behind_it):
    warned_at = "a1" if item.startswith("a") else item
    assert fields({item: Decimal(1)}) == {warned_at}
    assert fields({item: Decimal(1)}, replace(FARMER, **behind_it)) == set()


def test_support_without_its_money_is_asked_about():
    assert fields({}, replace(FARMER, low_income_support=True)) == {"d2"}
    assert fields({}, replace(FARMER, extreme_support=True)) == {"d3"}


def test_pension_is_from_sixty_on_the_day_the_period_ends():
    assert fields({"d4": Decimal(1)}, replace(FARMER, birth_on=date(1960, 10, 1))) == {"d4"}


@pytest.mark.parametrize(
    ("item", "living"),
    [
        ("b1", {"cultivated_mu": Decimal(1)}),
        ("b1", {"in_cooperative": True}),
        ("d5", {"pasture_mu": Decimal(1)}),
        ("d5", {"returned_forest_mu": 1}),
    ],
)
def test_land_income_needs_land(item, living):
    assert fields({item: Decimal(1)}, living={}) == {item}
    assert fields({item: Decimal(1)}, living=living) == set()


def test_a_note_explains_grassland_money():
    assert fields({"d5": Decimal(1), "note": "草场补偿"}, living={}) == set()


def test_a_large_change_on_the_year_before_is_a_warning():
    worker = replace(FARMER, work_months=2)
    assert fields({"a1": Decimal(1501)}, worker, previous=Decimal(1000)) == {"a1"}
    assert fields({"a1": Decimal(1500)}, worker, previous=Decimal(1000)) == set()


SOUND = {
    "cultivated_mu": Decimal(10),
    "irrigated_mu": Decimal(10),
    "forest_mu": Decimal(3),
    "dwelling_m2": Decimal(39),
    "dwelling_grade": "A",
}


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        ({}, set()),
        ({"cultivated_mu": None, "irrigated_mu": None}, set()),
        ({"irrigated_mu": Decimal("10.01")}, {("irrigated_mu", "error")}),
        ({"returned_forest_mu": Decimal(2), "orchard_mu": Decimal(1)}, set()),
        ({"returned_forest_mu": Decimal(2), "orchard_mu": Decimal("1.01")}, {("forest_mu", "warning")}),
        ({"dwelling_unsafe": True}, {("dwelling_grade", "error")}),
        ({"dwelling_unsafe": True, "dwelling_grade": ""}, {("dwelling_grade", "error")}),
        ({"dwelling_unsafe": True, "dwelling_grade": "C"}, set()),
        ({"dwelling_grade": "D"}, {("dwelling_unsafe", "warning")}),
        ({"dwelling_m2": Decimal("38.99")}, {("dwelling_m2", "warning")}),
        ({"water_difficult": True, "water_safe": True}, {("water_safe", "warning")}),
        ({"road_distance_km": Decimal(100)}, set()),
        ({"road_distance_km": Decimal("100.01")}, {("road_distance_km", "error")}),
    ],
)
def test_living_conditions(change, findings):
    assert {(p.field, p.level) for p in check_living({**SOUND, **change}, population=3)} == findings
