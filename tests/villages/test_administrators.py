"""三员分立: three people, none of them anything else, none seeing business data, none able to do another's work."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.permissions import BLIND, ROLE_PERMISSIONS, Permission, Role, duty
from core import listing, walls
from tests.factories import START, HouseholdFactory, MemberFactory, UserFactory, grant
from villages import services
from villages.models import Grant

END = date(2017, 6, 30)
THREE = sorted(BLIND)


@pytest.mark.parametrize(("first", "second"), [*combinations(THREE, 2), *((role, "township_clerk") for role in THREE), ("bank", "audit_admin")])
def test_nobody_is_an_administrator_and_something_else_at_a_time(world, first, second):
    user = UserFactory()
    given = {"user": user, "division": world.city, "by": world.people["security_admin"]}
    services.grant_role(role=first, since=START, until=END, **given)
    with pytest.raises(services.VillagesError, match="三人分任"):
        services.grant_role(role=second, since=END, **given)
    with pytest.raises(ValidationError, match="三人分任"):
        Grant(user=user, role=second, division=world.city, area="632801", since=END, granted_by=world.people["security_admin"]).full_clean()
    with pytest.raises(IntegrityError, match="grant_administrators_stand_alone"), transaction.atomic():
        grant(user, second, world.city, since=END)
    services.grant_role(role=second, since=END + timedelta(days=1), **given)


@pytest.mark.parametrize(("first", "second"), [("township_clerk", "village_cadre"), ("audit_admin", "audit_admin"), ("bank", "helper")])
def test_business_roles_go_together_and_one_duty_may_have_two_areas(world, first, second):
    user = UserFactory()
    for role, area in ((first, world.townships[0]), (second, world.townships[1])):
        services.grant_role(user=user, role=role, division=area, since=START, by=world.people["security_admin"])
    assert user.grants.count() == 2


def test_an_end_before_the_beginning_is_told_in_words_and_no_error(world):
    with pytest.raises(ValidationError, match="不能早于"):
        services.grant_role(user=UserFactory(), role="bank", division=world.city, since=END, until=START, by=None)


def test_the_form_says_who_holds_what(signed_in, world):
    data = {"role": "bureau_clerk", "area": "632801", "since": "20170901", "until": "", "reason": "文件"}
    page = signed_in("security_admin").post(reverse("villages:grant-create", args=[world.people["audit_admin"].pk]), data)
    assert page.status_code == 200
    assert "审计管理员 2016-01-01 起任审计管理员" in page.content.decode()


def test_an_administrators_grant_cannot_be_stretched_over_another(world):
    user = UserFactory()
    grant(user, "audit_admin", world.city, until=END)
    grant(user, "bank", world.city, since=END + timedelta(days=1))
    with pytest.raises(IntegrityError, match="grant_administrators_stand_alone"), transaction.atomic():
        Grant.objects.filter(user=user, role="audit_admin").update(until=None)


def test_duties_are_four():
    assert {duty(role) for role in Role.values} == {*THREE, "business"}


@pytest.mark.parametrize(("one", "other"), [*combinations(THREE, 2)])
def test_no_administrator_can_do_anothers_work(one, other):
    assert ROLE_PERMISSIONS[one] & ROLE_PERMISSIONS[other] <= {Permission.ORGANIZATION_VIEW, Permission.USER_VIEW}


WORK = {
    "system_admin": ("accounts:user-create", []),
    "security_admin": ("villages:grant-create", ["stranger"]),
    "audit_admin": ("accounts:access-list", []),
}


@pytest.mark.parametrize("role", THREE)
def test_each_gets_only_the_pages_of_the_own_work(signed_in, world, role):
    client = signed_in(role)
    for owner, (name, people) in WORK.items():
        url = reverse(name, args=[world.people[each].pk for each in people])
        assert client.get(url).status_code == (200 if owner == role else 403), name
        if owner != role:
            assert client.post(url, {}).status_code in {403, 405}


@pytest.mark.parametrize("role", THREE)
def test_no_list_shows_an_administrator_business_rows(world, role):
    from core.scope import acting_as

    for village in world.villages:
        MemberFactory(household=HouseholdFactory(village=village))
    user = world.people[role]
    business = 0
    with acting_as(user):
        for each in listing._listings.values():
            rows = each.rows(user)
            if walls.walled(rows.model) is not None or each.key == "households":
                business += 1
                assert not rows.exists(), each.key
    assert business >= 2
