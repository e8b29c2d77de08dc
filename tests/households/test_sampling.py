"""Quality sampling: sizes and intervals by the book, a draw anyone can repeat, calls that say why."""

import hashlib
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import today
from households import services
from households.models import Household, Sample, SampleCall
from households.rules.sampling import CHECKLISTS, Frame, draw, frame_digest, place_in_draw, sample_size, wilson
from tests.factories import HouseholdFactory, MemberFactory


@pytest.mark.parametrize(
    ("population", "confidence", "margin", "size"),
    [(278, 95, 10, 72), (278, 95, 5, 162), (10_000, 95, 5, 370), (1_000_000, 95, 5, 384), (1, 95, 5, 1), (0, 95, 5, 0), (30, 99, 1, 30)],
)
def test_sizes_are_those_of_the_tables(population, confidence, margin, size):
    assert sample_size(population, confidence=confidence, margin=margin) == size


@pytest.mark.parametrize(
    ("wrong", "asked", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_intervals_are_wilsons(wrong, asked, low, high):
    assert wilson(wrong, asked, confidence=95) == pytest.approx((low, high), abs=0.0005)


def test_what_cannot_be_asked_for_is_an_error():
    for confidence, margin in ((95, 0), (95, 51), (49, 5), (100, 5)):
        with pytest.raises(ValueError):
            sample_size(10, confidence=confidence, margin=margin)
    with pytest.raises(ValueError):
        wilson(3, 2, confidence=95)


CODES = st.lists(st.from_regex(r"\A\d{16}\Z"), unique=True, max_size=12)


@settings(max_examples=20, deadline=None)
@given(codes=CODES, seed=st.text(max_size=20), size=st.integers(0, 50))
def test_a_draw_is_the_same_for_everybody(codes, seed, size):
    drawn = draw(codes, size=size, seed=seed)
    assert draw(list(reversed(codes)), size=size, seed=seed) == drawn, "the order of the list does not matter"
    assert len(drawn) == min(size, len(codes)) and set(drawn) <= set(codes)
    assert draw(codes, size=size + 1, seed=seed)[: len(drawn)] == drawn, "a larger sample holds the smaller one"
    assert frame_digest(codes) == frame_digest(reversed(codes))


@settings(max_examples=20, deadline=None)
@given(population=st.integers(1, 5000), confidence=st.integers(50, 99), margin=st.integers(1, 50), asked=st.integers(1, 300), data=st.data())
def test_sizes_and_intervals_stay_in_bounds(population, confidence, margin, asked, data):
    assert 1 <= sample_size(population, confidence=confidence, margin=margin) <= population
    wrong = data.draw(st.integers(0, asked))
    low, high = wilson(wrong, asked, confidence=confidence)
    assert 0 <= low <= wrong / asked + 1e-12 and wrong / asked - 1e-12 <= high <= 1


def test_the_documented_way_gives_the_order():
    assert place_in_draw("20170930", "6328011009010001") == hashlib.sha256(b"20170930:6328011009010001").hexdigest()


@pytest.fixture
def homes(world):
    made = [HouseholdFactory(village=world.villages[0], poverty_status="1") for _ in range(5)]
    for home in made:
        MemberFactory(household=home)
    return made


def drawn(world, by="township_checker", **more):
    values = {"frame": Frame.POOR, "confidence": 95, "margin": 50, "seed": "42", "village": world.villages[0], "by": world.people[by]} | more
    return services.draw_sample(**values)


ALL_YES = {f"said_{code}": "yes" for code, _ in CHECKLISTS[Frame.POOR]}


def test_a_checker_draws_calls_and_reads_the_rate(signed_in, world, homes):
    client = signed_in("township_checker")
    made = client.post(
        reverse("households:sample-create"), {"frame": "poor", "village": world.villages[0].pk, "confidence": "95", "margin": "50", "seed": "42"}
    )
    sample = Sample.objects.get()
    assert made.headers["Location"] == sample.get_absolute_url()
    codes = [home.household_code for home in homes]
    assert [call.household.household_code for call in sample.calls.all()] == draw(codes, size=sample.size, seed="42")
    page = client.get(sample.get_absolute_url()).content.decode()
    assert "与保存的样本一致" in page and frame_digest(codes) in page
    first, second = sample.calls.all()[:2]
    url = reverse("households:sample-call", args=[first.pk])
    data = {"reached": "answered", "called_on": "20170930", **ALL_YES}
    assert "作出认定" in client.post(url, data).content.decode()
    assert "写明依据" in client.post(url, data | {"wrong": "yes"}).content.decode()
    assert "还没有填完" in client.post(url, data | {"wrong": "no", "said_income": ""}).content.decode()
    assert client.post(url, data | {"wrong": "yes", "note": "家有轿车"}).status_code == 302
    assert client.post(reverse("households:sample-call", args=[second.pk]), {"reached": "unreachable", "called_on": "20170930"}).status_code == 302
    result = services.sample_result(sample)
    assert (result.error, result.asked, result.wrong, result.rate, result.unreachable) == ("错评", 1, 1, 100.0, 1)
    assert "100.0" in client.get(sample.get_absolute_url()).content.decode()


def test_it_is_not_drawn_again_until_it_pleases(world, homes):
    drawn(world)
    with pytest.raises(services.HouseholdsError, match="重抽到满意"):
        drawn(world, seed="43")
    with pytest.raises(services.HouseholdsError, match="没有已脱贫户"):
        drawn(world, frame=Frame.EXITED)


def test_a_frame_that_changed_is_said(world, homes):
    sample = drawn(world)
    assert services.draw_again(sample) == ""
    Household.objects.filter(pk=homes[0].pk).update(poverty_status="2")
    assert "与抽取当日不同" in services.draw_again(sample)


def test_declined_applicants_are_the_frame_of_the_missed(world):
    home = HouseholdFactory(
        village=world.villages[0],
        household_code=None,
        identified_on=None,
        applied_on=date(2017, 5, 1),
        ended_on=date(2017, 6, 1),
        end_reason="declined",
    )
    MemberFactory(household=home, left_on=date(2017, 6, 1), leave_reason="9")
    sample = drawn(world, frame=Frame.DECLINED, seed="")
    assert sample.calls.get().household == home and len(sample.seed) == 16


def test_only_within_ones_area_and_hidden_from_the_village(signed_in, world, homes):
    with pytest.raises(services.HouseholdsError, match="您范围内"):
        drawn(world, village=world.villages[2])
    sample = drawn(world, by="bureau_clerk", village=None, area="632801")
    assert signed_in("township_checker").get(sample.get_absolute_url()).status_code == 404, "the city's sample is the city's"
    assert signed_in("township_checker").get(sample.calls.first().get_absolute_url()).status_code == 404
    assert signed_in("village_cadre").get(sample.get_absolute_url()).status_code == 403
    assert signed_in("bureau_clerk").get(sample.get_absolute_url()).status_code == 200


def test_a_call_lies_between_the_draw_and_today(world, homes):
    call = drawn(world).calls.first()
    for day in (date(2017, 1, 1), date(2099, 1, 1)):
        with pytest.raises(services.HouseholdsError, match="之间"):
            services.record_call(
                call=call, reached="unreachable", called_on=day, answers={}, is_wrong=None, note="", by=world.people["township_checker"]
            )
    with pytest.raises(IntegrityError, match="sample_call_judged_iff_answered"), transaction.atomic():
        SampleCall.objects.filter(pk=call.pk).update(is_wrong=True)
    with pytest.raises(IntegrityError, match="sample_within_its_population"), transaction.atomic():
        Sample.objects.update(population=0)
    with pytest.raises(IntegrityError, match="sample_call_once_a_household"), transaction.atomic():
        SampleCall.objects.create(sample=call.sample, household=call.household, village=call.village, rank=99)
    assert call.sample.drawn_on == today()
