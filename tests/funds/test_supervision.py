"""Clues for discipline alone, with a trail of their own; findings rectified by a deadline and closed by a rule."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from core.scope import acting_as
from funds import services
from funds.models import Accountability, Clue, ClueEvent, ClueTransfer, Finding, Supervisor
from tests.factories import OrganizationFactory
from workflow.models import Regulation, Todo

DAY = date(2017, 9, 20)


@pytest.fixture
def clue(world):
    return services.register_clue(by=world.people["discipline"], title="补助进了他人账户", content="群众来信反映", source="complaint", received_on=DAY,
                                  village=world.villages[0])  # fmt: skip


def transfer(clue, by, **changed):
    fields = {"kind": "transfer", "to": OrganizationFactory(), "document": "移1号", "sent_on": DAY}
    return services.transfer_clue(clue=clue, by=by, **fields | changed)


def test_a_clue_goes_to_the_procuratorate_comes_back_and_is_closed(world, clue):
    by = world.people["discipline"]
    row = transfer(clue, by)
    with pytest.raises(services.FundsError, match="还没有回复"):
        services.close_clue(clue=clue, result="属实", by=by)
    services.answer_transfer(transfer=row, reply="已立案", replied_on=DAY, by=by)
    with pytest.raises(services.FundsError, match="已登记过回复"):
        services.answer_transfer(transfer=row, reply="改", replied_on=DAY, by=by)
    office = OrganizationFactory()
    person = {"person_name": "某某", "organization": office, "post": "会计", "form": "admonish", "decided_on": DAY, "decided_by": office,
              "document": "处1号", "note": "审核不严"}  # fmt: skip
    services.hold_accountable(clue=clue, by=by, **person)
    closed = services.close_clue(clue=clue, result="款项已追回", by=by)
    assert closed.state == Clue.State.CLOSED
    with pytest.raises(services.FundsError, match="已了结"):
        transfer(clue, by, document="移2号")
    told = list(ClueEvent.objects.order_by("id").values_list("action", flat=True))
    assert told == ["registered", "transferred", "replied", "accountable", "closed"]


def test_nobody_else_sees_a_clue_whatever_their_area_or_query(signed_in, world, clue):
    for role in ("township_clerk", "bureau_approver", "city_leader", "finance"):
        assert signed_in(role).get(clue.get_absolute_url()).status_code == 403
        with acting_as(type(world.people[role]).objects.get(pk=world.people[role].pk)):
            assert not Clue.objects.exists()
            assert not ClueEvent.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from core_event where \"table\" like 'funds_clue%%' or \"table\" = 'funds_accountability'")
        assert cursor.fetchone() == (0,)


def test_who_opens_a_clue_is_in_its_trail_and_the_trail_stays(signed_in, world, clue):
    page = signed_in("discipline").get(clue.get_absolute_url())
    assert page.status_code == 200
    assert ClueEvent.objects.filter(action="opened", user=world.people["discipline"]).count() == 1
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        ClueEvent.objects.all().delete()
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Accountability.objects.update(form="talk")


def test_the_pages_of_a_clue(signed_in, world, clue):
    client = signed_in("discipline")
    office = OrganizationFactory()
    fields = {"title": "线索", "source": "audit", "received_on": "2017-09-21", "content": "见附件"}
    made = client.post(reverse("funds:clue-create"), fields)
    assert made.status_code == 302, made.context["form"].errors
    assert "received_on" in client.post(reverse("funds:clue-create"), fields | {"received_on": "2018-01-01"}).context["form"].errors
    assert client.post(reverse("funds:clue-create"), fields | {"source": "alert"}).context["form"].errors
    sent = client.post(
        reverse("funds:clue-transfer", args=[clue.pk]), {"kind": "bulletin", "to": office.pk, "document": "通1", "sent_on": "2017-09-20"}
    )
    assert sent.status_code == 302
    clue.refresh_from_db()
    assert clue.state == Clue.State.OPEN  # told, and not handed on
    reply = reverse("funds:clue-reply", args=[ClueTransfer.objects.get().pk])
    assert client.post(reply, {"reply": "收悉", "replied_on": "2017-09-19"}).status_code == 200
    assert client.post(reply, {"reply": "收悉", "replied_on": "2017-09-22"}).status_code == 302
    person = {
        "person_name": "某某",
        "organization": office.pk,
        "form": "talk",
        "decided_on": "2017-09-25",
        "decided_by": office.pk,
        "document": "谈1",
        "note": "x",
    }
    assert client.post(reverse("funds:clue-accountable", args=[clue.pk]), person).status_code == 302
    assert "已登记" in client.post(reverse("funds:clue-accountable", args=[clue.pk]), person).content.decode()
    assert client.post(reverse("funds:clue-close", args=[clue.pk]), {"result": "不属实"}).status_code == 302
    counts = client.get(reverse("funds:accountability"))
    assert [cell[1][1] for cell in (line["cells"] for line in counts.context["tables"][0].lines)] == ["1", "0", "0", "0", "0", "1"]


@pytest.mark.parametrize(("name", "change"), [("clue_closed_iff_result", {"state": "closed"}), ("clue_alert_iff_from_one", {"source": "alert"})])
def test_the_database_refuses_a_clue_by_name(clue, name, change):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Clue.objects.filter(pk=clue.pk).update(**change)


# --- findings --------------------------------------------------------------------------------------
@pytest.fixture
def finding(world):
    return services.register_finding(by=world.people["discipline"], title="项目公示不规范", content="没有照片", found_on=DAY, due_on=date(2017, 10, 20),
                                     organization=OrganizationFactory(), village=world.villages[0])  # fmt: skip


def rule(since=date(2017, 9, 25)):
    return Regulation.objects.create(title="公示规程", issuer="领导小组", valid_from=since)


def test_a_finding_waits_is_rectified_and_ends_in_a_rule(world, finding):
    assert Todo.objects.get(kind="finding").due_on == finding.due_on
    clerk, team = world.people["bureau_clerk"], world.people["discipline"]
    done = {"rectification": "补发公示并留存照片", "rectified_on": date(2017, 9, 28), "rule_note": "第三条", "by": clerk}
    with pytest.raises(services.FundsError, match="以前已施行"):
        services.rectify_finding(finding=finding, rule=rule(date(2016, 1, 1)), **done)
    services.rectify_finding(finding=finding, rule=None, **done)
    assert Todo.objects.get(kind="finding").done_at
    with pytest.raises(services.FundsError, match="没有建立或修订制度"):
        services.check_finding(finding=finding, by=team)
    services.return_finding(finding=finding, reason="补充制度", by=team)
    assert Todo.objects.filter(kind="finding", done_at=None).count() == 1
    services.rectify_finding(finding=finding, rule=rule(), **done)
    with pytest.raises(services.FundsError, match="不能核验自己的整改"):
        services.check_finding(finding=finding, by=clerk)
    assert services.check_finding(finding=finding, by=team).state == Finding.State.CLOSED


def test_the_pages_of_a_finding(signed_in, world, finding):
    made = rule()
    assert signed_in("bureau_clerk").get(reverse("funds:finding-create")).status_code == 403
    rectify = reverse("funds:finding-rectify", args=[finding.pk])
    assert signed_in("discipline").get(rectify).status_code == 403
    data = {"rectification": "已补", "rectified_on": "2017-09-28", "rule": made.pk, "rule_note": "第三条"}
    assert signed_in("bureau_clerk").post(rectify, data | {"rectified_on": "2017-09-01"}).status_code == 200
    assert signed_in("bureau_clerk").post(rectify, data).status_code == 302
    assert "公示规程" in signed_in("discipline").get(finding.get_absolute_url()).content.decode()
    assert signed_in("discipline").post(reverse("funds:finding-check", args=[finding.pk]), {"seen": "x"}).status_code == 302
    assert "已销号" in signed_in("discipline").get(reverse("funds:finding-list")).content.decode()
    assert "没有督查问题" in signed_in("discipline").get(reverse("funds:finding-list"), {"late": "late"}).content.decode()


def test_a_finding_of_a_project_lies_in_its_village_and_bad_days_are_told(signed_in, world):
    office = OrganizationFactory()
    data = {"title": "问题", "content": "情况", "found_on": "2017-09-20", "due_on": "2017-09-10", "organization": office.pk}
    page = signed_in("discipline").post(reverse("funds:finding-create"), data)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Finding.objects.exists()


def test_five_people_are_the_team(signed_in, world):
    client, office = signed_in("discipline"), OrganizationFactory()
    for number in range(5):
        data = {"name": f"督查{number}", "organization": office.pk, "since": "2017-01-01"} | ({"is_head": "on"} if number == 0 else {})
        assert client.post(reverse("funds:supervisor-create"), data).status_code == 302
    assert Supervisor.objects.filter(until=None).count() == 5
    again = client.post(reverse("funds:supervisor-create"), {"name": "二", "organization": office.pk, "since": "2017-01-01", "is_head": "on"})
    assert "已有组长" in again.content.decode()


@pytest.mark.parametrize(
    ("name", "change"),
    [("finding_due_after_found", {"due_on": date(2017, 1, 1)}), ("finding_rectified_iff_written", {"state": "rectified"}),
     ("finding_closed_with_a_rule", {"state": "closed", "rectification": "x", "rectified_on": DAY})],
)  # fmt: skip
def test_the_database_refuses_a_finding_by_name(world, finding, name, change):
    if name == "finding_closed_with_a_rule":
        change = change | {"rectified_by": world.people["bureau_clerk"]}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(**change)


def test_the_database_lets_nobody_check_their_own(world, finding):
    by = world.people["bureau_clerk"]
    change = {"state": "rectified", "rectification": "x", "rectified_on": DAY, "rectified_by": by, "checked_by": by}
    with pytest.raises(IntegrityError, match="finding_checked_by_another"), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(**change)
