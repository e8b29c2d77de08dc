"""Sums never pass each other: allocations, budgets, payments, held by the database, also under ten writers at once."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.scope import acting_as_system
from funds import services
from funds.models import Balance, FundAllocation, FundIndicator, IndicatorReturn
from tests.factories import IndicatorFactory, ProjectFactory, make_allocation, make_world

DAY = date(2017, 2, 1)


def give(world, indicator, amount, project=None, **fields):
    project = project or ProjectFactory(village=world.villages[0], amount=1_000_000, state="running")
    return services.allocate(
        indicator=indicator, project=project, amount=Decimal(amount), document="测〔2017〕1号", allocated_on=DAY, by=world.people["finance"], **fields
    )


def test_allocations_stop_at_the_indicator_to_the_cent(world):
    indicator = IndicatorFactory(amount=Decimal("100.00"))
    give(world, indicator, "99.99")
    with pytest.raises(services.OverCeiling, match="指标余额 0.01 元"):
        give(world, indicator, "0.02")
    give(world, indicator, "0.01")
    assert services.left("indicator", indicator.pk) == 0


def test_allocations_stop_at_the_projects_approved_budget(world):
    project = ProjectFactory(village=world.villages[0], amount=50, state="running")
    with pytest.raises(services.OverCeiling, match="项目批复余额 50.00 元"):
        give(world, IndicatorFactory(), 51, project)


@pytest.mark.parametrize(
    ("amount", "words"),
    [("-1", "大于零"), ("0", "大于零"), ("0.005", "最小到分"), ("1e13", "超出上限"), ("NaN", "大于零"), ("Infinity", "大于零")],
)
def test_a_sum_that_is_none_is_told(world, amount, words):
    with pytest.raises(services.FundsError, match=words):
        give(world, IndicatorFactory(), amount)
    assert not FundAllocation.objects.exists()


def test_a_cut_frees_the_indicator_and_not_more_than_is_unpaid(world):
    allocation = make_allocation(world.villages[0], amount=100)
    cut = {"document": "减1号", "allocated_on": date(2017, 5, 1), "by": world.people["finance"]}
    with pytest.raises(services.FundsError, match="余额不足"):
        services.cut_allocation(allocation=allocation, amount=Decimal(101), **cut)
    services.cut_allocation(allocation=allocation, amount=Decimal(40), **cut)
    assert services.left("indicator", allocation.indicator_id) == 40
    assert services.left("allocation", allocation.pk) == 60


def test_an_indicator_cannot_shrink_below_what_is_allocated(world):
    indicator = IndicatorFactory(amount=100)
    give(world, indicator, 80)
    with pytest.raises(services.OverCeiling):
        services.save_indicator(indicator=indicator, by=world.people["finance"], amount=Decimal(79))


def test_a_part_counted_inside_uses_the_whole_and_an_undecided_one_does_not(world):
    whole = IndicatorFactory(amount=1500)
    undecided = IndicatorFactory(amount=Decimal("904.5"), counting="undecided", part_of=whole)
    assert services.left("indicator", whole.pk) == 1500
    services.save_indicator(indicator=undecided, by=world.people["finance"], counting="inside")
    assert services.left("indicator", whole.pk) == Decimal("595.5")
    with pytest.raises(services.OverCeiling):
        give(world, whole, 600)


def test_money_carried_over_makes_next_years_indicator(world):
    indicator = IndicatorFactory(amount=100)
    services.give_back(
        indicator=indicator, kind="carried", amount=Decimal(30), document="结转1号", happened_on=date(2017, 12, 31), by=world.people["finance"]
    )
    following = FundIndicator.objects.get(carried_from=indicator)
    assert (following.year, following.amount) == (2018, 30)
    with pytest.raises(services.OverCeiling):
        give(world, indicator, 71)


def test_no_library_no_money_and_nothing_for_what_is_forbidden(world):
    unapproved = ProjectFactory(village=world.villages[0], amount=100, state="applied", approved_on=None)
    with pytest.raises(services.FundsError, match="还没有批复"):
        give(world, IndicatorFactory(), 1, unapproved)
    forbidden = ProjectFactory(village=world.villages[0], amount=100, state="argued", forbidden_use="vehicles")
    with pytest.raises(services.FundsError, match="购买交通工具"):
        give(world, IndicatorFactory(), 1, forbidden)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("balance_within_ceiling", lambda a: FundAllocation.objects.create(indicator=a.indicator, project=a.project, village=a.village, amount=1, document="x", allocated_on=DAY)),
        ("balance_used_not_negative", lambda a: FundAllocation.objects.create(indicator=a.indicator, organization=a.project.department, amount=-200, document="x", allocated_on=DAY, reverses=a)),
        ("fund_allocation_cut_of_its_own", lambda a: FundAllocation.objects.create(indicator=a.indicator, organization=a.project.department, amount=-1, document="x", allocated_on=DAY, reverses=a)),
        ("fund_allocation_to_one", lambda a: FundAllocation.objects.create(indicator=IndicatorFactory(), amount=1, document="x", allocated_on=DAY)),
        ("fund_allocation_negative_iff_cut", lambda a: FundAllocation.objects.create(indicator=a.indicator, project=a.project, village=a.village, amount=-1, document="x", allocated_on=DAY)),
        ("fund_indicator_positive", lambda a: IndicatorFactory(amount=0)),
        ("fund_indicator_part_iff_counted_so", lambda a: IndicatorFactory(counting="inside")),
        ("fund_indicator_not_part_of_itself", lambda a: FundIndicator.objects.filter(pk=a.indicator_id).update(part_of=a.indicator_id, counting="undecided")),
        ("fund_indicator_days_in_order", lambda a: IndicatorFactory(received_on=date(2016, 1, 1))),
        ("fund_indicator_document_once", lambda a: IndicatorFactory(document=a.indicator.document)),
        ("indicator_return_positive", lambda a: IndicatorReturn.objects.create(indicator=a.indicator, kind="returned", amount=-1, document="x", happened_on=DAY)),
    ],
)  # fmt: skip
def test_the_database_refuses_by_name(world, name, write):
    allocation = make_allocation(world.villages[0], amount=100)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(allocation)


@pytest.mark.parametrize(
    "attack",
    ["update funds_balance set used = 0", "insert into funds_balance (kind, key, ceiling, used) values ('budget', 1, 1e9, 0)", "delete from funds_balance",
     "update funds_fundallocation set amount = 1", "delete from funds_payment", "delete from funds_paymentresult", "truncate funds_balance",
     "select funds_use('budget', 1, -100)", "select funds_ceiling('budget', 1, 1e9)", "alter table funds_payment disable trigger all"],
)  # fmt: skip
def test_the_application_cannot_touch_balances_or_rewrite_money(world, attack):
    make_allocation(world.villages[0])
    with pytest.raises(DatabaseError, match="permission denied|must be owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_ten_approvers_at_once_on_the_last_yuan_give_it_once(transactional_db):
    """Ten transactions stand ready before the first commits; exactly one gets the money, nine are told."""
    with acting_as_system(reason="测试"):
        world = make_world()
        indicator = IndicatorFactory(amount=1)
        projects = [ProjectFactory(village=world.villages[0], amount=100, state="running") for _ in range(10)]
    ready, told, given = threading.Barrier(10), [], []

    def approve(project):
        try:
            with acting_as_system(reason="测试"):
                ready.wait(timeout=20)
                given.append(give(world, indicator, 1, project).pk)
        except services.OverCeiling as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(project,)) for project in projects]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with acting_as_system(reason="测试"):
        assert (len(given), len(told)) == (1, 9)
        assert all("指标余额 0.00 元" in text for text in told)
        assert Balance.objects.get(kind="indicator", key=indicator.pk).used == 1
        assert FundAllocation.objects.count() == 1
