"""A poor village leaves: its rate, its ten items, checked by township and city, published, announced."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from core import clock
from core.clock import today
from households import services
from households.models import VillageExit, VillageExitCheck
from households.rules import village_exits as rules
from households.rules.village_exits import VillageItem
from tests.factories import HouseholdFactory, MemberFactory
from villages.models import Village, VillageYear
from workflow import services as flow

GOOD = {
    "households_total": 90, "population_total": 320, "rural_population": 300, "paved_road": True, "bus": True, "domestic_power": True,
    "production_power": True, "broadband": True, "broadcast": True, "safe_water_households": 90, "unsafe_dwellings": 0, "clinics": 1, "doctors": 1,
    "culture_room": True, "service_centre": True, "school_access": True, "dropouts": 0, "cooperatives": 1, "collective_income_wan": Decimal("2.5"),
    "leading_industry": "枸杞种植",
}  # fmt: skip


def image() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "white").save(buffer, "JPEG")
    return buffer.getvalue()


# --- rules ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("poor", "rural", "rate", "allowed"), [(9, 300, "3.00", True), (10, 300, "3.33", False), (0, 300, "0.00", True), (301, 10033, "3.00", False)]
)
def test_the_rate_is_judged_on_the_numbers_and_not_on_the_rounded_rate(poor, rural, rate, allowed):
    assert str(rules.poverty_rate(poor=poor, rural=rural)) == rate
    assert (rules.rate_problem(poor=poor, rural=rural, limit=3) == "") is allowed


def test_without_population_there_is_no_rate():
    assert rules.poverty_rate(poor=1, rural=0) is None
    assert "算不出" in rules.rate_problem(poor=1, rural=0, limit=3)


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"paved_road": False}, VillageItem.ROAD), ({"safe_water_households": 89}, VillageItem.WATER), ({"production_power": False}, VillageItem.POWER),
        ({"unsafe_dwellings": 1}, VillageItem.HOUSING), ({"broadband": False}, VillageItem.COMMUNICATIONS), ({"broadcast": False}, VillageItem.CULTURE),
        ({"doctors": 0}, VillageItem.HEALTH), ({"dropouts": 2}, VillageItem.EDUCATION), ({"service_centre": False}, VillageItem.OFFICE),
        ({"collective_income_wan": Decimal(0)}, VillageItem.INDUSTRY),
    ],
)  # fmt: skip
def test_each_item_is_read_from_the_years_profile(change, item):
    good = rules.suggest(GOOD, year=2017, income_limit=Decimal(0))
    assert all(said.met for said in good.values())
    found = rules.suggest(GOOD | change, year=2017, income_limit=Decimal(0))
    assert [each for each, said in found.items() if not said.met] == [item]


# --- the way --------------------------------------------------------------------------------------
@pytest.fixture
def village(world):
    """A poor village of 300 with three people still poor and a household that has left poverty."""
    village = world.villages[0]
    VillageYear.objects.create(village=village, year=2017, **GOOD)
    poor = HouseholdFactory(village=village)
    for number, relation in enumerate(("01", "02", "03"), start=1):
        MemberFactory(household=poor, number=number, relation=relation)
    MemberFactory(household=HouseholdFactory(village=village, poverty_status="2", exit_year=2016))
    return village


@pytest.fixture
def leaving(village, world):
    return services.open_village_exit(village=village, year=2017, reason="发生率和指标达标", by=world.people["village_committee"])


def at(row) -> str:
    row.case.refresh_from_db()
    return row.case.step.code if row.case.step else row.case.state


def fill(row, by, **unmet):
    answers = {item: (item not in unmet.get("unmet", ()), "实地核实", None) for item in VillageItem.values}
    services.save_village_checks(village_exit=row, answers=answers, by=by)


def bring(row, label, by):
    row.case.refresh_from_db()
    flow.add_evidence(case=row.case, label=label, file=image(), by=by)


def publish_and_pass(row, by):
    notice = services.publish_village_exit(village_exit=row, starts_on=today(), by=by)
    for posting in notice.postings.all():
        flow.post_notice(notice=notice, place="村务公开栏", posted_on=today(), photo=image(), by=by, village=posting.village)
    with clock.on(notice.ends_on + timedelta(days=1)):
        flow.take_down_ended(today())
        flow.advance(case=row.case, by=by, opinion="公示无异议")
    return notice


def test_a_village_leaves_from_its_application_to_the_announcement(leaving, village, world):
    people = world.people
    committee = people["village_committee"]
    assert (leaving.poor_population, leaving.rural_population, leaving.rate) == (3, 300, "1.00%")

    fill(leaving, committee)
    bring(leaving, "退出申请书", committee)
    flow.advance(case=leaving.case, by=committee)
    flow.advance(case=leaving.case, by=people["township_checker"], opinion="指标属实")
    bring(leaving, "核查报告", people["bureau_approver"])
    services.set_village_document(village_exit=leaving, document_number="格扶组〔2017〕21号", by=people["bureau_approver"])
    flow.advance(case=leaving.case, by=people["bureau_approver"], opinion="核查通过")
    notice = publish_and_pass(leaving, people["township_clerk"])
    assert "贫困发生率为 1.00%" in notice.body and notice.level == "township"
    publish_and_pass(leaving, people["bureau_clerk"])

    village.refresh_from_db()
    leaving.refresh_from_db()
    assert (village.exited_in, leaving.outcome, at(leaving)) == (2017, "admitted", "done")


def test_a_step_is_not_passed_before_everything_is_there_and_says_what_is_missing(leaving, world):
    committee = world.people["village_committee"]
    with pytest.raises(flow.StillMissing) as refused:
        flow.advance(case=leaving.case, by=committee)
    assert any("退出指标还有 10 项没有核实" in words for words in refused.value.missing)
    assert any("退出申请书" in words for words in refused.value.missing)

    fill(leaving, committee, unmet=(VillageItem.WATER,))
    bring(leaving, "退出申请书", committee)
    with pytest.raises(flow.StillMissing, match="饮水不达标"):
        flow.advance(case=leaving.case, by=committee)


def test_the_rate_counts_the_register_of_the_day(leaving, village, world):
    committee = world.people["village_committee"]
    fill(leaving, committee)
    bring(leaving, "退出申请书", committee)
    VillageYear.objects.filter(village=village).update(rural_population=99)
    with pytest.raises(flow.StillMissing, match="贫困发生率 3.03%"):
        flow.advance(case=leaving.case, by=committee)


@pytest.mark.parametrize(
    ("change", "year", "message"),
    [
        ({"is_poor_village": False, "poor_since": None}, 2017, "不是贫困村"),
        ({"exited_in": 2016}, 2017, "已于 2016 年退出"),
        ({}, 2018, "不晚于今年"),
        ({}, 2014, "认定年度"),
        ({}, 2016, "还没有录入 2016 年的村年度情况"),
    ],
)
def test_what_cannot_leave_is_refused_in_words(village, world, change, year, message):
    Village.objects.filter(pk=village.pk).update(**change)
    with pytest.raises(services.HouseholdsError, match=message):
        services.open_village_exit(village=village, year=year, reason="申请", by=world.people["village_committee"])


def test_one_exit_runs_at_a_time_and_a_refused_one_keeps_its_reason(leaving, village, world):
    with pytest.raises(services.HouseholdsError, match="已有退出事项正在办理"):
        services.open_village_exit(village=village, year=2017, reason="再申请", by=world.people["village_committee"])
    other = flow.start_case(kind=rules.KEY, title="再申请", village=village, by=world.people["village_committee"], day=today())
    with pytest.raises(IntegrityError, match="village_exit_one_running"), transaction.atomic():
        VillageExit.objects.create(village=village, case=other, year=2017, started_on=today(), reason="x", poor_population=0, rural_population=1)

    committee = world.people["village_committee"]
    fill(leaving, committee)
    bring(leaving, "退出申请书", committee)
    flow.advance(case=leaving.case, by=committee)
    flow.refuse(case=leaving.case, by=world.people["township_checker"], opinion="饮水未入户")
    leaving.refresh_from_db()
    assert (leaving.outcome, leaving.closed_step, leaving.closed_reason) == ("declined", "乡镇审核", "饮水未入户")


def test_an_item_asks_for_evidence(leaving, world):
    with pytest.raises(services.HouseholdsError, match="“道路”请写明依据"):
        services.save_village_checks(village_exit=leaving, answers={"01": (True, " ", None)}, by=world.people["village_committee"])
    with pytest.raises(IntegrityError, match="village_exit_check_with_evidence"), transaction.atomic():
        VillageExitCheck.objects.create(exit=leaving, village=leaving.village, item="01", is_met=True, evidence="", checked_on=today(),
                                        checked_by=world.people["village_committee"])  # fmt: skip


def test_nothing_is_published_out_of_order(leaving, world):
    with pytest.raises(services.HouseholdsError, match="现在在“村级申请”"):
        services.publish_village_exit(village_exit=leaving, starts_on=today(), by=world.people["township_clerk"])


# --- pages ----------------------------------------------------------------------------------------
def test_the_committee_applies_and_fills_the_sheet_in_the_browser(signed_in, village):
    client = signed_in("village_committee")
    page = client.get(reverse("households:village-exit", args=[village.pk])).content.decode()
    assert "1.00%" in page and "申请退出" in page
    response = client.post(reverse("households:village-exit-start", args=[village.pk]), {"year": "2017", "reason": "达标"}, follow=True)
    row = VillageExit.objects.get()
    assert "点此填写或核实十项指标" in response.content.decode()

    sheet = {f"a{item}": "yes" for item in VillageItem.values} | {f"e{item}": "实地核实" for item in VillageItem.values}
    url = reverse("households:village-checks", args=[row.pk])
    assert "请写明依据" in client.post(url, sheet | {"e01": ""}).content.decode()
    assert client.post(url, sheet).status_code == 302 and row.checks.count() == 10
    assert village.name in client.get(reverse("households:village-exit-list")).content.decode()


def test_only_who_the_step_waits_for_writes(signed_in, leaving):
    client = signed_in("township_clerk")
    for name in ("village-checks", "village-document", "village-notice"):
        url = reverse(f"households:{name}", args=[leaving.pk])
        assert client.get(url).status_code == 200
        assert client.post(url, {"starts_on": "2017-09-30", "document_number": "1"}).status_code == 403


def test_another_townships_exit_is_not_there(signed_in, leaving, world):
    from tests.factories import UserFactory, grant

    other = UserFactory()
    grant(other, "township_clerk", world.townships[1])
    world.people["far"] = other
    client = signed_in("far")
    assert client.get(reverse("households:village-checks", args=[leaving.pk])).status_code == 404
    assert client.get(reverse("households:village-exit", args=[leaving.village_id])).status_code == 404
