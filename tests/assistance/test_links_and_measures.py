"""Leaders and units linked with villages, the catalogue, and measures of a household."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Organization
from assistance.models import HelpUnit, Leader, LeaderVillage, Measure, MeasureType, UnitVillage
from core.models import Event
from tests.factories import START, HelpUnitFactory, HouseholdFactory, LeaderFactory, MeasureTypeFactory, MemberFactory, OrganizationFactory


def page(name, *args):
    return reverse(f"assistance:{name}", args=args)


@pytest.fixture
def household(world):
    home = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=home)
    return home


def test_the_bureau_registers_a_leader_and_links_a_village_once(signed_in, world):
    client = signed_in("bureau_clerk")
    assert client.post(page("leader-create"), {"name": "孙联点", "post": "副市长", "organization": ""}).status_code == 302
    leader = Leader.objects.get(name="孙联点")
    data = {"village": world.villages[0].pk, "started_on": "20160301"}
    assert client.post(page("leader-link", leader.pk), data).status_code == 302
    assert "已联系本村" in client.post(page("leader-link", leader.pk), data).content.decode()
    assert "示范一村" in client.get(leader.get_absolute_url()).content.decode()
    assert "孙联点" in client.get(page("village", world.villages[0].pk)).content.decode()


def test_the_bureau_registers_a_unit_and_a_township_links_it_with_its_own_villages_only(signed_in, world):
    body = OrganizationFactory(name="市林业局")
    client = signed_in("bureau_clerk")
    data = {"organization": body.pk, "nature": "admin", "joined_on": "20160101", "left_on": ""}
    assert client.post(page("unit-create"), data).status_code == 302
    unit = HelpUnit.objects.get(organization=body)
    assert "organization" in client.post(page("unit-create"), data).context["form"].errors
    client = signed_in("township_clerk")
    link = {"village": world.villages[2].pk, "started_on": "20160301"}
    assert "village" in client.post(page("unit-link", unit.pk), link).context["form"].errors
    assert client.post(page("unit-link", unit.pk), link | {"village": world.villages[1].pk}).status_code == 302


def test_a_link_ends_with_a_day_and_a_reason(signed_in, world):
    link = UnitVillage.objects.create(unit=HelpUnitFactory(), village=world.villages[0], started_on=START)
    client = signed_in("township_clerk")
    assert client.post(page("unit-unlink", link.pk), {"ended_on": "20150101", "reason": "x"}).context["form"].errors
    assert client.post(page("unit-unlink", link.pk), {"ended_on": "20170101", "reason": "单位撤销"}).status_code == 302
    link.refresh_from_db()
    assert link.ended_on == date(2017, 1, 1)
    assert Event.objects.filter(table="assistance_unitvillage", row_id=link.pk).latest("id").reason == "单位撤销"
    assert "已经结束" in client.post(page("unit-unlink", link.pk), {"ended_on": "20170201", "reason": "x"}).content.decode()


@pytest.mark.parametrize("name", ["leader-create", "unit-create", "helper-create"])
def test_records_that_belong_to_no_village_are_made_city_wide_only(signed_in, world, name):
    assert signed_in("township_clerk").get(page(name)).status_code == 403
    assert signed_in("bureau_clerk").get(page(name)).status_code == 200


def test_links_of_another_township_are_not_there(signed_in, world):
    leader = LeaderVillage.objects.create(leader=LeaderFactory(), village=world.villages[2], started_on=START)
    client = signed_in("township_clerk")
    assert client.get(page("leader-unlink", leader.pk)).status_code == 404
    assert "样例三村" not in client.get(leader.leader.get_absolute_url()).content.decode()


def test_a_unit_is_a_body_only_once(world):
    body = Organization.objects.create(name="甲", nature="government")
    HelpUnitFactory(organization=body)
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpUnitFactory(organization=body)


# --- the catalogue -------------------------------------------------------------------------------
TYPE = {"code": "m45", "name": "光伏扶贫", "examples": "", "causes": ["07", "09"], "evidence": "", "policy": "", "valid_from": "", "valid_to": ""}


@pytest.mark.parametrize("role", ["bureau_clerk", "system_admin"])
def test_the_catalogue_is_kept_city_wide_and_by_settings(signed_in, world, role):
    assert signed_in(role).post(page("type-create"), TYPE).status_code == 302
    kind = MeasureType.objects.get(code="M45")
    assert kind.causes == ["07", "09"]
    assert signed_in("township_clerk").get(page("type-detail", kind.pk)).status_code == 200
    assert signed_in("township_clerk").get(page("type-edit", kind.pk)).status_code == 403


@pytest.mark.parametrize(
    ("changed", "field"), [({"code": "X1"}, "code"), ({"causes": ["zz"]}, "causes"), ({"name": ""}, "name"), ({"valid_to": "x"}, "valid_to")]
)
def test_a_wrong_kind_of_measure_is_told_at_its_field(signed_in, world, changed, field):
    response = signed_in("bureau_clerk").post(page("type-create"), TYPE | changed)
    assert field in response.context["form"].errors


# --- measures ------------------------------------------------------------------------------------
def measure(kind, **changed):
    return {"measure_type": kind.pk, "content": "入股合作社", "planned_on": "20170101", "amount": "3,500", "state": "planned", "given_on": "",
            "result": ""} | changed  # fmt: skip


def test_a_village_cadre_plans_a_measure_and_records_that_it_was_given(signed_in, world, household):
    kind = MeasureTypeFactory()
    client = signed_in("village_cadre")
    assert client.post(page("measure-create", household.pk), measure(kind)).status_code == 302
    given = Measure.objects.get(household=household)
    assert given.village_id == household.village_id
    done = measure(kind, state="done", given_on="20170601", result="已分红")
    assert client.post(page("measure-edit", given.pk), done).status_code == 302
    given.refresh_from_db()
    assert (given.state, given.given_on, given.amount) == ("done", date(2017, 6, 1), 3500)
    assert "已分红" in client.get(page("household", household.pk)).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"state": "done"}, "given_on"), ({"amount": "-1"}, "amount"), ({"given_on": "20990101"}, "given_on"), ({"content": ""}, "content"),
     ({"measure_type": "987654"}, "measure_type"), ({"amount": "1e400"}, "amount")],
)  # fmt: skip
def test_a_wrong_measure_is_told_at_its_field(signed_in, world, household, changed, field):
    response = signed_in("village_cadre").post(page("measure-create", household.pk), measure(MeasureTypeFactory(), **changed))
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_a_kind_out_of_use_is_no_choice_for_a_new_measure(signed_in, world, household):
    kind = MeasureTypeFactory(valid_to=date(2016, 12, 31))
    response = signed_in("village_cadre").post(page("measure-create", household.pk), measure(kind))
    assert "measure_type" in response.context["form"].errors


def test_households_without_helper_or_measure_are_on_the_clerks_workbench(signed_in, world, household):
    page_text = signed_in("township_clerk").get("/").content.decode()
    assert page_text.count(household.household_code) == 2
    Measure.objects.create(household=household, village=household.village, measure_type=MeasureTypeFactory(), content="x", planned_on=START)
    assert signed_in("township_clerk").get("/").content.decode().count(household.household_code) == 1
