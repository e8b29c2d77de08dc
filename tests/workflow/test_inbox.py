"""The inbox and the case page, as those at work use them; reminders, messages, deputies' page."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from core.clock import today
from tests.factories import UserFactory, grant
from tests.workflow.conftest import with_evidence
from villages.models import Grant
from workflow import services as flow
from workflow.models import Case, Decision, Message, Todo


@pytest.fixture
def case(world, procedure):
    return flow.start_case(kind="test-case", title="张测一请假", village=world.villages[0], by=world.people["village_cadre"], day=today())


def page(client, url, **more) -> str:
    response = client.get(url, **more)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def decide(client, case, result, **more):
    case.refresh_from_db()
    values = {"result": result, "step_id": case.step_id or 1, "version": case.version, "opinion": ""} | more
    return client.post(f"/cases/{case.pk}/decide/", values)


def test_a_person_finds_what_waits_opens_it_and_decides(signed_in, world, case, approvers):
    client = signed_in("township_checker")
    assert 'href="/inbox/">待办 <b>1</b>' in page(client, "/")
    assert "乡镇审核:张测一请假" in page(client, "/inbox/")
    todo = Todo.objects.get()
    assert client.get(f"/inbox/todos/{todo.pk}/").headers["Location"] == f"/cases/{case.pk}/"
    todo.refresh_from_db()
    assert todo.first_seen_by == world.people["township_checker"]
    shown = page(client, f"/cases/{case.pk}/")
    assert "现在等您办理" in shown
    assert "审核通过" in shown
    assert "撤回" not in shown
    without_reason = decide(client, case, "return")
    assert (without_reason.status_code, "请写明原因" in without_reason.content.decode()) == (200, True)
    assert decide(client, case, "pass", opinion="属实").status_code == 302
    assert "现在没有等您办理的事项" in page(client, "/inbox/")
    assert "乡镇审核:张测一请假" in page(client, "/inbox/done/")
    assert "等您办理" not in page(client, f"/cases/{case.pk}/")
    again = decide(client, case, "pass")
    assert again.status_code == 403, "the next step is another's"
    assert Decision.objects.count() == 1


def test_who_comes_too_late_sees_what_happened_and_nothing_is_written(signed_in, world, case):
    other = UserFactory(username="checker2", name="李审核")
    grant(other, "township_checker", world.townships[0])
    client = signed_in("township_checker")
    page(client, f"/cases/{case.pk}/")
    step = case.step_id
    flow.advance(case=case, by=other)
    late = client.post(f"/cases/{case.pk}/decide/", {"result": "pass", "step_id": step, "version": 1})
    assert late.status_code == 200
    assert "李审核已于" in late.content.decode()
    assert Decision.objects.count() == 1


def test_a_case_changed_meanwhile_offers_its_present_state(signed_in, world, case):
    checker = world.people["township_checker"]
    client = signed_in("township_checker")
    flow.decide(case=case, step_id=case.step_id, version=1, result="return", opinion="缺证明", by=checker)
    flow.resubmit(case=case, by=case.started_by)
    case.refresh_from_db()
    stale = client.post(f"/cases/{case.pk}/decide/", {"result": "pass", "step_id": case.step_id, "version": 1})
    shown = stale.content.decode()
    assert "有了变化" in shown
    assert f'name="version" value="{case.version}"' in shown
    assert decide(client, case, "pass").status_code == 302


@pytest.mark.parametrize("values", [{}, {"result": "pass"}, {"result": "x", "step_id": "1", "version": "1"}, {"result": "pass", "step_id": "9" * 30, "version": "-1"},
                                    {"result": "pass", "step_id": "a\0", "version": "1"}])  # fmt: skip
def test_a_decide_form_that_was_tampered_with_is_an_error_on_the_page(signed_in, case, values):
    assert signed_in("township_checker").post(f"/cases/{case.pk}/decide/", values).status_code == 200
    assert not Decision.objects.exists()


def test_strangers_get_404_and_lookers_on_403(signed_in, world, case):
    for role, status in (("stranger", 404), ("system_admin", 404), ("finance", 404), ("township_clerk", 403)):
        client = signed_in(role)
        assert client.get(f"/cases/{case.pk}/").status_code == (200 if status == 403 else 404), role
        assert decide(client, case, "pass").status_code == status, role
        for action in ("withdraw", "resubmit", "hand-over"):
            assert client.post(f"/cases/{case.pk}/{action}/").status_code == status, (role, action)


def test_returned_the_starter_hands_it_in_again_and_may_withdraw_it(signed_in, world, case):
    flow.decide(case=case, step_id=case.step_id, version=1, result="return", opinion="缺证明", by=world.people["township_checker"])
    client = signed_in("village_cadre")
    assert "缺证明" in page(client, f"/cases/{case.pk}/")
    assert client.post(f"/cases/{case.pk}/resubmit/").status_code == 302
    assert "第 2 轮" in page(client, f"/cases/{case.pk}/")
    assert client.post(f"/cases/{case.pk}/withdraw/").status_code == 302
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert "张测一请假" in page(client, "/inbox/started/")


def test_evidence_and_handing_over_in_the_browser(signed_in, world, procedure):
    with_evidence(procedure.steps.get(code="check"))
    colleague = UserFactory(username="checker2", name="李审核")
    grant(colleague, "township_checker", world.townships[0])
    case = flow.start_case(kind="test-case", title="张测一请假", village=world.villages[0], by=world.people["village_cadre"], day=today())
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "JPEG")
    client = signed_in("township_checker")
    assert "入户照片还差 1 份" in page(client, f"/cases/{case.pk}/")
    assert decide(client, case, "pass").status_code == 200
    for label, data, status in (("别的", out.getvalue(), 200), ("入户照片", b"%PDF-", 200), ("入户照片", out.getvalue(), 302)):
        assert client.post(f"/cases/{case.pk}/evidence/", {"label": label, "file": SimpleUploadedFile("a.jpg", data)}).status_code == status
    file = Case.objects.get().evidences.get().attachment
    assert client.get(file.get_absolute_url()).status_code == 200
    url = f"/cases/{case.pk}/hand-over/"
    assert client.post(url, {"to": case.started_by_id, "reason": "出差"}).status_code == 200
    assert client.post(url, {"to": colleague.pk, "reason": ""}).status_code == 200
    assert client.post(url, {"to": colleague.pk, "reason": "出差"}).status_code == 302
    assert "李审核" in page(client, f"/cases/{case.pk}/")


def test_a_sheet_prints_as_pdf_for_who_takes_part(signed_in, case):
    client = signed_in("village_cadre")
    response = client.post(f"/cases/{case.pk}/sheet/")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert signed_in("city_leader").post(f"/cases/{case.pk}/sheet/").status_code == 200, "who decides a later step takes part"
    assert signed_in("discipline").post(f"/cases/{case.pk}/sheet/").status_code == 403


@pytest.mark.parametrize("tab", ["waiting", "late", "started", "done", "messages", "nonsense"])
def test_an_empty_inbox_says_so(signed_in, world, tab):
    assert 'class="empty"' in page(signed_in("township_checker"), f"/inbox/{tab}/")


def test_a_full_inbox_pages_by_term_with_one_query_a_page(signed_in, world, django_assert_max_num_queries):
    for n in range(120):
        due = today() + timedelta(days=n - 60) if n % 3 else None
        flow.open_todo(kind="x", title=f"事项{n}", url="/", role="township_checker", area="632801100", due_on=due, village_id=world.villages[0].pk)
    client = signed_in("township_checker")
    client.get("/")
    with django_assert_max_num_queries(14):
        first = client.get("/inbox/")
    shown = first.content.decode()
    assert shown.index("事项1<") < shown.index("事项2<")
    assert "99+" in shown
    assert "超期 59 天" in shown
    second = page(client, "/inbox/" + first.context["page"].next_url)
    third = client.get("/inbox/" + client.get("/inbox/" + first.context["page"].next_url).context["page"].next_url)
    titles = {todo.title for response in (first, third) for todo in response.context["page"]}
    assert len(titles) == 70
    assert "事项117" in {todo.title for todo in third.context["page"]}, "what has no term stands last"
    assert second.count("<tr data-url") == 50
    assert "事项119" not in page(client, "/inbox/late/")


def test_a_todo_without_a_case_opens_its_own_page_and_is_one_persons(signed_in, world):
    checker = world.people["township_checker"]
    todo = flow.open_todo(kind="x", title="核对名单", url="/households/", user=checker)
    assert signed_in("village_cadre").get(f"/inbox/todos/{todo.pk}/").status_code == 404
    assert signed_in("township_checker").get(f"/inbox/todos/{todo.pk}/").headers["Location"] == "/households/"
    flow.finish_todo(todo=todo, by=checker)
    done = todo.done_at
    flow.drop_todo(todo=todo)
    todo.refresh_from_db()
    assert (todo.done_at, todo.dropped) == (done, False), "what has ended stays as it is"


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"user": None}, "todo_waits_for_somebody"), ({"url": ""}, "todo_leads_somewhere"), ({"dropped": True}, "todo_ended_when_dropped_or_done"),
        ({"due_on": today()}, "todo_sorted_by_due"),
    ],
)  # fmt: skip
def test_a_todo_that_cannot_be_is_refused(world, fields, constraint):
    values = {"kind": "x", "title": "x", "url": "/", "user": world.people["helper"], "sorted_on": today() + timedelta(days=1)}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Todo.objects.create(**values | fields)


def test_cases_are_what_the_database_says(world, case):
    for fields, constraint in (
        ({"step": None}, "case_at_a_step_iff_open"),
        ({"state": "done", "step": None}, "case_ended_iff_dated"),
        ({"area": ""}, "case_has_an_area"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**fields)


def test_reminders_go_once_before_and_once_after_the_term(world, case):
    checker, starter = world.people["township_checker"], case.started_by
    assert flow.remind(today()) == 0
    soon = case.due_on - timedelta(days=2)
    assert (flow.remind(soon), flow.remind(soon)) == (1, 0)
    assert f"快到期:乡镇审核:张测一请假,期限 {case.due_on}" in Message.objects.get(user=checker).text
    late = case.due_on + timedelta(days=1)
    assert (flow.remind(late), flow.remind(late)) == (2, 0)
    assert "已超期" in Message.objects.get(user=starter).text
    assert flow.remind(late + timedelta(days=9)) == 0


def test_messages_are_ones_own_and_read_when_opened(signed_in, world):
    checker, cadre = world.people["township_checker"], world.people["village_cadre"]
    inactive = UserFactory(is_active=False)
    assert flow.notify(users=[checker, checker, cadre, inactive], text="办结", url="/households/") == 2
    mine, theirs = Message.objects.get(user=checker), Message.objects.get(user=cadre)
    client = signed_in("township_checker")
    assert "未读" in page(client, "/inbox/messages/")
    assert client.get(f"/inbox/messages/{theirs.pk}/").status_code == 404
    assert client.get(f"/inbox/messages/{mine.pk}/").headers["Location"] == "/households/"
    flow.notify(users=[checker], text="又一条")
    assert "全部标为已读" in page(client, "/inbox/messages/")
    assert client.post("/inbox/messages/read/").status_code == 302
    assert "未读" not in page(client, "/inbox/messages/")
    assert Message.objects.get(user=cadre).read_at is None


def test_a_duty_is_given_to_a_deputy_and_taken_back_in_the_browser(signed_in, world, case):
    principal = world.people["township_checker"]
    clerk = world.people["township_clerk"]
    client = signed_in("township_checker")
    assert "交人代办" in page(client, "/villages/deputies/")
    duty = principal.grants.get()
    values = {"duty": duty.pk, "deputy": clerk.pk, "since": str(today()), "until": str(today() + timedelta(days=3)), "reason": "下乡"}
    for change in (
        {"until": str(today() + timedelta(days=99))},
        {"deputy": world.people["audit_admin"].pk},
        {"duty": clerk.grants.get().pk},
        {"until": "x"},
    ):
        assert client.post("/villages/deputies/new/", values | change).status_code == 200, change
    assert client.post("/villages/deputies/new/", values).status_code == 302
    made = Grant.objects.get(deputy_for=principal)
    deputy = signed_in("township_clerk")
    assert "张测一请假" in page(deputy, "/inbox/")
    assert principal.name in page(deputy, "/villages/deputies/")
    assert deputy.post(f"/villages/deputies/{made.pk}/end/").status_code == 404
    assert signed_in("township_checker").post(f"/villages/deputies/{made.pk}/end/").status_code == 302
    assert "张测一请假" not in page(signed_in("township_clerk"), "/inbox/")


def test_an_administrator_has_no_duty_to_give(signed_in, world):
    client = signed_in("audit_admin")
    assert "primary" not in page(client, "/villages/deputies/").split("<main")[1]
    assert client.post("/villages/deputies/new/", {}).status_code == 200


def test_procedures_are_code_lists_of_the_system_administrator(signed_in, world, procedure):
    client = signed_in("system_admin")
    assert "乡镇审核 → 集体审批 → 市级审定" in page(client, "/code-lists/workflow/procedure/")
    values = {"procedure": procedure.pk, "number": 4, "code": "file", "title": "备案", "word": "file", "role": "org_department", "level": "city", "needed": 1,
              "day_kind": "working", "return_to": "applicant", "requirements": ["test-lacking"], "why": "会议纪要"}  # fmt: skip
    url = "/code-lists/workflow/step/add/"
    for change in ({"requirements": ["gone"]}, {"number": 1}, {"needed": 0}, {"role": ""}, {"why": ""}):
        assert client.post(url, values | change).status_code == 200, change
    assert client.post(url, values).status_code == 302
    assert procedure.steps.get(number=4).requirements == ["test-lacking"]
    flow.start_case(kind="test-case", title="x", village=world.villages[0], by=world.people["village_cadre"], day=today())
    refused = client.post(url, values | {"number": 5, "code": "five"})
    assert "另建一个新流程" in refused.content.decode()
