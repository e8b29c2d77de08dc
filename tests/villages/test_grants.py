"""Who gives and ends grants: security administrators, never to themselves."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core.clock import today
from tests.factories import START, UserFactory, grant
from villages import services
from villages.models import Grant


def test_a_security_administrator_grants_a_role_in_a_township(signed_in, world):
    user = UserFactory()
    address = reverse("villages:grant-create", args=[user.pk])
    data = {"role": "township_clerk", "area": "632801100", "since": "20170901", "until": "20181231", "reason": "下派文件"}
    assert signed_in("security_admin").post(address, data).status_code == 302
    given = Grant.objects.get(user=user)
    assert (given.role, given.area, given.until, given.granted_by) == (
        "township_clerk",
        "632801100",
        date(2018, 12, 31),
        world.people["security_admin"],
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"role": "king"}, "role"), ({"area": "999999"}, "area"), ({"area": "１２"}, "area"), ({"until": "20160101"}, "until"), ({"since": "x"}, "since"),
     ({"reason": ""}, "reason")],
)  # fmt: skip
def test_a_wrong_grant_is_told_at_its_field(signed_in, world, changed, field):
    data = {"role": "helper", "area": "632801", "since": "20170901", "until": "", "reason": "文件"} | changed
    response = signed_in("security_admin").post(reverse("villages:grant-create", args=[UserFactory().pk]), data)
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_nobody_grants_to_themselves_or_ends_their_own(signed_in, world):
    me = world.people["security_admin"]
    client = signed_in("security_admin")
    data = {"role": "bureau_clerk", "area": "632801", "since": "20170901", "until": "", "reason": "文件"}
    assert "不能给自己授权" in client.post(reverse("villages:grant-create", args=[me.pk]), data).content.decode()
    own = me.grants.get()
    response = client.post(reverse("villages:grant-end", args=[own.pk]), {"until": "20170930", "reason": "x"})
    assert "不能结束自己的授权" in response.content.decode()


@pytest.mark.parametrize("role", ["system_admin", "audit_admin", "bureau_clerk", "township_clerk", "stranger"])
def test_only_security_administrators_grant(signed_in, world, role):
    client = signed_in(role)
    assert client.get(reverse("villages:grant-create", args=[UserFactory().pk])).status_code == 403
    assert client.post(reverse("villages:grant-end", args=[world.people["helper"].grants.get().pk])).status_code == 403


def test_an_ended_grant_gives_nothing_the_day_after(signed_in, world, client):
    clerk = world.people["township_clerk"]
    address = reverse("villages:grant-end", args=[clerk.grants.get().pk])
    yesterday = today() - timedelta(days=1)
    assert signed_in("security_admin").post(address, {"until": yesterday.isoformat(), "reason": "调离"}).status_code == 302
    assert signed_in("township_clerk").get(reverse("villages:list")).status_code == 403


def test_a_grant_is_not_lengthened_by_ending_it(world):
    given = grant(UserFactory(), "helper", world.city, until=date(2017, 1, 1))
    with pytest.raises(services.VillagesError, match="已于"):
        services.end_grant(grant=given, until=date(2017, 6, 1), by=world.people["security_admin"], reason="x")


def test_what_ends_within_thirty_days_is_on_the_workbench(signed_in, world):
    grant(UserFactory(name="快到期"), "township_clerk", world.townships[0], since=START, until=today() + timedelta(days=30))
    grant(UserFactory(name="还早着"), "township_clerk", world.townships[0], since=START, until=today() + timedelta(days=31))
    page = signed_in("security_admin").get("/").content.decode()
    assert "快到期" in page
    assert "还早着" not in page
