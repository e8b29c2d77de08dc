"""Loans, ratings and files of banks: a bank sees its own and nothing of the register; caps only where a product has them."""

from datetime import date
from decimal import Decimal

import hypothesis
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.scope import acting_as
from funds import services
from funds.models import CreditRating, FinanceFile, Instalment, InterestSubsidy, Loan, LoanProduct, Repayment
from funds.rules import interest
from households.models import Household
from tests.factories import HouseholdFactory, MemberFactory, OrganizationFactory, UserFactory, grant

LENT, DUE = date(2016, 9, 1), date(2017, 9, 1)


@pytest.fixture
def lending(world):
    """Two banks, a household, a micro-credit with caps and a guaranteed loan without."""
    world.bank = world.people["bank"]
    world.bank.organization = OrganizationFactory(nature="bank", name="甲行")
    world.bank.save()
    world.other = UserFactory(username="other-bank", organization=OrganizationFactory(nature="bank", name="乙行"))
    grant(world.other, "bank", world.city)
    world.household = HouseholdFactory(village=world.villages[0])
    world.member = MemberFactory(household=world.household, name="张三", birth_on=date(1970, 1, 1))
    world.micro = LoanProduct.objects.create(
        code="X", name="小额信贷", kind="micro", cap=50_000, most_months=36, least_age=18, most_age=65, subsidised=True, valid_from=date(2014, 1, 1)
    )
    world.guaranteed = LoanProduct.objects.create(code="D", name="担保贷款", kind="guaranteed", valid_from=date(2014, 1, 1))

    def lend(by=None, **changed):
        fields = {"product": world.micro, "number": "H1", "borrower_kind": "household", "amount": Decimal(40_000), "rate": Decimal("4.35"), "lent_on": LENT,
                  "due_on": DUE, "purpose": "养羊", "household_code": world.household.household_code, "id_number": world.member.id_number}  # fmt: skip
        return services.lend(by=by or world.bank, **fields | changed)

    world.lend = lend
    return world


def as_bank(world, user):
    user = type(user).objects.get(pk=user.pk)
    return acting_as(user)


def test_a_bank_lends_to_whom_it_knows_and_sees_only_its_own(lending):
    with as_bank(lending, lending.bank):
        loan = lending.lend()
        assert (loan.borrower_name, loan.borrower_age, loan.instalments.count()) == ("张三", 46, 1)
    with as_bank(lending, lending.other):
        lending.lend(by=lending.other, number="Y1", amount=Decimal(30_000))
        assert list(Loan.objects.values_list("number", flat=True)) == ["Y1"]
        assert not Household.objects.exists()
        with connection.cursor() as cursor:
            for table in ("funds_loan", "funds_instalment"):
                cursor.execute(f"select count(*) from {table}")
                assert cursor.fetchone() == (1,)
            cursor.execute("select count(*) from core_event where household_id is not null")
            assert cursor.fetchone() == (0,)
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Loan.objects.create(
                bank=loan.bank,
                product=lending.micro,
                number="Z",
                borrower_kind="other",
                borrower_name="x",
                amount=1,
                rate=1,
                lent_on=LENT,
                due_on=DUE,
                purpose="x",
            )
        assert Loan.objects.filter(pk=loan.pk).update(amount=1) == 0


def test_a_bank_that_guesses_learns_nothing(lending):
    other = MemberFactory(household=HouseholdFactory(village=lending.villages[1]))
    for code, number in (("0" * 16, lending.member.id_number), (lending.household.household_code, other.id_number)):
        with pytest.raises(services.FundsError, match="对不上"):
            lending.lend(household_code=code, id_number=number)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"amount": Decimal("50000.01")}, "每户不超过 50,000.00"), ({"due_on": date(2019, 9, 2)}, "期限不超过 36 个月"), ({"amount": Decimal(0)}, "大于零"),
     ({"amount": Decimal("1e13")}, "超出上限"), ({"lent_on": date(2013, 1, 1)}, "未启用"), ({"borrower_kind": "enterprise"}, "借款人名称")],
)  # fmt: skip
def test_terms_a_product_does_not_allow_are_told(lending, changed, words):
    with pytest.raises(services.FundsError, match=words):
        lending.lend(**changed)
    assert not Loan.objects.exists()


def test_what_is_owed_counts_towards_the_cap_and_a_product_without_one_has_none(lending):
    loan = lending.lend()
    with pytest.raises(services.FundsError, match="未还 40,000.00 元"):
        lending.lend(number="H2", amount=Decimal(10_001))
    services.repay(loan=loan, paid_on=DUE, principal=Decimal(40_000), interest_paid=Decimal(0), by=lending.bank)
    lending.lend(number="H2", amount=Decimal(50_000))
    lending.lend(number="D1", product=lending.guaranteed, amount=Decimal(900_000), due_on=date(2026, 9, 1))


def test_age_outside_the_product_is_refused(lending):
    lending.member.birth_on = date(1940, 1, 1)
    lending.member.save()
    with pytest.raises(services.FundsError, match="现为 76 岁"):
        lending.lend()


def test_a_loan_is_not_repaid_beyond_its_sum(lending):
    loan = lending.lend()
    services.repay(loan=loan, paid_on=DUE, principal=Decimal(30_000), interest_paid=Decimal(100), by=lending.bank)
    with pytest.raises(services.OverCeiling, match="贷款本金余额 10,000.00 元"):
        services.repay(loan=loan, paid_on=DUE, principal=Decimal("10000.01"), interest_paid=Decimal(0), by=lending.bank)
    assert Loan.objects.with_state().get(pk=loan.pk).owed == 10_000


def test_overdue_is_the_earliest_instalment_not_paid(lending):
    loan = lending.lend(instalments=4)
    first = loan.instalments.get(number=1)
    assert Loan.objects.with_state().get().unpaid_due_on == first.due_on
    services.repay(loan=loan, paid_on=DUE, principal=Decimal(10_000), interest_paid=Decimal(0), by=lending.bank)
    assert Loan.objects.with_state().get().unpaid_due_on == loan.instalments.get(number=2).due_on
    services.extend_loan(loan=loan, due_on=date(2018, 9, 1), by=lending.bank)
    assert Loan.objects.with_state().get().unpaid_due_on == date(2018, 9, 1)
    with pytest.raises(services.FundsError, match="不能再展期"):
        services.extend_loan(loan=loan, due_on=date(2019, 9, 1), by=lending.bank)


@pytest.mark.parametrize(
    ("days", "label"), [(0, ""), (1, "逾期1—30天"), (30, "逾期1—30天"), (31, "逾期31—90天"), (90, "逾期31—90天"), (91, "逾期90天以上")]
)
def test_overdue_classes(days, label):
    assert interest.overdue_class(days) == label


@pytest.mark.parametrize(
    ("repaid", "overdue", "days", "amount"),
    [([], None, 91, "461.32"), ([(date(2017, 5, 1), 18_250)], None, 91, "309.24"), ([], date(2017, 5, 1), 30, "152.08"),
     ([(date(2017, 4, 1), 18_250), (date(2017, 4, 1), 18_250)], None, 1, "5.07")],
)  # fmt: skip
def test_subsidy_counts_what_was_owed_each_day_and_no_overdue_day(repaid, overdue, days, amount):
    paid = [(day, Decimal(part)) for day, part in repaid]
    period = (date(2016, 1, 1), date(2017, 4, 1), date(2017, 6, 30))
    assert interest.subsidy(Decimal(36_500), Decimal(5), *period, paid, overdue) == (days, Decimal(amount))


def sum_by_day(principal, rate, first, last, paid):
    """The same by walking day by day."""
    total, day = Decimal(0), first
    while day <= last:
        owed = principal - sum((amount for on, amount in paid if on < day), Decimal(0))
        if owed <= 0:
            break
        total += owed
        day = date.fromordinal(day.toordinal() + 1)
    return (total * rate / 100 / 360).quantize(Decimal("0.01"), "ROUND_HALF_UP")


@hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], max_examples=50)
@given(st.lists(st.tuples(st.dates(date(2017, 3, 1), date(2017, 7, 15)), st.integers(1, 400).map(Decimal)), max_size=5), st.integers(1, 999))
def test_subsidy_equals_the_sum_over_the_days(repayments, rate):
    given_rate = Decimal(rate) / 100
    found = interest.subsidy(Decimal(1000), given_rate, date(2016, 1, 1), date(2017, 4, 1), date(2017, 6, 30), repayments, None)[1]
    assert found == sum_by_day(Decimal(1000), given_rate, date(2017, 4, 1), date(2017, 6, 30), repayments)


def test_subsidies_are_computed_once_and_paid_by_another(lending):
    lending.lend()
    lending.lend(number="D1", product=lending.guaranteed)
    quarter = {"first": date(2017, 4, 1), "last": date(2017, 6, 30)}
    clerk, finance = lending.people["bureau_clerk"], lending.people["finance"]
    assert services.compute_subsidies(**quarter, by=clerk) == 1
    assert services.compute_subsidies(**quarter, by=clerk) == 0
    row = InterestSubsidy.objects.get()
    assert (row.days, row.amount) == (91, Decimal("439.83"))
    with pytest.raises(services.FundsError, match="不同的人"):
        services.pay_subsidies(first=quarter["first"], by=clerk)
    assert services.pay_subsidies(first=quarter["first"], by=finance) == row.amount
    with pytest.raises(services.FundsError, match="没有待付"):
        services.pay_subsidies(first=quarter["first"], by=finance)
    with pytest.raises(services.FundsError, match="已结束的期间"):
        services.compute_subsidies(first=date(2017, 7, 1), last=date(2017, 12, 31), by=clerk)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("loan_days_in_order", lambda loan: Loan.objects.filter(pk=loan.pk).update(due_on=loan.lent_on)),
        ("loan_household_iff_borrower_is_one", lambda loan: Loan.objects.filter(pk=loan.pk).update(borrower_kind="other")),
        ("loan_amount_positive", lambda loan: Loan.objects.filter(pk=loan.pk).update(amount=0)),
        ("loan_number_once_a_bank", lambda loan: _again(loan)),
        ("repayment_of_something", lambda loan: Repayment.objects.create(loan=loan, bank=loan.bank, paid_on=DUE, principal=0)),
        ("repayment_negative_iff_reversal", lambda loan: Repayment.objects.create(loan=loan, bank=loan.bank, paid_on=DUE, principal=-1)),
        ("balance_within_ceiling", lambda loan: Repayment.objects.create(loan=loan, bank=loan.bank, paid_on=DUE, principal=loan.amount + 1)),
        ("instalment_number_once_in_loan", lambda loan: Instalment.objects.create(loan=loan, bank=loan.bank, number=1, due_on=DUE, principal=1, until_then=1)),
        ("loan_product_cap_positive", lambda loan: LoanProduct.objects.filter(pk=loan.product_id).update(cap=0)),
    ],
)  # fmt: skip
def test_the_database_refuses_by_name(lending, name, write):
    loan = lending.lend()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(loan)


def _again(loan):
    loan.pk = None
    loan.save(force_insert=True)


def test_pages_of_a_bank(signed_in, lending):
    loan = lending.lend()
    theirs = lending.lend(by=lending.other, number="Y1", product=lending.guaranteed)
    client = signed_in("bank")
    listed = client.get(reverse("funds:loan-list")).content.decode()
    assert "H1" in listed
    assert "Y1" not in listed
    assert client.get(loan.get_absolute_url()).status_code == 200
    assert client.get(theirs.get_absolute_url()).status_code == 404
    code = {"household_code": lending.household.household_code, "id_number": lending.member.id_number}
    assert (
        client.post(reverse("funds:rating-create"), code | {"year": "2017", "grade": "AA", "limit": "50000", "rated_on": "20170901"}).status_code
        == 302
    )
    assert client.post(reverse("funds:file-create"), code | {"number": "F1", "opened_on": "20170901", "note": ""}).status_code == 302
    assert (CreditRating.objects.get().grade, FinanceFile.objects.get().borrower_name) == ("AA", "张三")
    assert client.get(reverse("households:list")).status_code == 403
    everyone = signed_in("city_leader").get(reverse("funds:loan-list")).content.decode()
    assert "H1" in everyone
    assert "Y1" in everyone
