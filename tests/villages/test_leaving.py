"""Leaving: what was granted runs out with the last day, to the day, whoever granted it; the sessions end."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Session, User
from core import clock
from core.models import Event
from tests.factories import OrganizationFactory, UserFactory, grant

BACKEND = "accounts.backends.NameAndPassword"


@pytest.fixture
def day(monkeypatch):
    """Makes a day today."""

    def set_day(value):
        for module in ("core.clock", "villages.querysets", "accounts.services.departures"):
            monkeypatch.setattr(f"{module}.today", lambda: value)

    return set_day


def browser(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def may_see_villages(user):
    return browser(user).get("/villages/").status_code == 200


def test_a_disabled_account_loses_its_grants_with_the_day_and_gets_none_back(world, day):
    user, admin = world.people["township_clerk"], world.people["system_admin"]
    later = grant(user, "village_cadre", world.villages[0].division, since=clock.today() + timedelta(days=5))
    ended = grant(user, "helper", world.city, until=date(2016, 5, 1))
    session = browser(user)
    accounts.set_active(user=user, active=False, by=admin, reason="调离")
    assert session.get("/").status_code == 302
    assert not Session.objects.filter(user=user).exists()
    assert not type(later).objects.filter(pk=later.pk).exists(), "what had not begun is taken back"
    assert user.grants.get(role="township_clerk").until == clock.today()
    ended.refresh_from_db()
    assert ended.until == date(2016, 5, 1)
    assert Event.objects.filter(table="villages_grant", reason="调离").exists()
    accounts.set_active(user=user, active=True, by=admin, reason="停错了")
    assert may_see_villages(user), "the day is not over"
    day(clock.today() + timedelta(days=1))
    assert not may_see_villages(user)


def test_who_goes_to_another_organization_loses_what_the_old_one_gave(signed_in, world):
    old, new = OrganizationFactory(), OrganizationFactory()
    user = world.people["township_clerk"]
    User.objects.filter(pk=user.pk).update(organization=old)
    session = browser(user)
    address = reverse("accounts:user-edit", args=[user.pk])
    data = {"name": "张三", "organization": new.pk, "post": "科员", "phone": ""}
    admin = signed_in("system_admin")
    assert admin.post(address, data | {"organization": old.pk}).status_code == 302
    assert session.get("/").status_code == 200, "the same organization: nothing has ended"
    assert admin.post(address, data).status_code == 302
    assert session.get("/").status_code == 302
    assert user.grants.get().until == clock.today()
    assert Event.objects.filter(table="villages_grant", reason=f"离开单位:{old.name}").exists()


@pytest.mark.parametrize(("before", "data"), [(True, {"correction": "on"}), (False, {})])
def test_a_correction_or_a_first_organization_ends_nothing(signed_in, world, before, data):
    user = world.people["township_clerk"]
    User.objects.filter(pk=user.pk).update(organization=OrganizationFactory() if before else None)
    session = browser(user)
    fields = {"name": "张三", "organization": OrganizationFactory().pk, "post": "", "phone": ""} | data
    assert signed_in("system_admin").post(reverse("accounts:user-edit", args=[user.pk]), fields).status_code == 302
    assert session.get("/villages/").status_code == 200
    assert user.grants.get().until is None


def test_a_grant_that_ended_yesterday_opens_nothing_and_one_that_ends_today_does(world):
    user = UserFactory()
    given = grant(user, "township_clerk", world.townships[0], until=clock.today())
    assert may_see_villages(user)
    type(given).objects.filter(pk=given.pk).update(until=clock.today() - timedelta(days=1))
    assert not may_see_villages(user)
