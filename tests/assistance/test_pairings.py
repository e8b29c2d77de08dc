"""Who helps whom: pairings, the change of the main helper, and what a helper may see."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.permissions import Permission
from assistance import services
from assistance.models import Helper, Pairing, UnitVillage
from core import scope
from core.clock import today
from households.models import Household
from tests.factories import START, HelperFactory, HelpUnitFactory, HouseholdFactory, MemberFactory, PairingFactory, UserFactory, grant


@pytest.fixture
def household(world):
    home = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=home)
    return home


@pytest.fixture
def unit(world):
    link = UnitVillage.objects.create(unit=HelpUnitFactory(), village=world.villages[0], started_on=START)
    return link.unit


def page(name, *args):
    return reverse(f"assistance:{name}", args=args)


def test_a_clerk_pairs_a_known_helper_as_the_main_one(signed_in, household, unit):
    helper = HelperFactory(unit=unit, name="林帮扶")
    client = signed_in("township_clerk")
    data = {"helper": helper.pk, "new_name": "", "new_unit": "", "new_post": "", "started_on": "20170101", "is_main": "on"}
    assert client.post(page("pairing-create", household.pk), data).status_code == 302
    shown = client.get(page("household", household.pk)).content.decode()
    assert "林帮扶" in shown
    assert "主要帮扶责任人" in shown


def test_a_clerk_names_a_new_helper_while_pairing(signed_in, household, unit):
    data = {"helper": "", "new_name": "新来的", "new_unit": unit.pk, "new_post": "科员", "started_on": "20170101"}
    assert signed_in("township_clerk").post(page("pairing-create", household.pk), data).status_code == 302
    assert Pairing.objects.get(household=household).helper == Helper.objects.get(name="新来的", unit=unit, post="科员")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, "helper"),
        ({"new_name": "张三"}, "new_unit"),
        ({"helper": "99999"}, "helper"),
        ({"new_name": "1"}, "new_name"),
        ({"started_on": "x"}, "started_on"),
    ],
)
def test_a_pairing_that_says_nobody_is_told_at_its_field(signed_in, household, changed, field):
    data = {"helper": "", "new_name": "", "new_unit": "", "new_post": "", "started_on": "20170101"} | changed
    response = signed_in("township_clerk").post(page("pairing-create", household.pk), data)
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_a_helper_of_a_unit_without_link_to_the_village_is_no_choice(signed_in, household):
    stranger = HelperFactory()
    data = {"helper": stranger.pk, "started_on": "20170101"}
    assert "helper" in signed_in("township_clerk").post(page("pairing-create", household.pk), data).context["form"].errors


def test_a_second_main_helper_is_refused_with_the_way_out(signed_in, household, unit):
    PairingFactory(household=household, is_main=True)
    data = {"helper": HelperFactory(unit=unit).pk, "started_on": "20170101", "is_main": "on"}
    response = signed_in("township_clerk").post(page("pairing-create", household.pk), data)
    assert "请先更换" in response.content.decode()
    with pytest.raises(IntegrityError, match="pairing_one_main_per_household"), transaction.atomic():
        PairingFactory(household=household, is_main=True)


def test_the_main_helper_changes_in_one_step_and_each_day_has_its_own(signed_in, household, unit):
    former = PairingFactory(household=household, is_main=True).helper
    coming = HelperFactory(unit=unit)
    PairingFactory(household=household, helper=coming)
    data = {"helper": coming.pk, "changed_on": "20170601", "reason": "工作调动", "former_stays": "on"}
    assert signed_in("township_clerk").post(page("pairing-change-main", household.pk), data).status_code == 302

    def main_on(day):
        return [pairing.helper for pairing in Pairing.objects.active_on(day).filter(household=household, is_main=True)]

    assert main_on(date(2017, 5, 31)) == [former]
    assert main_on(date(2017, 6, 1)) == [coming]
    assert {pairing.helper for pairing in Pairing.objects.active_on(today()).filter(household=household)} == {former, coming}
    assert Pairing.objects.active_on(date(2017, 5, 31)).filter(household=household).count() == 2


def test_a_former_main_helper_need_not_stay(world, household, unit):
    former = PairingFactory(household=household, is_main=True)
    services.change_main_helper(household=household, helper=HelperFactory(unit=unit), changed_on=date(2017, 6, 1), reason="退休",
                                former_stays=False, by=world.people["township_clerk"])  # fmt: skip
    former.refresh_from_db()
    assert (former.ended_on, former.end_reason) == (date(2017, 5, 31), "退休")
    assert Pairing.objects.active_on(today()).filter(household=household).count() == 1


def test_a_change_to_the_same_person_or_on_the_first_day_is_refused(world, household, unit):
    main = PairingFactory(household=household, is_main=True)
    clerk = world.people["township_clerk"]
    with pytest.raises(services.AssistanceError, match="已是"):
        services.change_main_helper(household=household, helper=main.helper, changed_on=date(2017, 6, 1), reason="x", former_stays=False, by=clerk)
    with pytest.raises(services.AssistanceError, match="晚于"):
        services.change_main_helper(household=household, helper=HelperFactory(unit=unit), changed_on=START, reason="x", former_stays=False, by=clerk)


def test_the_main_helper_is_not_simply_ended_but_others_are(signed_in, household):
    main, other = PairingFactory(household=household, is_main=True), PairingFactory(household=household)
    client = signed_in("township_clerk")
    data = {"ended_on": "20170601", "reason": "调离"}
    assert "更换主要帮扶责任人" in client.post(page("pairing-end", main.pk), data).context["form"].non_field_errors()[0]
    assert client.post(page("pairing-end", other.pk), data | {"ended_on": "20140101"}).context["form"].errors
    assert client.post(page("pairing-end", other.pk), data).status_code == 302
    other.refresh_from_db()
    assert (other.ended_on, other.end_reason) == (date(2017, 6, 1), "调离")


def test_an_ended_household_is_no_longer_paired(world, household, unit):
    Household.objects.filter(pk=household.pk).update(ended_on=date(2017, 5, 1), end_reason="1")
    with pytest.raises(services.AssistanceError, match="退出登记"):
        services.start_pairing(household=household, helper=HelperFactory(unit=unit), started_on=date(2017, 6, 1), is_main=True,
                               by=world.people["township_clerk"])  # fmt: skip


def test_pages_of_a_household_elsewhere_are_not_there(signed_in, world):
    far = HouseholdFactory(village=world.villages[2])
    MemberFactory(household=far)
    pairing = PairingFactory(household=far)
    client = signed_in("township_clerk")
    for name, pk in (("household", far.pk), ("pairing-create", far.pk), ("pairing-change-main", far.pk), ("measure-create", far.pk),
                     ("pairing-end", pairing.pk), ("village", world.villages[2].pk), ("helper-detail", pairing.helper_id)):  # fmt: skip
        assert client.get(page(name, pk)).status_code == 404, name
    assert signed_in("city_leader").get(page("pairing-create", far.pk)).status_code == 403


# --- what a helper may see -----------------------------------------------------------------------
@pytest.fixture
def helper_user(world, household):
    PairingFactory(household=household, helper=HelperFactory(user=world.people["helper"]))
    return world.people["helper"]


def test_a_helper_reaches_the_paired_household_and_no_other(signed_in, world, household, helper_user):
    other = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=other, name="别人家")
    client = signed_in("helper")
    assert client.get(household.get_absolute_url()).status_code == 200
    assert client.get(page("household", household.pk)).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    listed = client.get(reverse("households:list"))
    assert [row.pk for row in listed.context["page"].rows] == [household.pk]
    assert household.household_code in client.get("/").content.decode()
    for name in ("pairing-create", "measure-create"):
        assert client.get(page(name, household.pk)).status_code == 403


def test_both_walls_hold_for_a_helper(world, household, helper_user):
    other = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=other)
    with scope.acting_as(helper_user):
        assert list(Household.objects.values_list("pk", flat=True)) == [household.pk]
        assert Pairing.objects.count() == 1
    for permission in (Permission.HOUSEHOLD_EDIT, Permission.PAIRING_EDIT, Permission.PERSON_REVEAL):
        assert not scope.reach(helper_user, permission)


def test_an_ended_pairing_shuts_the_household_the_next_day(signed_in, world, household, helper_user):
    Pairing.objects.filter(household=household).update(ended_on=date(2017, 9, 29), end_reason="调离")
    assert signed_in("helper").get(household.get_absolute_url()).status_code == 404


def test_a_pairing_without_the_role_opens_nothing(world, household):
    user = UserFactory()
    PairingFactory(household=household, helper=HelperFactory(user=user))
    assert not scope.reach(user)
    grant(user, "bank", world.city)
    user = type(user).objects.get(pk=user.pk)
    assert not scope.reach(user, Permission.HOUSEHOLD_VIEW)


def test_a_helper_gets_an_account_in_the_form_and_an_unknown_or_taken_name_is_told(signed_in, world, household):
    helper, other = PairingFactory(household=household).helper, PairingFactory(household=household).helper
    client = signed_in("township_clerk")
    data = {"name": helper.name, "unit": helper.unit_id, "post": "", "phone": ""}
    assert "user" in client.post(page("helper-edit", helper.pk), data | {"user": "nobody-here"}).context["form"].errors
    assert client.post(page("helper-edit", helper.pk), data | {"user": "helper"}).status_code == 302
    assert client.get(page("helper-edit", helper.pk)).context["form"].initial["user"] == "helper"
    again = client.post(page("helper-edit", other.pk), data | {"name": other.name, "unit": other.unit_id, "user": "helper"})
    assert again.status_code == 200
    assert signed_in("helper").get(household.get_absolute_url()).status_code == 200
