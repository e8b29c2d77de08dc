"""What the money is measured by: a batch of a hundred thousand against bare SQL, alerts over a million payments, statement pages."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core.clock import today
from core.scope import acting_as_system
from demo.bench import Measured, _timed, in_turn
from demo.payouts import answer_file

PAYEES, PAYMENTS = 100_000, 1_000_000
BARE = "同样行数的裸 SQL:临时表、连接核对、插入、导出、读回"


def _households(most: int) -> list[int]:
    from django.db.models import Exists, OuterRef

    from funds.models import Payment
    from households.models import Household

    strange = Payment.objects.filter(account_index=OuterRef("bank_account_index")).exclude(household=OuterRef("pk"))
    rows = Household.objects.active().exclude(bank_account_index=None).exclude(Exists(strange))
    return list(rows.order_by("pk").values_list("pk", flat=True)[:most])


def _makings(amount: Decimal) -> dict[str, Any]:
    """A project with money for it, and an item that nothing was paid of."""
    from accounts.models import Organization
    from funds.models import FundAllocation, FundIndicator, Project, SubsidyItem
    from villages.models import Village

    village, office = Village.objects.order_by("pk")[0], Organization.objects.order_by("pk")[0]
    indicator = FundIndicator.objects.create(
        document="测速", title="测速", source="4", year=2017, amount=amount, issued_on=date(2017, 1, 1), received_on=today()
    )
    project = Project.objects.create(code="CS-BENCH", name="测速", kind="industry", village=village, department=office, source="4", amount=amount,
                                     approved_on=date(2017, 1, 1), state="running", started_on=date(2017, 1, 2))  # fmt: skip
    allocation = FundAllocation.objects.create(
        indicator=indicator, project=project, village=village, amount=amount, document="测速", allocated_on=date(2017, 1, 2)
    )
    item = SubsidyItem.objects.create(code="CSBENCH"[:8], name="测速", valid_from=date(2014, 1, 1))
    return {"project": project, "allocation": allocation, "item": item}


def _payout(lines: int) -> float:
    """Seconds from the list of payees to the reconciled return file, through the services."""
    from accounts.models import User
    from funds import services

    people = {name: User.objects.get(username=name) for name in ("fupin", "shenpi", "caizheng", "fagai", "jiwei")}
    wanted = [services.Wanted(pk, Decimal(100)) for pk in _households(lines)]
    makings = _makings(Decimal(100) * len(wanted))
    spent = 0.0

    def clock(action: Callable[[], Any]) -> Any:
        nonlocal spent
        kept: list[Any] = []
        spent += _timed(lambda: kept.append(action())) / 1000
        return kept[0]

    batch = clock(lambda: services.make_batch(period_on=date(2017, 9, 1), lines=wanted, by=people["fupin"], **makings))
    for name in ("shenpi", "fagai", "jiwei")[: batch.checks_needed - 1] + ("shenpi",)[: batch.checks_needed == 1]:
        batch = services.check_batch(batch=batch, seen=batch.digest, by=people[name])
    while batch.state == "made":
        batch = services.check_batch(batch=batch, seen=batch.digest, by=people["jiwei"])
    batch = services.pay_batch(batch=batch, seen=batch.digest, by=people["caizheng"])
    clock(lambda: services.bank_file(batch=batch))
    data = answer_file(batch, {5, 7}, "20170928")
    clock(lambda: services.take_return(batch=batch, data=data, name="回单", by=people["caizheng"]))
    return spent


BARE_STEPS = (
    "create temporary table bench_wanted on commit drop as select row_number() over (order by id) as number, id as household_id, 100::numeric(14,2) as amount "
    "from households_household where ended_on is null and bank_account_index is not null order by id limit %(lines)s",
    "analyze bench_wanted",
    "create temporary table bench_paid on commit drop as select w.number, h.id, h.village_id, h.household_code, m.id as member_id, m.name, h.bank_account, "
    "h.bank_account_index, h.bank_name, w.amount from bench_wanted w join households_household h on h.id = w.household_id "
    "left join households_member m on m.household_id = h.id and m.relation = '01' and m.left_on is null",
    "create unique index on bench_paid (number)",
    "analyze bench_paid",
    "create temporary table bench_back on commit drop as select number, true as ok, '' as reason from bench_paid",
    "create temporary table bench_result on commit drop as select p.number, b.ok, b.reason from bench_back b join bench_paid p using (number)",
)  # fmt: skip


def _bare(lines: int) -> float:
    """The same number of rows through the same work as bare SQL, decrypting and writing out the accounts included."""
    from core import crypto

    def run() -> None:
        with connection.cursor() as cursor:
            for step in BARE_STEPS:
                cursor.execute(step, {"lines": lines} if "%(" in step else None)
            cursor.execute("select number, name, bank_account, amount from bench_paid order by number")
            "\n".join(f"{number}|{name}|{crypto.decrypt(account)}|{amount}" for number, name, account, amount in cursor).encode("gb18030")

    return _timed(run) / 1000


def _batch() -> Measured:
    values, floors = [], []
    for _ in range(3):
        for function, kept in ((_payout, values), (_bare, floors)):
            with acting_as_system(reason="bench"):
                kept.append(function(PAYEES))
                transaction.set_rollback(True)
    return Measured(sorted(values)[1], sorted(floors)[1], "s", BARE)


FILL = """
insert into funds_payment (batch_id, number, allocation_id, village_id, household_id, member_id, invoice, household_code, person_name, account, account_index,
  account_name, bank_name, standard, quantity, amount, mac)
select %(batch)s, g, %(allocation)s, h.village_id, h.id, h.member_id, '', h.household_code, h.name, 'x', h.bank_account_index, h.name, '', 100, 1, 1, ''
from (select row_number() over (order by h.id) as n, count(*) over () as all_of, h.id, h.village_id, h.household_code, h.bank_account_index, m.id as member_id, m.name
      from households_household h join households_member m on m.household_id = h.id and m.relation = '01' and m.left_on is null
      where h.bank_account_index is not null and h.ended_on is null) h
join generate_series(1, %(rows)s) g on g %% h.all_of + 1 = h.n
"""
SCAN = """
select count(*), sum(p.amount), count(distinct b.id), max(m.name) from funds_payment p join funds_paymentbatch b on b.id = p.batch_id
left join funds_paymentresult r on r.payment_id = p.id left join households_member m on m.id = p.member_id where p.amount > 0 and b.state <> 'cancelled'
"""
RULES = ("F01", "F02", "F04", "F07", "F19")


def _alerts() -> Measured:
    """The mean of one pass of a payment rule over a million payments, against one bare scan of the same joins."""
    from accounts.models import User
    from funds.services.payments import open_batch
    from workflow import services as flow

    with acting_as_system(reason="bench"):
        makings = _makings(Decimal(PAYMENTS))
        batch = open_batch(
            "household", makings["project"], makings["allocation"], "测速", date(2017, 9, 1), User.objects.get(username="fupin"), item=makings["item"]
        )
        with connection.cursor() as cursor:
            # A member is paid once in a batch: the million stand in as many batches as it takes.
            homes = len(_households(10**9))
            left = PAYMENTS
            while left > 0:
                rows = min(left, homes)
                cursor.execute(FILL, {"batch": batch.pk, "allocation": makings["allocation"].pk, "rows": rows})
                left -= rows
                if left > 0:
                    batch = open_batch("household", makings["project"], makings["allocation"], "测速", date(2017, 9, 1), User.objects.get(username="fupin"), item=makings["item"])  # fmt: skip
            cursor.execute("create temporary table if not exists bench_none (id int) on commit drop")

            def scan() -> None:
                cursor.execute(SCAN)
                cursor.fetchone()

            floors = sorted(_timed(scan) for _ in range(3))
        values = sorted(_timed(lambda: flow.run_alerts(today(), codes=RULES)) / len(RULES) for _ in range(3))
        transaction.set_rollback(True)
    return Measured(values[1], floors[1], "ms", "同样连接的一次全表汇总")


def _statements() -> dict[str, Callable[[], Measured]]:
    from accounts.models import User

    def signed_in() -> Client:
        client = Client()
        client.force_login(User.objects.get(username="caizheng"), backend="accounts.backends.NameAndPassword")
        return client

    def page(url: str) -> Callable[[], Measured]:
        def run() -> Measured:
            client = signed_in()

            def get(address: str) -> Callable[[], Any]:
                def fetch() -> None:
                    assert client.get(address).status_code == 200, address

                return fetch

            return in_turn(get(url), get(reverse("accounts:password-change")))

        return run

    with acting_as_system(reason="bench"):
        from funds.models import Project
        from villages.models import Village

        project, village = Project.objects.order_by("pk")[0].pk, Village.objects.order_by("pk")[0].pk
    addresses = {
        "statement": reverse("funds:statement"), "statement_project": reverse("funds:project-statement", args=[project]),
        "statement_village": reverse("funds:village-statement", args=[village]),
    }  # fmt: skip
    return {name: page(url) for name, url in addresses.items()}


def benches() -> dict[str, Callable[[], Measured]]:
    return _statements() | {"fund_batch": _batch, "fund_alerts": _alerts}
