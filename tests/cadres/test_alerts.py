"""Signs of 走读 and 挂名: each finds its offender, explains itself, and leaves who did nothing alone."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from cadres import services
from cadres.models import Leave, Presence, TeamRule
from core.clock import today
from tests.factories import CadreFactory, PostingFactory
from workflow import alerts_registry as registry
from workflow import services as flow
from workflow.models import Alert

AUGUST = [date(2017, 8, day) for day in range(1, 32)]


@pytest.fixture
def rules_in_force(team):
    flow.install_rules()
    return team


def put(posting, days, *, hour=20, **fields):
    zone = timezone.get_current_timezone()
    Presence.objects.bulk_create(
        Presence(cadre=posting.cadre, posting=posting, village=posting.village, day_on=day,
                 **{"kind": "check_in", "at": datetime.combine(day, datetime.min.time(), tzinfo=zone) + timedelta(hours=hour)} | fields)
        for day in days
    )  # fmt: skip
    services.settle_days(cadres=[posting.cadre_id], since=AUGUST[0], until=AUGUST[-1], today=today())


def ask(code):
    flow.run_alerts(today(), codes=[code])
    return {alert.row_id: alert.sentence for alert in Alert.objects.filter(code=code, state="open", gone_on=None)}


@pytest.mark.parametrize(
    ("code", "fields", "words"),
    [
        ("C01", {"hour": 10}, "其中 31 次在 9 时至 17 时"),
        ("C02", {"distance_m": 45_000, "counts": False}, "最远 45 公里"),
        ("C04", {"distance_m": 100, "speed_kmh": 400}, "最快 400 公里"),
        ("C06", {}, "没有一次入户走访"),
    ],
)
def test_a_sign_names_who_gives_it_and_nobody_else(rules_in_force, code, fields, words):
    put(rules_in_force.posting, AUGUST, **fields)
    put(rules_in_force.leader_posting, AUGUST)
    put(rules_in_force.leader_posting, AUGUST[:3], kind="visit", at=None, witness="villager")
    found = ask(code)
    assert list(found) == [rules_in_force.member.pk]
    assert words in found[rules_in_force.member.pk]


def test_two_on_one_telephone_name_each_other(rules_in_force):
    put(rules_in_force.posting, AUGUST, device="a" * 16)
    put(rules_in_force.leader_posting, AUGUST[:5], device="a" * 16)
    found = ask("C03")
    assert "5 天与" in found[rules_in_force.member.pk]
    assert "王书记" in found[rules_in_force.member.pk]
    assert "李队员" in found[rules_in_force.leader.pk]


def test_present_while_on_leave_is_told_with_its_days(rules_in_force):
    posting = rules_in_force.posting
    Leave.objects.create(cadre=posting.cadre, posting=posting, village=posting.village, kind="B", starts_on=AUGUST[6], planned_until_on=AUGUST[9],
                         ends_on=AUGUST[9], workdays=4, reason="开会", state="approved", applied_on=AUGUST[5])  # fmt: skip
    put(posting, AUGUST)
    assert "2 天(08-08、08-09)" in ask("C05")[posting.cadre_id]


def test_absence_is_a_sign_and_a_false_one_does_not_come_back(rules_in_force):
    team = rules_in_force
    put(team.leader_posting, AUGUST)
    put(team.posting, AUGUST[:24])
    assert "缺勤 5 天:08-25、08-28" in ask("C07")[team.member.pk]
    alert = Alert.objects.get(code="C07")
    with pytest.raises(flow.NotYoursToJudge):
        flow.judge_alert(alert=alert, state="false", reason="我在", by=team.member.user)
    flow.judge_alert(alert=alert, state="false", reason="在州里培训,通知已补", by=team.people["org_department"])
    assert ask("C07") == {}


def test_teams_are_measured_by_the_rule_of_their_day(rules_in_force):
    village, other = rules_in_force.world.villages[:2]
    PostingFactory(village=other, cadre=CadreFactory(), role="first_secretary", started_on=date(2017, 1, 1))
    assert list(ask("C11")) == [other.pk]
    TeamRule.objects.filter(valid_from=date(2015, 4, 1)).update(least_members=3)
    assert sorted(ask("C11")) == sorted([village.pk, other.pk])
    TeamRule.objects.all().delete()
    assert flow.run_alerts(today(), codes=["C11"])[0].problem


def test_a_gap_and_a_forgotten_return_are_told(rules_in_force):
    team = rules_in_force
    services.end_posting(posting=team.leader_posting, ended_on=date(2017, 9, 1), end_reason="exchange", by=team.people["org_department"])
    assert team.world.villages[0].pk in ask("C10")
    assert team.world.villages[1].pk in ask("C10"), "a poor village that never had one"
    Leave.objects.create(cadre=team.member, posting=team.posting, village=team.posting.village, kind="P", starts_on=date(2017, 9, 20), workdays=2,
                         planned_until_on=date(2017, 9, 21), ends_on=date(2017, 9, 21), reason="事", state="approved", applied_on=date(2017, 9, 18))  # fmt: skip
    assert "事假至 2017-09-21" in next(iter(ask("C09").values()))
    assert set(ask("C12").values()) == {"2017-08-01 到岗,2017-09-01 离任,不满 1 年的任期。"}
    assert team.member.pk in ask("C13")


@pytest.mark.parametrize("code", ["C10", "C11"])
def test_a_village_without_team_is_told_under_the_one_rule_there_is(world, code):
    flow.install_rules()
    TeamRule.objects.create(valid_from=date(2015, 4, 1), least_members=2, basis="市管理办法")
    assert sorted(ask(code)) == sorted(village.pk for village in world.villages if village.is_poor_village)
    village = world.villages[0]
    for role in ("first_secretary", "member"):
        PostingFactory(village=village, role=role, started_on=date(2017, 1, 1))
    assert village.pk not in ask(code)
    assert [each.problem for each in flow.run_alerts(today(), codes=[code])] == [""]


@pytest.mark.parametrize("check", [check for check in registry.checks() if check.code.startswith("C")], ids=lambda check: check.code)
def test_every_check_of_this_room_can_be_asked(rules_in_force, check):
    assert [each.problem for each in flow.run_alerts(today(), codes=[check.code])] == [""]
