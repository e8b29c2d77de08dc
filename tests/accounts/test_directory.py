"""Organizations: the tree, its forms, mergers."""

from datetime import date

import pytest
from django.urls import reverse

from accounts import services
from accounts.models import Organization
from tests.factories import OrganizationFactory

FIELDS = {"name": "市水利局", "short_name": "水利", "nature": "government", "level": "city", "parent": "", "credit_code": "", "area_code": "",
          "phone": "", "posts_authorized": "46", "posts_filled": "43", "valid_from": "", "valid_to": ""}  # fmt: skip


def test_the_bureau_registers_a_body_and_sees_its_posts(signed_in, world):
    client = signed_in("bureau_clerk")
    assert client.post(reverse("accounts:organization-create"), FIELDS).status_code == 302
    body = Organization.objects.get(name="市水利局")
    shown = client.get(body.get_absolute_url()).context["figures"]
    assert [(fact.label, fact.value) for fact in shown] == [("编制数", "46"), ("实有人数", "43"), ("缺编", "3")]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": ""}, "name"), ({"nature": "x"}, "nature"), ({"credit_code": "123"}, "credit_code"), ({"area_code": "63280"}, "area_code"),
     ({"parent": "99999999"}, "parent"), ({"posts_filled": "-1"}, "posts_filled"), ({"posts_filled": "9999999999999"}, "posts_filled"),
     ({"valid_from": "20200101", "valid_to": "20190101"}, "__all__"), ({"name": "甲\0"}, "name")],
)  # fmt: skip
def test_a_wrong_body_is_told_at_its_field(signed_in, world, changed, field):
    response = signed_in("bureau_clerk").post(reverse("accounts:organization-create"), FIELDS | changed)
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_two_bodies_of_one_name_are_refused_while_both_are_valid(signed_in, world):
    OrganizationFactory(name="市水利局")
    response = signed_in("bureau_clerk").post(reverse("accounts:organization-create"), FIELDS)
    assert "已有同名单位" in response.content.decode()


def test_the_tree_never_becomes_a_ring(world):
    top = OrganizationFactory()
    middle = OrganizationFactory(parent=top)
    low = OrganizationFactory(parent=middle)
    with pytest.raises(services.AccountsError, match="成环"):
        services.save_organization(organization=top, by=world.people["bureau_clerk"], parent=low)


def test_a_merger_ends_the_former_body_and_both_pages_say_so(signed_in, world):
    merged, former = OrganizationFactory(name="农牧和扶贫开发局"), OrganizationFactory(name="原农牧局")
    client = signed_in("bureau_clerk")
    data = {"predecessor": former.pk, "merged_on": "20160301"}
    assert client.post(reverse("accounts:organization-merge", args=[merged.pk]), data).status_code == 302
    former.refresh_from_db()
    assert former.valid_to == date(2016, 3, 1)
    assert "原农牧局" in client.get(merged.get_absolute_url()).content.decode()
    assert "农牧和扶贫开发局" in client.get(former.get_absolute_url()).content.decode()
    with pytest.raises(services.AccountsError, match="整合而来"):
        services.merge_organization(organization=former, predecessor=merged, merged_on=date(2017, 1, 1), by=world.people["bureau_clerk"])


@pytest.mark.parametrize("role", ["township_clerk", "city_leader", "security_admin"])
def test_others_read_the_tree_but_do_not_change_it(signed_in, world, role):
    body = OrganizationFactory()
    client = signed_in(role)
    assert client.get(body.get_absolute_url()).status_code == 200
    for name, args in (("organization-create", []), ("organization-edit", [body.pk]), ("organization-merge", [body.pk])):
        assert client.get(reverse(f"accounts:{name}", args=args)).status_code == 403
