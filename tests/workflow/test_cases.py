"""A case through its steps: whose turn it is, one vote each, never one's own, and what is refused in words."""

import io
import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from PIL import Image

from core import scope
from core.clock import today
from tests.factories import START, UserFactory, grant
from tests.workflow.conftest import with_evidence
from villages.models import Grant
from villages.services import VillagesError, appoint_deputy, end_deputy, end_grant
from workflow import services as flow
from workflow.models import Case, Decision, Message, Procedure, Step, StepEvidence, Todo


@pytest.fixture
def case(world, procedure):
    return flow.start_case(kind="test-case", title="张测一请假", village=world.villages[0], by=world.people["village_cadre"], day=today())


def say(case, user, result="pass", **more):
    case.refresh_from_db()
    return flow.decide(**{"case": case, "step_id": case.step_id, "version": case.version, "result": result, "by": user} | more)


def photo() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(buffer, "JPEG")
    return buffer.getvalue()


def waiting(user) -> list[str]:
    return [todo.title for todo in Todo.objects.waiting_for(user)]


def test_a_case_goes_step_by_step_and_each_waits_for_whose_step_it_is(world, case, approvers, heard):
    checker, leader = world.people["township_checker"], world.people["city_leader"]
    assert (case.number, case.state, case.round) == (f"{today().year}-000001", "open", 1)
    assert waiting(checker) == ["乡镇审核:张测一请假"]
    assert waiting(approvers[0]) == waiting(leader) == waiting(case.started_by) == []
    say(case, checker, opinion="属实")
    assert waiting(checker) == []
    assert waiting(approvers[0]) == waiting(approvers[1]) == ["集体审批:张测一请假"]
    say(case, approvers[0])
    say(case, approvers[1])
    say(case, leader)
    case.refresh_from_db()
    assert (case.state, case.step, case.due_on) == ("done", None, None)
    assert heard.calls == [("step", "check", "pass"), ("step", "group", "pass"), ("step", "decide", "pass"), ("done", "city_leader")]
    assert Message.objects.get(user=case.started_by).text == f"张测一请假({case.number})已办结。"
    assert list(case.decisions.order_by("id").values_list("user__username", "opinion"))[0] == ("township_checker", "属实")


def test_a_term_in_working_days_stands_on_the_case_and_its_todo(case):
    assert case.due_on == Todo.objects.get(case=case).due_on
    assert case.due_on > today() + timedelta(days=5)


def test_a_group_of_two_takes_one_vote_each(world, case, approvers):
    say(case, world.people["township_checker"])
    step = Step.objects.get(code="group")
    say(case, approvers[0])
    assert waiting(approvers[0]) == [], "who has voted is not asked again"
    assert waiting(approvers[1]) == ["集体审批:张测一请假"]
    with pytest.raises(flow.AlreadyDecided, match="不需要再办"):
        say(case, approvers[0])
    case.refresh_from_db()
    assert case.step_id == step.pk
    say(case, approvers[2])
    case.refresh_from_db()
    assert case.step.code == "decide"


def test_the_database_takes_one_vote_a_person_and_none_of_ones_own(world, case):
    checker, starter = world.people["township_checker"], case.started_by
    decision = {"case": case, "step": case.step, "round": 1, "level": "township", "word": "check", "applicant": starter, "result": "pass"}
    Decision.objects.create(**decision, user=checker)
    for change, constraint in (
        ({"user": checker}, "decision_one_vote_a_person"),
        ({"user": world.people["helper"], "on_behalf_of": checker}, "decision_one_a_voice"),
        ({"user": starter}, "decision_never_ones_own"),
        ({"user": world.people["helper"], "on_behalf_of": starter}, "decision_never_ones_own"),
        ({"user": world.people["helper"], "on_behalf_of": world.people["helper"]}, "decision_for_another"),
        ({"user": world.people["helper"], "result": "refuse"}, "decision_says_why_not"),
        ({"user": starter, "applicant": checker, "round": 2}, "decision_of_the_cases_applicant"),
        ({"user": starter, "level": "applicant", "round": 2}, "decision_as_the_step_says"),
        ({"user": starter, "word": "handle", "round": 2}, "decision_as_the_step_says"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Decision.objects.create(**decision | change)
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")


@pytest.mark.parametrize("statement", ["update workflow_decision set result = 'pass'", "delete from workflow_decision", "delete from workflow_evidence",
                                       "update workflow_signature set means = 'seal'"])  # fmt: skip
def test_decisions_evidence_and_signatures_are_never_changed(case, statement):
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_out_of_order_is_refused(world, case):
    later = Step.objects.get(code="decide")
    with pytest.raises(flow.OutOfOrder, match="现在的步骤是“乡镇审核”"):
        flow.decide(case=case, step_id=later.pk, version=case.version, result="pass", by=world.people["city_leader"])
    with pytest.raises(flow.OutOfOrder):
        flow.decide(case=case, step_id=10**12, version=case.version, result="pass", by=world.people["city_leader"])
    assert not Decision.objects.exists()


def test_doubled_is_refused_and_says_who_did_it_when(world, case):
    checker = world.people["township_checker"]
    second = UserFactory(username="checker2", name="另一审核员")
    grant(second, "township_checker", world.townships[0])
    first = case.step_id
    say(case, checker)
    for user in (checker, second):
        with pytest.raises(flow.AlreadyDecided, match=f"{re.escape(checker.name)}已于 .*办理“乡镇审核”,结果:通过"):
            flow.decide(case=case, step_id=first, version=1, result="pass", by=user)
    assert Decision.objects.count() == 1


def test_a_case_changed_meanwhile_is_refused_and_told(world, case, approvers):
    checker = world.people["township_checker"]
    say(case, checker, "return", opinion="缺证明")
    flow.resubmit(case=case, by=case.started_by)
    with pytest.raises(flow.StaleCase, match="缺证明|有了变化"):
        flow.decide(case=case, step_id=case.procedure.steps.get(code="check").pk, version=1, result="pass", by=checker)
    assert Decision.objects.count() == 1


def test_nobody_decides_their_own_nor_what_is_not_theirs(world, case):
    starter = case.started_by
    grant(starter, "township_checker", world.townships[0])
    with pytest.raises(flow.NotYours, match="自己申请或发起"):
        say(case, starter)
    assert waiting(starter) == []
    for role in ("township_clerk", "bureau_clerk", "audit_admin", "stranger"):
        with pytest.raises(flow.NotYours, match="由乡镇"):
            say(case, world.people[role])
    other = UserFactory(username="far", name="外乡审核员")
    grant(other, "township_checker", world.townships[1])
    assert waiting(other) == []
    with pytest.raises(flow.NotYours):
        say(case, other)


def test_who_it_concerns_does_not_decide_it_either(world, procedure):
    checker = world.people["township_checker"]
    case = flow.start_case(
        kind="test-case", title="本人请假", village=world.villages[0], by=world.people["village_cadre"], day=today(), applicant=checker
    )
    with pytest.raises(flow.NotYours, match="自己申请或发起"):
        say(case, checker)


def test_work_that_is_only_recorded_may_be_done_by_who_started(world, heard):
    procedure = Procedure.objects.create(key="test-case", title="办理流程", valid_from=START)
    Step.objects.create(procedure=procedure, number=1, code="survey", title="入户调查", word="handle", role="village_cadre", level="village")
    cadre = world.people["village_cadre"]
    case = flow.start_case(kind="test-case", title="李四申请", village=world.villages[0], by=cadre, day=today())
    assert waiting(cadre) == ["入户调查:李四申请"]
    flow.advance(case=case, by=cadre)
    case.refresh_from_db()
    assert case.state == "done"


def test_a_step_of_the_applicant_is_the_applicants_alone(world, heard):
    procedure = Procedure.objects.create(key="test-case", title="销假", valid_from=START)
    Step.objects.create(procedure=procedure, number=1, code="back", title="本人销假", word="confirm", level="applicant")
    cadre, clerk = world.people["village_cadre"], world.people["township_clerk"]
    case = flow.start_case(kind="test-case", title="销假", village=world.villages[0], by=clerk, day=today(), applicant=cadre)
    with pytest.raises(flow.NotYours, match="本人办理"):
        say(case, clerk)
    say(case, cadre)
    case.refresh_from_db()
    assert case.state == "done"


@pytest.mark.parametrize(("result", "opinion"), [("return", ""), ("refuse", "  "), ("maybe", "好"), ("", "")])
def test_a_refusal_without_reason_or_a_result_of_no_kind_is_not_taken(world, case, result, opinion):
    with pytest.raises(flow.WorkflowError, match="原因|办理结果"):
        say(case, world.people["township_checker"], result, opinion=opinion)
    assert not Decision.objects.exists()


def test_refused_ends_the_case_and_tells_its_starter(world, case, heard):
    say(case, world.people["township_checker"], "refuse", opinion="不符合条件")
    case.refresh_from_db()
    assert (case.state, heard.calls) == ("refused", [("ended", "refused")])
    assert "未通过:不符合条件" in Message.objects.get(user=case.started_by).text
    with pytest.raises(flow.AlreadyDecided):
        flow.advance(case=case, by=world.people["township_checker"])


def test_returned_and_handed_in_again_is_a_new_round_from_the_start(world, case, heard, approvers):
    checker, starter = world.people["township_checker"], case.started_by
    say(case, checker, "return", opinion="缺证明")
    case.refresh_from_db()
    assert (case.state, case.round, heard.calls) == ("returned", 1, [("returned", "缺证明")])
    assert waiting(starter) == ["已退回,请修改后重新提交:张测一请假"]
    with pytest.raises(flow.NotYours):
        flow.resubmit(case=case, by=checker)
    case = flow.resubmit(case=case, by=starter)
    assert (case.state, case.round, case.step.code) == ("open", 2, "check")
    assert waiting(starter) == []
    say(case, checker)
    assert list(case.decisions.order_by("id").values_list("round", "result")) == [(1, "return"), (2, "pass")]
    with pytest.raises(flow.AlreadyDecided, match="不需要重新提交"):
        flow.resubmit(case=case, by=starter)


def test_a_step_may_send_back_to_the_one_before(world, case, approvers):
    checker = world.people["township_checker"]
    say(case, checker)
    say(case, approvers[0], "return", opinion="补充核实")
    case.refresh_from_db()
    assert (case.state, case.round, case.step.code) == ("open", 2, "check")
    say(case, checker)
    say(case, approvers[0])
    case.refresh_from_db()
    assert case.step.code == "group"


def test_withdrawn_until_the_next_person_has_opened_it(world, case, heard):
    checker = world.people["township_checker"]
    with pytest.raises(flow.NotYours):
        flow.withdraw(case=case, by=checker)
    flow.see_todo(todo=Todo.objects.get(case=case), by=checker)
    with pytest.raises(flow.AlreadyDecided, match=f"{re.escape(checker.name)}已于 .*打开办理,不能撤回"):
        flow.withdraw(case=case, by=case.started_by)
    other = flow.start_case(kind="test-case", title="另一件", village=world.villages[0], by=case.started_by, day=today())
    flow.withdraw(case=other, by=case.started_by)
    other.refresh_from_db()
    assert (other.state, heard.calls) == ("withdrawn", [("ended", "withdrawn")])
    assert waiting(checker) == ["乡镇审核:张测一请假"]
    for again in (flow.withdraw, flow.resubmit):
        with pytest.raises(flow.AlreadyDecided):
            again(case=other, by=case.started_by)


def test_ones_own_first_step_does_not_bar_withdrawing(world, procedure):
    starter = world.people["village_cadre"]
    for step in Step.objects.filter(procedure=procedure).order_by("-number"):
        Step.objects.filter(pk=step.pk).update(number=F("number") + 1)
    Step.objects.create(procedure=procedure, number=1, code="apply", title="本人申请", word="apply", role="", level="applicant")
    case = flow.start_case(kind="test-case", title="王测二请假", village=world.villages[0], by=starter, day=today())
    say(case, starter)
    flow.withdraw(case=case, by=starter)
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_handed_over_it_is_the_colleagues_alone(world, case):
    checker = world.people["township_checker"]
    colleague = UserFactory(username="checker2", name="李审核")
    grant(colleague, "township_checker", world.townships[0])
    for to, reason, words in ((world.people["helper"], "出差", "没有在这个范围"), (colleague, " ", "转办原因"), (case.started_by, "出差", "没有在这个范围"),
                              (checker, "出差", "另一位同事")):  # fmt: skip
        with pytest.raises(flow.WorkflowError, match=words):
            flow.hand_over(case=case, to=to, reason=reason, by=checker)
    flow.hand_over(case=case, to=colleague, reason="出差", by=checker)
    assert (waiting(checker), waiting(colleague)) == ([], ["乡镇审核:张测一请假"])
    assert "转给您办理" in Message.objects.get(user=colleague).text
    with pytest.raises(flow.NotYours, match="已转给别人"):
        say(case, checker)
    say(case, colleague)
    assert not Todo.objects.open().filter(case=case, role="township_checker").exists()


# --- deputies -----------------------------------------------------------------------------------------
def appoint(world, principal, deputy, **more):
    values = {"user": principal, "deputy": deputy, "role": "township_checker", "division": world.townships[0], "since": today(),
              "until": today() + timedelta(days=5), "reason": "外出学习", "by": principal}  # fmt: skip
    return appoint_deputy(**values | more)


@pytest.fixture
def principal(world):
    return world.people["township_checker"]


@pytest.fixture
def deputy(world):
    return UserFactory(username="deputy", name="王代办")


def test_a_deputy_decides_for_the_principal_and_it_is_written_so(world, case, principal, deputy):
    appoint(world, principal, deputy)
    assert waiting(deputy) == ["乡镇审核:张测一请假"]
    assert say(case, deputy).voice == f"王代办(代 {principal.name})"
    with pytest.raises(flow.AlreadyDecided):
        flow.decide(case=case, step_id=Step.objects.get(code="check").pk, version=1, result="pass", by=principal)


def test_a_deputy_whose_time_is_over_decides_nothing(world, case, principal, deputy):
    made = appoint(world, principal, deputy)
    made.since, made.until = today() - timedelta(days=9), today() - timedelta(days=1)
    made.save()
    with pytest.raises(flow.NotYours, match=f"您代{re.escape(principal.name)}办理的期限已到"):
        say(case, deputy)
    assert waiting(deputy) == []


def test_a_deputys_time_ends_with_the_principals_grant_or_account(world, case, principal, deputy):
    appoint(world, principal, deputy)
    own = principal.grants.get(deputy_for=None)
    end_grant(grant=own, until=today() - timedelta(days=1), by=world.people["security_admin"], reason="调离")
    with pytest.raises(flow.NotYours):
        say(case, deputy)
    own.until = None
    own.save()
    principal.is_active = False
    principal.save()
    assert not deputy.grants.active().exists()


def test_the_principal_takes_it_back_at_once(world, case, principal, deputy):
    made = appoint(world, principal, deputy)
    with pytest.raises(VillagesError, match="只能收回本人"):
        end_deputy(grant=made, by=deputy)
    earlier = appoint(world, principal, deputy, since=today() - timedelta(days=3))
    for each in (made, earlier):
        end_deputy(grant=Grant.objects.get(pk=each.pk), by=principal)
        with pytest.raises(VillagesError, match="已经截止或收回"):
            end_deputy(grant=each, by=principal)
    assert not deputy.grants.active().exists()
    assert [grant.until for grant in deputy.grants.all()] == [today() - timedelta(days=1)]


def test_a_group_counts_principal_and_deputy_once(world, case, approvers, deputy):
    say(case, world.people["township_checker"])
    appoint(world, approvers[0], deputy, role="bureau_approver", division=world.city)
    say(case, approvers[0])
    with pytest.raises(flow.NotYours):
        say(case, deputy)
    case.refresh_from_db()
    assert case.step.code == "group"


def test_a_deputy_of_the_applicant_does_not_decide_the_applicants_case(world, procedure, principal, deputy):
    appoint(world, principal, deputy)
    case = flow.start_case(
        kind="test-case", title="请假", village=world.villages[0], by=world.people["village_cadre"], day=today(), applicant=principal
    )
    with pytest.raises(flow.NotYours, match="不能由其代办人办理"):
        say(case, deputy)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"by": "deputy"}, "由本人交办"), ({"deputy": "principal"}, "不能交给自己"), ({"role": "bureau_approver"}, "只能交办本人"),
        ({"division": "city"}, "只能交办本人"), ({"days": 60}, "最长 30 天"), ({"days": -1}, "不能早于"), ({"role": "audit_admin"}, "不能交人代办"),
        ({"inactive": True}, "已停用"), ({"deputy": "audit"}, "分任"),
    ],
)  # fmt: skip
def test_what_a_deputy_may_not_be_given(world, principal, deputy, change, words):
    who = {"deputy": deputy, "principal": principal, "audit": world.people["audit_admin"]}
    values = {}
    for name, value in change.items():
        if name == "days":
            values["until"] = today() + timedelta(days=value)
        elif name == "inactive":
            deputy.is_active = False
            deputy.save()
        else:
            values[name] = world.city if value == "city" else who.get(value, value)
    with pytest.raises(VillagesError, match=words):
        appoint(world, principal, values.pop("deputy", deputy), **values)


def test_a_deputy_cannot_deputize(world, principal, deputy):
    appoint(world, principal, deputy)
    with pytest.raises(VillagesError, match="代办来的职责不能再交办"):
        appoint(world, deputy, UserFactory(), by=deputy)


def test_the_database_wants_an_end_and_another_person_for_a_deputy(world, principal, deputy):
    for change in ({"until": None}, {"user": principal}):
        values = {"user": deputy, "until": today(), "deputy_for": principal} | change
        with pytest.raises(IntegrityError, match="grant_deputy_for_another_and_a_time"), transaction.atomic():
            grant(values.pop("user"), "township_checker", world.townships[0], **values)


# --- what a step asks ---------------------------------------------------------------------------------
def test_a_step_asks_evidence_and_conditions_of_the_rooms(world, heard, procedure):
    step = procedure.steps.get(code="check")
    with_evidence(step)
    Step.objects.filter(pk=step.pk).update(requirements=["test-lacking"])
    heard.lacking.append("第一次公示还没有结束")
    checker, cadre = world.people["township_checker"], world.people["village_cadre"]
    case = flow.start_case(kind="test-case", title="张测一", village=world.villages[0], by=cadre, day=today())
    with pytest.raises(flow.StillMissing, match="入户照片还差 1 份.*公示还没有结束"):
        say(case, checker)
    with pytest.raises(flow.WorkflowError):
        flow.add_evidence(case=case, label="入户照片", file=b"not a photo", by=cadre)
    with pytest.raises(flow.WorkflowError, match="不需要材料"):
        flow.add_evidence(case=case, label="别的", file=photo(), by=cadre)
    with pytest.raises(flow.NotYours):
        flow.add_evidence(case=case, label="入户照片", file=photo(), by=world.people["helper"])
    flow.add_evidence(case=case, label="入户照片", file=photo(), by=cadre)
    assert flow.missing(case, case.procedure.steps.get(code="check")) == ["第一次公示还没有结束"]
    heard.lacking.clear()
    assert say(case, checker).result == "pass"
    assert say(case, world.people["bureau_approver"], "return", opinion="照片不清").result == "return"


def test_a_condition_nobody_registered_lets_nothing_pass(world, procedure):
    procedure.steps.filter(code="check").update(requirements=["gone"])
    case = flow.start_case(kind="test-case", title="张测一", village=world.villages[0], by=world.people["village_cadre"], day=today())
    with pytest.raises(KeyError):
        say(case, world.people["township_checker"])


# --- procedures ---------------------------------------------------------------------------------------
def test_a_running_case_keeps_the_procedure_it_started_with(world, case, procedure):
    with pytest.raises(flow.WorkflowError, match="没有可用的办理流程"):
        flow.start_case(kind="unknown", title="x", village=world.villages[0], by=case.started_by, day=today())
    with pytest.raises(flow.WorkflowError, match="没有可用的办理流程"):
        flow.start_case(kind="test-case", title="x", village=world.villages[0], by=case.started_by, day=date(2015, 1, 1))
    with pytest.raises(IntegrityError, match="procedure_one_valid_a_day"), transaction.atomic():
        Procedure.objects.create(key="test-case", title="新流程", valid_from=today())
    procedure.refresh_from_db()
    procedure.valid_to = today() - timedelta(days=1)
    procedure.full_clean()
    procedure.save()
    newer = Procedure.objects.create(key="test-case", title="新流程", valid_from=today())
    Step.objects.create(procedure=newer, number=1, code="only", title="只此一步", word="decide", role="city_leader", level="city")
    assert flow.start_case(kind="test-case", title="新办件", village=world.villages[0], by=case.started_by, day=today()).step.code == "only"
    case.refresh_from_db()
    assert case.step.code == "check"


def test_a_procedure_in_use_is_not_changed_but_ended(case, procedure):
    from django.core.exceptions import ValidationError

    procedure.refresh_from_db()
    step = procedure.steps.first()
    for row in (step, StepEvidence(step=step, label="新材料"), Step(procedure=procedure, number=9)):
        with pytest.raises(ValidationError, match="另建一个新流程"):
            row.clean()
    procedure.key = "other"
    with pytest.raises(ValidationError, match="另建一个新流程"):
        procedure.full_clean()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"number": 1}, "step_number_unique_in_procedure"), ({"code": "check"}, "step_code_unique_in_procedure"), ({"needed": 0}, "step_needs_one_or_more"),
        ({"role": ""}, "step_role_unless_applicants"), ({"level": "applicant"}, "step_role_unless_applicants"),
    ],
)  # fmt: skip
def test_a_step_that_cannot_be_is_refused(procedure, fields, constraint):
    values = {"number": 9, "code": "nine", "title": "九", "word": "check", "role": "finance", "level": "city"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Step.objects.create(procedure=procedure, **values | fields)


def test_days_of_a_procedure_are_in_order(procedure):
    with pytest.raises(IntegrityError, match="procedure_days_in_order"), transaction.atomic():
        Procedure.objects.create(key="x", title="x", valid_from=today(), valid_to=today() - timedelta(days=1))


def test_a_township_case_needs_no_village_and_a_city_case_no_township(world, procedure):
    clerk = world.people["township_clerk"]
    case = flow.start_case(kind="test-case", title="乡镇办件", area="632801100", by=clerk, day=today())
    assert waiting(world.people["township_checker"]) == ["乡镇审核:乡镇办件"]
    assert case.village is None
    with pytest.raises(flow.WorkflowError, match="没有对应的乡镇"):
        flow.start_case(kind="test-case", title="全市办件", by=world.people["bureau_clerk"], day=today())


# --- walls --------------------------------------------------------------------------------------------
def counts(user) -> tuple[int, int, int]:
    with scope.acting_as(user), connection.cursor() as cursor:
        found = []
        for table in ("workflow_case", "workflow_todo", "workflow_decision"):
            cursor.execute(f"select count(*) from {table}")
            found.append(cursor.fetchone()[0])
    return tuple(found)


def test_a_villages_case_is_behind_the_wall_with_all_that_hangs_on_it(world, case):
    say(case, world.people["township_checker"])
    far = UserFactory(username="far", name="外乡专干")
    grant(far, "township_clerk", world.townships[1])
    for role, expected in (
        ("township_clerk", (1, 2, 1)),
        ("bureau_clerk", (1, 2, 1)),
        ("audit_admin", (0, 0, 0)),
        ("stranger", (0, 0, 0)),
        ("bank", (0, 0, 0)),
    ):
        assert counts(world.people[role]) == expected, role
    assert counts(far) == (0, 0, 0)


def test_a_townships_own_case_is_open_to_its_township_and_no_other(world, procedure):
    clerk = world.people["township_clerk"]
    far = UserFactory(username="far", name="外乡专干")
    grant(far, "township_clerk", world.townships[1])
    with scope.acting_as(clerk):
        case = flow.start_case(kind="test-case", title="乡镇办件", area="632801100", by=clerk, day=today())
    with scope.acting_as(world.people["township_checker"]):
        say(case, world.people["township_checker"])
    assert counts(clerk) == counts(world.people["township_checker"]) == counts(world.people["bureau_approver"]) == (1, 2, 1)
    assert counts(far) == counts(world.people["village_cadre"]) == (0, 0, 0)
    assert not Case.objects.visible_to(far).exists()
    assert Case.objects.visible_to(clerk).get() == case


def test_a_step_of_the_unit_waits_for_its_liaison_who_sees_that_case_alone(world, heard):
    from accounts.models import Organization

    procedure = Procedure.objects.create(key="test-case", title="请假", valid_from=START)
    Step.objects.create(procedure=procedure, number=1, code="unit", title="派出单位意见", word="approve", role="unit_liaison", level="unit")
    unit = Organization.objects.create(name="派出单位", nature="government")
    cadre, liaison = world.people["village_cadre"], world.people["unit_liaison"]
    with pytest.raises(flow.WorkflowError, match="还没有登记单位"):
        flow.start_case(kind="test-case", title="请假", village=world.villages[0], by=cadre, day=today())
    cadre.organization = liaison.organization = unit
    cadre.save()
    liaison.save()
    other = world.people["village_committee"]
    other.organization = Organization.objects.create(name="别的单位", nature="government")
    other.save()
    flow.start_case(kind="test-case", title="别家请假", village=world.villages[0], by=other, day=today())
    with scope.acting_as(cadre):
        case = flow.start_case(kind="test-case", title="请假", village=world.villages[0], by=cadre, day=today())
    assert counts(liaison) == (1, 1, 0)
    assert list(Case.objects.visible_to(liaison)) == [case]
    with scope.acting_as(liaison):
        say(case, liaison)
        assert list(Case.objects.visible_to(liaison)) == [case]
    case.refresh_from_db()
    assert case.state == "done"


def test_who_reads_a_case_had_it_to_decide_or_may_read_its_kind_there(world, case):
    for role, sees in (
        ("village_cadre", True),
        ("township_checker", True),
        ("city_leader", True),
        ("finance", False),
        ("system_admin", False),
        ("stranger", False),
    ):
        assert Case.objects.visible_to(world.people[role]).exists() is sees, role
