"""Leave through its approvals, its return, and what it makes of the days."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from cadres import rules, services
from cadres.models import AttendanceDay, DutyTurn, Leave, LeaveRule
from core import clock
from core.clock import today
from workflow.models import Message, Todo
from workflow.services import NotYours

MONDAY = date(2017, 10, 9)  # the first week after the National Day


def apply(cadre, *, by=None, kind="P", starts=MONDAY, days=1, **more):
    return services.apply_leave(cadre=cadre, kind=kind, starts_on=starts, ends_on=starts + timedelta(days=days - 1), reason="家中有事",
                                by=by or cadre.user, **more)  # fmt: skip


def codes(cadre, starts=MONDAY, days=5):
    rows = AttendanceDay.objects.filter(cadre=cadre, day_on__gte=starts, day_on__lt=starts + timedelta(days=days)).order_by("day_on")
    return "".join(rows.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("who", "days", "procedure"),
    [("member", 1, "leave_leader"), ("member", 3, "leave_township"), ("member", 5, "leave_township_unit"), ("member", 8, "leave_department"),
     ("leader", 1, "leave_township"), ("leader", 5, "leave_department"), ("leader", 10, "leave_department_bureau")],
)  # fmt: skip
def test_who_approves_follows_from_length_and_post(team, who, days, procedure):
    assert apply(getattr(team, who), days=days).case.kind == procedure


def test_five_days_of_a_member_go_to_township_and_unit_and_the_department_is_told(team):
    leave = apply(team.member, days=5)
    assert codes(team.member) == "NNNNN", "nothing counts before it is approved"
    team.say(leave, "township_checker")
    team.say(leave, "unit_liaison")
    assert leave.state == "approved"
    assert codes(team.member) == "PPPPP"
    assert Message.objects.filter(user=team.people["org_department"], text__startswith="备案:李队员").exists()


def test_a_member_asks_the_leader_and_nobody_approves_their_own(team):
    leave = apply(team.member)
    with pytest.raises(NotYours):
        team.say(leave, team.member.user)
    team.say(leave, team.leader.user)
    assert leave.state == "approved"


def test_what_was_refused_or_taken_back_frees_the_days(team):
    from workflow.services import withdraw

    leave = apply(team.member, days=2)
    team.say(leave, "township_checker", "refuse", "正值秋收,人手不足")
    assert leave.state == "refused"
    again = apply(team.member, days=2)
    withdraw(case=again.case, by=team.member.user)
    again.refresh_from_db()
    assert again.state == "withdrawn"
    assert codes(team.member) == "NNNNN"


def test_leave_does_not_overlap_leave(team):
    apply(team.member, days=3)
    with pytest.raises(ValidationError, match="已有请假"):
        apply(team.member, starts=MONDAY + timedelta(days=2), days=2)
    first = Leave.objects.get()
    first.pk, first.case = None, None
    with pytest.raises(IntegrityError, match="leave_does_not_overlap"), transaction.atomic():
        first.save(force_insert=True)


@pytest.mark.parametrize(
    ("kind", "since", "until", "words"),
    [
        ("P", date(2017, 9, 29), date(2017, 9, 30), "不能事后请假"),
        ("S", date(2017, 9, 20), date(2017, 9, 22), "最迟在 3 天内补办"),
        ("S", date(2017, 9, 28), date(2017, 9, 30), ""),
        ("P", date(2017, 10, 1), date(2017, 10, 8), "不需要请假"),
        ("P", date(2017, 10, 10), date(2017, 10, 9), "不能早于"),
        ("P", date(2017, 10, 9), date(2018, 12, 9), "不能超过"),
        ("R", date(2017, 10, 9), date(2017, 10, 13), "外出报备不超过"),
    ],
)
def test_leave_that_cannot_be_asked_for_says_what_to_do(kind, since, until, words):
    found = rules.leave_problem(kind=kind, since=since, until=until, today=date(2017, 9, 30), sick_late_days=3, trip_days=3)
    assert words in found
    assert bool(found) == bool(words)


def test_paid_leave_has_an_entitlement_and_counts_working_days_only(team):
    assert services.balance(cadre=team.member, year=2017) == (5, 0)
    with pytest.raises(services.CadresError, match="余 5 天,不够本次的 6 天"):
        apply(team.member, kind="Y", days=8)
    apply(team.member, kind="Y", days=7)  # a weekend inside is not counted
    assert services.balance(cadre=team.member, year=2017) == (5, 5)
    team.leader.working_since_on = None
    team.leader.save()
    with pytest.raises(services.CadresError, match="参加工作日期"):
        apply(team.leader, kind="Y")


def test_a_turn_on_the_roster_needs_somebody_who_is_there(team):
    services.set_roster(village=team.posting.village, cadre=team.member, month=date(2017, 10, 1), days=[MONDAY], by=team.people["township_clerk"])
    with pytest.raises(services.CadresError, match="10月9日"):
        apply(team.member)
    leave = apply(team.member, substitute=team.leader)
    team.say(leave, team.leader.user)
    assert DutyTurn.objects.get(day_on=MONDAY).cadre == team.leader
    with pytest.raises(services.CadresError, match="不能顶岗"):
        apply(team.leader, substitute=team.member)
    with pytest.raises(services.CadresError, match="请改排他人"):
        services.set_roster(village=team.posting.village, cadre=team.member, month=date(2017, 10, 1), days=[MONDAY], by=team.people["township_clerk"])


def test_a_reported_trip_holds_at_once_and_the_township_is_told(team):
    leave = apply(team.member, kind="R")
    assert (leave.state, leave.case) == ("approved", None)
    assert codes(team.member, days=1) == "R"
    assert Message.objects.filter(user=team.people["township_checker"]).exists()


@pytest.fixture
def later(monkeypatch):
    """Some days pass."""

    def go(day):
        for module in ("cadres.services.leave", "cadres.services.days", "core.clock", "villages.querysets", "workflow.services.cases"):
            monkeypatch.setattr(f"{module}.today", lambda: day, raising=False)

    return go


def test_who_does_not_report_back_is_absent_until_they_do(team, later):
    leave = apply(team.member)
    team.say(leave, team.leader.user)
    friday = MONDAY + timedelta(days=4)
    later(friday)
    services.settle_days(cadres=[team.member.pk], since=MONDAY, until=friday, today=friday)
    assert codes(team.member) == "PNAAA", "one day to write it down, absent from then on"
    with pytest.raises(services.CadresError, match="乡镇"):
        services.report_return(leave=leave, returned_on=MONDAY + timedelta(days=1), by=team.member.user)
    services.report_return(leave=leave, returned_on=MONDAY + timedelta(days=1), by=team.people["township_clerk"])
    assert codes(team.member) == "PNNNN"
    leave.refresh_from_db()
    assert leave.cleared_on == friday
    with pytest.raises(services.CadresError, match="已销假"):
        services.report_return(leave=leave, returned_on=friday, by=team.member.user)


def test_back_early_the_rest_falls_away(team, later):
    leave = apply(team.member, days=3)
    team.say(leave, "township_checker")
    later(MONDAY + timedelta(days=1))
    leave = services.report_return(leave=leave, returned_on=MONDAY + timedelta(days=1), by=team.member.user)
    assert (leave.ends_on, leave.workdays, leave.planned_until_on) == (MONDAY, 1, MONDAY + timedelta(days=2))
    assert codes(team.member, days=3) == "PNN"
    assert apply(team.member, starts=MONDAY + timedelta(days=2)).state == "pending"


def test_a_posting_that_ends_before_the_leave_is_no_leave(team):
    services.end_posting(posting=team.posting, ended_on=today(), end_reason="exchange", by=team.people["org_department"])
    with pytest.raises(services.CadresError, match="派驻期"):
        apply(team.member)


def test_two_rules_for_one_length_are_refused(team):
    with pytest.raises(ValidationError, match="已有审批规则"):
        LeaveRule(group="member", days_from=3, days_to=5, procedure_key="leave_department", valid_from=date(2017, 1, 1)).full_clean()


def test_the_pages_take_an_application_through(signed_in, team):
    client = signed_in("village_cadre")
    data = {"kind": "P", "starts_on": "20171009", "ends_on": "20171010", "reason": "家中有事", "destination": "西宁", "substitute": team.member.pk}
    response = client.post(reverse("cadres:leave-create"), data)
    leave = Leave.objects.get()
    assert response.url == leave.case.get_absolute_url()
    assert "西宁" in client.get(leave.get_absolute_url()).content.decode()
    assert "已有请假" in client.post(reverse("cadres:leave-create"), data).content.decode()
    page = signed_in("township_checker").get(leave.case.get_absolute_url()).content.decode()
    assert "西宁" in page
    assert Todo.objects.waiting_for(team.people["township_checker"]).exists()
    assert client.get(reverse("cadres:leaves", args=[team.leader.pk])).status_code == 200
    assert clock.today() == today()


def test_a_cadre_of_another_township_has_no_leave_here(signed_in, team):
    leave = apply(team.member)
    stranger = signed_in("stranger")
    assert stranger.get(leave.get_absolute_url()).status_code == 403
    client = signed_in("township_clerk")
    assert client.post(reverse("cadres:leave-return", args=[leave.pk]), {"returned_on": "20170930"}).status_code == 200
