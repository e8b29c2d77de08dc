"""The entry screen through the browser's door: what is saved, what is refused, what two clerks see."""

from datetime import date

import pytest

from accounts.models import AccessEvent
from core import crypto
from core.checks.identity import make_id_number
from households.models import Household, Member, NameGram
from tests.factories import HouseholdFactory, MemberFactory
from workflow.models import Draft

URL = "/households/new/"


def number(born: date, sequence: int) -> str:
    return make_id_number("990001", born, sequence)


def member(index: int, **values: object) -> dict[str, object]:
    row = {
        "name": "张三丰", "relation": "01", "document_kind": "1", "id_number": number(date(1975, 3, 2), 101 + 2 * index), "ethnicity": "01",
        "education": "3", "health": ["1"], "labour": "1", "medical_insured": "on", "work_months": "0", "public_post_months": "0",
    } | values  # fmt: skip
    return {f"members-{index}-{name}": value for name, value in row.items()}


def entry(village, *members: dict, total: int | None = None, initial: int = 0, **values: object) -> dict[str, object]:
    data: dict[str, object] = {
        "household-village": village.pk, "household-id_standard": "1", "household-identified_on": "20151220", "household-attribute": "01",
        "household-cause_main": "07", "household-poverty_status": "1", "household-status_confirmed_on": "2016-12-20",
        "household-plan_exit_year": "2018", "household-phone": "13812345678", "members-TOTAL_FORMS": str(total or len(members)),
        "members-INITIAL_FORMS": str(initial), "living-cultivated_mu": "12", "income-b1": "8,000", "income-e1": "2000.50",
    }  # fmt: skip
    for row in members:
        data |= row
    return data | {key.replace("__", "-", 1): value for key, value in values.items()}


SIX = (
    dict(name="张三丰", id_number=number(date(1970, 3, 2), 101)),
    dict(name="李秀英", relation="02", id_number=number(date(1972, 5, 6), 102)),
    dict(name="张国强", relation="03", id_number=number(date(2004, 5, 6), 103), education="", schooling="05", labour="4"),
    dict(name="张小花", relation="04", id_number=number(date(2008, 1, 9), 104), education="", schooling="03", labour="4"),
    dict(name="张大山", relation="11", id_number=number(date(1945, 5, 6), 105), labour="3", health=["2"]),
    dict(name="张新新", relation="03", document_kind="3", id_number="", sex="1", birth_on="2017年8月1日", birth_estimated="on",
         education="6", labour="4", joined_on="2017-08-01", join_reason="1"),
)  # fmt: skip


def register(client, village, *, rows=SIX, **values):
    return client.post(URL, entry(village, *(member(i, **row) for i, row in enumerate(rows)), **values))


def test_a_household_of_six_is_registered(signed_in, world):
    response = register(signed_in("township_clerk"), world.villages[0])

    household = Household.objects.get()
    assert response.url == household.get_absolute_url()
    assert household.household_code == f"{world.villages[0].code}0001"
    assert household.phone == "13812345678"
    first, *_, newborn = household.members.order_by("number")
    assert (first.sex, first.birth_on) == ("1", date(1970, 3, 2)), "filled from the ID number"
    assert (newborn.id_number, newborn.birth_estimated, newborn.birth_on) == ("", True, date(2017, 8, 1))
    income = household.incomes.get()
    assert (income.population, str(income.net), str(income.per_capita)) == (6, "5999.50", "999.92")
    assert NameGram.objects.filter(household_id=household.pk, gram="zsf").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"members-0-id_number": "110101199003070000"}, "校验码不符"),
        ({"members-1-id_number": SIX[0]["id_number"]}, "末四位"),
        ({"members-2-labour": "1"}, "劳动技能应为“无劳动力”"),
        ({"members-3-schooling": "", "members-3-education": "2"}, "失学或辍学原因"),
        ({"members-1-relation": "01"}, "一户必须有且只有一位户主"),
        ({"members-0-relation": "99"}, "一户必须有且只有一位户主"),
        ({"members-2-relation": "04"}, "与户主关系不能是"),
        ({"members-0-health": ["1", "2"]}, "“健康”不能与其他健康状况同时选择"),
        ({"members-5-birth_on": ""}, "请填写"),
        ({"members-0-name": "张\u202e三"}, "控制字符"),
        ({"members-0-name": "张\x00三"}, "字符"),
        ({"members-0-work_months": "13"}, "12"),
        ({"members-0-work_months": "99999999999999999999"}, "数字太大"),
        ({"household-identified_on": "昨天"}, "日期请写成"),
        ({"household-phone": "12"}, "11位手机号"),
        ({"household-village": "999999"}, "请从列表中选择"),
        ({"income-b1": "-5"}, "大于或等于"),
        ({"income-b1": "十万"}, "输入"),
        ({"living-irrigated_mu": "99"}, "有效灌溉面积不能大于耕地面积"),
    ],
)
def test_a_wrong_value_is_told_and_nothing_is_written(signed_in, world, change, message):
    data = entry(world.villages[0], *(member(i, **row) for i, row in enumerate(SIX))) | change

    response = signed_in("township_clerk").post(URL, data)

    assert response.status_code == 200
    assert message in response.content.decode()
    assert "张国强" in response.content.decode(), "what was typed is still there"
    assert not Household.objects.exists()


def test_another_townships_village_cannot_be_chosen(signed_in, world):
    assert register(signed_in("township_clerk"), world.villages[2]).status_code == 200
    assert not Household.objects.exists()


def test_a_duplicate_in_reach_names_the_household_and_beyond_it_only_the_office(signed_in, world):
    near = HouseholdFactory(village=world.villages[1])
    MemberFactory(household=near, id_number=SIX[0]["id_number"], name="原登记人")
    client = signed_in("township_clerk")

    told = register(client, world.villages[0]).content.decode()
    assert near.household_code in told

    Member.objects.filter(household=near).update(id_number="", id_number_index=None)
    far = HouseholdFactory(village=world.villages[2])
    MemberFactory(household=far, id_number=SIX[0]["id_number"], name="远处之人")
    told = register(client, world.villages[0]).content.decode()
    assert "大格勒乡" in told
    assert far.household_code not in told
    assert "远处之人" not in told


def test_the_second_clerk_sees_both_versions_and_loses_nothing(signed_in, world):
    client = signed_in("township_clerk")
    register(client, world.villages[0])
    household = Household.objects.get()
    url = f"{household.get_absolute_url()}edit/"
    form = client.get(url).content.decode()
    assert SIX[0]["id_number"] not in form, "numbers are masked in the form"
    ids = list(household.members.order_by("number").values_list("pk", flat=True))
    masked = [row.id_number[:6] + "********" + row.id_number[-4:] if row.id_number else "" for row in household.members.order_by("number")]
    rows = [
        row | {"id": pk, "id_number": shown, "sex": "", "birth_on": row.get("birth_on", "")} for row, pk, shown in zip(SIX, ids, masked, strict=True)
    ]
    rows[5]["sex"] = "1"

    def save(version: int, address: str):
        data = entry(world.villages[0], *(member(i, **row) for i, row in enumerate(rows)), initial=6)
        return client.post(url, data | {"version": version, "household-address": address, "household-phone": "138****5678"})

    assert save(1, "一社1号").status_code == 302
    second = save(1, "二社2号").content.decode()
    assert "另一位同事已保存过" in second
    assert "一社1号" in second
    assert "二社2号" in second
    household.refresh_from_db()
    assert (household.address, household.version) == ("一社1号", 2)
    assert household.phone == "13812345678", "a mask that comes back leaves the stored number"
    assert household.members.get(pk=ids[0]).id_number == SIX[0]["id_number"]
    assert save(2, "二社2号").status_code == 302, "having seen both, the clerk decides"


def test_a_new_head_in_the_same_step_and_never_none(signed_in, world):
    client = signed_in("township_clerk")
    register(client, world.villages[0])
    household = Household.objects.get()
    ids = list(household.members.order_by("number").values_list("pk", flat=True))
    url = f"{household.get_absolute_url()}edit/"
    dead = [row | {"id": pk} for row, pk in zip(SIX, ids, strict=True)]
    dead[0] |= {"left_on": "2017-09-01", "leave_reason": "1"}
    data = entry(world.villages[0], *(member(i, **row) for i, row in enumerate(dead)), initial=6) | {"version": 1}
    assert "一户必须有且只有一位户主" in client.post(url, data).content.decode()

    dead[1] |= {"relation": "01"}
    data = entry(world.villages[0], *(member(i, **row) for i, row in enumerate(dead)), initial=6) | {"version": 1}
    assert client.post(url, data).status_code == 302
    assert Member.objects.get(household=household, relation="01", left_on=None).name == "李秀英"


def test_a_member_of_another_household_cannot_be_smuggled_in(signed_in, world):
    client = signed_in("township_clerk")
    other = HouseholdFactory(village=world.villages[1])
    stranger = MemberFactory(household=other, name="别户之人")
    register(client, world.villages[0])
    household = Household.objects.exclude(pk=other.pk).get()
    rows = [dict(SIX[0], id=stranger.pk)]
    data = entry(world.villages[0], member(0, **rows[0]), initial=1) | {"version": 1}

    response = client.post(f"{household.get_absolute_url()}edit/", data)

    assert response.status_code == 200
    stranger.refresh_from_db()
    assert (stranger.name, stranger.household_id) == ("别户之人", other.pk)


@pytest.mark.parametrize("tab", ["", "members/", "living/", "income/", "history/", "edit/", "reveal/", "end/"])
def test_another_townships_household_is_not_there(signed_in, world, tab):
    far = HouseholdFactory(village=world.villages[2])
    MemberFactory(household=far)
    assert signed_in("township_clerk").get(f"/households/{far.pk}/{tab}").status_code == 404


@pytest.mark.parametrize("role", ["system_admin", "org_department", "finance", "bank"])
def test_roles_without_the_permission_are_refused(signed_in, world, role):
    assert signed_in(role).get("/households/").status_code == 403
    assert signed_in(role).get(URL).status_code == 403


def test_the_draft_is_kept_encrypted_and_is_its_writers_alone(signed_in, world, client):
    signed_in("township_clerk")
    answer = client.post("/work/drafts/household-new/", {"members-0-name": "草稿人", "members-TOTAL_FORMS": "1", "draft_label": "新建户 草稿人"})
    assert answer.json()["saved_at"]
    draft = Draft.objects.get()
    assert "草稿人" not in str(Draft.objects.values_list("data", flat=True).query)
    assert draft.as_dict()["members-0-name"] == ["草稿人"]
    page = client.get(URL).content.decode()
    assert "继续填写" in page
    assert "草稿人" in client.get(URL + "?draft=1").content.decode()
    client.force_login(world.people["bureau_clerk"], backend="accounts.backends.NameAndPassword")
    assert client.get("/work/drafts/household-new/").json()["data"] is None


def test_history_and_access_are_told(signed_in, world):
    client = signed_in("township_clerk")
    register(client, world.villages[0])
    household = Household.objects.get()
    client.post(f"{household.get_absolute_url()}reveal/", {"purpose": "核对社保"})
    page = client.get(f"{household.get_absolute_url()}history/").content.decode()
    for words in ("新增家庭成员张三丰", "新建档", "乡镇专干"):
        assert words in page
    assert SIX[0]["id_number"] not in page
    assert AccessEvent.objects.filter(action="revealed", household_id=household.pk, purpose="核对社保").count() == 1


def test_revealing_asks_why(signed_in, world):
    household = HouseholdFactory(village=world.villages[0])
    person = MemberFactory(household=household)
    client = signed_in("township_clerk")
    assert person.id_number not in client.post(f"/households/{household.pk}/reveal/", {"purpose": ""}).content.decode()
    assert person.id_number in client.post(f"/households/{household.pk}/reveal/", {"purpose": "核对社保"}).content.decode()


@pytest.mark.parametrize("text", ["张", "三丰", "张三丰", "zsf", "sf", SIX[0]["id_number"], "13812345678", "6328011009010001"])
def test_search_finds_by_any_fragment_initials_and_numbers(signed_in, world, text):
    client = signed_in("township_clerk")
    register(client, world.villages[0])
    assert "6328011009010001" in client.get("/households/", {"q": text}).content.decode()
    assert "6328011009010001" not in client.get("/households/", {"q": "赵云"}).content.decode()


def test_the_list_takes_one_query_for_its_rows(signed_in, world, django_assert_max_num_queries):
    for _ in range(3):
        MemberFactory(household=HouseholdFactory(village=world.villages[0]))
    client = signed_in("township_clerk")
    client.get("/households/")
    with django_assert_max_num_queries(16) as few:
        client.get("/households/")
    for _ in range(5):
        MemberFactory(household=HouseholdFactory(village=world.villages[0]))
    with django_assert_max_num_queries(len(few)):
        client.get("/households/")


def test_numbers_lie_encrypted_in_the_table(signed_in, world, django_assert_num_queries):
    from django.db import connection

    register(signed_in("township_clerk"), world.villages[0])
    with connection.cursor() as cursor:
        cursor.execute("select id_number, id_number_index from households_member order by number limit 1")
        stored, index = cursor.fetchone()
    assert SIX[0]["id_number"] not in stored
    assert crypto.decrypt(stored) == SIX[0]["id_number"]
    assert index == crypto.blind_index(SIX[0]["id_number"], "id_number")
