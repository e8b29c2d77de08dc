"""Wishes matched with measures, exit needs of villages, and what of them is still open."""

from datetime import date

import pytest
from django.urls import reverse

from assistance import services
from assistance.models import ExitNeed, Measure, Wish
from assistance.rules import ANSWERS, state_problem
from core import figures
from core.clock import today
from tests.factories import HouseholdFactory, MeasureTypeFactory, MemberFactory

DAY = date(2017, 9, 1)


@pytest.fixture
def home(world):
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household)
    return household


@pytest.fixture
def measure(home):
    return Measure.objects.create(household=home, village=home.village, measure_type=MeasureTypeFactory(code="M50", name="医疗救助"), content="签约", planned_on=DAY,
                                  state="running")  # fmt: skip


@pytest.mark.parametrize(
    ("state", "has", "done", "result", "words"),
    [
        ("open", False, False, "", ""), ("running", False, False, "", "对应措施"), ("running", True, False, "", ""), ("running", False, False, "正在联系", ""),
        ("met", False, False, "", "已落实的措施"), ("met", True, False, "", "已落实的措施"), ("met", True, True, "", ""), ("met", False, False, "已解决", ""),
    ],
)  # fmt: skip
def test_a_state_is_supported_by_a_measure_or_words(state, has, done, result, words):
    found = state_problem(state=state, has_measure=has, measure_done=done, result=result)
    assert (words in found) if words else found == ""


def test_every_aspect_has_measures_that_answer_it():
    assert set(ANSWERS) == set(Wish.Aspect.values)


def test_a_village_cadre_records_a_wish_and_matches_it(signed_in, world, home, measure):
    client = signed_in("village_cadre")
    new = reverse("assistance:wish-create", args=[home.pk])
    data = {"aspect": "W4", "content": "看病报销", "recorded_on": "20170901", "state": "met", "measure": measure.pk, "result": ""}
    assert "已落实的措施" in client.post(new, data).content.decode()
    assert client.post(new, data | {"state": "running"}).status_code == 302
    wish = Wish.objects.get()
    assert (wish.measure, wish.village) == (measure, home.village)
    tab = client.get(reverse("assistance:household", args=[home.pk])).content.decode()
    assert "医疗救助(实施中)" in tab and reverse("assistance:wish-edit", args=[wish.pk]) in tab
    measure.state, measure.given_on = "done", DAY
    measure.save()
    assert client.post(reverse("assistance:wish-edit", args=[wish.pk]), data).status_code == 302
    wish.refresh_from_db()
    assert wish.state == "met"
    listed = client.get(reverse("assistance:wish-list"), {"state": "left"}).content.decode()
    assert home.household_code not in listed
    assert home.household_code in client.get(reverse("assistance:wish-list")).content.decode()


def test_another_households_measure_answers_no_wish(world, home, measure):
    other = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=other)
    with pytest.raises(services.AssistanceError, match="不是这一户的"):
        services.save_wish(
            wish=Wish(), household=other, aspect="W4", recorded_on=DAY, state="running", measure=measure, result="", by=world.people["village_cadre"]
        )


def test_an_aspect_is_recorded_once(signed_in, home):
    client, new = signed_in("village_cadre"), reverse("assistance:wish-create", args=[home.pk])
    data = {"aspect": "W1", "recorded_on": "20170901", "state": "open"}
    assert client.post(new, data).status_code == 302
    assert "请从列表中选择" in client.post(new, data).content.decode()
    assert "晚于今天" in client.post(new, data | {"aspect": "W2", "recorded_on": "20990101"}).content.decode()


def test_a_need_of_a_village_says_how_it_was_met(signed_in, world):
    client, village = signed_in("village_cadre"), world.villages[0]
    new = reverse("assistance:need-create", args=[village.pk])
    data = {"aspect": "N01", "gap": "两公里未硬化", "recorded_on": "20170901", "target_on": "20171231", "state": "open"}
    assert "请填写" in client.post(new, data | {"gap": ""}).content.decode()
    assert client.post(new, data).status_code == 302
    need = ExitNeed.objects.get()
    edit = reverse("assistance:need-edit", args=[need.pk])
    assert "写明如何落实" in client.post(edit, data | {"state": "met"}).content.decode()
    assert client.post(edit, data | {"state": "met", "result": "已硬化并验收"}).status_code == 302
    assert "已硬化并验收" in client.get(reverse("assistance:village", args=[village.pk])).content.decode()
    assert client.get(reverse("assistance:need-create", args=[world.villages[2].pk])).status_code == 404


def test_figures_count_aspects_and_what_is_open(world, home):
    for aspect, state in (("W1", "open"), ("W2", "met"), ("W3", "running")):
        Wish.objects.create(household=home, village=home.village, aspect=aspect, state=state, recorded_on=DAY)
    ExitNeed.objects.create(village=home.village, aspect="N01", recorded_on=DAY)
    assert [figures.get(key).compute(today()) for key in ("wish_aspects", "wishes_open", "exit_need_aspects", "exit_needs_open")] == [3, 2, 1, 1]
    assert figures.get("wish_aspects").compute(date(2017, 8, 1)) == 0
