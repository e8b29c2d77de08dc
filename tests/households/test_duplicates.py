"""Likely the same person: found by name, sound, birth and village; decided once; merged with both histories kept."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.checks.identity import make_id_number
from core.clock import today
from core.models import Event
from core.pinyin import reading
from core.scope import acting_as
from households import services
from households.models import DuplicatePair, Member
from tests.factories import HouseholdFactory, MemberFactory, UserFactory, grant
from workflow.models import Job

BORN = date(1980, 5, 6)


def person(village, name="张秀英", born=BORN, sex="2", **fields):
    """A woman who heads a household of her own and has no ID number, unless said otherwise."""
    return MemberFactory(household=HouseholdFactory(village=village), name=name, birth_on=born, sex=sex,
                         **{"id_number": "", "document_kind": "3", **fields})  # fmt: skip


def number(serial):
    return {"id_number": make_id_number("999999", BORN, serial), "document_kind": "1"}


@pytest.fixture
def pair(world):
    """The same woman twice in one village, once with her number."""
    first, second = person(world.villages[0]), person(world.villages[0], **number(202))
    services.find_duplicates()
    found = DuplicatePair.objects.get()
    assert (found.first, found.second) == (first, second)
    return found


@pytest.fixture
def clerk(world):
    return world.people["township_clerk"]


def test_names_that_sound_alike_have_one_reading():
    assert reading("张秀英") == reading("章秀瑛") == "zhang xiu ying"
    assert reading("张秀英") != reading("张秀云")


@pytest.mark.parametrize(
    ("other", "score", "area"),
    [
        ({}, 100, 12),
        ({"name": "章秀瑛"}, 90, 12),
        ({"born": date(1980, 6, 5)}, 80, 12),  # day and month exchanged
        ({"born": date(1980, 5, 30)}, 80, 12),
        ({"born": date(1980, 11, 3)}, 70, 12),
        ({"place": 1}, 90, 9),
        ({"place": 2}, 90, 6),
        ({"name": "张秀云"}, None, 0),
        ({"born": date(1981, 5, 6)}, None, 0),
        ({"name": "章秀瑛", "born": date(1980, 11, 3), "sex": "1"}, None, 0),  # 同音30、同年10、同村10
    ],
)  # fmt: skip
def test_how_alike_two_people_are(world, other, score, area):
    person(world.villages[0])
    person(world.villages[other.pop("place", 0)], **other)
    services.find_duplicates()
    found = DuplicatePair.objects.first()
    assert (found.score if found else None) == score
    assert found is None or (len(found.area) == area and (found.village_id is None) == (area < 12))


def test_two_different_numbers_speak_against_it(world):
    person(world.villages[0], **number(202))
    person(world.villages[0], **number(204))
    services.find_duplicates()
    found = DuplicatePair.objects.get()
    assert (found.score, "证件号码不同" in found.grounds) == (60, True)


def test_a_pair_goes_when_the_record_is_put_right_and_comes_once(pair):
    services.find_duplicates()
    assert DuplicatePair.objects.count() == 1
    Member.objects.filter(pk=pair.second_id).update(name="李明")
    assert services.find_duplicates() == 0 and not DuplicatePair.objects.exists()


def test_different_is_remembered_for_good(pair, clerk):
    services.judge_different(pair=pair, reason="两人都见过,是堂姐妹", by=clerk)
    assert services.find_duplicates() == 0
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_on) == ("different", clerk, today())
    with pytest.raises(services.HouseholdsError, match="已由乡镇专干 于 2017-09-30 认定为“不是同一人”,理由:两人都见过"):
        services.judge_same(pair=pair, keep=pair.first, reason="再看", by=clerk)


def test_merging_keeps_both_histories_and_fills_what_is_missing(pair, clerk):
    home = pair.second.household
    services.judge_same(pair=pair, keep=pair.first, reason="核对户口簿,是同一人", by=clerk)

    kept, merged = Member.objects.get(pk=pair.first_id), Member.objects.get(pk=pair.second_id)
    home.refresh_from_db()
    assert (merged.left_on, merged.leave_reason, merged.continued_as) == (today(), "7", kept)
    assert kept.id_number == make_id_number("999999", BORN, 202)
    assert (home.end_reason, home.continued_as) == ("merged", kept.household), "alone there: the household goes with her"
    assert Event.objects.filter(table="households_member", row_id=merged.pk, action="U").exists()


def test_a_head_does_not_leave_others_behind_unless_the_whole_household_is_merged(pair, clerk):
    child = MemberFactory(household=pair.second.household, name="张小宝", relation="03", sex="1", birth_on=date(2010, 1, 1))
    with pytest.raises(services.HouseholdsError, match="户内还有 1 人"):
        services.judge_same(pair=pair, keep=pair.first, reason="同一人", by=clerk)
    pair.refresh_from_db()
    assert pair.state == "open"
    services.judge_same(pair=pair, keep=pair.first, whole=True, reason="整户重复", by=clerk)
    child.refresh_from_db()
    assert child.continued_as.household == pair.first.household and child.left_on == today()


def test_who_is_elsewhere_is_not_merged(world):
    by = world.people["bureau_clerk"]
    person(world.villages[0])
    person(world.villages[1])
    services.find_duplicates()
    found = DuplicatePair.objects.get()
    with pytest.raises(services.HouseholdsError, match="登记在不同的村"):
        services.judge_same(pair=found, keep=found.first, reason="同一人", by=by)
    with pytest.raises(services.HouseholdsError, match="不能与自己合并"):
        services.merge_persons(kept=found.first, merged=found.first, by=by)
    assert Member.objects.filter(left_on=None).count() == 2


def test_the_pair_is_stored_once_and_in_order(pair):
    values = {"village": pair.village, "area": pair.area, "score": 60, "grounds": "x", "found_on": today()}
    for first, second, name in ((pair.second, pair.first, "duplicate_pair_in_order"), (pair.first, pair.second, "duplicate_pair_once")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            DuplicatePair.objects.create(first=first, second=second, **values)
    for changes, name in (({"state": "different"}, "duplicate_pair_decided_iff_by"), ({"kept": pair.first}, "duplicate_pair_keeps_one_of_the_two")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            DuplicatePair.objects.filter(pk=pair.pk).update(**changes)


def test_only_who_reaches_both_sees_a_pair_across_villages(world, clerk):
    person(world.villages[0])
    person(world.villages[2])
    services.find_duplicates()
    assert DuplicatePair.objects.visible_to(world.people["bureau_clerk"]).count() == 1
    assert DuplicatePair.objects.visible_to(clerk).count() == 0
    with acting_as(clerk):
        assert DuplicatePair.objects.count() == 0


def test_somebody_of_two_townships_looks_only_where_they_reach(world):
    """Across two townships the pair is the city's: a search from below neither fails nor shows it."""
    both = UserFactory()
    for township in world.townships:
        grant(both, "township_clerk", township)
    for place in (0, 0, 2):
        person(world.villages[place])
    with acting_as(both):
        assert services.find_duplicates() == 1
    assert DuplicatePair.objects.get().village == world.villages[0]


# --- pages ----------------------------------------------------------------------------------------
def test_a_clerk_compares_both_and_decides(signed_in, pair):
    client = signed_in("township_clerk")
    assert "很可能" in client.get(reverse("households:duplicate-list")).content.decode()
    url = reverse("households:duplicate", args=[pair.pk])
    page = client.get(url).content.decode()
    assert "不同" in page and "一致" in page and make_id_number("999999", BORN, 202) not in page
    assert "请填写" in client.post(url, {"verdict": "first", "reason": ""}).content.decode()
    assert client.post(url, {"verdict": "first", "reason": "核对户口簿"}).status_code == 302
    again = client.post(url, {"verdict": "different", "reason": "再认定"}).content.decode()
    assert "认定为“同一人,已合并”" in again
    assert "张秀英" in client.get(reverse("households:duplicate-list"), {"state": "same"}).content.decode()


def test_a_search_is_a_job_and_villages_do_not_decide(signed_in, pair):
    client = signed_in("township_clerk")
    assert client.post(reverse("households:duplicate-find")).status_code == 302
    assert Job.objects.get(kind="duplicate_search").title == "查找疑似重复"
    assert signed_in("village_committee").get(reverse("households:duplicate", args=[pair.pk])).status_code == 403
