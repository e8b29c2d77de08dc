"""Each planted mistake is found by its rule, in words that say why; what is right is left alone."""

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from core.clock import today
from funds import services
from funds.models import Asset, Contract, Gate, Loan, LoanProduct, PaymentBatch, Project, SubsidyItem
from funds.services.payments import open_batch, write_lines
from households.models import Member
from tests.factories import (
    START,
    CadreFactory,
    IndicatorFactory,
    MemberFactory,
    OrganizationFactory,
    PostingFactory,
    make_allocation,
    make_item,
    make_payees,
)
from workflow import services as flow
from workflow.models import Alert

CODES = [f"F{n:02d}" for n in range(1, 21)]


def wrong_line(batch, home, **changed):
    """A line as a payment of before this system, or a forged one, would stand there: past the payee check."""
    member = home.members.first()
    row = {"batch_id": batch.pk, "number": 1, "allocation_id": batch.allocation_id, "village_id": home.village_id, "household_id": home.pk,
           "member_id": member.pk, "invoice": "", "household_code": home.household_code, "person_name": member.name, "account": "x",
           "account_index": f"account-{home.pk}", "account_name": member.name, "bank_name": "", "standard": None, "quantity": Decimal(1),
           "amount": Decimal(1000)}  # fmt: skip
    return row | changed


@pytest.fixture
def planted(world):
    """One mistake for each rule about payments, in the first village."""
    allocation = make_allocation(world.villages[0], amount=100_000)
    project, clerk = allocation.project, world.people["bureau_clerk"]
    homes = make_payees(world.villages[0], 8)
    item, other = make_item(standard=1000, every="month"), make_item(code="T2", every="once")
    dead, moved = (MemberFactory(household=home, name=name, relation="03") for home, name in zip(homes, ("张已故", "张已走"), strict=False))
    PostingFactory(village=world.villages[0], cadre=CadreFactory(name="王干部"))

    def batch(*lines, of=item, month=6):
        made = open_batch("household", project, allocation, "补助", date(2017, month, 1), clerk, item=of)
        write_lines(made, [wrong_line(made, home, number=number, **changed) for number, (home, changed) in enumerate(lines, start=1)])
        return made

    world.batch = batch((homes[0], {"member_id": dead.pk}), (homes[1], {"member_id": moved.pk}), (homes[2], {"account_index": "same"}), (homes[3], {"account_index": "same"}),
                        (homes[4], {"account_name": "张无名"}), (homes[5], {"amount": Decimal(1200)}), (homes[6], {"account_name": "王干部"}))  # fmt: skip
    batch((homes[7], {}))
    batch((homes[7], {}))
    batch((homes[0], {"member_id": dead.pk}), of=other)
    Member.objects.filter(pk=dead.pk).update(left_on=date(2017, 5, 1), leave_reason="1")
    Member.objects.filter(pk=moved.pk).update(household=homes[0])
    world.allocation, world.homes, world.item = allocation, homes, item
    return world


def found(*codes):
    flow.run_alerts(today(), codes=codes or CODES)
    tally = {}
    for code in Alert.objects.filter(gone_on=None).values_list("code", flat=True):
        tally[code] = tally.get(code, 0) + 1
    return tally


PAYMENT_RULES = ["F01", "F02", "F03", "F04", "F05", "F07", "F19"]


def test_each_mistake_in_payments_is_found_and_nothing_else(planted):
    # The dead payee was paid twice, in two items.
    assert found(*PAYMENT_RULES) == {"F01": 2, "F02": 1, "F03": 2, "F04": 2, "F05": 1, "F07": 1, "F19": 1}
    sentences = {alert.code: alert.sentence for alert in Alert.objects.all()}
    assert "户(" in sentences["F03"]
    assert "2017-06 发放 2 次,共 2,000.00 元" in sentences["F05"]
    assert "派驻干部同名" in sentences["F19"]
    assert "领款人死亡(2017-05-01)" in sentences["F01"]


def test_what_failed_was_given_up_or_taken_back_is_no_mistake(planted):
    PaymentBatch.objects.update(state="cancelled")
    assert found(*PAYMENT_RULES) == {}


def test_who_signed_does_not_judge_and_others_close_it(planted):
    found("F04")
    alert = Alert.objects.filter(code="F04").first()
    judge = {"alert": alert, "state": "false", "reason": "已核对开户信息"}
    with pytest.raises(Exception, match="涉及您本人"):
        flow.judge_alert(**judge, by=planted.people["bureau_clerk"])
    flow.judge_alert(**judge, by=planted.people["discipline"])
    assert found("F04")["F04"] == 2  # the false one is kept and does not come back twice
    assert Alert.objects.filter(code="F04", state="open").count() == 1


def test_the_page_of_an_alert_leads_to_its_batch(signed_in, planted):
    found("F07")
    page = signed_in("discipline").get(Alert.objects.get(code="F07").get_absolute_url())
    text = page.content.decode()
    assert reverse("funds:batch-detail", args=[planted.batch.pk]) in text
    assert "1,200.00 元" in text
    assert signed_in("helper").get(Alert.objects.get(code="F07").get_absolute_url()).status_code in {403, 404}


def test_projects_that_are_silent_late_unshown_or_unevaluated(world):
    late = make_allocation(world.villages[0], amount=50_000).project  # began in March, to be done in December, no report
    assert found("F09", "F10") == {"F09": 1, "F10": 1}
    services.add_part(part=late.progress.model(project=late), by=world.people["bureau_clerk"], reported_on=today(), percent=90, note="好")
    assert found("F09", "F10") == {}
    Project.objects.filter(pk=late.pk).update(state="finished", finished_on=date(2017, 6, 30), applied_on=date(2017, 7, 3))
    Asset.objects.create(project=late, village=late.village, name="羊舍", kind="public", value=10)
    assert found("F15", "F16", "F20") == {"F15": 1, "F16": 1, "F20": 1}
    assert "照片:否" in Alert.objects.get(code="F16").sentence


def test_money_that_lies_idle_and_sums_that_pass_a_contract(world):
    allocation = make_allocation(world.villages[0], amount=50_000, indicator=IndicatorFactory(amount=60_000))
    project, village = allocation.project, world.villages[0]
    contractor = OrganizationFactory()
    contract = Contract.objects.create(
        project=project, village=village, number="H1", contractor=contractor, amount=30_000, method="direct", signed_on=START
    )
    services.make_unit_batch(project=project, allocation=allocation, contract=contract, invoice="1", amount=Decimal(30_000), account="1", bank_name="",
                             by=world.people["bureau_clerk"])  # fmt: skip
    assert found("F06", "F11") == {"F11": 1}
    Contract.objects.update(amount=20_000)
    assert found("F06") == {"F06": 1, "F11": 1}


def test_contracts_with_ones_own_office_or_split_below_the_limit(world):
    project = make_allocation(world.villages[0], amount=900_000).project
    office = OrganizationFactory(name="自家公司")
    world.people["bureau_approver"].organization = office
    world.people["bureau_approver"].save()
    fields = {"project": project, "village": project.village, "contractor": office, "method": "direct", "amount": 250_000}
    first = Contract.objects.create(number="H1", signed_on=date(2017, 4, 1), **fields)
    assert found("F17", "F18") == {}
    Contract.objects.create(number="H2", signed_on=date(2017, 5, 1), **fields)
    PaymentBatch.objects.create(number="ZF1", kind="unit", project=project, village=project.village, allocation=project.allocations.get(), title="x",
                                period_on=date(2017, 6, 1), maker=world.people["bureau_clerk"], checker=world.people["bureau_approver"])  # fmt: skip
    assert found("F17", "F18") == {"F17": 2, "F18": 1}
    Contract.objects.update(declared=True)
    Contract.objects.filter(pk=first.pk).update(method="tender")
    assert found("F17", "F18") == {}


def test_money_sent_before_the_fifth_gate(world, planted):
    services.install_procedures()
    batch = planted.batch
    PaymentBatch.objects.filter(pk=batch.pk).update(state="checked", checker=world.people["bureau_approver"])
    PaymentBatch.objects.filter(pk=batch.pk).update(state="sent", payer=world.people["finance"], sent_at=timezone.now())
    assert found("F08") == {}  # older than the gates
    Project.objects.filter(pk=batch.project_id).update(applied_on=date(2017, 8, 1))
    assert found("F08") == {"F08": 1}
    assert "第五关" in Alert.objects.get(code="F08").sentence
    assert not Gate.objects.exists()


def test_loans_late_over_their_caps_or_not_for_production(world):
    home = make_payees(world.villages[0], 1)[0]
    bank, micro = OrganizationFactory(nature="bank"), LoanProduct.objects.create(code="X", name="小额", kind="micro", valid_from=START)
    free = LoanProduct.objects.create(code="D", name="担保", kind="guaranteed", valid_from=START)
    common = {"bank": bank, "rate": 4, "borrower_name": "张", "purpose": "养羊", "lent_on": date(2017, 1, 1), "borrower_kind": "household", "household": home,
              "village": home.village, "borrower_age": 40}  # fmt: skip
    Loan.objects.create(number="A", product=micro, amount=50_000, due_on=date(2019, 1, 1), **common)
    Loan.objects.create(number="B", product=free, amount=900_000, due_on=date(2027, 1, 1), **common)
    assert found("F12", "F13", "F14") == {}
    Loan.objects.create(number="C", product=micro, amount=1_000, due_on=date(2018, 1, 1), productive=False, **common | {"borrower_age": 66})
    from funds.services.credit import plan

    for loan in Loan.objects.all():
        loan.due_on = date(2017, 8, 1)
        plan_rows = plan(loan, 1)
        type(plan_rows[0]).objects.bulk_create(plan_rows)
    assert found("F12", "F13", "F14") == {"F12": 3, "F13": 2, "F14": 1}
    assert "31—90天" in Alert.objects.filter(code="F12").first().sentence


def test_the_command_tells_them_in_the_shape_others_read(planted):
    out = StringIO()
    call_command("fund_alerts", "--json", stdout=out)
    told = json.loads(out.getvalue())["alerts"]
    assert {"rule", "severity", "object", "evidence", "found_on"} == set(told[0])
    assert {each["rule"] for each in told} >= set(PAYMENT_RULES)
    before = Alert.objects.count()
    other = StringIO()
    call_command("fund_alerts", "--as-of", str(today() - timedelta(days=1)), stdout=other)
    assert "F05" in other.getvalue()
    assert Alert.objects.count() == before
    with pytest.raises(CommandError):
        call_command("fund_alerts", "--as-of", "昨天")


def test_a_broken_parameter_stops_its_rule_alone(planted):
    from workflow.models import AlertRule

    AlertRule.objects.filter(code="F07").update(parameters={"percent": "x"})
    passed = {each.code: each.problem for each in flow.run_alerts(today(), codes=["F04", "F07"])}
    assert "参数" in passed["F07"]
    assert not passed["F04"]
    assert SubsidyItem.objects.count() == 2


def test_the_balance_command_tells_its_sums(planted):
    out = StringIO()
    call_command("prove_balance", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["differences"] == []
    assert Decimal(told["sums"]["way"]) == sum(batch.total for batch in PaymentBatch.objects.all())
