"""Filters of the project list."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from accounts.models import Organization
from core.clock import today
from core.filters import ScopedFilter, choice, pick, search_box
from funds.models import (
    BalanceDifference,
    Clue,
    CreditRating,
    FinanceFile,
    Finding,
    FundIndicator,
    InterestSubsidy,
    Loan,
    LoanProduct,
    PaymentBatch,
    Project,
    Source,
)
from funds.rules.codes import BorrowerKind
from villages.filters import VillageRowFilter
from villages.models import Division, Village


class ProjectFilter(VillageRowFilter):
    permission = "project_view"
    q = search_box("项目名称、编号、实施单位")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    kind = choice("类别", Project.Kind.choices)
    source = choice("资金来源", Source.choices)
    state = choice("状态", Project.State.choices)

    class Meta:
        model = Project
        fields = ["q", "township", "village", "kind", "source", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(code__startswith=text.upper()) | Q(department__name__contains=text))


class IndicatorFilter(ScopedFilter):
    q = search_box("文号、名称")
    source = choice("资金来源", Source.choices)
    category = choice("资金类别", FundIndicator.Category.choices)
    year = choice("年度", [(str(year), f"{year}年") for year in range(2014, 2036)])

    class Meta:
        model = FundIndicator
        fields = ["q", "source", "category", "year"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(document__contains=text) | Q(title__contains=text))


class BatchFilter(VillageRowFilter):
    permission = "payment_view"
    q = search_box("批次号、摘要、项目")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    kind = choice("种类", PaymentBatch.Kind.choices)
    state = choice("状态", PaymentBatch.State.choices)

    class Meta:
        model = PaymentBatch
        fields = ["q", "township", "village", "kind", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(number__startswith=text.upper()) | Q(title__contains=text) | Q(project__name__contains=text))


BANKS = Organization.objects.filter(nature=Organization.Nature.BANK)
LATE = [("any", "逾期"), ("90", "逾期90天以上"), ("none", "无逾期")]


class LoanFilter(ScopedFilter):
    q = search_box("合同编号、借款人、户编号")
    bank = pick("银行", BANKS)
    product = pick("产品", LoanProduct.objects.all())
    borrower_kind = choice("借款人种类", BorrowerKind.choices)
    late = choice("逾期", LATE, method="by_late")

    class Meta:
        model = Loan
        fields = ["q", "bank", "product", "borrower_kind", "late"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(number__startswith=text) | Q(borrower_name__contains=text) | Q(household_code__startswith=text))

    def by_late(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "none":
            return rows.filter(Q(unpaid_due_on=None) | Q(unpaid_due_on__gte=today()))
        return rows.filter(unpaid_due_on__lt=today() - timedelta(days=90 if value == "90" else 0))


class OfHouseholdFilter(ScopedFilter):
    q = search_box("户编号、户主")
    bank = pick("银行", BANKS)

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(household_code__startswith=text) | Q(borrower_name__contains=text))


class RatingFilter(OfHouseholdFilter):
    class Meta:
        model = CreditRating
        fields = ["q", "bank"]


class FileFilter(OfHouseholdFilter):
    class Meta:
        model = FinanceFile
        fields = ["q", "bank"]


class SubsidyFilter(ScopedFilter):
    q = search_box("合同编号、借款人")
    bank = pick("银行", BANKS)
    paid = choice("状态", [("yes", "已付"), ("no", "待付")], method="by_paid")

    class Meta:
        model = InterestSubsidy
        fields = ["q", "bank", "paid"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(loan__number__startswith=text) | Q(loan__borrower_name__contains=text))

    def by_paid(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(paid_on__isnull=value == "no")


class DifferenceFilter(VillageRowFilter):
    permission = "fund_view"
    q = search_box("对象")
    kind = choice("差异", BalanceDifference.Kind.choices)
    state = choice("状态", [("open", "未解释"), ("explained", "已说明"), ("gone", "已消除")], method="by_state")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())

    class Meta:
        model = BalanceDifference
        fields = ["q", "kind", "state", "township", "village"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(about__contains=text)

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "gone":
            return rows.exclude(gone_on=None)
        rows = rows.filter(gone_on=None)
        return rows.filter(explanation="") if value == "open" else rows.exclude(explanation="")


class ClueFilter(ScopedFilter):
    q = search_box("编号、线索")
    source = choice("来源", Clue.Source.choices)
    state = choice("状态", Clue.State.choices)

    class Meta:
        model = Clue
        fields = ["q", "source", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(title__contains=text) | Q(number__startswith=text.upper()))


class FindingFilter(ScopedFilter):
    q = search_box("编号、问题")
    state = choice("状态", Finding.State.choices)
    late = choice("期限", [("late", "已超期")], method="by_late")

    class Meta:
        model = Finding
        fields = ["q", "state", "late"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(title__contains=text) | Q(number__startswith=text.upper()))

    def by_late(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state="open", due_on__lt=today())
