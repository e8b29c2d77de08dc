"""选派: from the unit's recommendation to the report for duty; each refusal says why."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cadres import rules, services
from cadres.models import Nomination, Posting
from core.clock import today
from tests.factories import OrganizationFactory, UserFactory, grant
from workflow.models import Message, Todo

PERSON = {"name": "张推荐", "sex": "1", "post": "科员", "role": "first_secretary", "village": "", "replaces": "", "is_party_member": "on",
          "party_joined_on": "20100701", "working_since_on": "20080701", "health": "good", "reason": "熟悉农牧区工作"}  # fmt: skip


@pytest.fixture
def unit(world):
    services.load_standard_rows()
    unit = OrganizationFactory(name="市水利局")
    liaison = world.people["unit_liaison"]
    liaison.organization = unit
    liaison.save()
    second = UserFactory(username="board", name="部务会")
    grant(second, "org_department", world.city)
    world.people["board"] = second
    return unit


def decided(nomination, world, *roles):
    from workflow import services as flow

    for role in roles:
        nomination.case.refresh_from_db()
        case = nomination.case
        flow.decide(case=case, step_id=case.step_id, version=case.version, result="pass", opinion="", by=world.people[role])
    nomination.refresh_from_db()


def test_a_unit_recommends_and_the_person_reports_for_duty(signed_in, world, unit):
    response = signed_in("unit_liaison").post(reverse("cadres:nomination-create"), PERSON | {"unit": unit.pk})
    nomination = Nomination.objects.get()
    assert response.url == nomination.get_absolute_url()
    assert signed_in("unit_liaison").get(response.url).status_code == 200
    decided(nomination, world, "org_department", "board")
    assert nomination.state == "chosen"
    send = reverse("cadres:nomination-send", args=[nomination.pk])
    village = world.villages[0]
    document = {"village": village.pk, "document": "组通〔2017〕9号", "sent_on": "20170925", "report_by_on": "20170920"}
    client = signed_in("org_department")
    assert "不能早于下派日期" in client.post(send, document).content.decode()
    assert client.post(send, document | {"report_by_on": "20171010"}).status_code == 302
    assert Message.objects.filter(user=world.people["unit_liaison"], text__contains="组通〔2017〕9号").exists()
    todo = Todo.objects.open().get(kind="cadre_report")
    assert (todo.role, todo.area, todo.due_on) == ("township_checker", village.code[:9], date(2017, 10, 10))
    report = reverse("cadres:nomination-report", args=[nomination.pk])
    client = signed_in("township_checker")
    assert "今天以前" in client.post(report, {"reported_on": "20171101", "phone": "", "user": ""}).content.decode()
    assert client.post(report, {"reported_on": "20170928", "phone": "13900139000", "user": ""}).status_code == 302
    posting = Posting.objects.get()
    assert (posting.village, posting.role, posting.started_on, posting.document) == (village, "first_secretary", date(2017, 9, 28), "组通〔2017〕9号")
    assert posting.cadre.home_unit == unit
    assert not Todo.objects.open().filter(kind__in=["cadre_dispatch", "cadre_report"]).exists()
    assert "不能登记报到" in client.post(report, {"reported_on": "20170928", "phone": "", "user": ""}).content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"is_party_member": "", "party_joined_on": ""}, "应是中共正式党员"),
        ({"party_joined_on": "20170101"}, "党龄应满 1 年"),
        ({"working_since_on": "20160101", "party_joined_on": "20160101"}, "工龄应满 2 年"),
        ({"health": "unfit"}, "不宜驻村"),
        ({"working_since_on": "20300101"}, "不能晚于今天"),
    ],
)
def test_who_does_not_qualify_is_not_recommended(signed_in, world, unit, changed, words):
    response = signed_in("unit_liaison").post(reverse("cadres:nomination-create"), PERSON | {"unit": unit.pk} | changed)
    assert words in response.content.decode()
    assert not Nomination.objects.exists()


def test_what_is_sent_back_is_put_right_by_who_recommended(signed_in, world, unit):
    from workflow import services as flow

    client = signed_in("unit_liaison")
    client.post(reverse("cadres:nomination-create"), PERSON | {"unit": unit.pk})
    nomination = Nomination.objects.get()
    case = nomination.case
    flow.decide(case=case, step_id=case.step_id, version=case.version, result="return", opinion="补充理由", by=world.people["org_department"])
    edit = reverse("cadres:nomination-edit", args=[nomination.pk])
    assert signed_in("org_department").post(edit, PERSON | {"unit": unit.pk}).status_code == 403
    assert signed_in("unit_liaison").post(edit, PERSON | {"unit": unit.pk, "reason": "熟悉水利,能协调项目"}).status_code == 302
    nomination.refresh_from_db()
    assert (nomination.state, nomination.reason) == ("running", "熟悉水利,能协调项目")
    assert "重复推荐" in client.post(reverse("cadres:nomination-create"), PERSON | {"unit": unit.pk}).content.decode()


def test_another_unit_or_a_village_cadre_does_not_see_it(signed_in, world, unit):
    signed_in("unit_liaison").post(reverse("cadres:nomination-create"), PERSON | {"unit": unit.pk})
    page = Nomination.objects.get().get_absolute_url()
    assert signed_in("village_cadre").get(page).status_code == 403
    world.people["unit_liaison"].organization = OrganizationFactory()
    world.people["unit_liaison"].save()
    assert signed_in("unit_liaison").get(page).status_code == 404
    forged = PERSON | {"unit": unit.pk, "name": "王另外"}
    assert "请从列表中选择" in signed_in("unit_liaison").post(reverse("cadres:nomination-create"), forged).content.decode()


def test_the_home_unit_is_told_what_was_done_about_its_cadre(team):
    services.record_action(cadre=team.member, kind="talk", done_on=today(), reason="驻村天数不足", by=team.people["org_department"])
    assert Message.objects.filter(user=team.people["unit_liaison"], text__contains="约谈:驻村天数不足").exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"state": "sent"}, "nomination_sent_with_document_and_village"), ({"state": "posted", "document": "文", "sent_on": date(2017, 9, 1)}, "nomination_posted_iff_posting")],
)  # fmt: skip
def test_a_nominations_state_has_what_it_says(world, unit, fields, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Nomination.objects.create(unit=unit, village=world.villages[0], role="member", name="张", sex="1", working_since_on=today(), reason="好",
                                  recommended_on=today(), **fields)  # fmt: skip


@pytest.mark.parametrize(("since", "day", "years"), [(date(2016, 2, 29), date(2017, 2, 28), 0), (date(2016, 2, 29), date(2017, 3, 1), 1),
                                                     (date(2015, 9, 30), date(2017, 9, 30), 2)])  # fmt: skip
def test_full_years(since, day, years):
    assert rules.full_years(since, day) == years
