"""Every list of the rooms: in scope, one number of queries however many rows, 403 without the permission, bad filters no error."""

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessEvent
from assistance.models import LeaderVillage, UnitVillage
from core import listing as listings
from tests.factories import (
    START,
    CadreFactory,
    HelperFactory,
    HelpUnitFactory,
    HouseholdFactory,
    LeaderFactory,
    MeasureTypeFactory,
    MemberFactory,
    OrganizationFactory,
    PairingFactory,
    PostingFactory,
    ProjectFactory,
    UserFactory,
    grant,
    make_village,
)


def _village(world, number):
    make_village(world.townships[0], 920 + number, f"新村{number}")


def _organization(world, number):
    OrganizationFactory(parent=OrganizationFactory())


def _user(world, number):
    grant(UserFactory(organization=OrganizationFactory()), "township_clerk", world.townships[0])


def _access(world, number):
    AccessEvent.objects.create(user_id=world.people["township_clerk"].pk, action="opened", table="households_household", row_id=number)


def _cadre(world, number):
    PostingFactory(village=world.villages[0], cadre=CadreFactory())


def _leader(world, number):
    LeaderVillage.objects.create(leader=LeaderFactory(organization=OrganizationFactory()), village=world.villages[0], started_on=START)


def _unit(world, number):
    UnitVillage.objects.create(unit=HelpUnitFactory(), village=world.villages[0], started_on=START)


def _pairing(world, number):
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household)
    PairingFactory(household=household, helper=HelperFactory())


def _measure_type(world, number):
    MeasureTypeFactory()


def _project(world, number):
    ProjectFactory(village=world.villages[0])


LISTS = {
    "villages:list": ("township_clerk", _village, "system_admin"),
    "villages:grant-list": ("security_admin", _user, "township_clerk"),
    "accounts:organization-list": ("bureau_clerk", _organization, "helper"),
    "accounts:user-list": ("system_admin", _user, "township_clerk"),
    "accounts:access-list": ("audit_admin", _access, "system_admin"),
    "cadres:list": ("org_department", _cadre, "bank"),
    "assistance:leader-list": ("bureau_clerk", _leader, "bank"),
    "assistance:unit-list": ("township_clerk", _unit, "bank"),
    "assistance:helper-list": ("township_clerk", _pairing, "bank"),
    "assistance:pairing-list": ("township_clerk", _pairing, "bank"),
    "assistance:type-list": ("bureau_clerk", _measure_type, "bank"),
    "funds:project-list": ("finance", _project, "helper"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(signed_in, world, name):
    role, make, _ = LISTS[name]
    client = signed_in(role)
    client.get(reverse(name))  # the first page of a session also writes when it was last used
    counts = []
    for numbers in ((1,), (2, 3, 4, 5)):
        for number in numbers:
            make(world, number)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(reverse(name))
        assert response.status_code == 200
        counts.append((len(queries), len(response.context["page"].rows)))
    assert counts[1][1] > counts[0][1], "the second page shows more rows"
    assert counts[1][0] == counts[0][0]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_refused_to_who_lacks_the_permission_and_to_strangers(signed_in, client, world, name):
    for person in (LISTS[name][2], "stranger"):
        assert signed_in(person).get(reverse(name)).status_code == 403
    client.logout()
    assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("junk", ["999999999999999999999999", "-1", "\0", "abc'--", "😀" * 40, "‮x"])
def test_a_list_takes_junk_in_every_filter_and_cursor_without_an_error(signed_in, world, name, junk):
    role, make, _ = LISTS[name]
    make(world, 1)
    client = signed_in(role)
    response = client.get(reverse(name))
    fields = list(response.context["filter_form"].fields)
    for field in [*fields, "after", "before"]:
        assert client.get(reverse(name), {field: junk}).status_code == 200, field


LISTINGS = {
    "villages": "bureau_clerk", "grants": "security_admin", "organizations": "bureau_clerk", "users": "system_admin", "access": "audit_admin",
    "cadres": "org_department", "leaders": "bureau_clerk", "units": "bureau_clerk", "helpers": "bureau_clerk", "pairings": "bureau_clerk",
    "measure_types": "bureau_clerk", "projects": "finance",
}  # fmt: skip


@pytest.mark.parametrize("key", LISTINGS)
def test_every_list_is_exported_row_by_row_as_it_is_shown(world, key):
    for make in (_pairing, _project, _cadre, _leader, _unit, _access, _measure_type):
        make(world, 1)
    listing, user = listings.get(key), world.people[LISTINGS[key]]
    assert user.may(listing.export_permission)
    rows, _ = listings.filtered(listing, user, QueryDict(""))
    exported = list(listings.export_rows(listing, rows.order_by(*listing.order).iterator(chunk_size=100)))
    assert len(exported) == rows.count() > 0
    assert set(exported[0]) == {column.label for column in listing.columns}


@pytest.mark.parametrize("key", ["villages", "grants", "access", "cadres", "helpers", "pairings", "projects"])
def test_a_stranger_would_export_nothing(world, key):
    for make in (_pairing, _project, _cadre, _access):
        make(world, 1)
    assert listings.get(key).rows(world.people["stranger"]).count() == 0


def test_rows_of_another_township_are_on_no_list(signed_in, world):
    far = world.villages[2]
    household = HouseholdFactory(village=far)
    MemberFactory(household=household)
    PairingFactory(household=household, helper=HelperFactory(name="远方人"))
    ProjectFactory(village=far, name="远方项目")
    PostingFactory(village=far, cadre=CadreFactory(name="远方干部"))
    client = signed_in("township_clerk")
    for name in ("villages:list", "cadres:list", "assistance:pairing-list", "assistance:helper-list", "funds:project-list"):
        page = client.get(reverse(name)).content.decode()
        assert "远方" not in page, name
        assert "样例三村" not in page, name


def test_a_filter_narrows_and_shows_as_a_chip_that_can_be_taken_off(signed_in, world):
    ProjectFactory(village=world.villages[0], name="要找的路", approved_on=date(2016, 5, 1))
    ProjectFactory(village=world.villages[1], name="别的路")
    response = signed_in("bureau_clerk").get(reverse("funds:project-list"), {"village": world.villages[0].pk})
    assert [row.name for row in response.context["page"].rows] == ["要找的路"]
    assert [chip.label for chip in response.context["chips"]] == ["村"]
