"""Change many: chosen in a list, previewed, done with a reason, undone while it stands."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from assistance.models import Pairing
from core import settings
from core.models import Event
from households import services as households
from households.models import Household, Member
from tests.factories import HelperFactory, HouseholdFactory, MemberFactory, PairingFactory, grant
from workflow import services as flow
from workflow.models import BulkChange, BulkChangeRow, Job


@pytest.fixture
def homes(world):
    """Two households of the first village, one of the second, one of the other township; three people insured, four not."""
    found = []
    for number, village in enumerate((world.villages[0], world.villages[0], world.villages[1], world.villages[2])):
        household = HouseholdFactory(village=village)
        MemberFactory(household=household, name=f"户主{number}", medical_insured=number > 0)
        if number < 3:
            MemberFactory(household=household, name=f"孩子{number}", relation="03")
        found.append(household)
    return found


def preview(client, query: str, **data) -> BulkChange:
    response = client.post(f"/work/changes/new/insured-household/?{query}", selection(query) | {"value": "yes", "reason": "全村参保"} | data)
    assert response.status_code == 302, response.content.decode()
    return BulkChange.objects.order_by("-id").first()


def selection(query: str) -> dict:
    """What the form carries of the selection."""
    from django.http import QueryDict

    sent = QueryDict(query)
    return {"pick": sent.getlist("pick"), "all": sent.get("all", ""), "query": sent.get("query", "")}


def rows(change) -> dict[str, str]:
    return {row.label.split()[1]: row.refusal or f"{row.before_label}→{row.after_label}" for row in change.rows.all()}


def insured() -> set[str]:
    return set(Member.objects.filter(medical_insured=True).values_list("name", flat=True))


def test_a_list_offers_it_to_who_may_and_to_nobody_else(signed_in, homes):
    page = signed_in("township_clerk").get("/households/").content.decode()
    assert 'name="pick"' in page
    assert "/work/changes/new/insured-household/" in page
    page = signed_in("township_checker").get("/households/").content.decode()
    assert 'name="pick"' not in page
    assert signed_in("township_checker").get("/work/changes/new/insured-household/").status_code == 403
    assert signed_in("township_clerk").get("/work/changes/new/none/").status_code == 404


def test_from_selection_to_done_and_back(signed_in, homes):
    client = signed_in("township_clerk")
    form = client.get(f"/work/changes/new/insured-household/?pick={homes[0].pk}&pick={homes[1].pk}").content.decode()
    assert "选中 2 行" in form
    change = preview(client, f"pick={homes[0].pk}&pick={homes[1].pk}")
    assert rows(change) == {"户主0": "未参保→参保", "孩子0": "未参保→参保", "户主1": "已是“参保”。", "孩子1": "未参保→参保"}
    assert insured() == {"户主1", "户主2", "户主3"}
    page = client.get(change.get_absolute_url()).content.decode()
    assert "确认修改 3 条" in page
    assert "已是“参保”" in page
    versions = dict(Household.objects.values_list("pk", "version"))
    client.post(f"/work/changes/{change.pk}/confirm/")
    assert insured() == {"户主0", "孩子0", "户主1", "孩子1", "户主2", "户主3"}
    assert Household.objects.get(pk=homes[0].pk).version == versions[homes[0].pk] + 2
    assert Event.objects.filter(table="households_member", reason="全村参保").count() == 3
    assert ProcrastinateJob.objects.filter(task_name="workflow.recheck").count() == 1
    page = client.post(f"/work/changes/{change.pk}/undo/", {"reason": "选错了户"}, follow=True).content.decode()
    assert "已撤销" in page
    assert insured() == {"户主1", "户主2", "户主3"}


def test_everything_a_filter_leaves_can_be_chosen(signed_in, homes):
    change = preview(signed_in("township_clerk"), f"all=1&query=village%3D{homes[2].village_id}")
    assert set(rows(change)) == {"户主2", "孩子2"}


def test_whole_villages_can_be_chosen(signed_in, homes, world):
    client = signed_in("township_clerk")
    data = {"pick": [world.villages[0].pk], "value": "yes", "reason": "全村参保"}
    assert client.post("/work/changes/new/insured-village/", data).status_code == 302
    assert set(rows(BulkChange.objects.get())) == {"户主0", "孩子0", "户主1", "孩子1"}


def test_records_out_of_reach_are_not_there_and_those_one_only_sees_are_refused(signed_in, homes, world):
    client = signed_in("township_clerk")
    response = client.post("/work/changes/new/insured-household/", {"pick": [homes[3].pk], "value": "yes", "reason": "全村参保"})
    assert "没有选中可以修改的记录" in response.content.decode()
    grant(world.people["township_clerk"], "discipline", world.townships[1])
    client = signed_in("township_clerk")
    change = preview(client, f"pick={homes[0].pk}&pick={homes[3].pk}", value="no")
    assert rows(change)["户主3"] == "已不在您可以修改的范围内。"


def test_a_record_changed_since_the_preview_keeps_its_newer_value(signed_in, homes):
    client = signed_in("township_clerk")
    change = preview(client, f"pick={homes[0].pk}")
    Member.objects.filter(name="孩子0").update(medical_insured=True)
    page = client.post(f"/work/changes/{change.pk}/confirm/", follow=True).content.decode()
    assert "预览之后已被改动,现为“参保”" in page
    assert insured() >= {"户主0", "孩子0"}
    assert change.rows.exclude(refusal="").count() == 1


def test_undo_leaves_what_was_changed_afterwards(signed_in, homes):
    client = signed_in("township_clerk")
    change = preview(client, f"pick={homes[0].pk}")
    client.post(f"/work/changes/{change.pk}/confirm/")
    Member.objects.filter(name="孩子0").update(medical_insured=False)
    client.post(f"/work/changes/{change.pk}/undo/", {"reason": "选错"})
    assert rows(change)["孩子0"].startswith("没有撤销:修改之后又有改动")
    assert "户主0" not in insured()


def test_members_who_left_meanwhile_and_households_under_notice_are_refused(signed_in, homes, monkeypatch):
    client = signed_in("township_clerk")
    change = preview(client, f"pick={homes[0].pk}&pick={homes[1].pk}")
    Member.objects.filter(name="孩子0").update(left_on=date(2017, 9, 1), leave_reason="3")

    def noticed(table, ids):
        if homes[1].pk in ids:
            raise flow.UnderNotice("这条记录正在公示。")

    monkeypatch.setattr("households.services.insurance.refuse_if_noticed", noticed)
    client.post(f"/work/changes/{change.pk}/confirm/")
    assert rows(change) == {"户主0": "未参保→参保", "孩子0": "已不在册,不能修改。", "户主1": "已是“参保”。", "孩子1": "这条记录正在公示。"}


def test_nothing_is_done_twice_and_only_by_who_previewed(signed_in, homes, world):
    clerk, other = world.people["township_clerk"], world.people["bureau_clerk"]
    change = preview(signed_in("township_clerk"), f"pick={homes[0].pk}")
    assert signed_in("bureau_clerk").get(change.get_absolute_url()).status_code == 404
    with pytest.raises(flow.WorkflowError, match="本人"):
        flow.confirm_change(change=change, by=other)
    with pytest.raises(flow.WorkflowError, match="待确认"):
        flow.undo_change(change=change, reason="撤销", by=clerk)
    flow.confirm_change(change=change, by=clerk)
    with pytest.raises(flow.WorkflowError, match="已完成"):
        flow.confirm_change(change=change, by=clerk)
    flow.undo_change(change=change, reason="撤销", by=clerk)
    with pytest.raises(flow.WorkflowError, match="已撤销"):
        flow.undo_change(change=change, reason="撤销", by=clerk)


def test_too_many_at_once_are_refused_and_many_become_a_job(signed_in, homes, world):
    from workflow.tasks import run_job

    clerk = world.people["township_clerk"]
    client = signed_in("township_clerk")
    settings.put(key="change_many_limit", value=3, by=clerk, reason="测试")
    refused = client.post("/work/changes/new/insured-household/", {"all": "1", "value": "yes", "reason": "全部参保"})
    assert "一次最多修改 3 条" in refused.content.decode()
    settings.put(key="change_many_limit", value=5000, by=clerk, reason="测试")
    settings.put(key="change_many_at_once", value=2, by=clerk, reason="测试")
    change = preview(client, "all=1")
    page = client.post(f"/work/changes/{change.pk}/confirm/", follow=True).content.decode()
    assert "已转为后台任务" in page
    assert "查看任务进度" in page
    assert "孩子0" not in insured()
    with pytest.raises(flow.WorkflowError, match="后台办理"):
        flow.confirm_change(change=change, by=clerk)
    job = Job.objects.get()
    assert job.parameters == {"change": change.pk}
    run_job.func(job.pk)
    change.refresh_from_db()
    assert (change.state, Job.objects.get().state) == ("done", "done")
    assert "孩子2" in insured()


def test_undo_has_its_time(homes, world, signed_in):
    change = preview(signed_in("township_clerk"), f"pick={homes[0].pk}")
    flow.confirm_change(change=change, by=world.people["township_clerk"])
    BulkChange.objects.update(done_at=timezone.now() - timedelta(days=31))
    with pytest.raises(flow.WorkflowError, match="超过 30 天"):
        flow.undo_change(change=change, reason="撤销", by=world.people["township_clerk"])


@pytest.mark.parametrize(
    "data", [{"value": ""}, {"value": "maybe"}, {"reason": ""}, {"reason": "\0甲"}, {"pick": ["x", "-1", "9" * 30]}, {"all": "1", "query": "\0"}]
)
def test_bad_input_stays_on_the_form(signed_in, homes, data):
    good = {"pick": [homes[0].pk], "value": "yes", "reason": "全村参保"}
    assert signed_in("township_clerk").post("/work/changes/new/insured-household/", good | data).status_code == 200
    assert not BulkChange.objects.exists()


def test_old_previews_are_forgotten(signed_in, homes):
    change = preview(signed_in("township_clerk"), f"pick={homes[0].pk}")
    assert flow.drop_old_previews() == 0
    BulkChange.objects.update(created_at=timezone.now() - timedelta(days=8))
    flow.drop_old_previews()
    assert not BulkChangeRow.objects.filter(change=change.pk).exists()


def test_a_change_is_dated_when_done_and_a_record_stands_in_it_once(signed_in, homes):
    change = preview(signed_in("township_clerk"), f"pick={homes[0].pk}")
    with pytest.raises(IntegrityError, match="bulk_change_dated_iff_done"), transaction.atomic():
        BulkChange.objects.update(state="done")
    row = change.rows.first()
    with pytest.raises(IntegrityError, match="bulk_change_row_once"), transaction.atomic():
        BulkChangeRow.objects.create(change=change, row_id=row.row_id, label="x", before={})


# --- one helper for another ------------------------------------------------------------------------
@pytest.fixture
def pairings(homes):
    old, new = HelperFactory(name="赵旧"), HelperFactory(name="钱新")
    found = [PairingFactory(household=home, helper=old, is_main=number == 0) for number, home in enumerate(homes[:3])]
    PairingFactory(household=homes[2], helper=new)
    return found


def replace(client, pairings, name) -> BulkChange:
    data = {"pick": [pairing.pk for pairing in pairings], "value": name, "reason": "工作调动"}
    response = client.post("/work/changes/new/helper/", data)
    assert response.status_code == 302, response.content.decode()
    return BulkChange.objects.order_by("-id").first()


def test_one_helper_for_another_and_back(signed_in, pairings):
    client = signed_in("township_clerk")
    change = replace(client, pairings, "钱新")
    client.post(f"/work/changes/{change.pk}/confirm/")
    first = Pairing.objects.get(pk=pairings[0].pk)
    assert (first.ended_on, first.end_reason) == (date(2017, 9, 29), "工作调动")
    successor = Pairing.objects.get(household=first.household, ended_on=None)
    assert (successor.helper.name, successor.is_main, successor.started_on) == ("钱新", True, date(2017, 9, 30))
    third = change.rows.get(row_id=pairings[2].pk)
    assert "已与这户结对" in third.refusal
    client.post(f"/work/changes/{change.pk}/undo/", {"reason": "弄错人"})
    first.refresh_from_db()
    assert (first.ended_on, first.end_reason) == (None, "")
    assert not Pairing.objects.filter(pk=successor.pk).exists()
    assert Event.objects.filter(table="assistance_pairing", row_id=successor.pk, action="D").exists()


def test_a_replacement_somebody_built_on_is_not_taken_back(signed_in, pairings, world):
    client = signed_in("township_clerk")
    change = replace(client, pairings[:2], "钱新")
    client.post(f"/work/changes/{change.pk}/confirm/")
    successor = Pairing.objects.get(household=pairings[1].household, ended_on=None)
    Pairing.objects.filter(pk=successor.pk).update(ended_on=date(2017, 9, 30), end_reason="离职")
    client.post(f"/work/changes/{change.pk}/undo/", {"reason": "弄错人"})
    assert "新的结对之后又有变动" in change.rows.get(row_id=pairings[1].pk).refusal
    assert change.rows.get(row_id=pairings[0].pk).undone


@pytest.mark.parametrize(("name", "words"), [("无此人", "没有这位帮扶责任人"), ("同名", "同名的帮扶责任人:"), ("", "请填写")])
def test_the_new_helper_is_named_unmistakably(signed_in, pairings, homes, name, words):
    twins = [HelperFactory(name="同名") for _ in range(2)]
    for twin in twins:
        PairingFactory(household=homes[0], helper=twin)
    client = signed_in("township_clerk")
    response = client.post("/work/changes/new/helper/", {"pick": [pairings[1].pk], "value": name, "reason": "工作调动"})
    assert words in response.content.decode()
    change = replace(client, pairings[1:2], f"同名({twins[1].unit.organization.name})")
    assert change.value["helper"] == twins[1].pk


def test_an_ended_household_takes_no_insurance(homes, world):
    Household.objects.filter(pk=homes[0].pk).update(ended_on=date(2017, 9, 1), end_reason="moved")
    with pytest.raises(households.HouseholdsError, match="不在册"):
        households.set_insured(member=Member.objects.get(name="户主0"), insured=True, by=world.people["township_clerk"], reason="参保")
