"""The yearly window: who came and went, households that parted and joined, and years that are closed for good."""

import io
from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from PIL import Image

from core import clock
from core.checks.identity import make_id_number
from households import services
from households.models import DynamicWindow, Household, HouseholdYear, Member, RegisterChange
from households.rules.dynamics import relation_to_new_head
from tests.factories import HouseholdFactory, IncomeFactory, MemberFactory

DAY = date(2017, 8, 1)


def image() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "white").save(buffer, "JPEG")
    return buffer.getvalue()


PAPER = image()


def happening(on=DAY, reason="户口簿变动", evidence=PAPER):
    return services.Happening(on=on, reason=reason, evidence=evidence)


@pytest.fixture
def window(world):
    return DynamicWindow.objects.create(
        year=2017, starts_on=date(2017, 1, 1), opens_on=date(2017, 9, 15), closes_on=date(2017, 12, 15), document="动态管理通知"
    )


@pytest.fixture
def home(world, window):
    """A father who heads the household, his wife, son, daughter-in-law, grandson."""
    household = HouseholdFactory(village=world.villages[0], household_code=f"{world.villages[0].code}0001")
    people = (("张父", "01", "1", 1950), ("李母", "02", "2", 1952), ("张子", "03", "1", 1975), ("王媳", "05", "2", 1978), ("张孙", "07", "1", 2005))
    for number, (name, relation, sex, year) in enumerate(people, start=1):
        born = date(year, 3, 4)
        MemberFactory(household=household, number=number, name=name, relation=relation, sex=sex, birth_on=born,
                      id_number=make_id_number("999999", born, 100 + number * 2 + (sex == "1")))  # fmt: skip
    return household


def named(household, name):
    return household.members.get(name=name, left_on=None)


def relations(household):
    return dict(household.members.filter(left_on=None).values_list("name", "relation"))


# --- rules ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("new", "new_sex", "old_sex", "member", "member_sex", "only", "expected"),
    [
        ("02", "2", "1", "03", "1", True, "03"),  # the widow: children stay hers
        ("02", "2", "1", "11", "1", True, "15"),  # the old head's father is her father-in-law
        ("02", "1", "2", "12", "2", True, "14"),
        ("02", "2", "1", "13", "1", True, "11"),  # 岳父 is her own father
        ("03", "1", "1", "01", "1", True, "11"),
        ("03", "1", "1", "02", "2", True, "12"),
        ("03", "1", "1", "05", "2", True, "02"),
        ("03", "1", "1", "05", "2", False, "99"),  # two sons: whose wife?
        ("03", "1", "1", "07", "1", True, "03"),
        ("03", "1", "1", "04", "2", True, "99"),  # a sister has no code
        ("03", "1", "1", "11", "1", True, "17"),
        ("03", "1", "2", "11", "1", True, "19"),
        ("04", "2", "1", "06", "1", True, "02"),
        ("11", "1", "1", "01", "1", True, "03"),
        ("11", "1", "1", "03", "1", True, "07"),
        ("12", "2", "2", "03", "1", True, "09"),
        ("11", "1", "1", "02", "2", True, "05"),
        ("05", "2", "1", "01", "1", True, "15"),
        ("05", "2", "1", "03", "1", True, "02"),
        ("05", "2", "1", "07", "1", True, "03"),
        ("06", "1", "1", "02", "2", True, "14"),
        ("99", "1", "1", "02", "2", True, "99"),
    ],
)
def test_what_a_member_is_to_a_new_head(new, new_sex, old_sex, member, member_sex, only, expected):
    found = relation_to_new_head(new=new, new_sex=new_sex, old_head_sex=old_sex, member=member, member_sex=member_sex, only_child=only)
    assert found == expected


# --- who comes and goes ---------------------------------------------------------------------------
def test_a_newborn_joins_on_the_day_of_birth(home, world):
    change = services.add_person(household=home, kind="birth", happening=happening(), by=world.people["village_committee"],
                                 person={"name": "张新", "sex": "2", "relation": "08", "education": "6"})  # fmt: skip

    child = named(home, "张新")
    assert (child.birth_on, child.joined_on, child.join_reason, child.document_kind) == (DAY, DAY, "1", "3")
    assert (change.joined, change.left, change.evidence.kind, change.recorded_by.username) == (1, 0, "jpg", "village_committee")


def test_who_is_registered_elsewhere_leaves_there_first(home, world):
    other = HouseholdFactory(village=world.villages[1])
    bride = MemberFactory(household=other, sex="2", birth_on=date(1990, 1, 1), id_number=make_id_number("999999", date(1990, 1, 1), 202))
    person = {
        "name": bride.name,
        "sex": "2",
        "relation": "08",
        "birth_on": bride.birth_on,
        "id_number": bride.id_number,
        "education": "3",
        "labour": "1",
    }

    with pytest.raises(services.HouseholdsError, match="请先在原户办理减少"):
        services.add_person(household=home, kind="married_in", happening=happening(), person=person, by=world.people["township_clerk"])
    assert not RegisterChange.objects.exists()


def test_the_death_of_the_head_names_the_new_head_and_everybody_anew(home, world):
    by = world.people["village_committee"]
    with pytest.raises(services.HouseholdsError, match="张父是户主,请同时选定新户主"):
        services.remove_person(household=home, kind="death", member=named(home, "张父"), happening=happening(), by=by)

    dead = named(home, "张父")
    services.remove_person(household=home, kind="death", member=dead, happening=happening(), new_head=named(home, "张子"), by=by)

    dead.refresh_from_db()
    assert (dead.left_on, dead.leave_reason, dead.relation) == (DAY, "1", "01"), "kept, and known to have been the head"
    assert relations(home) == {"李母": "12", "张子": "01", "王媳": "02", "张孙": "03"}


@pytest.mark.parametrize(
    ("on", "message"),
    [
        (date(2017, 10, 1), "晚于今天"),
        (date(2016, 12, 31), "应在本年度动态管理的 2017-01-01 至 2017-12-15 之间"),
    ],
)
def test_a_day_outside_the_window_or_in_the_future_is_refused(home, world, on, message):
    with pytest.raises(services.HouseholdsError, match=message):
        services.remove_person(
            household=home, kind="moved_out", member=named(home, "王媳"), happening=happening(on), by=world.people["township_clerk"]
        )


def test_nobody_dies_before_birth_or_leaves_twice(home, world):
    by = world.people["township_clerk"]
    born = services.add_person(household=home, kind="birth", happening=happening(date(2017, 9, 1)), by=by,
                               person={"name": "张新", "sex": "1", "relation": "07", "education": "6"}).member  # fmt: skip
    with pytest.raises(services.HouseholdsError, match="死亡日期 2017-08-01 早于出生日期 2017-09-01"):
        services.remove_person(household=home, kind="death", member=born, happening=happening(), by=by)
    gone = named(home, "王媳")
    services.remove_person(household=home, kind="married_out", member=gone, happening=happening(), by=by)
    with pytest.raises(services.HouseholdsError, match="已于 2017-08-01 减少"):
        services.remove_person(household=home, kind="death", member=gone, happening=happening(), by=by)


def test_a_person_of_another_village_is_no_member_here(home, world):
    stranger = MemberFactory(household=HouseholdFactory(village=world.villages[2]))
    with pytest.raises(services.HouseholdsError, match="不是本户成员"):
        services.remove_person(household=home, kind="death", member=stranger, happening=happening(), by=world.people["bureau_clerk"])
    stranger.refresh_from_db()
    assert stranger.left_on is None


def test_without_an_open_window_or_the_level_nothing_is_recorded(home, world, window):
    by, person = world.people["village_committee"], named(home, "王媳")
    DynamicWindow.objects.update(level="township")
    with pytest.raises(services.HouseholdsError, match="由乡镇和市登记"):
        services.remove_person(household=home, kind="moved_out", member=person, happening=happening(), by=by)
    with clock.on(date(2017, 9, 1)), pytest.raises(services.HouseholdsError, match="不在动态管理开放期内"):
        services.remove_person(household=home, kind="moved_out", member=person, happening=happening(), by=by)


def test_the_last_member_does_not_leave_alone(world, window):
    home = HouseholdFactory(village=world.villages[0])
    alone = MemberFactory(household=home)
    by = world.people["township_clerk"]
    with pytest.raises(services.HouseholdsError, match="请办理“整户减少”"):
        services.remove_person(household=home, kind="death", member=alone, happening=happening(), by=by)
    services.end_whole(household=home, end_reason="died_out", happening=happening(), by=by)
    home.refresh_from_db()
    alone.refresh_from_db()
    assert (home.ended_on, home.end_reason, home.poverty_status, alone.leave_reason) == (DAY, "died_out", "6", "1")


# --- households -----------------------------------------------------------------------------------
def test_a_split_makes_a_household_and_leaves_the_past_as_it_was(home, world):
    leaving = [named(home, name) for name in ("张子", "王媳", "张孙")]
    before = Member.objects.present_on(date(2017, 7, 31)).count()

    _, made = services.split_household(household=home, members=leaving, head=leaving[0], happening=happening(), by=world.people["village_committee"])

    assert relations(home) == {"张父": "01", "李母": "02"}
    assert relations(made) == {"张子": "01", "王媳": "02", "张孙": "03"}
    assert made.household_code == f"{world.villages[0].code}0002" and made.identified_on == DAY
    assert Member.objects.get(pk=leaving[0].pk).continued_as == named(made, "张子")
    assert named(made, "张子").id_number == leaving[0].id_number
    assert Member.objects.present_on(date(2017, 7, 31)).count() == before == Member.objects.present_on(DAY).count()


def test_a_split_needs_somebody_who_stays_and_a_head_among_who_goes(home, world):
    everybody, by = list(home.members.all()), world.people["village_committee"]
    with pytest.raises(services.HouseholdsError, match="至少要有一位成员留在原户"):
        services.split_household(household=home, members=everybody, head=everybody[0], happening=happening(), by=by)
    with pytest.raises(services.HouseholdsError, match="新户的户主要在其中"):
        services.split_household(household=home, members=everybody[2:], head=everybody[0], happening=happening(), by=by)
    assert Household.objects.count() == 1


def test_merging_moves_everybody_and_points_to_where_they_went(home, world):
    other = HouseholdFactory(village=world.villages[0], household_code=f"{world.villages[0].code}0007")
    alone = MemberFactory(household=other, name="张叔", id_number=make_id_number("999999", date(1970, 1, 1), 301))

    services.merge_households(household=other, into=home, relations={}, happening=happening(), by=world.people["township_clerk"])

    other.refresh_from_db()
    alone.refresh_from_db()
    assert (other.ended_on, other.end_reason, other.continued_as) == (DAY, "merged", home)
    assert alone.continued_as == named(home, "张叔") and relations(home)["张叔"] == "99"


def test_a_household_is_not_merged_into_itself_or_across_villages(home, world):
    far = HouseholdFactory(village=world.villages[1])
    MemberFactory(household=far)
    by = world.people["bureau_clerk"]
    with pytest.raises(services.HouseholdsError, match="不能并入自己"):
        services.merge_households(household=home, into=home, relations={}, happening=happening(), by=by)
    with pytest.raises(services.HouseholdsError, match="不在同一个村"):
        services.merge_households(household=home, into=far, relations={}, happening=happening(), by=by)


def test_the_head_changes_while_both_stay(home, world):
    services.change_head(household=home, new_head=named(home, "李母"), happening=happening(), by=world.people["village_committee"])
    assert relations(home) == {"李母": "01", "张父": "02", "张子": "03", "王媳": "05", "张孙": "07"}


# --- years ----------------------------------------------------------------------------------------
@pytest.fixture
def closed(world, window):
    """2016, closed with one household in it."""
    home = HouseholdFactory(village=world.villages[0], poverty_status="2", exit_year=2017, status_confirmed_on=date(2017, 9, 1))
    MemberFactory(household=home, name="张往", low_income_support=True)
    MemberFactory(household=home, name="张新", relation="03", joined_on=date(2017, 2, 1), join_reason="1")
    IncomeFactory(household=home, year=2016, a1=3000)
    year = DynamicWindow.objects.create(
        year=2016, starts_on=date(2016, 1, 1), opens_on=date(2016, 10, 1), closes_on=date(2016, 12, 31), document="通知"
    )
    assert services.roll_over(window=year, by=world.people["bureau_clerk"]) == 1
    return home


def test_a_closed_year_says_what_was_true_on_its_last_day(closed):
    kept = HouseholdYear.objects.get()
    assert (kept.year, kept.head_name, kept.population, kept.poverty_status, kept.exit_year) == (2016, "张往", 1, "1", None)
    assert (str(kept.per_capita), kept.low_income_members, [person["name"] for person in kept.members]) == ("3000.00", 1, ["张往"])


def test_a_year_is_closed_once_after_its_end_and_by_the_city(closed, world, window):
    first = DynamicWindow.objects.get(year=2016)
    with pytest.raises(services.HouseholdsError, match="已于 2017-09-30 结转"):
        services.roll_over(window=first, by=world.people["bureau_clerk"])
    with pytest.raises(services.HouseholdsError, match="到 2017-12-15 关闭"):
        services.roll_over(window=window, by=world.people["bureau_clerk"])
    with pytest.raises(services.HouseholdsError, match="由市扶贫部门"):
        services.roll_over(window=window, by=world.people["township_clerk"], day=date(2018, 1, 1))


@pytest.mark.parametrize(
    ("sql", "expected", "error"),
    [
        ("update households_householdyear set population = 9", "permission denied", ProgrammingError),
        ("delete from households_householdyear", "permission denied", ProgrammingError),
        ("update households_registerchange set reason = 'x'", "permission denied", ProgrammingError),
        ("update households_dynamicwindow set closes_on = '2016-12-30' where year = 2016", "dynamic_window_closed_stays", IntegrityError),
        ("insert into households_householdyear (household_id, village_id, year, household_code, head_name, population, attribute, cause_main, "
         "poverty_status, low_income_members, members, joined, \"left\") select household_id, village_id, 2016, 'x', '', 1, '01', '01', '1', 0, "
         "'[]', 0, 0 from households_householdyear", "household_year", IntegrityError),
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_a_closed_year(closed, sql, expected, error):
    with pytest.raises(error, match=expected), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_closed_year_takes_no_more_changes(closed):
    year, member = DynamicWindow.objects.get(year=2016), closed.members.first()
    with pytest.raises(IntegrityError, match="register_change_in_its_year"), transaction.atomic():
        RegisterChange.objects.create(window=year, kind="death", household=closed, village=closed.village, people=member.name,
                                      happened_on=date(2016, 5, 1), reason="x", evidence_id=1, recorded_by_id=1)  # fmt: skip


def test_years_do_not_overlap(window):
    with pytest.raises(IntegrityError, match="dynamic_window_periods_apart"), transaction.atomic():
        DynamicWindow.objects.create(year=2018, starts_on=date(2017, 12, 1), opens_on=date(2018, 10, 1), closes_on=date(2018, 12, 15), document="x")


# --- pages ----------------------------------------------------------------------------------------
def upload():
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("paper.jpg", PAPER, "image/jpeg")


@pytest.mark.parametrize("what", ["birth", "married_in", "moved_in", "death", "married_out", "moved_out", "head", "split", "merged", "gone"])
def test_every_form_opens_and_says_what_is_missing(signed_in, home, what):
    client = signed_in("township_clerk")
    url = reverse("households:change-create", args=[home.pk, what])
    assert "登记 2017-01-01 至 2017-12-15 发生的变动" in client.get(url).content.decode()
    response = client.post(url, {"reason": ""})
    assert response.status_code == 200 and "请填写。" in response.content.decode()


def test_a_clerk_records_a_death_in_the_browser_and_sees_it_in_the_lists(signed_in, home):
    client = signed_in("township_clerk")
    data = {"member": named(home, "张父").pk, "new_head": named(home, "李母").pk, "happened_on": "20170801", "reason": "病故", "evidence": upload()}
    response = client.post(reverse("households:change-create", args=[home.pk, "death"]), data, follow=True)

    assert "死亡已登记" in response.content.decode() and "病故" in response.content.decode()
    assert "张父" in client.get(reverse("households:change-list"), {"q": "张父", "kind": "death"}).content.decode()


def test_births_splits_and_mergers_go_through_their_forms(signed_in, home, world):
    client = signed_in("township_clerk")
    common = {"happened_on": "2017-08-01", "reason": "户口簿"}
    born = client.post(reverse("households:change-create", args=[home.pk, "birth"]),
                       common | {"name": "张新", "sex": "1", "relation": "07", "ethnicity": "01", "evidence": upload()})  # fmt: skip
    split = client.post(reverse("households:change-create", args=[home.pk, "split"]),
                        common | {"leaving": [named(home, "张子").pk], "head": named(home, "张子").pk, "evidence": upload()})  # fmt: skip
    made = Household.objects.exclude(pk=home.pk).get()
    relation = {f"r{member.pk}": "03" for member in made.members.filter(left_on=None)}
    merged = client.post(reverse("households:change-create", args=[made.pk, "merged"]), common | relation | {"into": home.pk, "evidence": upload()})

    assert [response.status_code for response in (born, split, merged)] == [302, 302, 302]
    assert relations(home)["张子"] == "03"
    page = client.get(reverse("households:changes", args=[home.pk])).content.decode()
    assert "并户而来" in page and "分户" in page


def test_the_city_sets_up_a_year_and_closes_it(signed_in, window, world):
    client = signed_in("bureau_clerk")
    data = {"year": 2016, "starts_on": "2016-01-01", "opens_on": "2016-10-01", "closes_on": "2016-12-31", "level": "village", "document": "通知"}
    assert client.post(reverse("households:window-create"), data | {"closes_on": "2017-03-01"}).status_code == 200, "overlaps 2017"
    made = client.post(reverse("households:window-create"), data, follow=True)
    close = reverse("households:window-close", args=[DynamicWindow.objects.get(year=2016).pk])
    assert "年度结转" in made.content.decode() and "不能再改" in client.get(close).content.decode()
    assert "已于 2017-09-30 结转" in client.post(close, follow=True).content.decode()
    assert signed_in("township_clerk").get(close).status_code == 403


def test_who_does_not_edit_here_records_nothing(signed_in, home):
    url = reverse("households:change-create", args=[home.pk, "death"])
    assert signed_in("city_leader").get(url).status_code == 403
    assert signed_in("stranger").get(reverse("households:changes", args=[home.pk])).status_code == 403


def test_a_year_of_nonsense_is_an_error_on_the_page(signed_in, window):
    client = signed_in("bureau_clerk")
    names = ("year", "starts_on", "opens_on", "closes_on", "level", "document")
    for value in ("9" * 40, "-1", "a\0b", "甲" * 3000, "1e400", "NaN", "0000-00-00", "2017-13-40", ""):
        for url in (reverse("households:window-create"), reverse("households:window-edit", args=[window.pk])):
            assert client.post(url, dict.fromkeys(names, value) | {"opened": ""}).status_code == 200
    good = {"year": "2018", "starts_on": "2017-12-16", "opens_on": "2018-10-01", "closes_on": "2018-12-15", "level": "village", "document": "通知"}
    for changes in ({"year": "2017"}, {"year": "30000"}, {"starts_on": "2018-11-01"}, {"closes_on": "9999-12-31"}, {"starts_on": "2017-12-15"}):
        assert client.post(reverse("households:window-create"), good | changes).status_code == 200, changes
    assert DynamicWindow.objects.count() == 1


def test_days_that_leave_out_what_is_recorded_are_refused(home, window, world):
    services.remove_person(household=home, kind="moved_out", member=named(home, "王媳"), happening=happening(), by=world.people["township_clerk"])
    fields = {
        "year": 2017,
        "starts_on": date(2017, 8, 2),
        "opens_on": date(2017, 9, 15),
        "closes_on": date(2017, 12, 15),
        "level": "village",
        "document": "x",
    }
    with pytest.raises(services.HouseholdsError, match="本年度已登记 2017-08-01 至 2017-08-01 的变动"):
        services.save_window(window=window, by=world.people["bureau_clerk"], **fields)
