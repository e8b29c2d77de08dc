"""Proof of balance: what the rows do not explain is found, told, and stands over every notice until somebody writes why."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from funds import services
from funds.models import BalanceDifference, BalanceProof, FundIndicator
from tests.funds.test_payments import answer, paying, released, take  # noqa: F401 — the fixture

DAY = date(2017, 9, 30)
LATER = date(2030, 1, 1)


def prove(day=DAY):
    return services.prove_balance(day=day)


def test_money_that_went_its_way_leaves_nothing_open(world, paying):  # noqa: F811
    batch = released(world, paying())
    take(world, batch, answer(batch))
    proof = prove()
    assert (proof.allocated, proof.paid, proof.received, proof.way) == (3000, 3000, 3000, 0)
    assert not BalanceDifference.objects.exists()


def test_a_batch_without_an_answer_and_a_failure_nobody_reissued_are_found_and_go_when_done(world, paying):  # noqa: F811
    batch = released(world, paying())
    assert prove().differences == 0
    prove(LATER)
    open_row = BalanceDifference.objects.get()
    assert (open_row.kind, open_row.difference, open_row.village) == ("unanswered", -3000, world.villages[0])
    take(world, batch, answer(batch, failing={2}))
    prove(LATER)
    open_row.refresh_from_db()
    assert open_row.state == "已消除"
    failed = BalanceDifference.objects.get(gone_on=None)
    assert (failed.kind, failed.difference) == ("failed", 1000)
    services.reissue(batch=batch, by=world.people["bureau_clerk"])
    assert prove(LATER).differences == 0


def test_money_paid_from_an_indicator_that_never_arrived_is_found(world, paying):  # noqa: F811
    released(world, paying())
    FundIndicator.objects.update(received_on=None)
    prove()
    assert BalanceDifference.objects.get().kind == "not_arrived"


def test_a_hole_in_the_ceilings_would_be_seen(transactional_db, as_owner):
    """The owner, past every trigger, takes a balance down: the next night says so."""
    from core.scope import acting_as_system
    from tests.factories import make_allocation, make_world

    with acting_as_system(reason="测试"):
        allocation = make_allocation(make_world().villages[0], amount=5000)
    as_owner("update funds_balance set used = 4000 where kind = 'indicator'")
    with acting_as_system(reason="测试"):
        assert prove().differences == 1
        row = BalanceDifference.objects.get()
        assert (row.kind, row.key, row.expected, row.found) == ("indicator", allocation.indicator_id, 5000, 4000)


def test_the_application_cannot_write_the_runs_again(world):
    prove()
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        BalanceProof.objects.update(differences=0)


@pytest.fixture
def open_difference(world, paying):  # noqa: F811
    batch = released(world, paying())
    prove(LATER)
    world.project = batch.project
    return BalanceDifference.objects.get()


def test_a_fund_notice_over_an_open_difference_needs_the_bureaus_written_word(world, open_difference):
    clerk = world.people["township_clerk"]
    with pytest.raises(services.FundsError, match="没有书面说明,不能发布"):
        services.publish_notice(project=world.project, stage="before", by=clerk)
    services.explain_difference(difference=open_difference, explanation="银行系统升级,回单顺延至十月五日。", by=world.people["bureau_approver"])
    notice = services.publish_notice(project=world.project, stage="before", by=clerk).notice
    assert "资金核对说明" in notice.body
    assert "银行系统升级" in notice.body
    assert world.people["bureau_approver"].name in notice.body


def test_what_became_of_an_indicator_is_told_to_the_city_and_on_its_public_page(signed_in, client, world, open_difference):
    from workflow.models import PublicNotice, PublicSnapshot

    indicator = world.project.allocations.get().indicator
    url = reverse("funds:indicator-notice", args=[indicator.pk])
    assert "没有书面说明" in signed_in("finance").post(url, {"seen": ""}).content.decode()
    services.explain_difference(difference=open_difference, explanation="银行系统升级,回单顺延至十月五日。", by=world.people["bureau_approver"])
    assert signed_in("finance").post(url, {"seen": ""}).status_code == 302
    notice = PublicNotice.objects.get(kind="fund_allocation")
    assert "银行系统升级" in notice.body
    client.logout()
    page = client.get(reverse("public:notice", args=[PublicSnapshot.objects.get(notice=notice).token])).content.decode()
    assert world.project.name in page
    assert "3,000.00" in page
    assert signed_in("bureau_clerk").get(url).status_code == 403


def test_another_sum_is_another_question(world, open_difference):
    services.explain_difference(difference=open_difference, explanation="银行系统升级,回单顺延。", by=world.people["bureau_approver"])
    BalanceDifference.objects.update(found=Decimal(7))
    prove(LATER)
    open_difference.refresh_from_db()
    assert open_difference.state == "未解释"
    prove(LATER)
    assert BalanceDifference.objects.count() == 1


def test_the_word_is_the_leaders_and_says_something(signed_in, world, open_difference):
    url = reverse("funds:difference-explain", args=[open_difference.pk])
    assert signed_in("bureau_clerk").post(url, {"explanation": "没有问题没有问题没有问题"}).status_code == 403
    client = signed_in("bureau_approver")
    assert "不少于10个字" in client.post(url, {"explanation": "没有问题"}).content.decode()
    assert client.post(url, {"explanation": "银行系统升级,回单顺延至十月五日。"}).status_code == 302
    text = client.get(open_difference.get_absolute_url()).content.decode()
    assert "银行系统升级" in text


def test_who_sees_which_difference(signed_in, world, open_difference):
    client = signed_in("township_clerk")
    assert open_difference.about in client.get(reverse("funds:proof")).content.decode()
    assert client.get(reverse("funds:proof-runs")).status_code == 403
    BalanceDifference.objects.update(village=world.villages[2])
    assert client.get(open_difference.get_absolute_url()).status_code == 404
    assert signed_in("finance").get(reverse("funds:proof-runs")).status_code == 200
    assert signed_in("helper").get(reverse("funds:proof")).status_code == 403


@pytest.mark.parametrize(
    ("name", "change"),
    [("balance_difference_explained_by_somebody", {"explanation": "x"}), ("balance_difference_open_once", {"pk": None})],
)
def test_the_database_refuses_a_difference_by_name(world, open_difference, name, change):
    for field, value in change.items():
        setattr(open_difference, field, value)
    open_difference._state.adding = open_difference.pk is None
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        open_difference.save()


def test_the_nightly_job_writes_a_run(world, paying):  # noqa: F811
    from funds.tasks import prove_balance

    prove_balance(timestamp=0)
    assert BalanceProof.objects.get().ran_on == DAY
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from core_event where \"table\" = 'funds_balanceproof'")
        assert cursor.fetchone() == (0,)
    assert timedelta(0) < timedelta(milliseconds=BalanceProof.objects.get().milliseconds + 1)
