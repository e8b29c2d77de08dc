"""The alert pages as the people use them."""

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from households.models import Member
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MemberFactory
from workflow import services as flow
from workflow.models import Alert, AlertRule


@pytest.fixture
def alert(world):
    """A child out of school in the first village: serious."""
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household)
    MemberFactory(household=household, name="张小", relation="03", birth_on=date(2008, 5, 1), schooling="01", labour="4")
    flow.run_alerts(TODAY, codes=["R05"])
    return Alert.objects.get()


def test_the_list_shows_what_waits_and_filters(signed_in, alert):
    client = signed_in("township_clerk")
    assert "义务教育阶段未在校" in client.get("/work/alerts/").content.decode()
    for query, shown in (
        ("state=open", True), ("state=false", False), ("state=gone", False), ("state=all", True), ("severity=serious", True),
        ("severity=notice", False), ("code=R05", True), ("code=R06", False), (f"village={alert.village_id}", True), ("q=张小", True), ("q=李", False),
    ):  # fmt: skip
        assert (alert.title in client.get(f"/work/alerts/?{query}").content.decode()) is shown, query


def test_the_page_tells_inputs_rule_parameters_and_version(signed_in, alert):
    page = signed_in("township_clerk").get(alert.get_absolute_url()).content.decode()
    for words in (
        "2008-05-01 出生,学年开始时满 6 至 14 周岁",
        "在校生状况",
        "非在校生",
        "第 1 版",
        "入学年龄 6 周岁",
        "数值待核定",
        "还没有人认定",
        "查到 1",
    ):
        assert words in page, words


def test_a_person_judges_with_a_reason(signed_in, alert):
    client = signed_in("township_checker")
    url = f"/work/alerts/{alert.pk}/judge/"
    assert client.post(url, {"state": "true", "reason": "", "was": "open"}).status_code == 200
    assert client.post(url, {"state": "open", "reason": "再看看", "was": "open"}).status_code == 200
    assert Alert.objects.get().state == "open"
    assert client.post(url, {"state": "true", "reason": "入户核实,已辍学", "was": "open"}).status_code == 302
    page = client.get(alert.get_absolute_url()).content.decode()
    assert "入户核实,已辍学" in page
    assert "乡镇(街道)审核员" in page
    stale = client.post(url, {"state": "false", "reason": "误报吧", "was": "open"}).content.decode()
    assert "已认定为“属实”" in stale


def test_rectified_asks_the_record_again(signed_in, alert):
    client = signed_in("bureau_clerk")
    url = f"/work/alerts/{alert.pk}/judge/"
    refused = client.post(url, {"state": "rectified", "reason": "已劝返复学", "was": "open"})
    assert "条件仍然成立" in refused.content.decode()
    Member.objects.filter(name="张小").update(schooling="03")
    assert client.post(url, {"state": "rectified", "reason": "已劝返复学", "was": "open"}).status_code == 302
    assert Alert.objects.get().gone_on == TODAY


@pytest.mark.parametrize(("role", "status"), [("city_leader", 403), ("finance", 404), ("township_clerk", 200), ("helper", 403)])
def test_who_may_judge(signed_in, alert, role, status):
    assert signed_in(role).get(f"/work/alerts/{alert.pk}/judge/").status_code == status


def test_an_alert_of_another_township_is_not_there(signed_in, world, alert):
    Alert.objects.update(village=world.villages[2], household_id=None)
    assert signed_in("township_clerk").get(alert.get_absolute_url()).status_code == 404


def test_the_workbench_names_what_waits(signed_in, alert):
    page = signed_in("township_clerk").get("/").content.decode()
    assert "待核的预警" in page
    assert alert.title in page
    assert "待核的预警" not in signed_in("city_leader").get("/").content.decode()


def test_the_rules_are_read_by_all_and_changed_by_the_system_administrator(signed_in, alert):
    assert "义务教育阶段未在校" in signed_in("discipline").get("/work/alerts/rules/").content.decode()
    rule = AlertRule.objects.get(code="R05")
    url = f"/code-lists/workflow/alertrule/{rule.pk}/change/"
    client = signed_in("system_admin")
    assert "入学年龄(周岁)" in client.get(url).content.decode()
    data = {"severity": "serious", "p_from": "7", "p_to": "15", "valid_from": "2017-10-01", "why": "教育局文件"}
    assert "5 到 8" in client.post(url, data | {"p_from": "99"}).content.decode()
    assert AlertRule.objects.filter(code="R05").count() == 1
    assert client.post(url, data).status_code == 302
    newer = AlertRule.objects.get(code="R05", version=2)
    assert newer.parameters == {"from": 7, "to": 15}
    assert "入学年龄 7 周岁" in client.get("/code-lists/workflow/alertrule/").content.decode()


def test_saving_a_household_has_its_alerts_asked_again(signed_in, alert):
    from workflow.tasks import recheck

    member = Member.objects.get(name="张小")
    client = signed_in("township_clerk")
    end = {"ended_on": "2017-09-29", "end_reason": "moved", "leave_reason": "3", "reason": "整户迁出"}
    assert client.post(f"/households/{member.household_id}/end/", end).status_code == 302
    job = ProcrastinateJob.objects.get(task_name="workflow.recheck")
    recheck(**job.args)
    assert Alert.objects.get().gone_on == TODAY


def test_the_command_tells_rule_object_and_evidence(alert, capsys):
    import json

    from django.core.management import CommandError, call_command

    call_command("alerts", "R05", json=True)
    told = json.loads(capsys.readouterr().out)["alerts"]
    assert [(each["rule"], each["severity"], each["object"], each["found_on"]) for each in told] == [("R05", "serious", alert.title, "2017-09-30")]
    call_command("alerts", "R05", as_of="2017-03-01")
    assert "共 1 条" in capsys.readouterr().out
    with pytest.raises(CommandError, match="没有这些规则:X1"):
        call_command("alerts", "X1")
    with pytest.raises(CommandError):
        call_command("alerts", as_of="明天")
    AlertRule.objects.filter(code="R05").update(parameters={"from": "x"})
    with pytest.raises(CommandError, match="参数"):
        call_command("alerts", "R05")


def test_the_households_history_tells_of_its_alerts(signed_in, alert, world):
    flow.judge_alert(alert=alert, state="true", reason="入户核实", by=world.people["bureau_clerk"])
    page = signed_in("township_clerk").get(f"/households/{alert.household_id}/history/").content.decode()
    assert "新增预警" in page
    assert "属实" in page
    assert alert.fingerprint not in page
