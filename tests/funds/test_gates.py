"""A project through six gates by six users, in order, each with its documents and the opinion of finance."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from funds import services
from funds.models import Acceptance, Beneficiary, BudgetLine, Contract, Gate, Performance, Project
from funds.services.gates import refuse_before
from tests.factories import IndicatorFactory, OrganizationFactory, ProjectFactory, UserFactory, grant, make_payees
from workflow import services as flow
from workflow.models import Case, Procedure

TODAY = date(2017, 9, 30)


@pytest.fixture
def proposal(world):
    """A project that begins under the gates, and money of its source."""
    services.install_procedures()
    world.people["planner"] = UserFactory(username="planner", name="发改")
    grant(world.people["planner"], "finance", world.city)
    world.indicator = IndicatorFactory(amount=1_000_000)
    return ProjectFactory(
        village=world.villages[0], amount=Decimal(90_000), state="applied", approved_on=None, applied_on=date(2017, 8, 1), kind="industry", need="W1",
        benefit="入股分红", handler=world.people["village_cadre"],
    )  # fmt: skip


def bring(case, label, by):
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(photo, "JPEG")
    return flow.add_evidence(case=case, label=label, file=photo.getvalue(), by=by)


def passed(case, by, opinion="同意"):
    case = Case.objects.get(pk=case.pk)
    return flow.decide(case=case, step_id=case.step_id, version=case.version, result="pass", opinion=opinion, by=by)


def through(world, project, number, starter, *deciders):
    gate = services.start_gate(project=project, number=number, by=world.people[starter])
    for wanted in gate.case.step.wanted.all():
        bring(gate.case, wanted.label, world.people[starter])
    for role in deciders:
        passed(gate.case, world.people[role])
    gate.refresh_from_db()
    project.refresh_from_db()
    return gate


def prepare(world, project, number):
    """What each gate asks of the records themselves."""
    by, common = world.people["bureau_clerk"], {"project": project, "village": project.village}
    if number == 1:
        household = make_payees(project.village, 1)[0]
        Beneficiary.objects.create(household=household, recorded_on=TODAY, amount=Decimal(5000), **common)
    if number == 2:
        BudgetLine.objects.create(source="4", amount=project.amount, **common)
    if number == 3:
        Performance.objects.create(target="带动增收", indicator="户", planned=1, **common)
    if number == 4:
        Project.objects.filter(pk=project.pk).update(approval_document="扶组〔2017〕9号")
    if number == 5:
        services.allocate(
            indicator=world.indicator, project=project, amount=project.amount, document="分1号", allocated_on=TODAY, by=world.people["finance"]
        )
        Contract.objects.create(number="HT-1", contractor=OrganizationFactory(), amount=project.amount, method="tender", signed_on=TODAY, **common)
    if number == 6:
        Project.objects.filter(pk=project.pk).update(finished_on=TODAY, state="finished")
        project.refresh_from_db()
        services.add_part(part=Acceptance(project=project), by=by, accepted_on=TODAY, result="passed", members="张、李")
        Performance.objects.filter(project=project).update(score=92, evaluated_on=TODAY)
    project.refresh_from_db()


WAY = (
    (1, "village_cadre", ("township_checker", "finance"), "checked"), (2, "township_clerk", ("bureau_approver", "finance"), "listed"),
    (3, "bureau_clerk", ("bureau_approver", "finance"), "planned"), (4, "bureau_clerk", ("finance", "planner", "city_leader"), "running"),
    (5, "bureau_clerk", ("bureau_approver", "planner"), "running"), (6, "township_clerk", ("bureau_approver", "finance"), "closed"),
)  # fmt: skip


def test_a_project_goes_through_six_gates_and_nothing_is_passed_over(world, proposal):
    hands = set()
    for number, starter, deciders, state in WAY:
        with pytest.raises(services.FundsError, match="按顺序|没有这一关"):
            services.start_gate(project=proposal, number=number + 1, by=world.people[starter])
        prepare(world, proposal, number)
        gate = through(world, proposal, number, starter, *deciders)
        hands |= {starter, *deciders}
        assert (gate.state, gate.passed_on, proposal.state) == ("passed", TODAY, state)
    assert len(hands) >= 6
    assert proposal.library_number.startswith("XMK2017-")
    assert proposal.approved_on == TODAY


def test_what_a_gate_lacks_is_listed_and_stops_it(world, proposal):
    assert services.lacking(proposal, 1) == ["没有受益户名单"]
    gate = services.start_gate(project=proposal, number=1, by=world.people["village_cadre"])
    with pytest.raises(flow.StillMissing, match="四议两公开记录还差 1 份.*没有受益户名单"):
        passed(gate.case, world.people["township_checker"])
    prepare(world, proposal, 1)
    bring(gate.case, "四议两公开记录", world.people["village_cadre"])
    with pytest.raises(flow.NotYours):
        passed(gate.case, world.people["village_cadre"])
    passed(gate.case, world.people["township_checker"])


def test_no_money_before_its_gates(world, proposal):
    with pytest.raises(services.FundsError, match="还没有批复"):
        services.allocate(
            indicator=world.indicator, project=proposal, amount=Decimal(1), document="x", allocated_on=TODAY, by=world.people["finance"]
        )
    with pytest.raises(services.FundsError, match="六道关办理"):
        services.save_project(project=proposal, by=world.people["finance"], approved_on=TODAY, state="running")
    with pytest.raises(services.FundsError, match="第5关“发放”还没有通过"):
        refuse_before(proposal, 5, "支付")


def test_a_refused_gate_is_tried_again_and_a_passed_one_stays(world, proposal):
    gate = services.start_gate(project=proposal, number=1, by=world.people["village_cadre"])
    case = Case.objects.get(pk=gate.case_id)
    flow.decide(case=case, step_id=case.step_id, version=case.version, result="refuse", opinion="不宜", by=world.people["township_checker"])
    prepare(world, proposal, 1)
    through(world, proposal, 1, "village_cadre", "township_checker", "finance")
    with pytest.raises(services.FundsError, match="已在办理或已通过"):
        services.start_gate(project=proposal, number=1, by=world.people["village_cadre"])
    with pytest.raises(IntegrityError, match="gate_stays"), transaction.atomic():
        Gate.objects.filter(project=proposal, state="passed").update(state="running", passed_on=None)


@pytest.mark.parametrize(
    ("name", "fields"),
    [("gate_in_order", {"number": 2}), ("gate_number_one_to_six", {"number": 0}), ("gate_passed_by_its_case", {"state": "passed", "passed_on": TODAY}),
     ("gate_passed_iff_dated", {"passed_on": TODAY})],
)  # fmt: skip
def test_the_database_refuses_by_name(world, proposal, name, fields):
    case = flow.start_case(kind="gate1", title="x", village=proposal.village, by=world.people["village_cadre"], day=TODAY)
    values = {
        "project": proposal,
        "village": proposal.village,
        "number": 1,
        "case": case,
        "handler": world.people["village_cadre"],
        "started_on": TODAY,
    }
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Gate.objects.create(**values | fields)


def test_one_gate_is_open_once(world, proposal):
    gate = services.start_gate(project=proposal, number=1, by=world.people["village_cadre"])
    case = flow.start_case(kind="gate1", title="x", village=proposal.village, by=world.people["village_cadre"], day=TODAY)
    with pytest.raises(IntegrityError, match="gate_once_a_project"), transaction.atomic():
        Gate.objects.create(project=proposal, village=proposal.village, number=1, case=case, handler=gate.handler, started_on=TODAY)


def test_library_and_notice_rules_hold_from_their_day_of_effect(proposal):
    before, after = (Procedure.objects.valid_on(day).get(key="gate1").steps.first().requirements for day in (TODAY, date(2018, 7, 1)))
    assert "gate_notice_before" not in before
    assert "gate_notice_before" in after


def test_a_notice_of_the_project_closes_it_to_changes(world, proposal):
    services.publish_notice(project=proposal, stage="before", by=world.people["township_clerk"])
    with pytest.raises(flow.UnderNotice, match="正在公示"):
        services.save_project(project=proposal, by=world.people["finance"], name="改名")
    with pytest.raises(services.FundsError, match="还没有竣工"):
        services.publish_notice(project=proposal, stage="after", by=world.people["township_clerk"])


def test_an_older_project_goes_without_gates(world):
    services.install_procedures()
    old = ProjectFactory(village=world.villages[0], amount=10, state="running")
    assert not services.gates_apply(old)
    services.save_project(project=old, by=world.people["finance"], approval_document="旧文")


def test_the_page_says_what_is_missing_and_a_skipped_gate_is_refused(signed_in, world, proposal):
    client = signed_in("village_cadre")
    page = client.get(reverse("funds:project-gates", args=[proposal.pk])).content.decode()
    assert "没有受益户名单" in page
    assert reverse("funds:project-gate-1", args=[proposal.pk]) in page
    assert reverse("funds:project-gate-2", args=[proposal.pk]) not in page
    skipped = client.post(reverse("funds:project-gate-4", args=[proposal.pk]), {"seen": ""})
    assert skipped.status_code == 200
    assert "按顺序办理" in skipped.content.decode()
    assert not Gate.objects.exists()
    brought = client.post(reverse("funds:project-gate-1", args=[proposal.pk]), {"seen": ""})
    assert brought.url == Gate.objects.get().case.get_absolute_url()
    assert client.get(brought.url).status_code == 200


def test_a_project_that_begins_today_is_registered_before_its_gates(signed_in, proposal, world):
    """The form's door: nothing of the gates is written by hand, and without a gate passed there is nothing to ask of them."""
    fields = {"code": "LG-9", "name": "烘干房", "kind": "industry", "village": world.villages[0].pk, "department": OrganizationFactory().pk, "source": "4",
              "amount": "90000", "applied_on": "20170901", "state": "applied", "beneficiary_households": "6"}  # fmt: skip
    response = signed_in("bureau_clerk").post(reverse("funds:project-create"), fields)
    assert response.status_code == 302, response.context["form"].errors
    refused = signed_in("bureau_clerk").post(reverse("funds:project-create"), fields | {"code": "LG-10", "approved_on": "20170902"})
    assert "六道关办理" in refused.content.decode()
