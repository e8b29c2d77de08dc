"""Petitions: taken down, answered in time, and never shown to whom they are about."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from core import figures
from core.clock import today
from core.scope import acting_as
from households import services
from households.models import Complaint
from tests.factories import HouseholdFactory, MemberFactory, UserFactory, grant
from workflow.models import Todo

DAY = date(2017, 9, 1)


def received(world, **more):
    values = {"channel": "letter", "received_on": DAY, "cause": "misidentified", "content": "邻居不该纳入", "area": "", "village": world.villages[0],
              "by": world.people["township_clerk"]} | more  # fmt: skip
    return services.receive_complaint(**values)


def answered(complaint, by, **more):
    values = {"finding": "true", "answer": "已核实", "answered_on": date(2017, 9, 20)} | more
    return services.answer_complaint(complaint=complaint, by=by, **values)


def test_a_clerk_takes_one_down_and_the_checker_answers_it_in_the_browser(signed_in, world):
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household)
    client = signed_in("township_clerk")
    data = {"channel": "visit", "received_on": "20170901", "cause": "help", "household_code": household.household_code, "content": "没有人来帮扶"}
    assert client.post(reverse("households:complaint-create"), data).status_code == 302
    made = Complaint.objects.get()
    assert (made.village, made.household, made.handled_area, made.due_on) == (world.villages[0], household, "632801100", date(2017, 10, 31))
    assert made.number == "XF2017-0001"
    assert "没有人来帮扶" in client.get(made.get_absolute_url()).content.decode()
    assert "登记户" not in client.get(reverse("households:history", args=[household.pk])).content.decode()
    checker = signed_in("township_checker")
    assert Todo.objects.waiting_for(world.people["township_checker"]).get().url == made.get_absolute_url()
    answer = reverse("households:complaint-answer", args=[made.pk])
    assert "之间" in checker.post(answer, {"finding": "true", "answer": "已查", "answered_on": "20170801"}).content.decode()
    assert checker.post(answer, {"finding": "true", "answer": "已查", "answered_on": "20170910"}).status_code == 302
    assert "已查" in checker.get(made.get_absolute_url()).content.decode()
    assert not Todo.objects.waiting_for(world.people["township_checker"]).exists()
    assert "已于 2017-09-10 答复" in checker.post(answer, {"finding": "true", "answer": "又查", "answered_on": "20170911"}).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"household_code": "1"}, "没有这个户编号"),
        ({"received_on": "20990101"}, "晚于今天"),
        ({}, "请选择乡镇或村"),
        ({"about": "nobody"}, "没有这个用户名"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(signed_in, world, data, words):
    form = {"channel": "visit", "received_on": "20170901", "cause": "help", "content": "反映"}
    if "received_on" in data:
        form["village"] = world.villages[0].pk
    assert words in signed_in("township_clerk").post(reverse("households:complaint-create"), form | data).content.decode()
    assert not Complaint.objects.exists()


def test_who_it_is_about_sees_nothing_of_it(signed_in, world):
    accused = world.people["township_checker"]
    made = received(world, about=accused, cause="conduct")
    assert made.handled_area == "632801", "one that names somebody is the city's"
    for role in ("township_checker",):
        client = signed_in(role)
        assert client.get(made.get_absolute_url()).status_code == 404
        assert made.number not in client.get(reverse("households:complaint-list")).content.decode()
        assert client.post(reverse("households:complaint-answer", args=[made.pk]), {}).status_code == 404
    assert not Todo.objects.waiting_for(accused).exists()
    assert signed_in("bureau_clerk").get(made.get_absolute_url()).status_code == 200
    with acting_as(accused):
        assert not Complaint.objects.filter(pk=made.pk).exists(), "the wall hides it too"


def test_a_namesake_is_kept_out_and_colleagues_see_it_neither(world):
    named = received(world, about_name=world.people["bureau_approver"].name)
    assert not Complaint.objects.visible_to(world.people["bureau_approver"]).filter(pk=named.pk).exists()
    assert not Complaint.objects.visible_to(world.people["township_checker"]).filter(pk=named.pk).exists()
    assert Complaint.objects.visible_to(world.people["township_clerk"]).filter(pk=named.pk).exists(), "who took it down"
    assert not services.may_answer(named, world.people["township_clerk"])
    with pytest.raises(services.HouseholdsError, match="不由您办理"):
        answered(named, world.people["township_clerk"])
    assert answered(named, world.people["bureau_clerk"]).finding == "true"


def test_nobody_takes_down_a_petition_about_themselves(world):
    with pytest.raises(services.HouseholdsError, match="其他人登记"):
        received(world, about=world.people["township_clerk"])


def test_only_its_area_and_above_read_it(world):
    here, town, city = received(world), received(world, village=None, area="632801200"), received(world, village=None, area="632801")

    def seen(role):
        return set(Complaint.objects.visible_to(world.people[role]))

    assert seen("township_clerk") == {here}
    assert seen("bureau_clerk") == {here, town, city}
    assert seen("village_cadre") == seen("stranger") == set()
    far = UserFactory()
    grant(far, "township_clerk", world.townships[1])
    with acting_as(far):
        assert set(Complaint.objects.all()) == {town}


def test_only_misidentification_that_proved_true_counts(world):
    figure = figures.get("incidents_from_misidentification")
    rows = [received(world), received(world), received(world, cause="help"), received(world)]
    for row, finding in zip(rows, ("true", "false", "true", ""), strict=True):
        if finding:
            answered(row, world.people["bureau_clerk"], finding=finding)
    assert figure.compute(today()) == 1
    assert figure.compute(DAY) == 0, "on that day nothing was verified"
    assert figures.get("complaints").compute(today()) == 4


def test_who_it_is_about_cannot_be_stored_as_who_answered(world):
    made = received(world, about=world.people["bureau_clerk"])
    with pytest.raises(IntegrityError, match="complaint_not_answered_by_whom_it_is_about"), transaction.atomic():
        Complaint.objects.filter(pk=made.pk).update(answered_by=world.people["bureau_clerk"], answered_on=DAY, finding="true")
    with pytest.raises(IntegrityError, match="complaint_answered_iff_found"), transaction.atomic():
        Complaint.objects.filter(pk=made.pk).update(finding="true")
    with pytest.raises(IntegrityError, match="complaint_days_in_order"), transaction.atomic():
        Complaint.objects.filter(pk=made.pk).update(due_on=date(2016, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute("select content from households_complaint where id = %s", [made.pk])
        assert "邻居" not in cursor.fetchone()[0]
