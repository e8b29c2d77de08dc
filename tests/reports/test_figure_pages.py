"""The figure pages: values in the reader's reach, the rows behind each, any day."""

import pytest
from django.urls import reverse

from core import figures
from tests.factories import HouseholdFactory, MemberFactory, ProjectFactory


@pytest.fixture
def homes(world):
    found = [HouseholdFactory(village=village) for village in (world.villages[0], world.villages[1], world.villages[2])]
    for home in found:
        MemberFactory(household=home)
    return found


def value(response, key):
    lines = [line for room in response.context["rooms"].values() for line in room]
    return {line["figure"].key: line["value"] for line in lines}.get(key)


def test_a_figure_counts_what_its_reader_reaches(signed_in, homes):
    address = reverse("reports:figures")
    assert value(signed_in("bureau_clerk").get(address), "households") == "3"
    assert value(signed_in("township_clerk").get(address), "households") == "2"
    assert value(signed_in("org_department").get(address), "households") is None, "no permission for this figure"


def test_a_figure_is_asked_as_of_a_day(signed_in, homes):
    response = signed_in("bureau_clerk").get(reverse("reports:figures"), {"as_of": "2015-12-30"})
    assert value(response, "households") == "0"
    assert signed_in("bureau_clerk").get(reverse("reports:figures"), {"as_of": "31月"}).context["form"].errors


def test_the_drill_down_lists_exactly_the_rows_counted(signed_in, homes):
    response = signed_in("township_clerk").get(reverse("reports:figure", args=["households"]))
    page = response.content.decode()
    assert response.context["value"] == "2"
    assert [home.household_code in page for home in homes] == [True, True, False]


def test_the_rows_turn_page_by_page(signed_in, world):
    for _ in range(60):
        ProjectFactory(village=world.villages[0])
    client = signed_in("bureau_clerk")
    first = client.get(reverse("reports:figure", args=["dept_projects"]))
    second = client.get(first.context["page"].next_url and reverse("reports:figure", args=["dept_projects"]) + first.context["page"].next_url)
    assert (len(first.context["page"].rows), len(second.context["page"].rows)) == (50, 10)
    assert not {row.pk for row in first.context["page"].rows} & {row.pk for row in second.context["page"].rows}


def test_refusals(signed_in, homes):
    assert signed_in("bureau_clerk").get(reverse("reports:figure", args=["nope"])).status_code == 404
    assert signed_in("org_department").get(reverse("reports:figure", args=["households"])).status_code == 403
    for person in ("system_admin", "helper", "stranger"):
        assert signed_in(person).get(reverse("reports:figures")).status_code == 403


@pytest.mark.parametrize("key", [figure.key for figure in figures.all_figures()])
def test_every_figure_has_a_page_of_rows_and_survives_junk(signed_in, homes, key):
    client = signed_in("city_leader")
    address = reverse("reports:figure", args=[key])
    assert client.get(address).status_code == 200
    for query in ({"as_of": "\0"}, {"as_of": "9999-99-99"}, {"after": "x"}, {"before": "W10"}):
        assert client.get(address, query).status_code == 200


def test_the_workbench_shows_key_figures_with_their_pages(signed_in, homes):
    page = signed_in("city_leader").get("/").content.decode()
    assert reverse("reports:figure", args=["households"]) in page


def test_a_big_table_is_counted_after_the_page_is_there(signed_in, homes, monkeypatch):
    monkeypatch.setattr("reports.views.figures.is_big", lambda model: True)
    client = signed_in("township_clerk")
    later = reverse("reports:figure-value", args=["households"])
    for address in (reverse("reports:figures"), reverse("reports:figure", args=["households"])):
        assert later in client.get(address).content.decode()
    assert client.get(later).content.decode() == "2"
    assert signed_in("org_department").get(later).status_code == 403
