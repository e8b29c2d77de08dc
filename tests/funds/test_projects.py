"""Projects: list with its sum, page, form, and the village's tab."""

from decimal import Decimal

import pytest
from django.urls import reverse

from funds import services
from funds.models import Project
from tests.factories import OrganizationFactory, ProjectFactory


def fields(world, **changed):
    return {
        "code": "JC-1", "name": "道路硬化", "kind": "road", "village": world.villages[0].pk, "department": OrganizationFactory().pk, "source": "4",
        "amount": "90,000.50", "approved_on": "20160301", "started_on": "", "planned_finish_on": "", "finished_on": "", "state": "planned",
        "beneficiary_households": "26", "content": "",
    } | changed  # fmt: skip


def test_finance_registers_a_project_and_sees_it_in_wan(signed_in, world):
    client = signed_in("finance")
    response = client.post(reverse("funds:project-create"), fields(world))
    project = Project.objects.get(code="JC-1")
    assert response.url == project.get_absolute_url()
    assert project.amount == Decimal("90000.50")
    assert client.get(response.url).context["figures"][0].value == "9.00"


def test_the_list_sums_all_pages_in_wan(signed_in, world):
    for amount in (10_000, 25_000):
        ProjectFactory(village=world.villages[0], amount=amount)
    ProjectFactory(village=world.villages[2], amount=999_999)
    response = signed_in("township_clerk").get(reverse("funds:project-list"))
    assert "3.50" in response.context["sums"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"amount": "-1"}, "amount"), ({"amount": "x"}, "amount"), ({"amount": "9" * 40}, "amount"), ({"state": "finished"}, "__all__"),
     ({"finished_on": "20170101"}, "__all__"), ({"finished_on": "20990101", "state": "finished"}, "finished_on"),
     ({"started_on": "20150101"}, "started_on"), ({"village": "99999999"}, "village"), ({"kind": "x"}, "kind"), ({"code": "甲\0"}, "code")],
)  # fmt: skip
def test_a_wrong_project_is_told_at_its_field(signed_in, world, changed, field):
    response = signed_in("finance").post(reverse("funds:project-create"), fields(world, **changed))
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_a_dropped_project_stays_as_it_is(world):
    project = ProjectFactory(village=world.villages[0], state="dropped")
    with pytest.raises(services.FundsError, match="已移出"):
        services.save_project(project=project, by=world.people["finance"], name="x")


def test_scope_and_permission_of_each_page(signed_in, world):
    near, far = ProjectFactory(village=world.villages[0]), ProjectFactory(village=world.villages[2])
    client = signed_in("township_clerk")
    assert client.get(near.get_absolute_url()).status_code == 200
    assert client.get(reverse("funds:project-edit", args=[near.pk])).status_code == 403
    assert client.get(far.get_absolute_url()).status_code == 404
    assert client.get(reverse("funds:village", args=[world.villages[2].pk])).status_code == 404
    assert near.name in client.get(reverse("funds:village", args=[world.villages[0].pk])).content.decode()
    assert signed_in("stranger").get(near.get_absolute_url()).status_code == 403
