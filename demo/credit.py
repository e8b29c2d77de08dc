"""The demo's loans: 3016.12万 to the cent by product and borrower kind, what is repaid, what is late, and the interest paid for them."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts.models import Organization, User
from core import clock
from demo import golmud
from funds import services
from funds.models import CreditRating, FinanceFile, Loan, LoanProduct, Repayment
from funds.rules.interest import add_months
from funds.services.credit import plan
from households.models import Member
from villages.models import Village

# (code, name, kind, cap, months, ages, subsidised, basis): caps only where the policy has them.
PRODUCTS = (
    ("XE", "扶贫小额信贷", "micro", 50_000, 36, (18, 65), True, "国开办发〔2014〕78号、银监发〔2017〕42号"),
    ("DB", "担保贷款", "guaranteed", None, None, (None, None), False, "银行产品,额度待核定"),
    ("CY", "创业贷款", "startup", None, 36, (18, 65), False, "银行产品,额度待核定"),
    ("TX", "贴息贷款", "subsidised", None, 36, (18, 65), True, "银行产品,额度待核定"),
)  # fmt: skip
PURPOSES = ("购买种羊", "枸杞种植", "牦牛养殖", "设施大棚", "农机购置", "农家乐经营", "运输车辆经营")
COOPERATIVES = ("枸杞种植专业合作社", "牛羊养殖专业合作社", "藜麦种植专业合作社", "农机服务专业合作社")
HOMES = 150
GRADES = (("AAA", 50_000), ("AA", 40_000), ("A", 30_000), ("B", 10_000))
NOT_REPAID = {3: 12, 7: 45, 11: 120}  # which of the household loans that fell due is late, and how many days


def load_credit(villages: Sequence[Village], organizations: dict[str, Organization], random: Random) -> None:
    products = _products()
    rural, post = organizations["农村商业银行"], organizations["邮政储蓄银行"]
    heads = list(
        Member.objects.filter(household__in=_homes(villages), relation="01", left_on=None).select_related("household").order_by("household_id")
    )
    _files(heads, rural)
    loans = _to_households(heads, products, (rural, post), random)
    loans += _to_bodies([village for village in villages if village.is_poor_village], products, (rural, post), random)
    left = golmud.LOANS_YUAN - sum(loan.amount for loan in loans)
    loans[-1].amount += left  # the last one makes the sum exact
    Loan.objects.bulk_create(loans)
    services_of = [row for loan in loans for row in plan(loan, 3 if loan.borrower_kind != "household" else 1)]
    type(services_of[0]).objects.bulk_create(services_of)
    _repay(loans)
    _subsidise()


def _homes(villages: Sequence[Village]) -> list[int]:
    from households.models import Household

    return list(Household.objects.active().filter(village__in=villages).order_by("pk").values_list("pk", flat=True)[:HOMES])


def _products() -> dict[str, LoanProduct]:
    rows = [
        LoanProduct(code=code, name=name, kind=kind, cap=cap, most_months=months, least_age=low, most_age=high, subsidised=subsidised, basis=basis,
                    valid_from=date(2014, 1, 1))
        for code, name, kind, cap, months, (low, high), subsidised, basis in PRODUCTS
    ]  # fmt: skip
    return {row.code: row for row in LoanProduct.objects.bulk_create(rows)}


def _files(heads: Sequence[Member], bank: Organization) -> None:
    """A financial file and a rating of the year for every household asked."""
    common = [{"bank": bank, "village_id": head.village_id, "household": head.household, "household_code": head.household.household_code,
               "borrower_name": head.name} for head in heads]  # fmt: skip
    FinanceFile.objects.bulk_create(
        FinanceFile(**each, number=f"JR2017{number:05d}", opened_on=date(2016, 3, 1) + timedelta(days=number), needs_loan=number % 3 > 0)
        for number, each in enumerate(common, start=1)
    )
    CreditRating.objects.bulk_create(
        CreditRating(**each, year=2017, grade=GRADES[number % 4][0], limit=GRADES[number % 4][1], rated_on=date(2017, 2, 10) + timedelta(days=number % 25))
        for number, each in enumerate(common)
    )  # fmt: skip


def _loan(bank: Organization, product: LoanProduct, number: int, lent_on: date, months: int, **fields: object) -> Loan:
    return Loan(bank=bank, product=product, number=f"{product.code}{lent_on.year}{number:04d}", rate=Decimal("4.350"), lent_on=lent_on,
                due_on=add_months(lent_on, months), is_demo=True, **fields)  # fmt: skip


def _to_households(heads: Sequence[Member], products: dict[str, LoanProduct], banks: tuple[Organization, ...], random: Random) -> list[Loan]:
    rows = []
    able = [head for head in heads if head.birth_on and 18 <= 2016 - head.birth_on.year <= 62]
    for number, head in enumerate(able[:110], start=1):
        product = products["XE" if number % 2 else "TX" if number % 4 else "CY"]
        lent_on = date(2016, 6, 1) + timedelta(days=4 * number)
        rows.append(_loan(
            banks[number % 5 == 0], product, number, lent_on, 12 if number % 3 else 24, borrower_kind="household", household=head.household,
            household_code=head.household.household_code, village_id=head.village_id, borrower_name=head.name,
            borrower_age=lent_on.year - head.birth_on.year, amount=Decimal(random.randrange(4, 11) * 5_000), purpose=PURPOSES[number % 7],
        ))  # fmt: skip
    return rows


def _to_bodies(poor: Sequence[Village], products: dict[str, LoanProduct], banks: tuple[Organization, ...], random: Random) -> list[Loan]:
    rows = []
    for number, village in enumerate(poor):
        common = {"village": village, "productive": True}
        rows.append(_loan(banks[0], products["DB"], 500 + number, date(2016, 9, 5) + timedelta(days=9 * number), 36, borrower_kind="cooperative",
                          borrower_name=f"{village.name}{COOPERATIVES[number % 4]}", amount=Decimal(random.randrange(12, 17) * 50_000),
                          purpose=f"{COOPERATIVES[number % 4][:4]}流动资金", **common))  # fmt: skip
    for number, name in enumerate(("昆仑枸杞加工厂(演示)", "高原牧业公司(演示)", "戈壁藜麦公司(演示)", "河西农产品公司(演示)")):
        rows.append(_loan(banks[number % 2], products["TX" if number % 2 else "DB"], 600 + number, date(2017, 3, 6) + timedelta(days=21 * number), 24,
                          borrower_kind="enterprise", borrower_name=name, amount=Decimal(3_000_000), purpose="收购贫困户产品"))  # fmt: skip
    return rows


def _repay(loans: Sequence[Loan]) -> None:
    """What fell due by the demo's day is repaid, but for three that are late, one in each class."""
    day, rows, due = clock.today(), [], 0
    for loan in (loan for loan in loans if loan.borrower_kind == "household" and loan.due_on <= day):
        due += 1
        if due in NOT_REPAID:
            last = day - timedelta(days=NOT_REPAID[due])
            Loan.objects.filter(pk=loan.pk).update(due_on=last, lent_on=add_months(last, -12))
            loan.instalments.update(due_on=last)
            continue
        interest = (loan.amount * loan.rate / 100).quantize(Decimal("0.01"))
        rows.append(Repayment(loan=loan, bank_id=loan.bank_id, village_id=loan.village_id, household_id=loan.household_id, paid_on=loan.due_on,
                              principal=loan.amount, interest=interest))  # fmt: skip
    Repayment.objects.bulk_create(rows)


def _subsidise() -> None:
    """The interest of the first half of 2017, computed and paid by two; that of the third quarter waits."""
    clerk, payer = (User.objects.get(username=name) for name in ("fupin", "caizheng"))
    with clock.on(date(2017, 7, 12)):
        services.compute_subsidies(first=date(2017, 1, 1), last=date(2017, 6, 30), by=clerk)
    with clock.on(date(2017, 7, 20)):
        services.pay_subsidies(first=date(2017, 1, 1), by=payer)
