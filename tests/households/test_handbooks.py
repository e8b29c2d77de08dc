"""Handbooks handed out: issued, lost, replaced, taken back; who may, and what is refused."""

from datetime import date

import pytest
from django.urls import reverse

from core.clock import today
from households import services
from households.models import HandbookIssue
from tests.factories import HouseholdFactory, MemberFactory

NATIONAL = HandbookIssue.Kind.NATIONAL


@pytest.fixture
def home(world):
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household, name="张测户")
    return household


def issue(home, by, number="QG1", **more):
    return services.issue_handbook(household=home, kind=NATIONAL, number=number, issued_on=date(2017, 3, 1), received_by="张测户", by=by, **more)


def test_a_clerk_hands_out_replaces_and_takes_back_in_the_browser(signed_in, home):
    client, tab = signed_in("township_clerk"), reverse("households:handbooks", args=[home.pk])
    assert "还没有发放手册" in client.get(tab).content.decode()
    new = reverse("households:handbook-create", args=[home.pk])
    assert 'value="张测户"' in client.get(new).content.decode()
    given = {"kind": "national", "number": "QG1", "issued_on": "20170301", "received_by": "张测户"}
    assert client.post(new, given).status_code == 302
    first = HandbookIssue.objects.get()
    page = client.post(
        reverse("households:handbook-replace", args=[first.pk]),
        {"end_reason": "lost", "ended_on": "20170901", "number": "QG1", "received_by": "张测户"},
    )
    assert "QG1 已发放" in page.content.decode()
    first.refresh_from_db()
    assert first.ended_on is None, "a refused replacement ends nothing"
    assert (
        client.post(
            reverse("households:handbook-replace", args=[first.pk]),
            {"end_reason": "lost", "ended_on": "20170901", "number": "QG2", "received_by": "张测户"},
        ).status_code
        == 302
    )
    second = HandbookIssue.objects.get(number="QG2")
    assert (second.replaces, second.issued_on) == (first, date(2017, 9, 1))
    assert client.post(reverse("households:handbook-end", args=[second.pk]), {"end_reason": "returned", "ended_on": "20170930"}).status_code == 302
    text = client.get(tab).content.decode()
    assert "遗失" in text and "收回" in text
    listed = client.get(reverse("households:handbook-list"), {"state": "lost"}).content.decode()
    assert "QG1" in listed and "QG2" not in listed


def test_one_of_a_kind_in_a_households_hands(world, home):
    issue(home, world.people["township_clerk"])
    with pytest.raises(services.HouseholdsError, match="手中已有"):
        issue(home, world.people["township_clerk"], number="QG2")


def test_a_number_is_given_once(world, home):
    issue(home, world.people["township_clerk"])
    other = HouseholdFactory(village=world.villages[1])
    MemberFactory(household=other)
    with pytest.raises(services.HouseholdsError, match="QG1 已发放"):
        issue(other, world.people["township_clerk"])


def test_a_household_that_only_applied_gets_none(world):
    applied = HouseholdFactory(village=world.villages[0], household_code=None, identified_on=None, applied_on=today())
    MemberFactory(household=applied)
    with pytest.raises(services.HouseholdsError, match="在册的户"):
        issue(applied, world.people["township_clerk"])


def test_an_end_lies_between_the_issue_and_today(world, home):
    book = issue(home, world.people["township_clerk"])
    for day in (date(2017, 2, 1), date(2099, 1, 1)):
        with pytest.raises(services.HouseholdsError, match="之间"):
            services.end_handbook(issue=book, end_reason="lost", ended_on=day, by=world.people["township_clerk"])


def test_another_townships_handbook_is_not_there_and_a_reader_may_not_issue(signed_in, world, home):
    far = HouseholdFactory(village=world.villages[2])
    MemberFactory(household=far)
    book = issue(far, world.people["bureau_clerk"], number="QG9")
    client = signed_in("township_clerk")
    assert client.get(reverse("households:handbooks", args=[far.pk])).status_code == 404
    assert client.post(reverse("households:handbook-end", args=[book.pk]), {}).status_code == 404
    assert signed_in("city_leader").get(reverse("households:handbook-create", args=[home.pk])).status_code == 403
