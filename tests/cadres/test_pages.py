"""Dispatched cadres and their postings."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cadres import services
from cadres.models import Cadre, Posting
from tests.factories import CadreFactory, OrganizationFactory, PostingFactory

NEW = {"name": "王驻村", "sex": "1", "post": "科员", "is_party_member": "on", "health": "good", "phone": "13900139000", "role": "first_secretary",
       "started_on": "20170301", "document": "文件"}  # fmt: skip


def new(world, **changed):
    return NEW | {"home_unit": OrganizationFactory().pk, "village": world.villages[0].pk} | changed


def test_a_checker_registers_a_cadre_with_the_village_they_go_to(signed_in, world):
    client = signed_in("township_checker")
    response = client.post(reverse("cadres:create"), new(world))
    cadre = Cadre.objects.get(name="王驻村")
    assert response.url == cadre.get_absolute_url()
    page = client.get(response.url).content.decode()
    assert "第一书记" in page
    assert "139****9000" in page
    assert "13900139000" not in page


def test_a_village_has_one_first_secretary(signed_in, world):
    PostingFactory(village=world.villages[0], role="first_secretary")
    response = signed_in("org_department").post(reverse("cadres:create"), new(world))
    assert response.status_code == 200
    assert "已有在任的第一书记" in response.content.decode()
    assert not Cadre.objects.filter(name="王驻村").exists(), "nothing half-written"


def test_a_cadre_has_one_running_posting(signed_in, world):
    posting = PostingFactory(village=world.villages[0])
    data = {"village": world.villages[1].pk, "role": "member", "document": "", "started_on": "20170401"}
    response = signed_in("org_department").post(reverse("cadres:posting-create", args=[posting.cadre_id]), data)
    assert "已有在任的派驻" in response.content.decode()


def test_a_posting_ends_with_a_day_and_a_reason_and_another_follows(signed_in, world):
    posting = PostingFactory(village=world.villages[0])
    client = signed_in("org_department")
    address = reverse("cadres:posting-end", args=[posting.pk])
    assert client.post(address, {"ended_on": "20150101", "end_reason": "term"}).context["form"].errors
    assert client.post(address, {"ended_on": "20170101", "end_reason": ""}).context["form"].errors["end_reason"]
    assert client.post(address, {"ended_on": "20170101", "end_reason": "term"}).status_code == 302
    data = {"village": world.villages[1].pk, "role": "member", "document": "", "started_on": "20161231"}
    again = reverse("cadres:posting-create", args=[posting.cadre_id])
    assert "离岗日期" in client.post(again, data).content.decode()
    assert client.post(again, data | {"started_on": "20170102"}).status_code == 302
    assert Posting.objects.filter(cadre=posting.cadre_id).count() == 2


def test_the_database_holds_both_rules_too(world):
    posting = PostingFactory(village=world.villages[0], role="first_secretary")
    with pytest.raises(IntegrityError, match="posting_one_active_per_cadre"), transaction.atomic():
        PostingFactory(cadre=posting.cadre, village=world.villages[1])
    with pytest.raises(IntegrityError, match="posting_one_first_secretary_per_village"), transaction.atomic():
        PostingFactory(village=world.villages[0], role="first_secretary")


def test_a_cadre_elsewhere_is_not_there_and_a_village_elsewhere_not_a_choice(signed_in, world):
    far = PostingFactory(village=world.villages[2])
    client = signed_in("township_checker")
    for name, pk in (("detail", far.cadre_id), ("edit", far.cadre_id), ("posting-create", far.cadre_id), ("posting-end", far.pk)):
        assert client.get(reverse(f"cadres:{name}", args=[pk])).status_code == 404, name
    response = client.post(reverse("cadres:create"), new(world, village=world.villages[2].pk))
    assert "village" in response.context["form"].errors


@pytest.mark.parametrize("role", ["township_clerk", "city_leader", "stranger"])
def test_who_may_only_look_cannot_post(signed_in, world, role):
    posting = PostingFactory(village=world.villages[0])
    client = signed_in(role)
    assert client.get(reverse("cadres:create")).status_code == 403
    assert client.get(reverse("cadres:posting-end", args=[posting.pk])).status_code == 403


def test_codes_go_on_from_the_last(world):
    CadreFactory(code="P0041")
    assert services.next_code() == "P0042"


def test_a_poor_village_without_first_secretary_is_on_the_workbench(signed_in, world):
    PostingFactory(village=world.villages[0], role="first_secretary", started_on=date(2016, 3, 1))
    page = signed_in("org_department").get("/").content.decode()
    assert "示范二村" in page
    assert "示范一村" not in page
