"""Credit (`domain.md` §7.5): ratings, financial files, loans by product, instalments, repayments, interest subsidy.

A bank sees its own rows and nothing of the register: a row carries what its bank knows of the borrower anyway, and the wall has an arm
for the bank of who is acting (`BANK_WALL`). Households are found through a definer function that answers only to code and ID number together.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from funds.models.money import yuan
from funds.querysets import CreditQuerySet, LoanQuerySet
from funds.rules.codes import BorrowerKind, LoanKind
from households.models import Household
from villages.models import Village


def _bank() -> models.ForeignKey:
    return models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="银行")


def _household(**options: object) -> models.ForeignKey:
    return models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name="户", **options)  # type: ignore[misc]


def _village(**options: object) -> models.ForeignKey:
    return models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村", **options)  # type: ignore[misc]


class LoanProduct(models.Model):
    """A loan product; caps stand only where the product has them. Officials edit the rows."""

    code = models.CharField("代码", max_length=8, unique=True)
    name = models.CharField("贷款产品", max_length=40)
    kind = models.CharField("种类", max_length=12, choices=LoanKind)
    cap = models.DecimalField("每户上限(元)", max_digits=14, decimal_places=2, null=True, blank=True, help_text="没有上限的不填")
    most_months = models.PositiveSmallIntegerField("最长期限(月)", null=True, blank=True)
    least_age = models.PositiveSmallIntegerField("最低年龄", null=True, blank=True)
    most_age = models.PositiveSmallIntegerField("最高年龄", null=True, blank=True)
    subsidised = models.BooleanField("财政贴息", default=False)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    basis = models.CharField("依据", max_length=100, blank=True)
    is_assumed = models.BooleanField("数值待核定", default=True)

    class Meta:
        verbose_name = "贷款产品"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="loan_product_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(name="loan_product_cap_positive", condition=Q(cap=None) | Q(cap__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class CreditRow(models.Model):
    """What belongs to one bank, and perhaps to a household."""

    bank = _bank()
    village = _village(null=True, blank=True)

    objects = CreditQuerySet.as_manager()

    class Meta:
        abstract = True


class CreditRating(CreditRow):
    """A bank's rating of a household in a year, on the bank's own scale."""

    household = _household()
    household_code = models.CharField("户编号", max_length=16)
    borrower_name = models.CharField("户主", max_length=50)
    year = models.PositiveSmallIntegerField("年度", validators=[MinValueValidator(2010), MaxValueValidator(2100)])
    grade = models.CharField("信用等级", max_length=10)
    limit = models.DecimalField("授信额度(元)", max_digits=14, decimal_places=2, default=0, validators=[MinValueValidator(0)])
    rated_on = models.DateField("评级日期")

    class Meta:
        verbose_name = "信用评级"
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["household", "bank", "year"], name="credit_rating_once_a_year", violation_error_message="该户本年度已评级。"),
            models.CheckConstraint(name="credit_rating_limit_not_negative", condition=Q(limit__gte=0)),
        ]  # fmt: skip


class FinanceFile(CreditRow):
    """贫困户金融服务档案: a household's file with a bank."""

    household = _household()
    household_code = models.CharField("户编号", max_length=16)
    borrower_name = models.CharField("户主", max_length=50)
    number = models.CharField("档案号", max_length=30)
    opened_on = models.DateField("建档日期")
    needs_loan = models.BooleanField("有贷款需求", default=False)
    note = models.CharField("服务记录", max_length=300, blank=True)

    class Meta:
        verbose_name = "金融服务档案"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["household", "bank"], name="finance_file_once_a_bank", violation_error_message="该户已建档。"),
            models.UniqueConstraint(fields=["bank", "number"], name="finance_file_number_once", violation_error_message="这个档案号已使用。"),
        ]


class Loan(CreditRow):
    """A loan as lent. What is repaid are rows of their own."""

    product = models.ForeignKey(LoanProduct, models.PROTECT, related_name="loans", verbose_name="贷款产品")
    number = models.CharField("合同编号", max_length=30)
    borrower_kind = models.CharField("借款人种类", max_length=12, choices=BorrowerKind)
    household = _household(null=True, blank=True)
    household_code = models.CharField("户编号", max_length=16, blank=True)
    borrower_name = models.CharField("借款人", max_length=80)
    borrower_age = models.PositiveSmallIntegerField("放款时年龄", null=True, blank=True)
    amount = yuan("金额(元)")
    rate = models.DecimalField("年利率(%)", max_digits=6, decimal_places=3, validators=[MinValueValidator(0), MaxValueValidator(36)])
    lent_on = models.DateField("放款日期")
    due_on = models.DateField("到期日期")
    purpose = models.CharField("用途", max_length=60)
    productive = models.BooleanField("用于生产经营", default=True)
    extended = models.BooleanField("已展期", default=False, editable=False)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = "贷款"
        ordering = ["-lent_on", "-id"]
        indexes = [models.Index(fields=["bank", "-id"], name="loan_by_bank")]
        constraints = [
            models.UniqueConstraint(fields=["bank", "number"], name="loan_number_once_a_bank", violation_error_message="这个合同编号已登记。"),
            models.CheckConstraint(name="loan_amount_positive", condition=Q(amount__gt=0), violation_error_message="金额应大于零。"),
            models.CheckConstraint(
                name="loan_days_in_order", condition=Q(due_on__gt=F("lent_on")), violation_error_message="到期日期应晚于放款日期。"
            ),
            models.CheckConstraint(name="loan_rate_in_range", condition=Q(rate__gte=0, rate__lte=36)),
            models.CheckConstraint(
                name="loan_household_iff_borrower_is_one",
                condition=Q(borrower_kind="household", household__isnull=False, village__isnull=False) | (~Q(borrower_kind="household") & Q(household=None)),
                violation_error_message="借款人是农户的要指明户。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.borrower_name}"

    def get_absolute_url(self) -> str:
        return reverse("funds:loan-detail", args=[self.pk])


class OfLoan(CreditRow):
    """A row of a loan: its bank, village and household with it, so that the walls need no join."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="%(class)ss", verbose_name="贷款")
    household = _household(null=True, blank=True)

    class Meta:
        abstract = True


class Instalment(OfLoan):
    """What has to be repaid by a day; `until_then` is the sum of it and those before."""

    number = models.PositiveSmallIntegerField("期次")
    due_on = models.DateField("应还日期")
    principal = yuan("应还本金(元)")
    until_then = yuan("累计应还本金(元)")

    class Meta:
        verbose_name = "还款计划"
        ordering = ["loan_id", "number"]
        constraints = [models.UniqueConstraint(fields=["loan", "number"], name="instalment_number_once_in_loan")]


class Repayment(OfLoan):
    """Money repaid. Never changed; a wrong entry is taken back by a row below zero."""

    paid_on = models.DateField("还款日期")
    principal = models.DecimalField("归还本金(元)", max_digits=14, decimal_places=2)
    interest = models.DecimalField("支付利息(元)", max_digits=14, decimal_places=2, default=0)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, editable=False, related_name="reversal", verbose_name="冲销的还款")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "还款"
        ordering = ["loan_id", "paid_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="repayment_negative_iff_reversal",
                condition=Q(reverses=None, principal__gte=0, interest__gte=0) | Q(reverses__isnull=False, principal__lte=0, interest__lte=0),
                violation_error_message="还款金额不能为负数。",
            ),
            models.CheckConstraint(name="repayment_of_something", condition=~Q(principal=0, interest=0), violation_error_message="本金和利息至少填一项。"),
        ]  # fmt: skip


class InterestSubsidy(OfLoan):
    """贴息 of one loan for one period, computed by one person and paid by another."""

    from_on = models.DateField("起始日期")
    to_on = models.DateField("截止日期")
    days = models.PositiveSmallIntegerField("计息天数")
    amount = yuan("贴息金额(元)")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="测算人")
    paid_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="支付人")
    paid_on = models.DateField("支付日期", null=True, blank=True)

    class Meta:
        verbose_name = "贴息"
        ordering = ["-to_on", "loan_id"]
        constraints = [
            models.UniqueConstraint(fields=["loan", "from_on"], name="interest_subsidy_once_a_period"),
            models.CheckConstraint(name="interest_subsidy_paid_by_another", condition=Q(paid_by=None) | ~Q(paid_by=F("made_by"))),
            models.CheckConstraint(name="interest_subsidy_paid_iff_dated", condition=Q(paid_by=None, paid_on=None) | Q(paid_by__isnull=False, paid_on__isnull=False)),
            models.CheckConstraint(name="interest_subsidy_days_in_order", condition=Q(to_on__gte=F("from_on"))),
        ]  # fmt: skip


BANK_TABLES = ("funds_creditrating", "funds_financefile", "funds_loan", "funds_instalment", "funds_repayment", "funds_interestsubsidy")
BANK_WALL = """
create or replace function funds_own_bank() returns bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- The bank of who is acting, while a grant as bank runs; null for everybody else.
  select u.organization_id from accounts_user u
  where u.id = nullif(current_setting('app.user', true), '')::bigint and u.is_active and exists (
    select from villages_grant g where g.user_id = u.id and g.role = 'bank' and (g.until is null or g.until >= current_date))
$$;
create or replace function funds_find_borrower(code text, number_index text)
returns table (household_id bigint, village_id bigint, head text, birth_on date)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- A bank that knows both the household's code and the ID number of one of its members is told that they belong together, no more.
  select h.id, h.village_id, m.name, m.birth_on from households_household h
  join households_member m on m.household_id = h.id and m.left_on is null and m.id_number_index = number_index
  where h.household_code = code and h.ended_on is null
$$;
revoke all on function funds_own_bank(), funds_find_borrower(text, text) from public;
grant execute on function funds_own_bank(), funds_find_borrower(text, text) to pa_app;
""" + "".join(
    f"drop policy if exists own_bank on {table}; create policy own_bank on {table} to pa_app "
    "using (bank_id = (select funds_own_bank())) with check (bank_id = (select funds_own_bank()));\n"
    for table in BANK_TABLES
)
