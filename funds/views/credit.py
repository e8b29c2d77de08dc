"""Credit: loans, ratings, financial files, interest subsidy. A bank sees its own rows alone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import recently_confirmed, requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column, show
from core.pages import Fact, Link
from funds import services
from funds.filters import FileFilter, LoanFilter, RatingFilter, SubsidyFilter
from funds.forms.credit import ExtendForm, FinanceFileForm, LoanForm, RatingForm, RepaymentForm, SubsidyForm, SubsidyPayForm
from funds.models import CreditRating, FinanceFile, InterestSubsidy, Loan
from funds.rules.interest import overdue_class, overdue_days


def _late(loan: Any) -> str:
    return overdue_class(overdue_days(today(), loan.unpaid_due_on))


LOANS = listings.register(
    listings.Listing(
        key="loans",
        title="贷款",
        rows=lambda user: Loan.objects.visible_to(user).with_state().select_related("bank", "product", "village"),
        columns=(
            Column("合同编号", "number"),
            Column("银行", "bank.name"),
            Column("产品", "product.name"),
            Column("借款人种类", "get_borrower_kind_display"),
            Column("借款人", "borrower_name"),
            Column("村", lambda row: row.village.name if row.village_id and row.village else ""),
            Column("金额(元)", "amount", "money", sum="amount"),
            Column("未还(元)", "owed", "money", sum="owed"),
            Column("放款日期", "lent_on", "date"),
            Column("到期日期", "due_on", "date"),
            Column("逾期", _late),
        ),
        permission=Permission.LOAN_VIEW,
        order=("-lent_on", "-id"),
        filters=LoanFilter,
        empty="没有符合条件的贷款。",
        primary=("登记贷款", "funds:loan-create", Permission.LOAN_EDIT),
        export_permission=Permission.LOAN_VIEW,
        table="funds_loan",
    )
)
RATINGS = listings.register(
    listings.Listing(
        key="credit-ratings",
        title="信用评级",
        rows=lambda user: CreditRating.objects.visible_to(user).select_related("bank"),
        columns=(
            Column("户编号", "household_code"), Column("户主", "borrower_name"), Column("银行", "bank.name"), Column("年度", lambda row: str(row.year)),
            Column("信用等级", "grade"), Column("授信额度(元)", "limit", "money", sum="limit"), Column("评级日期", "rated_on", "date"),
        ),
        permission=Permission.LOAN_VIEW, order=("-year", "id"), filters=RatingFilter, empty="没有符合条件的评级。", row_url=lambda row: "",
        primary=("登记评级", "funds:rating-create", Permission.LOAN_EDIT), export_permission=Permission.LOAN_VIEW, table="funds_creditrating",
    )
)  # fmt: skip
FILES = listings.register(
    listings.Listing(
        key="finance-files",
        title="金融服务档案",
        rows=lambda user: FinanceFile.objects.visible_to(user).select_related("bank"),
        columns=(
            Column("档案号", "number"), Column("户编号", "household_code"), Column("户主", "borrower_name"), Column("银行", "bank.name"),
            Column("建档日期", "opened_on", "date"), Column("有贷款需求", "needs_loan", "yes"), Column("服务记录", "note", "long"),
        ),
        permission=Permission.LOAN_VIEW, order=("id",), filters=FileFilter, empty="没有符合条件的档案。", row_url=lambda row: "",
        primary=("建立档案", "funds:file-create", Permission.LOAN_EDIT), export_permission=Permission.LOAN_VIEW, table="funds_financefile",
    )
)  # fmt: skip
SUBSIDIES = listings.register(
    listings.Listing(
        key="interest-subsidies",
        title="贷款贴息",
        rows=lambda user: InterestSubsidy.objects.visible_to(user).select_related("loan", "bank", "made_by", "paid_by"),
        columns=(
            Column("合同编号", "loan.number"), Column("银行", "bank.name"), Column("借款人", "loan.borrower_name"), Column("起始日期", "from_on", "date"),
            Column("截止日期", "to_on", "date"), Column("计息天数", "days", "number"), Column("贴息(元)", "amount", "money", sum="amount"),
            Column("测算人", "made_by.name"), Column("支付人", "paid_by.name"), Column("支付日期", "paid_on", "date"),
        ),
        permission=Permission.LOAN_VIEW, order=("-to_on", "loan_id", "id"), filters=SubsidyFilter, empty="没有符合条件的贴息。",
        row_url=lambda row: row.loan.get_absolute_url(), primary=("测算贴息", "funds:subsidy-compute", Permission.PAYMENT_MAKE),
        export_permission=Permission.LOAN_VIEW, table="funds_interestsubsidy",
    )
)  # fmt: skip


@requires(Permission.LOAN_VIEW)
@require_safe
def loan_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, LOANS)


@requires(Permission.LOAN_VIEW)
@require_safe
def rating_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, RATINGS)


@requires(Permission.LOAN_VIEW)
@require_safe
def file_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, FILES)


@requires(Permission.LOAN_VIEW)
@require_safe
def subsidy_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, SUBSIDIES)


def _crumbs(loan: Loan | None = None) -> list[tuple[str, str]]:
    found = [("贷款", reverse("funds:loan-list"))]
    return [*found, (loan.number, loan.get_absolute_url())] if loan else found


def _loan(request: HttpRequest, pk: int, edit: str = "") -> Loan:
    return pages.record_or_404(Loan.objects.with_state().select_related("bank", "product"), request.user, pk, view=Permission.LOAN_VIEW, edit=edit)


PLAN = (
    Column("期次", lambda row: str(row.number)), Column("应还日期", "due_on", "date"), Column("应还本金(元)", "principal", "money"), Column("累计(元)", "until_then", "money"),
)  # fmt: skip
REPAID = (Column("还款日期", "paid_on", "date"), Column("本金(元)", "principal", "money"), Column("利息(元)", "interest", "money"))
SUBSIDISED = (
    Column("起始日期", "from_on", "date"), Column("截止日期", "to_on", "date"), Column("计息天数", "days", "number"), Column("贴息(元)", "amount", "money"),
    Column("支付日期", "paid_on", "date"),
)  # fmt: skip


@requires(Permission.LOAN_VIEW)
@require_safe
def loan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    loan = _loan(request, pk)
    note_access(request, "opened", loan, detail=loan.number)
    may_edit = pages.may_change(Loan.objects.all(), request.user, pk, Permission.LOAN_EDIT)
    figures = [
        Fact("金额", show(loan.amount, "money"), unit="元"),
        Fact("未还本金", show(loan.owed, "money"), unit="元"),
        Fact("逾期", _late(loan) or "无"),
    ]
    names = (
        "bank",
        "product",
        "borrower_kind",
        "borrower_name",
        "household_code",
        "borrower_age",
        "lent_on",
        "due_on",
        "purpose",
        "productive",
        "extended",
    )
    facts = [Fact(fact.label, fact.value, "") for fact in pages.facts(loan, *names) if fact.value]
    facts.append(Fact("年利率(%)", f"{loan.rate:.3f}"))
    links = [Link("展期", reverse("funds:loan-extend", args=[pk])), Link("登记还款", reverse("funds:loan-repay", args=[pk]), primary=True)]
    tables = [
        pages.table("还款计划", PLAN, loan.instalments.order_by("number")[: pages.LIMIT]),
        pages.table("还款", REPAID, loan.repayments.order_by("paid_on", "id")[: pages.LIMIT], empty="还没有还款。"),
        pages.table("贴息", SUBSIDISED, loan.interestsubsidys.order_by("from_on")[: pages.LIMIT], empty="还没有贴息。"),
    ]
    return pages.record_page(request, title=loan.borrower_name, subtitle=loan.number, crumbs=[*_crumbs(), (loan.number, "")],
                             links=links if may_edit and loan.owed > 0 else [], figures=figures, facts=facts, tables=tables)  # fmt: skip


def _form(request: HttpRequest, form: Any, save: Any, title: str, back: str, crumbs: Any, **more: Any) -> HttpResponse:
    return pages.form_page(request, form, save, title=title, back=back, crumbs=crumbs, refusal=services.FundsError, **more)


@requires(Permission.LOAN_EDIT)
@require_http_methods(["GET", "POST"])
def loan_create(request: HttpRequest) -> HttpResponse:
    form = LoanForm(request.POST or None, user=request.user)
    return _form(request, form, lambda **fields: services.lend(by=request.user, **fields), "登记贷款", reverse("funds:loan-list"), _crumbs())


@requires(Permission.LOAN_EDIT)
@require_http_methods(["GET", "POST"])
def loan_repay(request: HttpRequest, pk: int) -> HttpResponse:
    loan = _loan(request, pk, Permission.LOAN_EDIT)
    form = RepaymentForm(request.POST or None)

    def save(**fields: Any) -> Loan:
        services.repay(loan=loan, by=request.user, **fields)
        return loan

    note = f"{loan},未还本金 {loan.owed:,.2f} 元。"
    return _form(request, form, save, "登记还款", loan.get_absolute_url(), _crumbs(loan), note=note)


@requires(Permission.LOAN_EDIT)
@require_http_methods(["GET", "POST"])
def loan_extend(request: HttpRequest, pk: int) -> HttpResponse:
    loan = _loan(request, pk, Permission.LOAN_EDIT)
    form = ExtendForm(request.POST or None)
    return _form(request, form, lambda due_on: services.extend_loan(loan=loan, due_on=due_on, by=request.user), "展期", loan.get_absolute_url(),
                 _crumbs(loan), note=f"{loan},{loan.due_on:%Y-%m-%d} 到期。每笔只能展期一次。")  # fmt: skip


@requires(Permission.LOAN_EDIT)
@require_http_methods(["GET", "POST"])
def rating_create(request: HttpRequest) -> HttpResponse:
    back = reverse("funds:rating-list")

    def save(**fields: Any) -> str:
        services.rate_household(by=request.user, **fields)
        return back

    return _form(request, RatingForm(request.POST or None), save, "登记信用评级", back, [("信用评级", back)])


@requires(Permission.LOAN_EDIT)
@require_http_methods(["GET", "POST"])
def file_create(request: HttpRequest) -> HttpResponse:
    back = reverse("funds:file-list")

    def save(**fields: Any) -> str:
        services.open_file(by=request.user, **fields)
        return back

    return _form(request, FinanceFileForm(request.POST or None), save, "建立金融服务档案", back, [("金融服务档案", back)])


@requires(Permission.PAYMENT_MAKE)
@require_http_methods(["GET", "POST"])
def subsidy_compute(request: HttpRequest) -> HttpResponse:
    pages.require_everywhere(request, Permission.PAYMENT_MAKE)
    back = reverse("funds:subsidy-list")

    def save(**fields: Any) -> str:
        services.compute_subsidies(by=request.user, **fields)
        return back

    note = "按贴息产品的贷款逐笔测算:Σ(本金 × 年利率 × 天数 ÷ 360),逾期的天数不贴。测算和支付由两人办理。"
    return _form(
        request, SubsidyForm(request.POST or None), save, "测算贴息", back, [("贷款贴息", back)], note=note, save_label="测算", done="已测算。"
    )


@requires(Permission.PAYMENT_PAY)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def subsidy_pay(request: HttpRequest) -> HttpResponse:
    pages.require_everywhere(request, Permission.PAYMENT_PAY)
    back = reverse("funds:subsidy-list")

    def save(**fields: Any) -> str:
        services.pay_subsidies(by=request.user, **fields)
        return back

    return _form(request, SubsidyPayForm(request.POST or None), save, "支付贴息", back, [("贷款贴息", back)], save_label="支付", done="已支付。")
