"""The demo as a newcomer gets it: the seed's figures, records that pass every rule, doors that hold."""

import csv
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXACT = {
    "poor_villages": 16, "non_poor_villages_with_poor": 7, "villages_with_poor_total": 23, "households": 278, "members": 809,
    "household_mean_size": 2.91, "dispatched_cadres": 40, "city_leaders": 31, "units_admin": 63, "units_military_police": 8,
    "units_enterprise": 69, "units_total": 140, "pairing_cadres": 2197, "infra_projects": 19, "city_infra_fund_wan": 904.5,
    "dept_projects": 16, "village_charts": 6, "village_chart_sheets": 96, "policy_master_plan": 1, "policy_action_plans": 7,
    "policy_special_plans": 10, "wish_aspects": 8, "exit_need_aspects": 10, "incidents_from_misidentification": 0,
    "fund_province_prefecture_wan": 1655, "fund_city_special_wan": 1500, "fund_special_total_wan": 3155,
    "fund_dispatch_units_wan": 22.5, "fund_org_dept_wan": 13, "sector_project_kinds": 4, "loan_total_wan": 3016.12, "loan_kinds": 3,
    "project_gates": 6, "inspection_team": 5,
}  # fmt: skip


pytestmark = pytest.mark.xdist_group("demo")


def test_every_figure_of_the_seed_these_rooms_hold_is_met(demo):
    found = demo.json("figures")
    assert {key: found[key]["value"] for key in EXACT} == EXACT
    assert all(set(row) == {"value", "unit", "label", "bound"} for row in found.values())


def test_the_expected_values_are_those_of_the_seed_file():
    path = ROOT.parent / "shared/data/seed_facts.csv"
    if not path.exists():
        return  # the file is not part of the project; where it lies beside it, the two must agree
    with path.open(encoding="utf-8-sig", newline="") as file:
        seed = {row["key"]: Decimal(row["value"]) for row in csv.DictReader(file)}
    assert {key: seed[key] for key in EXACT if key in seed} == {key: Decimal(str(value)) for key, value in EXACT.items() if key in seed}


@pytest.mark.parametrize("key", ["households", "members", "village_chart_sheets", "infra_projects"])
def test_a_figure_drills_down_to_as_many_rows_as_it_counts(demo, key):
    assert len(demo.json("figures", key, "--rows")) == EXACT[key]


def test_asking_for_an_unknown_figure_or_day_is_one_clear_line(demo):
    for arguments in (("figures", "nothing"), ("figures", "--as-of", "昨天"), ("figures", "--rows")):
        result = demo.run(*arguments)
        assert result.returncode == 1
        assert len(result.stderr.strip().splitlines()) == 1


def test_loading_twice_is_refused_and_changes_nothing(demo):
    result = demo.run("load_demo", role="owner")
    assert result.returncode == 1
    assert "已有数据" in result.stderr
    assert demo.json("figures", "members")["members"]["value"] == 809


@pytest.mark.parametrize("part", [pytest.param(part, marks=pytest.mark.xdist_group(f"access {part}")) for part in ("1/2", "2/2")])
def test_no_page_answers_whom_it_should_not(demo, part):
    """All roles where FULL_ACCESS_CHECK is set (the checks of a submission), else three of them."""
    roles = [] if os.environ.get("FULL_ACCESS_CHECK") else ["--roles", "township_clerk,system_admin,anonymous"]
    result = demo.run("check_access", "--json", "--part", part, *roles)
    answer = json.loads(result.stdout)
    assert answer["leaks"] == []
    assert answer["uncovered"] == []
    assert answer["checked"] > 200


def test_a_part_that_is_none_is_refused(demo):
    for part in ("0/2", "3/2", "x", "1/0", ""):
        assert demo.run("check_access", "--part", part).returncode == 1


def test_six_charts_come_out_of_the_command(demo, tmp_path):
    out = tmp_path / "图"
    result = demo.run("export_six_charts", "632801100901", "--output", str(out))
    assert result.returncode == 0, result.stderr
    (first,) = out.glob("*.pdf")
    again = tmp_path / "again"
    demo.run("export_six_charts", "632801100901", "--output", str(again))
    assert first.read_bytes() == next(again.glob("*.pdf")).read_bytes(), "same release, same bytes"
    assert demo.run("export_six_charts", "000000000000", "--output", str(out)).returncode == 1
    assert demo.run("export_six_charts", "--output", str(out)).returncode == 1


def test_every_demo_household_passes_the_rules():
    from random import Random

    from demo.households import DAY, VillageTraits, make_family, sizes_for
    from demo.names import NumberSource
    from households.rules.income import check_income
    from households.rules.living import check_living
    from tests.demo.facts import household_facts, member_facts

    random, numbers = Random(7), NumberSource()
    for serial, size in enumerate(sizes_for(300, 873, random), start=1):
        family = make_family(VillageTraits("632801100901", serial % 3 == 0, 3), serial, size, random, numbers)
        members = [member_facts(row) for row in family.members]
        problems = household_facts(family.household, members, DAY)
        for row in family.living:
            problems += check_living(row, population=size)
        for row in family.incomes:
            problems += check_income(row, members=members, living=family.living[-1], year_end=DAY, previous=None)
        assert [p for p in problems if p.level == "error"] == []
