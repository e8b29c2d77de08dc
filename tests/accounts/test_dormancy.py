"""Accounts nobody uses are closed after a warning, and opened again with a reason."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import User
from core.models import Event


def unused(user, days):
    moment = timezone.now() - timedelta(days=days)
    User.objects.filter(pk=user.pk).update(last_login=moment, active_since=moment)


@pytest.mark.parametrize(("days", "open_after", "warned"), [(75, True, False), (77, True, True), (89, True, True), (91, False, False)])
def test_an_account_is_closed_after_ninety_days_without_a_sign_in_and_named_before(world, days, open_after, warned):
    user = world.people["township_clerk"]
    unused(user, days)
    closed = services.close_dormant()
    user.refresh_from_db()
    assert user.is_active is open_after
    assert (user in closed) is not open_after
    assert (user in services.soon_dormant()) is warned
    assert user.grants.get().until is None, "the person has not left"


def test_a_new_account_nobody_signed_in_to_counts_from_its_making(world):
    user = world.people["stranger"]
    User.objects.filter(pk=user.pk).update(active_since=timezone.now() - timedelta(days=91))
    assert user in services.close_dormant()
    assert user not in services.close_dormant()


def test_an_administrator_opens_it_again_with_a_reason_and_the_count_begins_anew(signed_in, world):
    user = world.people["township_clerk"]
    unused(user, 200)
    services.close_dormant()
    client = signed_in("system_admin")
    assert "久未登录" in client.get(user.get_absolute_url()).content.decode()
    address = reverse("accounts:user-set-active", args=[user.pk])
    assert client.post(address, {"reason": ""}).status_code == 200
    assert client.post(address, {"reason": "产假结束"}).status_code == 302
    assert Event.objects.filter(table="accounts_user", row_id=user.pk, reason="产假结束").exists()
    assert services.close_dormant() == []
    assert signed_in("township_clerk").get("/villages/").status_code == 200


def test_the_last_administrator_of_each_kind_stays(world):
    for role in ("system_admin", "security_admin", "audit_admin", "bureau_clerk"):
        unused(world.people[role], 400)
    assert {user.username for user in services.close_dormant()} == {"bureau_clerk"}


def test_who_looks_after_users_is_warned(signed_in, world):
    unused(world.people["village_cadre"], 80)
    page = signed_in("system_admin").get("/").content.decode()
    assert "久未登录" in page
    assert world.people["village_cadre"].name in page
    assert world.people["village_cadre"].username in signed_in("system_admin").get("/accounts/users/?active=dormant").content.decode()
    assert "久未登录" not in signed_in("bureau_clerk").get("/").content.decode()
