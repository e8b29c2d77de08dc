"""Training: planned, listed, signed in by QR or from the list, covered by mode; the leading bodies; publicity."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cadres import services
from cadres.models import (
    BodyMember,
    LeadingBody,
    Presence,
    Publicity,
    Secondment,
    TrainingAttendance,
    TrainingEnrolment,
    TrainingNeed,
    TrainingSession,
)
from core import clock
from tests.factories import OrganizationFactory
from workflow.models import Message

DAY = date(2017, 9, 30)


@pytest.fixture
def session(team):
    return TrainingSession.objects.create(
        mode="rotation", title="专题轮训", starts_on=DAY, ends_on=DAY, place="党校", organizer=OrganizationFactory()
    )


def test_a_training_is_planned_listed_and_signed_in_by_the_code(signed_in, client, team):
    org = signed_in("org_department")
    office = OrganizationFactory()
    data = {"mode": "practice", "title": "实践验训", "starts_on": "20170930", "ends_on": "20170929", "hours": "8", "place": "党校", "organizer": office.pk,
            "topic": "", "document": ""}  # fmt: skip
    assert "不能早于开始日期" in org.post(reverse("cadres:training-create"), data).content.decode()
    assert org.post(reverse("cadres:training-create"), data | {"ends_on": "20170930"}).status_code == 302
    session = TrainingSession.objects.get()
    services.note_need(cadre=team.member, topic="产业项目", mode="practice", by=team.member.user)
    page = org.get(reverse("cadres:training-coverage")).content.decode()
    assert "产业项目" in page
    assert org.post(reverse("cadres:training-enrol", args=[session.pk]), {"cadres": [team.member.pk, team.leader.pk]}).status_code == 302
    assert TrainingEnrolment.objects.count() == 2
    assert Message.objects.filter(user=team.member.user, text__contains="实践验训").exists()
    assert org.get(reverse("cadres:training-poster", args=[session.pk])).content[:4] == b"%PDF"
    client.force_login(team.member.user, backend="accounts.backends.NameAndPassword")
    address = reverse("cadres:training-sign-in", args=[session.token])
    assert client.get(address).status_code == 200
    assert "已签到" in client.post(address, follow=True).content.decode()
    client.post(address)
    assert TrainingAttendance.objects.count() == 1
    assert Presence.objects.get(cadre=team.member).code == "B"
    assert TrainingNeed.objects.get().met_by == session
    assert "名单上未到" in client.get(session.get_absolute_url()).content.decode()
    assert client.get(reverse("cadres:training-sign-in", args=["x" * 22])).status_code == 404
    with clock.on(date(2017, 10, 1)):
        assert "只能在培训当天" in client.post(address, follow=True).content.decode()


def test_who_came_is_entered_from_the_list_by_another(signed_in, team, session):
    org = signed_in("org_department")
    attend = reverse("cadres:training-attend", args=[session.pk])
    assert "请勾选干部" in org.post(attend, {}).content.decode()
    assert "请从列表中选择" in org.post(attend, {"cadres": ["999999"]}).content.decode()
    assert org.post(attend, {"cadres": [team.member.pk]}).status_code == 302
    rows = services.coverage_rows(postings=[team.posting, team.leader_posting])
    assert [row.total for row in rows] == [1, 0]
    assert signed_in("village_cadre").post(attend, {"cadres": [team.leader.pk]}).status_code == 403
    assert signed_in("township_checker").get(reverse("cadres:training-edit", args=[session.pk])).status_code == 403, "another's training"


def test_a_training_for_first_secretaries_takes_no_member(team, session):
    TrainingSession.objects.update(for_first_secretaries=True)
    session.refresh_from_db()
    with pytest.raises(services.CadresError, match="不是第一书记"):
        services.enrol(session=session, cadres=[team.member], by=team.people["org_department"])
    assert services.enrol(session=session, cadres=[team.leader], by=team.people["org_department"]) == 1
    with pytest.raises(IntegrityError, match="training_enrolment_once"), transaction.atomic():
        TrainingEnrolment.objects.create(session=session, cadre=team.leader, village=team.posting.village)


def test_publicity_is_kept_by_the_village_and_read_by_others(signed_in, team):
    client = signed_in("village_cadre")
    data = {"village": team.posting.village_id, "kind": "talk", "held_on": "20170930", "place": "村委会", "reached": "45", "topic": "医保政策"}
    assert client.post(reverse("cadres:publicity-create"), data).status_code == 302
    publicity = Publicity.objects.get()
    assert "不能晚于今天" in client.post(publicity.get_absolute_url(), data | {"held_on": "20171002"}).content.decode()
    assert "45" in client.get(reverse("cadres:publicity-list")).content.decode()
    far = data | {"village": team.world.villages[2].pk}
    assert "请从列表中选择" in client.post(reverse("cadres:publicity-create"), far).content.decode()
    assert signed_in("auditor" if "auditor" in team.people else "city_leader").get(publicity.get_absolute_url()).status_code == 200


def test_the_leading_group_has_two_heads_and_no_third(signed_in, team):
    body = LeadingBody.objects.create(kind="leading_group", name="领导小组", established_on=date(2016, 1, 1))
    org, add = signed_in("org_department"), reverse("cadres:body-member", args=[body.pk])
    head = {"place": "head", "since_on": "20160101"}
    for name in ("王书记", "李市长"):
        assert org.post(add, head | {"name": name, "post": "组长"}).status_code == 302
    assert "已有 2 名组长" in org.post(add, head | {"name": "赵三", "post": "副书记"}).content.decode()
    member = BodyMember.objects.get(name="李市长")
    assert org.post(reverse("cadres:member-end", args=[member.pk]), {"until_on": "20170901"}).status_code == 302
    assert org.post(add, head | {"name": "赵三", "post": "市长"}).status_code == 302
    meeting = {"met_on": "20170915", "subject": "研究驻村管理", "decisions": "按月通报"}
    assert org.post(reverse("cadres:body-meeting", args=[body.pk]), meeting).status_code == 302
    page = org.get(reverse("cadres:body-list")).content.decode()
    assert "研究驻村管理" in page
    assert "日常管理为主" in page
    assert signed_in("township_checker").get(add).status_code == 403


def test_a_secondment_is_registered_and_appraised(signed_in, team):
    unit = OrganizationFactory()
    data = {"name": "李挂职", "home_unit": unit.pk, "post": "副局长", "host": unit.pk, "host_post": "", "started_on": "20170301", "months": "0", "ended_on": "",
            "document": "", "appraisal": ""}  # fmt: skip
    org = signed_in("org_department")
    assert "1 至 36" in org.post(reverse("cadres:secondment-create"), data).content.decode()
    assert org.post(reverse("cadres:secondment-create"), data | {"months": "4"}).status_code == 302
    secondment = Secondment.objects.get()
    edit = reverse("cadres:secondment-edit", args=[secondment.pk])
    assert org.post(edit, data | {"months": "4", "ended_on": "20170630", "appraisal": "称职"}).status_code == 302
    assert "称职" in org.get(secondment.get_absolute_url()).content.decode()
