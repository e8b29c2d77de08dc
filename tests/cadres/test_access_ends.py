"""A cadre who leaves a village has no access to it from the day after; one recalled, from the moment."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import Session
from accounts.services import sessions_of
from cadres.services import end_access_of_left, end_posting
from core import clock
from core.models import Event
from tests.factories import CadreFactory, PostingFactory, UserFactory, grant

TODAY = clock.today()


@pytest.fixture
def posting(world):
    """Posted to the first village, with a grant there that nobody has tied to the posting."""
    user = UserFactory(username="zhucun")
    grant(user, "village_cadre", world.villages[0].division)
    return PostingFactory(village=world.villages[0], cadre=CadreFactory(user=user))


def browser(user):
    client = Client()
    client.force_login(user, backend="accounts.backends.NameAndPassword")
    return client


def sees_village(client, village):
    return client.get(village.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("ended_on", "reason", "until"),
    [(TODAY, "term", TODAY), (TODAY + timedelta(days=9), "exchange", TODAY + timedelta(days=9)), (date(2017, 6, 30), "other", date(2017, 6, 30)),
     (TODAY, "recall", TODAY - timedelta(days=1))],
)  # fmt: skip
def test_the_grant_ends_with_the_last_day_in_post(world, posting, ended_on, reason, until):
    user = posting.cadre.user
    client = browser(user)
    assert sees_village(client, posting.village)
    end_posting(posting=posting, ended_on=ended_on, end_reason=reason, by=world.people["org_department"])
    assert user.grants.get().until == until
    assert Event.objects.filter(table="villages_grant", reason__startswith="结束派驻", user_id=None).count() == 1
    assert sees_village(client, posting.village) is (until >= TODAY)
    assert bool(sessions_of(user)) is (until >= TODAY)
    assert sees_village(browser(user), posting.village) is (until >= TODAY)


def test_what_was_granted_for_something_else_stays(world, posting):
    user = posting.cadre.user
    other = grant(user, "village_cadre", world.villages[1].division)
    role = grant(user, "village_committee", world.villages[0].division)
    wider = grant(user, "village_cadre", world.townships[0])
    end_posting(posting=posting, ended_on=TODAY, end_reason="term", by=world.people["org_department"])
    for each in (other, role, wider):
        each.refresh_from_db()
    assert (other.until, role.until, wider.until) == (None, None, TODAY), "a wider area holds the village too"


def test_the_night_finds_what_was_recorded_only_afterwards(world, posting):
    user, cadre = posting.cadre.user, posting.cadre
    type(cadre).objects.filter(pk=cadre.pk).update(user=None)
    end_posting(posting=posting, ended_on=date(2017, 8, 31), end_reason="term", by=world.people["org_department"])
    assert user.grants.get().until is None
    session = browser(user)
    type(cadre).objects.filter(pk=cadre.pk).update(user=user)
    again = grant(user, "village_cadre", world.villages[0].division, since=date(2017, 9, 20))
    end_access_of_left(since=date(2017, 1, 1))
    assert {each.until for each in user.grants.exclude(pk=again.pk)} == {date(2017, 8, 31)}
    assert not Session.objects.filter(user=user).exists()
    assert session.get("/").status_code == 302
    again.refresh_from_db()
    assert again.until is None, "granted after the end: a decision of its own"


def test_a_posting_that_follows_in_the_same_village_keeps_the_grant(world, posting):
    type(posting).objects.filter(pk=posting.pk).update(ended_on=date(2017, 8, 31), end_reason="term")
    PostingFactory(village=posting.village, cadre=posting.cadre, started_on=date(2017, 9, 1))
    end_access_of_left(since=date(2017, 1, 1))
    assert posting.cadre.user.grants.get().until is None
