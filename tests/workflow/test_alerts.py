"""Alerts: what a pass finds, keeps, lets go, and what a person makes of it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from core.scope import acting_as
from core.settings import Declared
from households.models import Household
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MemberFactory
from workflow import alerts_registry as registry
from workflow import services as flow
from workflow.models import Alert, AlertRule, AlertRun, Clause, Regulation


def home(**fields):
    household = HouseholdFactory(**fields)
    MemberFactory(household=household)
    return household


def _late(parameters, day):
    rows = Household.objects.filter(ended_on=None, plan_exit_year__gt=parameters["year"])
    return registry.found(rows, title="household_code", household="pk", inputs={"planned": F("plan_exit_year")})


CHECK = registry.Check(
    code="T01",
    title="计划脱贫年度过晚",
    room="测试",
    table="households_household",
    severity="warning",
    find=_late,
    explain="计划脱贫年度 {planned} 晚于 {year} 年。",
    inputs=(registry.Input("planned", "计划脱贫年度"),),
    parameters=(Declared("year", "最晚年度", "whole", 2018, unit="年", low=2000, high=2100, assumed=True),),
)


@pytest.fixture
def rule(world, monkeypatch):
    """The one rule of these tests, in force, with no other beside it."""
    monkeypatch.setattr(registry, "_checks", {"T01": CHECK})
    flow.install_rules()
    return AlertRule.objects.get(code="T01")


@pytest.fixture
def late(world, rule):
    return home(village=world.villages[0], plan_exit_year=2020)


def run(**narrow):
    return flow.run_alerts(TODAY, codes=["T01"], **narrow)[0]


def test_a_pass_finds_every_row_once_and_says_why(late, world):
    home(village=world.villages[0], plan_exit_year=2018)
    assert run().fresh == 1
    alert = Alert.objects.get()
    assert (alert.row_id, alert.household_id, alert.village_id, alert.found_on) == (late.pk, late.pk, late.village_id, TODAY)
    assert alert.sentence == "计划脱贫年度 2020 晚于 2018 年。"
    assert alert.title == late.household_code


def test_the_same_alert_twice_is_one(late, rule):
    run()
    assert run().fresh == 0
    alert = Alert.objects.get()
    with pytest.raises(IntegrityError, match="alert_live_once"), transaction.atomic():
        Alert.objects.create(
            rule=rule, code="T01", table=alert.table, row_id=alert.row_id, fingerprint="x", title="x", found_on=TODAY, village=late.village
        )


def test_a_condition_that_is_gone_says_so_and_waits_for_a_person(late):
    run()
    Household.objects.update(plan_exit_year=2018)
    assert run().gone == 1
    alert = Alert.objects.get()
    assert (alert.gone_on, alert.state) == (TODAY, "open")
    Household.objects.update(plan_exit_year=2019)
    run()
    alert.refresh_from_db()
    assert alert.gone_on is None
    assert alert.inputs == {"planned": 2019}


def test_an_open_alert_takes_new_inputs_instead_of_a_second_one(late):
    run()
    Household.objects.update(plan_exit_year=2021)
    run()
    assert Alert.objects.get().inputs == {"planned": 2021}


def test_a_false_alert_with_the_same_inputs_does_not_come_back(late, world):
    run()
    flow.judge_alert(alert=Alert.objects.get(), state="false", reason="已核实", by=world.people["township_checker"])
    assert run().found == 0
    assert Alert.objects.count() == 1
    Household.objects.update(plan_exit_year=2025)
    assert run().fresh == 1
    assert [alert.state for alert in Alert.objects.order_by("id")] == ["false", "open"]


def test_only_what_a_change_touched_is_asked_again(late, world):
    other = home(village=world.villages[1], plan_exit_year=2020)
    assert run(households=[other.pk]).fresh == 1
    Household.objects.update(plan_exit_year=2018)
    assert run(only=("households_household", [other.pk])).gone == 1
    assert AlertRun.objects.count() == 0
    assert flow.run_alerts(TODAY, only=("households_member", [1])) == []


def test_each_nightly_pass_is_written_down(late):
    run()
    noted = AlertRun.objects.get()
    assert (noted.code, noted.found, noted.fresh, noted.gone, noted.problem) == ("T01", 1, 1, 0, "")


def test_a_rule_of_the_future_or_the_past_is_not_asked(late, rule):
    AlertRule.objects.update(valid_from=date(2018, 1, 1))
    assert flow.run_alerts(TODAY) == []
    AlertRule.objects.update(valid_from=date(2015, 1, 1), valid_to=date(2017, 9, 29))
    assert flow.run_alerts(TODAY) == []


@pytest.mark.parametrize("broken", [{"year": "许多"}, {"year": 3000}, {"year": None}, {"year": True}, [], "x"])
def test_a_rule_with_broken_parameters_says_so_and_leaves_its_alerts(late, broken):
    run()
    AlertRule.objects.update(parameters=broken)
    assert "参数" in run().problem
    assert Alert.objects.get().gone_on is None
    assert AlertRun.objects.order_by("-id").first().problem


def test_one_failing_check_does_not_stop_the_others(late, monkeypatch, caplog):
    bad = registry.Check(
        code="T00", title="坏", room="测试", table="x", severity="notice", find=lambda p, d: registry.Statement("select 1/0"), explain="坏"
    )
    monkeypatch.setitem(registry._checks, "T00", bad)
    flow.install_rules()
    problems = {passed.code: passed.problem for passed in flow.run_alerts(TODAY)}
    assert problems["T00"].startswith("运行出错")
    assert problems["T01"] == ""


# --- judging ---------------------------------------------------------------------------------------
@pytest.fixture
def alert(late):
    run()
    return Alert.objects.get()


def test_two_judges_at_once_one_wins_and_the_other_is_told(alert, world):
    flow.judge_alert(alert=alert, state="true", reason="属实", by=world.people["township_checker"], was="open")
    with pytest.raises(flow.AlertJudged, match=r"乡镇\(街道\)审核员 已认定为“属实”"):
        flow.judge_alert(alert=alert, state="false", reason="误报", by=world.people["bureau_clerk"], was="open")


@pytest.mark.parametrize(("first", "then"), [("false", "true"), ("rectified", "open"), ("true", "open")])
def test_what_was_judged_is_not_undone(alert, world, first, then):
    Household.objects.update(plan_exit_year=2018)
    flow.judge_alert(alert=alert, state=first, reason="核实", by=world.people["bureau_clerk"])
    with pytest.raises(flow.AlertJudged, match="不能再改为"):
        flow.judge_alert(alert=alert, state=then, reason="改判", by=world.people["bureau_clerk"])


def test_rectified_is_taken_only_when_the_condition_is_gone(alert, world):
    clerk = world.people["bureau_clerk"]
    with pytest.raises(flow.WorkflowError, match="条件仍然成立"):
        flow.judge_alert(alert=alert, state="rectified", reason="已改", by=clerk)
    Household.objects.update(plan_exit_year=2018)
    judged = flow.judge_alert(alert=alert, state="rectified", reason="已改", by=clerk)
    assert (judged.state, judged.gone_on) == ("rectified", TODAY)
    with pytest.raises(IntegrityError, match="alert_rectified_only_when_gone"), transaction.atomic():
        Alert.objects.update(gone_on=None)


def test_a_judgement_needs_its_reason(alert, world):
    with pytest.raises(flow.WorkflowError, match="理由"):
        flow.judge_alert(alert=alert, state="true", reason="  ", by=world.people["bureau_clerk"])
    with pytest.raises(IntegrityError, match="alert_judged_iff_closed"), transaction.atomic():
        Alert.objects.update(state="true")
    with pytest.raises(IntegrityError, match="alert_gone_after_found"), transaction.atomic():
        Alert.objects.update(gone_on=date(2016, 1, 1))


def test_nobody_judges_an_alert_about_themselves(alert, world, monkeypatch):
    clerk = world.people["bureau_clerk"]
    about = registry.Check(**{**CHECK.__dict__, "concerns": lambda alert: {clerk.pk}})
    monkeypatch.setitem(registry._checks, "T01", about)
    with pytest.raises(flow.NotYoursToJudge, match="本人"):
        flow.judge_alert(alert=alert, state="true", reason="属实", by=clerk)


def test_who_last_changed_the_record_does_not_dismiss_a_serious_alert(late, rule, world):
    AlertRule.objects.update(severity="serious")
    clerk = world.people["township_clerk"]
    with acting_as(clerk):
        Household.objects.filter(pk=late.pk).update(plan_exit_year=2022)
    run()
    alert = Alert.objects.get()
    with pytest.raises(flow.NotYoursToJudge, match="最近一次的修改人"):
        flow.judge_alert(alert=alert, state="false", reason="误报", by=clerk)
    assert flow.judge_alert(alert=alert, state="true", reason="属实", by=clerk).state == "true"
    assert flow.judge_alert(alert=alert, state="false", reason="误报", by=world.people["township_checker"]).state == "false"


# --- rules -----------------------------------------------------------------------------------------
def change(rule, **fields):
    wanted = {"severity": "warning", "parameters": {"year": 2019}, "is_assumed": False, "valid_from": date(2017, 10, 1), "reason": "会议决定"}
    return flow.change_rule(rule=rule, **{**wanted, **fields})


def test_a_rule_rests_on_a_clause_of_a_registered_document(rule, world):
    document = Regulation.objects.create(number="格扶〔2017〕1号", title="动态管理办法", issuer="市扶贫局", valid_from=date(2017, 1, 1))
    clause = Clause.objects.create(regulation=document, number="第三条", text="每年核对一次。")
    newer = change(rule, by=world.people["system_admin"], clause=clause)
    assert newer.ground == str(clause)
    with pytest.raises(ProtectedError):
        clause.delete()


def test_a_changed_rule_is_a_new_version_and_old_alerts_keep_theirs(alert, rule, world):
    newer = change(rule, by=world.people["system_admin"])
    rule.refresh_from_db()
    assert (newer.version, rule.valid_to, newer.parameters) == (2, date(2017, 9, 30), {"year": 2019})
    assert [each.pk for each in AlertRule.objects.in_force(date(2017, 10, 1)).filter(code="T01")] == [newer.pk]
    flow.run_alerts(date(2017, 10, 1))
    alert.refresh_from_db()
    assert alert.rule_id == rule.pk


def test_a_rule_is_changed_within_its_limits_only(rule, world):
    admin = world.people["system_admin"]
    with pytest.raises(flow.WorkflowError, match="2000 到 2100"):
        change(rule, parameters={"year": 1}, by=admin)
    with pytest.raises(flow.WorkflowError, match="不能早于现行版本"):
        change(rule, valid_from=date(2013, 1, 1), by=admin)
    change(rule, by=admin)
    with pytest.raises(flow.WorkflowError, match="最新的版本"):
        change(rule, by=admin)


def test_two_versions_do_not_hold_on_one_day(rule):
    with pytest.raises(IntegrityError, match="alert_rule_one_version_a_day"), transaction.atomic():
        AlertRule.objects.create(code="T01", version=2, title="x", room="x", severity="notice", valid_from=date(2017, 1, 1))
    with pytest.raises(IntegrityError, match="alert_rule_version_once"), transaction.atomic():
        AlertRule.objects.create(
            code="T01", version=1, title="x", room="x", severity="notice", valid_from=date(2010, 1, 1), valid_to=date(2011, 1, 1)
        )
    with pytest.raises(IntegrityError, match="alert_rule_days_in_order"), transaction.atomic():
        AlertRule.objects.create(
            code="T01", version=2, title="x", room="x", severity="notice", valid_from=date(2010, 1, 2), valid_to=date(2010, 1, 1)
        )


# --- who sees them ---------------------------------------------------------------------------------
def test_alerts_are_seen_where_one_works_and_only_what_one_may_read(alert, world, monkeypatch):
    assert Alert.objects.visible_to(world.people["township_clerk"]).count() == 1
    assert Alert.objects.visible_to(world.people["stranger"]).count() == 0
    assert Alert.objects.visible_to(world.people["org_department"]).count() == 0  # reads no household
    monkeypatch.setitem(registry._checks, "T01", registry.Check(**{**CHECK.__dict__, "permission": "cadre_view"}))
    assert Alert.objects.visible_to(world.people["org_department"]).count() == 1


def test_the_wall_hides_alerts_of_other_villages_and_of_none(alert, rule, world):
    far = home(village=world.villages[2], plan_exit_year=2020)
    run()
    Alert.objects.create(rule=rule, code="T01", table="x", row_id=1, fingerprint="x", title="全市", found_on=TODAY)
    with acting_as(world.people["township_clerk"]):
        assert [each.household_id for each in Alert.objects.all()] == [alert.household_id]
    with acting_as(world.people["bureau_clerk"]):
        assert Alert.objects.count() == 3
    assert far.pk


def test_what_is_found_on_another_day_is_told_without_writing(late):
    found = flow.find_alerts(date(2017, 1, 1))
    assert [(each.code, each.title, each.sentence) for each in found] == [("T01", late.household_code, "计划脱贫年度 2020 晚于 2018 年。")]
    assert Alert.objects.count() == 0
