"""The ledger: every line adds up, whoever looks sees their own part, and nothing is counted twice."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.charts import flow_chart
from funds import services
from funds.models import FundAllocation, FundIndicator
from funds.services import ledger
from tests.factories import IndicatorFactory, OrganizationFactory, make_allocation, make_item, make_payees
from tests.funds.test_payments import PERIOD, answer, released, take


@pytest.fixture
def money(world):
    """Ten thousand allocated in the first village, of which three payments of a thousand are out: two arrived, one failed; a team's costs."""
    world.allocation = make_allocation(world.villages[0], amount=10_000, indicator=IndicatorFactory(amount=50_000))
    world.homes = make_payees(world.villages[0], 3)
    lines = [services.Wanted(home.pk, Decimal(1000)) for home in world.homes]
    make = {"project": world.allocation.project, "allocation": world.allocation, "item": make_item(), "by": world.people["bureau_clerk"]}
    batch = released(world, services.make_batch(period_on=PERIOD, lines=lines, **make))
    take(world, batch, answer(batch, failing={2}))
    world.batch = services.reissue(batch=batch, by=world.people["bureau_clerk"])
    make_allocation(world.villages[2], amount=7_000)
    team = IndicatorFactory(amount=2_000, category="team", source="7")
    FundAllocation.objects.create(
        indicator=team, organization=OrganizationFactory(name="选派单位"), amount=2_000, document="经费", allocated_on=PERIOD
    )
    return world


@pytest.mark.parametrize("by", ledger.BY)
def test_every_line_of_every_statement_adds_up(money, by):
    lines = ledger.lines_by(FundAllocation.objects.all(), by)
    assert sum(line.allocated for line in lines) == 19_000
    for line in [*lines, ledger.total_of(lines)]:
        assert line.allocated == line.paid + line.way + line.left
    assert (ledger.total_of(lines).paid, ledger.total_of(lines).way) == (2000, 1000)


def test_a_cut_and_a_return_leave_the_lines_true(money):
    services.cut_allocation(allocation=money.allocation, amount=Decimal(4000), document="调", allocated_on=PERIOD, by=money.people["finance"])
    services.give_back(
        indicator=money.allocation.indicator, kind="carried", amount=Decimal(500), document="结", happened_on=PERIOD, by=money.people["finance"]
    )
    line = next(each for each in ledger.indicator_lines() if each.indicator == money.allocation.indicator)
    assert (line.issued, line.allocated, line.given_back, line.free) == (50_000, 6_000, 500, 43_500)
    assert line.free == services.left("indicator", money.allocation.indicator.pk)
    carried = next(each for each in ledger.indicator_lines() if each.indicator.carried_from_id)
    assert not ledger.counted(carried)


def test_an_indicator_counted_inside_another_is_not_summed_again(money):
    whole = money.allocation.indicator
    IndicatorFactory(amount=3_000, counting="inside", part_of=whole)
    open_one = IndicatorFactory(amount=4_000, counting="undecided", part_of=whole)
    lines = {line.indicator.pk: line for line in ledger.indicator_lines()}
    assert lines[whole.pk].inside == 3_000
    assert lines[whole.pk].free == services.left("indicator", whole.pk)
    assert ledger.undecided(lines[open_one.pk])
    assert sum(line.issued for line in lines.values() if ledger.counted(line)) == 50_000 + 7_000 + 2_000


def test_the_whole_city_is_told_by_indicator_and_a_township_by_its_villages(signed_in, money):
    page = signed_in("finance").get(reverse("funds:statement"))
    assert page.context["figures"][0].value == "5.90"
    assert FundIndicator.objects.get(category="team").document in page.content.decode()
    near = signed_in("township_clerk").get(reverse("funds:statement"))
    text = near.content.decode()
    assert money.villages[0].name in text
    assert money.villages[2].name not in text
    assert "选派单位" not in text
    assert "<svg" in text


@pytest.mark.parametrize("query", [{"by": "x"}, {"year": "abc"}, {"year": "9" * 30}, {"source": "'"}, {"by": "village\0"}])
def test_a_statement_nobody_offers_is_told_and_no_error(signed_in, money, query):
    page = signed_in("finance").get(reverse("funds:statement"), query)
    assert page.status_code == 200
    assert page.context["form"].errors


def test_project_village_and_household_have_their_own(signed_in, money):
    client = signed_in("township_clerk")
    project = client.get(reverse("funds:project-statement", args=[money.allocation.project_id]))
    assert [fact.value for fact in project.context["figures"]] == ["1.00", "1.00", "0.20", "0.10", "0.70"]
    assert client.get(reverse("funds:village-statement", args=[money.villages[0].pk])).status_code == 200
    assert client.get(reverse("funds:village-statement", args=[money.villages[2].pk])).status_code == 404
    for home, words in ((money.homes[0], "已到账 1,000.00 元"), (money.homes[1], "失败:账号已销户")):
        assert words in client.get(reverse("funds:household", args=[home.pk])).content.decode()
    assert signed_in("helper").get(reverse("funds:household", args=[money.homes[0].pk])).status_code == 403


def test_the_list_of_lines_costs_the_same_whatever_is_paid(signed_in, money, django_assert_max_num_queries):
    client = signed_in("finance")
    client.get(reverse("funds:statement"))
    with django_assert_max_num_queries(16):
        client.get(reverse("funds:statement"), {"by": "project"})


def test_a_flow_chart_carries_its_sums_and_no_markup_of_others():
    drawn = flow_chart([(("甲<b>", "乙", "丙"), 3.5), (("丁", "乙", "丙"), 0)], title="流向", columns=("a", "b", "c"), unit="万元")
    assert "3.50" in drawn
    assert "<b>" not in drawn
    assert "丁" not in drawn
    assert flow_chart([], title="流向", columns=("a", "b"), unit="万元").startswith("<svg")
