"""Villages, their years and groups: pages and services."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.models import Event
from villages import services
from villages.models import VillageGroup, VillageYear

SQUARE = {"type": "Polygon", "coordinates": [[[94.0, 36.0], [95.0, 36.0], [95.0, 37.0], [94.0, 36.0]]]}


def year_fields(**changed):
    fields = {name: 0 for name in (f.name for f in VillageYear._meta.fields) if name not in {"id", "village", "leading_industry"}}
    flags = {f.name for f in VillageYear._meta.fields if f.get_internal_type() == "BooleanField"}
    return {name: value for name, value in fields.items() if name not in flags} | {"year": 2017, "leading_industry": "枸杞种植"} | changed


def village_fields(village, **changed):
    return {"name": village.name, "kind": village.kind, "is_poor_village": "on", "poor_since": "2015", "exited_in": "", "longitude": "",
            "latitude": "", "outline": ""} | changed  # fmt: skip


def test_a_clerk_changes_a_village_and_the_history_says_who_and_why(signed_in, world):
    village = world.villages[0]
    data = village_fields(village, longitude="94.9", latitude="36.4", outline=json.dumps(SQUARE))
    response = signed_in("township_clerk").post(reverse("villages:edit", args=[village.pk]), data)
    assert response.status_code == 302
    village.refresh_from_db()
    assert village.outline == SQUARE
    event = Event.objects.filter(table="villages_village", row_id=village.pk).latest("id")
    assert event.user_id == world.people["township_clerk"].pk
    assert "修改村情况" in event.reason


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"outline": "{"}, "outline"),
        ({"outline": "[" * 2000}, "outline"),
        ({"outline": '{"type":"Point"}'}, "outline"),
        ({"longitude": "94.9"}, "__all__"),
        ({"longitude": "999", "latitude": "1"}, "longitude"),
        ({"is_poor_village": ""}, "__all__"),
        ({"poor_since": "99999999999"}, "poor_since"),
        ({"name": "a\0b"}, "name"),
        ({"name": ""}, "name"),
    ],
)
def test_bad_input_is_told_at_its_field(signed_in, world, changed, field):
    village = world.villages[0]
    response = signed_in("township_clerk").post(reverse("villages:edit", args=[village.pk]), village_fields(village, **changed))
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_a_village_out_of_reach_is_not_there(signed_in, world):
    far = world.villages[2].pk
    client = signed_in("township_clerk")
    for name in ("detail", "edit", "years", "year-create", "group-create"):
        assert client.get(reverse(f"villages:{name}", args=[far])).status_code == 404, name


@pytest.mark.parametrize("name", ["edit", "year-create", "group-create"])
def test_who_may_only_look_cannot_change_a_village(signed_in, world, name):
    assert signed_in("city_leader").get(reverse(f"villages:{name}", args=[world.villages[0].pk])).status_code == 403


def test_a_year_is_recorded_once_and_then_changed(signed_in, world):
    village = world.villages[0]
    client = signed_in("village_committee")
    address = reverse("villages:year-create", args=[village.pk])
    assert client.post(address, year_fields(households_total="180", population_total="500")).status_code == 302
    response = client.post(address, year_fields())
    assert response.status_code == 200
    assert "已录入" in response.content.decode()
    year = VillageYear.objects.get(village=village)
    assert client.post(reverse("villages:year-edit", args=[year.pk]), year_fields(households_total="181")).status_code == 302
    year.refresh_from_db()
    assert year.households_total == 181
    assert "181" in client.get(reverse("villages:years", args=[village.pk])).content.decode()


def test_more_women_than_people_are_refused(signed_in, world):
    response = signed_in("township_clerk").post(
        reverse("villages:year-create", args=[world.villages[0].pk]), year_fields(women="9", population_total="5")
    )
    assert "不能多于总人口" in response.content.decode()


def test_groups_are_added_and_renamed_but_not_doubled(signed_in, world):
    village = world.villages[0]
    client = signed_in("township_clerk")
    assert client.post(reverse("villages:group-create", args=[village.pk]), {"name": "三社", "number": "3"}).status_code == 302
    group = VillageGroup.objects.get(village=village, name="三社")
    response = client.post(reverse("villages:group-edit", args=[group.pk]), {"name": "一社", "number": "3"})
    assert "已有同名" in response.content.decode()
    far = VillageGroup.objects.filter(village=world.villages[2]).first()
    assert client.get(reverse("villages:group-edit", args=[far.pk])).status_code == 404


def test_the_code_of_a_village_is_not_changed_here(world):
    with pytest.raises(services.VillagesError, match="随区划表"):
        services.edit_village(village=world.villages[0], by=world.people["bureau_clerk"], code="632801100999")


def test_a_service_checks_what_the_form_did_not(world):
    with pytest.raises(ValidationError):
        services.save_village_year(profile=VillageYear(village=world.villages[0]), by=world.people["bureau_clerk"], year=2017, women=5)


def test_the_page_counts_only_this_village(signed_in, world):
    from tests.factories import HouseholdFactory, MemberFactory

    for village in world.villages:
        MemberFactory(household=HouseholdFactory(village=village))
    response = signed_in("bureau_clerk").get(reverse("villages:detail", args=[world.villages[0].pk]))
    assert [(fact.label, fact.value) for fact in response.context["figures"]][0] == ("建档立卡户", "1")


def opened(client, address):
    return client.get(address).context["opened"]


def test_a_second_save_over_a_colleagues_shows_both_versions_and_loses_neither(signed_in, world):
    village = world.villages[0]
    address = reverse("villages:edit", args=[village.pk])
    client = signed_in("township_clerk")
    state = opened(client, address)
    mine = village_fields(village, name="我改的村名", opened=state)
    services.edit_village(village=village, by=world.people["bureau_clerk"], name="同事改的村名")
    response = client.post(address, mine)
    assert response.status_code == 200
    assert ("村名", "同事改的村名", "我改的村名") in response.context["conflict"]
    village.refresh_from_db()
    assert village.name == "同事改的村名", "nothing was written"
    assert client.post(address, mine | {"opened": response.context["opened"]}).status_code == 302
    village.refresh_from_db()
    assert village.name == "我改的村名", "seen and confirmed"


def test_a_save_nobody_interfered_with_goes_through(signed_in, world):
    village = world.villages[0]
    address = reverse("villages:edit", args=[village.pk])
    client = signed_in("township_clerk")
    assert client.post(address, village_fields(village, name="新名", opened=opened(client, address))).status_code == 302
