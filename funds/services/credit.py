"""Credit: ratings, files, loans, repayments, interest subsidy; every write, each for the bank of who writes."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from accounts.models import Organization, User
from core import crypto
from core.clock import today
from core.scope import because
from funds.models import CreditRating, FinanceFile, Instalment, InterestSubsidy, Loan, LoanProduct, Repayment
from funds.rules import interest
from funds.services.ceilings import check_amount, within_ceilings
from funds.services.errors import FundsError

HIDDEN = ["household", "village"]  # a bank cannot read the rows these point to; the database's own foreign keys hold them


def bank_of(user: User) -> Organization:
    """The bank a user writes for. Raises FundsError for who belongs to none."""
    bank = user.organization
    if bank is None or bank.nature != Organization.Nature.BANK:
        raise FundsError("您的账号没有关联到银行,请系统管理员在用户的单位中设置。")
    return bank


def find_borrower(*, household_code: str, id_number: str) -> tuple[int, int, str, date | None]:
    """Household, village, name and birth day of a member, to whoever knows code and ID number together. Raises FundsError."""
    with connection.cursor() as cursor:
        cursor.execute("select * from funds_find_borrower(%s, %s)", [household_code, crypto.blind_index(id_number, "id_number")])
        row = cursor.fetchone()
    if row is None:
        raise FundsError("户编号和身份证号码对不上在册的户,请核对。")
    return row


@transaction.atomic
def rate_household(*, by: User, household_code: str, id_number: str, year: int, grade: str, limit: Decimal, rated_on: date) -> CreditRating:
    bank = bank_of(by)
    household, village, name, _ = find_borrower(household_code=household_code, id_number=id_number)
    because(f"信用评级 {year}")
    row = CreditRating(bank=bank, household_id=household, village_id=village, household_code=household_code, borrower_name=name, year=year, grade=grade,
                       limit=limit, rated_on=rated_on)  # fmt: skip
    return _save(row)


@transaction.atomic
def open_file(*, by: User, household_code: str, id_number: str, number: str, opened_on: date, needs_loan: bool, note: str) -> FinanceFile:
    bank = bank_of(by)
    household, village, name, _ = find_borrower(household_code=household_code, id_number=id_number)
    because("建立金融服务档案")
    row = FinanceFile(bank=bank, household_id=household, village_id=village, household_code=household_code, borrower_name=name, number=number,
                      opened_on=opened_on, needs_loan=needs_loan, note=note)  # fmt: skip
    return _save(row)


def _save(row: Any) -> Any:
    row.full_clean(exclude=HIDDEN)
    row.save()
    return row


def months_between(first: date, last: date) -> int:
    """Whole months, a begun one counted."""
    return (last.year - first.year) * 12 + last.month - first.month + (1 if last.day > first.day else 0)


def _refuse_terms(
    product: LoanProduct, amount: Decimal, lent_on: date, due_on: date, age: int | None, household: int | None, bank: Organization
) -> None:
    """Raises FundsError for what the product does not allow; caps only where it has them."""
    if not product.valid_from <= lent_on or (product.valid_to and lent_on > product.valid_to):
        raise FundsError(f"{product}在 {lent_on:%Y-%m-%d} 未启用。")
    if household and product.cap is not None:
        running = Loan.objects.filter(bank=bank, household_id=household, product=product).with_state()
        owed = sum((loan.owed for loan in running), Decimal(0))
        if owed + amount > product.cap:
            raise FundsError(f"{product}每户不超过 {product.cap:,.2f} 元,该户未还 {owed:,.2f} 元,本次 {amount:,.2f} 元。")
    if product.most_months and due_on > interest.add_months(lent_on, product.most_months):
        raise FundsError(f"{product}期限不超过 {product.most_months} 个月。")
    if age is not None and not (product.least_age or 0) <= age <= (product.most_age or 200):
        raise FundsError(f"{product}的借款人年龄应在 {product.least_age} 至 {product.most_age} 岁,现为 {age} 岁。")


@transaction.atomic
def lend(
    *, by: User, product: LoanProduct, number: str, borrower_kind: str, amount: Decimal, rate: Decimal, lent_on: date, due_on: date, purpose: str,
    productive: bool = True, household_code: str = "", id_number: str = "", borrower_name: str = "", instalments: int = 1,
) -> Loan:  # fmt: skip
    """Register a loan of the user's bank with its plan of equal instalments. Raises FundsError for terms the product does not allow."""
    bank = bank_of(by)
    check_amount(amount)
    LoanProduct.objects.select_for_update().get(pk=product.pk)
    household, village, age = None, None, None
    if borrower_kind == "household":
        household, village, borrower_name, birth_on = find_borrower(household_code=household_code, id_number=id_number)
        age = lent_on.year - birth_on.year - ((lent_on.month, lent_on.day) < (birth_on.month, birth_on.day)) if birth_on else None
    elif not borrower_name:
        raise FundsError("请填写借款人名称。")
    _refuse_terms(product, amount, lent_on, due_on, age, household, bank)
    because(f"登记贷款 {number}")
    loan = Loan(bank=bank, product=product, number=number, borrower_kind=borrower_kind, household_id=household, village_id=village, borrower_name=borrower_name,
                household_code=household_code if household else "", borrower_age=age, amount=amount, rate=rate, lent_on=lent_on, due_on=due_on,
                purpose=purpose, productive=productive)  # fmt: skip
    _save(loan)
    Instalment.objects.bulk_create(plan(loan, instalments))
    return loan


def plan(loan: Loan, count: int) -> list[Instalment]:
    """Equal parts of the principal at equal distances, the last one takes the rest."""
    count = max(1, min(count, months_between(loan.lent_on, loan.due_on), 60))
    part = (loan.amount / count).quantize(Decimal("0.01"))
    span, rows, until = (loan.due_on - loan.lent_on) / count, [], Decimal(0)
    for number in range(1, count + 1):
        principal = part if number < count else loan.amount - until
        until += principal
        due = loan.due_on if number == count else loan.lent_on + span * number
        rows.append(Instalment(loan=loan, bank_id=loan.bank_id, village_id=loan.village_id, household_id=loan.household_id, number=number, due_on=due,
                               principal=principal, until_then=until))  # fmt: skip
    return rows


@transaction.atomic
def repay(*, loan: Loan, paid_on: date, principal: Decimal, interest_paid: Decimal, by: User) -> Repayment:
    """Write down a repayment. Raises OverCeiling for more than is owed."""
    if paid_on < loan.lent_on:
        raise FundsError("还款日期不能早于放款日期。")
    for part in (principal, interest_paid):
        if part:
            check_amount(part)
    because(f"还款 {loan.number}")
    row = Repayment(loan=loan, bank_id=loan.bank_id, village_id=loan.village_id, household_id=loan.household_id, paid_on=paid_on, principal=principal,
                    interest=interest_paid)  # fmt: skip
    row.full_clean(exclude=[*HIDDEN, "loan"])
    with within_ceilings(principal, loan=loan.pk):
        row.save()
    return row


@transaction.atomic
def extend_loan(*, loan: Loan, due_on: date, by: User) -> Loan:
    """Extend once (`domain.md` §7.5): what is owed becomes due on the new day."""
    loan = Loan.objects.select_for_update(of=("self",)).select_related("product").get(pk=loan.pk)
    if loan.extended:
        raise FundsError("这笔贷款已经展期一次,不能再展期。")
    if due_on <= loan.due_on:
        raise FundsError("展期后的到期日期应晚于原到期日期。")
    owed = Loan.objects.with_state().get(pk=loan.pk).owed
    if owed <= 0:
        raise FundsError("这笔贷款已还清。")
    because(f"展期 {loan.number}")
    loan.due_on, loan.extended = due_on, True
    loan.save()
    last = Instalment.objects.filter(loan=loan).order_by("-number")[0]
    Instalment.objects.create(loan=loan, bank_id=loan.bank_id, village_id=loan.village_id, household_id=loan.household_id, number=last.number + 1,
                              due_on=due_on, principal=owed, until_then=loan.amount)  # fmt: skip
    return loan


@transaction.atomic
def compute_subsidies(*, first: date, last: date, by: User) -> int:
    """Compute the interest subsidy of every subsidised loan for a period that is over; a period is computed once. Returns how many."""
    if last >= today() or first > last:
        raise FundsError("贴息按已结束的期间测算。")
    because(f"测算贴息 {first:%Y-%m-%d} 至 {last:%Y-%m-%d}")
    loans = Loan.objects.filter(product__subsidised=True, lent_on__lte=last).with_state().prefetch_related("repayments")
    loans = loans.exclude(interestsubsidys__from_on__lte=last, interestsubsidys__to_on__gte=first)
    rows = []
    for loan in loans:
        paid = [(row.paid_on, row.principal) for row in loan.repayments.all()]
        overdue = loan.unpaid_due_on if loan.unpaid_due_on and loan.unpaid_due_on < last else None
        days, amount = interest.subsidy(loan.amount, loan.rate, loan.lent_on, first, last, paid, overdue)
        if amount > 0:
            rows.append(InterestSubsidy(loan=loan, bank_id=loan.bank_id, village_id=loan.village_id, household_id=loan.household_id, from_on=first, to_on=last,
                                        days=days, amount=amount, made_by=by))  # fmt: skip
    InterestSubsidy.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def pay_subsidies(*, first: date, by: User) -> Decimal:
    """Pay what was computed for a period, by another person. Pressed twice it pays nothing more."""
    rows = list(InterestSubsidy.objects.select_for_update(of=("self",)).filter(from_on=first, paid_on=None))
    if not rows:
        raise FundsError("这个期间没有待付的贴息。")
    if any(row.made_by_id == by.pk for row in rows):
        raise FundsError("贴息的测算和支付须由不同的人办理。")
    because(f"支付贴息 {first:%Y-%m-%d} 起")
    InterestSubsidy.objects.filter(pk__in=[row.pk for row in rows]).update(paid_by=by, paid_on=today())
    return sum((row.amount for row in rows), Decimal(0))
