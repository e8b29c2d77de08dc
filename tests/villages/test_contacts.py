"""The contact list: whom one works with, above and below; a mobile number only with a purpose, and written down."""

import pytest
from django.urls import reverse

from accounts.models import AccessEvent, User
from tests.factories import OrganizationFactory, UserFactory, grant
from villages.querysets import contacts_of

ADDRESS = "/villages/contacts/"


def names(user):
    return {person.username for person in contacts_of(user)}


def test_one_finds_who_works_in_the_own_area_and_above_it(world):
    far = UserFactory(username="far")
    grant(far, "township_clerk", world.townships[1])
    deep = UserFactory(username="deep")
    grant(deep, "village_cadre", world.villages[1].division)
    found = names(world.people["township_clerk"])
    assert {"township_checker", "village_cadre", "deep", "bureau_clerk", "system_admin"} <= found
    assert not {"far", "stranger", "helper", "bank"} & found
    assert "far" in names(world.people["bureau_clerk"])
    assert "deep" not in names(world.people["village_cadre"]), "the next village is not one's own"
    assert {"township_clerk", "bureau_clerk"} <= names(world.people["village_cadre"])


def test_a_bank_finds_its_own_people_only(world):
    bank = OrganizationFactory()
    for name in ("bank", "unit_liaison"):
        User.objects.filter(username=name).update(organization=bank)
    assert names(User.objects.get(username="bank")) == {"bank", "unit_liaison"}


def test_nobody_is_found_whose_grant_has_ended_or_account_is_closed(world):
    gone = UserFactory(username="gone")
    grant(gone, "village_cadre", world.villages[0].division, until="2017-01-01")
    User.objects.filter(username="village_cadre").update(is_active=False)
    assert not {"gone", "village_cadre"} & names(world.people["township_clerk"])


@pytest.mark.parametrize(("query", "count"), [("q=水利", 1), ("q=%00", 0), ("q=0979", 1), ("q=" + "长" * 99, 0), ("organization=99999999", 0)])
def test_it_is_searched_by_unit_and_office_phone(signed_in, world, query, count):
    unit = OrganizationFactory(name="市水利局", phone="0979-8410000")
    User.objects.filter(username="village_cadre").update(organization=unit, phone="13800138000")
    page = signed_in("township_clerk").get(f"{ADDRESS}?{query}")
    assert len(page.context["page"].rows) == count
    assert "13800138000" not in page.content.decode()


def test_a_number_in_full_asks_for_a_purpose_and_is_written_down(signed_in, world):
    person = world.people["village_cadre"]
    User.objects.filter(pk=person.pk).update(phone="")
    person.phone = "13800138000"
    person.save()
    client = signed_in("township_clerk")
    address = reverse("villages:contact", args=[person.pk])
    page = client.get(address).content.decode()
    assert "138****8000" in page
    assert "13800138000" not in page
    assert "13800138000" not in client.post(address, {"purpose": ""}).content.decode()
    assert not AccessEvent.objects.filter(action="revealed").exists()
    assert "13800138000" in client.post(address, {"purpose": "通知开会"}).content.decode()
    event = AccessEvent.objects.get(action="revealed")
    assert (event.table, event.row_id, event.purpose) == ("accounts_user", person.pk, "通知开会")


def test_who_is_not_in_the_list_has_no_page(signed_in, world):
    far = UserFactory()
    grant(far, "township_clerk", world.townships[1])
    client = signed_in("township_clerk")
    assert client.get(reverse("villages:contact", args=[far.pk])).status_code == 404
    assert client.post(reverse("villages:contact", args=[far.pk]), {"purpose": "x"}).status_code == 404
    assert signed_in("helper").get(ADDRESS).status_code == 403


def test_a_page_of_the_list_costs_a_fixed_number_of_queries(signed_in, world, django_assert_max_num_queries):
    client = signed_in("bureau_clerk")
    client.get(ADDRESS)
    for number in range(20):
        grant(UserFactory(username=f"more{number}"), "township_clerk", world.townships[0])
    with django_assert_max_num_queries(16):
        client.get(ADDRESS)
