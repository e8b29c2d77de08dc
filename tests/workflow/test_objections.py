"""Objections: taken in, decided with a reason by who is responsible, a level up when nobody does."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core import settings
from tests.factories import UserFactory, grant
from tests.workflow.conftest import STARTS, draft
from workflow import services as flow
from workflow.models import Objection, Todo

LAST = date(2017, 9, 26)


@pytest.fixture
def people(world):
    return world.people


def objection(notice, **changes):
    values = {
        "line_key": "1",
        "content": "他家有小汽车",
        "channel": "visit",
        "received_on": STARTS,
        "day": STARTS,
        "person": "马某",
        "phone": "13897012345",
    }
    return flow.object_to(notice=notice, **values | changes)


def test_an_objection_belongs_to_its_lines_village_and_has_its_days(notice, world, people):
    made = objection(notice, by=people["village_committee"])
    assert (made.level, made.village, made.handle_due_on) == ("village", world.villages[0], date(2017, 9, 27))
    assert len(made.receipt) == 15
    with connection.cursor() as cursor:
        cursor.execute("select person, phone from workflow_objection")
        assert not {"马某", "13897012345"} & set(cursor.fetchone()), "kept encrypted"


REFUSED = [
    ({"line_key": "99"}, "没有这一行"),
    ({"content": "长" * 1001}, "最多1000个字"),
    ({"content": "有\u202e问题的"}, "控制字符"),
    ({"content": "有\0问题的"}, "控制字符"),
    ({"content": " 嗯 "}, "写清楚"),
    ({"phone": "12345"}, "电话"),
    ({"person": "长" * 51}, "最多50个字"),
    ({"received_on": date(2017, 9, 19)}, "公示期为"),
    ({"received_on": date(2017, 9, 27), "day": date(2017, 9, 28)}, "信访件"),
    ({"received_on": date(2017, 9, 22), "day": date(2017, 9, 21)}, "晚于今天"),
]


@pytest.mark.parametrize(("changes", "words"), REFUSED, ids=[words + str(n) for n, (_, words) in enumerate(REFUSED)])
def test_what_is_no_objection_is_refused_with_what_to_do(notice, people, changes, words):
    with pytest.raises(flow.NoticeError, match=words):
        objection(notice, by=people["village_committee"], **changes)
    assert not Objection.objects.exists()


def test_from_the_page_nothing_after_the_end_but_paper_received_in_time_is_typed_later(notice, people):
    after = LAST + timedelta(days=1)
    with pytest.raises(flow.NoticeError, match="不再接收"):
        objection(notice, channel="page", received_on=LAST, day=after)
    flow.take_down_ended(after)
    assert objection(notice, received_on=LAST, day=after, by=people["village_committee"]).state == "received"
    assert "还没有决定是否受理" in flow.notice_problems(notice, after)[-1]


def test_a_withdrawn_notice_takes_no_objection(notice, people):
    flow.end_notice(notice=notice, reason="有误", by=people["township_checker"])
    with pytest.raises(flow.NoticeError, match="已经结束"):
        objection(notice, by=people["village_committee"])


def test_the_page_takes_so_many_a_day_from_one_address_and_to_one_notice(notice):
    settings.put(key="page_objections_per_sender", value=2, by=None, reason="测试")
    settings.put(key="page_objections_per_notice", value=3, by=None, reason="测试")
    for _ in range(2):
        objection(notice, channel="page", sender="10.0.0.1")
    with pytest.raises(flow.TooMany):
        objection(notice, channel="page", sender="10.0.0.1")
    objection(notice, channel="page", sender="10.0.0.2")
    with pytest.raises(flow.TooMany):
        objection(notice, channel="page", sender="10.0.0.3")
    objection(notice, channel="page", sender="10.0.0.1", received_on=date(2017, 9, 21), day=date(2017, 9, 21))
    assert "10.0.0.1" not in str(list(Objection.objects.values_list("sender_index", flat=True)))


def test_only_one_taken_up_holds_the_case(notice, people):
    committee, after = people["village_committee"], LAST + timedelta(days=1)
    made = objection(notice, by=committee)
    assert "有 1 件异议还没有决定是否受理。" in flow.notice_problems(notice, after)
    flow.take_up(objection=made, reason="有具体线索", by=committee, day=STARTS)
    assert "有 1 件已受理的异议没有办结。" in flow.notice_problems(notice, after)
    done = flow.resolve_objection(objection=made, result="车辆属其兄,已核登记", upheld=False, by=committee, day=STARTS)
    assert (done.state, done.handled_by, done.upheld) == ("resolved", committee, False)
    assert not [text for text in flow.notice_problems(notice, after) if "异议" in text]
    assert flow.upheld_lines(notice) == []


def test_a_refused_one_keeps_its_reason_and_holds_nothing(notice, people):
    made = objection(notice, by=people["village_committee"])
    with pytest.raises(flow.NoticeError, match="理由"):
        flow.refuse_objection(objection=made, reason="  ", by=people["village_committee"])
    flow.refuse_objection(objection=made, reason="与公示内容无关", by=people["village_committee"])
    with pytest.raises(flow.NoticeError, match="不予受理,不能再"):
        flow.take_up(objection=made, reason="再看", by=people["village_committee"])
    assert not [text for text in flow.notice_problems(notice, LAST) if "异议" in text]


def test_an_upheld_one_names_its_line_to_the_room(notice, people):
    made = objection(notice, by=people["village_committee"])
    flow.take_up(objection=made, reason="有具体线索", by=people["village_committee"])
    flow.resolve_objection(objection=made, result="有小汽车,属实", upheld=True, by=people["village_committee"])
    assert flow.upheld_lines(notice) == ["1"]


def test_it_is_handled_where_it_lies_and_a_level_up_when_late(notice, world, people):
    made = objection(notice, by=people["village_committee"])
    elsewhere = UserFactory()
    grant(elsewhere, "village_committee", world.villages[1].division)
    for stranger in (people["village_cadre"], people["township_clerk"], elsewhere):
        with pytest.raises(flow.NoticeError, match="村一级办理"):
            flow.take_up(objection=made, reason="x", by=stranger)
    assert flow.escalate_objections(date(2017, 9, 27)) == 0, "the last day is still in time"
    assert flow.escalate_objections(date(2017, 9, 28)) == 1
    made.refresh_from_db()
    assert (made.level, made.escalated, made.handle_due_on) == ("township", 1, date(2017, 10, 11))
    with pytest.raises(flow.NoticeError, match="乡镇"):
        flow.take_up(objection=made, reason="晚了", by=people["village_committee"])
    flow.escalate_objections(date(2017, 10, 12))
    flow.escalate_objections(date(2018, 1, 1))
    made.refresh_from_db()
    assert (made.level, made.escalated) == ("city", 2), "nobody is above the city"
    flow.take_up(objection=made, reason="市级受理", by=people["bureau_approver"])


def test_an_announcement_invites_none(world, kind, homes, people, monkeypatch):
    import dataclasses

    from workflow import notices as kinds

    monkeypatch.setitem(kinds._kinds, "t_village", dataclasses.replace(kind, word="公告"))
    made = flow.publish(by=people["township_checker"], **draft(world, homes[:1]))
    assert made.number == "公告〔2017〕1号"
    with pytest.raises(flow.NoticeError, match="不征求异议"):
        objection(made, by=people["village_committee"])


def test_what_was_said_cannot_be_changed_or_deleted(notice, people):
    objection(notice, by=people["village_committee"])
    for statement in (
        "update workflow_objection set content = '改'",
        "update workflow_objection set received_on = '2017-01-01'",
        "delete from workflow_objection",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.parametrize(("name", "changes"), [
    ("objection_reason_once_decided", {"state": "accepted", "handled_on": STARTS}),
    ("objection_result_iff_resolved", {"state": "resolved", "reason": "x", "handled_on": STARTS}),
    ("objection_handler_iff_decided", {"state": "accepted", "reason": "x"}),
])  # fmt: skip
def test_the_database_refuses_an_objection_half_decided(notice, people, name, changes):
    objection(notice, by=people["village_committee"])
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Objection.objects.update(**changes)


def test_it_waits_in_the_inbox_of_whoever_handles_it_until_it_is_decided(notice, people):
    def waits(role, kind="objection"):
        return Todo.objects.waiting_for(people[role]).filter(kind=kind).count()

    made = objection(notice, by=people["village_cadre"])
    assert (waits("village_committee"), waits("village_cadre"), waits("township_checker")) == (1, 0, 0)
    flow.escalate_objections(date(2017, 9, 28))
    made.refresh_from_db()
    assert (waits("village_committee"), waits("township_checker")) == (0, 1)
    flow.refuse_objection(objection=made, reason="与公示内容无关", by=people["township_checker"])
    assert waits("township_checker") == 0
    made.todo.refresh_from_db()
    assert made.todo.done_by == people["township_checker"]
    assert waits("village_committee", "notice_posting") == 1
    flow.take_down_ended(date(2017, 9, 27))
    assert waits("village_committee", "notice_posting") == 0, "what is over is not hung out any more"


def test_a_posting_is_done_when_it_hangs(notice, people, photo):
    flow.post_notice(notice=notice, place="墙", posted_on=STARTS, photo=photo, by=people["village_cadre"], day=STARTS)
    todo = Todo.objects.get(kind="notice_posting")
    assert todo.done_by == people["village_cadre"]
    assert not Todo.objects.waiting_for(people["village_committee"]).exists()
