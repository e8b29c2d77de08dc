"""Proof of balance: what is not explained, and the bureau's word on it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.listing import Column, show
from core.pages import Fact, Link
from funds import services
from funds.filters import DifferenceFilter
from funds.forms.supervision import ExplainForm
from funds.models import BalanceDifference, BalanceProof

DIFFERENCES = listings.register(
    listings.Listing(
        key="balance-differences",
        title="资金平衡核对",
        rows=lambda user: BalanceDifference.objects.visible_to(user).select_related("village", "project"),
        columns=(
            Column("对象", "about", "long"), Column("差异", "get_kind_display", "long"), Column("村", "village.name"), Column("应为(元)", "expected", "money"),
            Column("查得(元)", "found", "money"), Column("差额(元)", "difference", "money"), Column("发现日期", "found_on", "date"), Column("状态", "state"),
        ),
        permission=Permission.FUND_VIEW, order=("-id",), filters=DifferenceFilter, empty="没有差异。",
        export_permission=Permission.FUND_VIEW, table="funds_balancedifference",
    )
)  # fmt: skip
CRUMB = ("资金平衡核对", "funds:proof")


@requires(Permission.FUND_VIEW)
@require_safe
def difference_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, DIFFERENCES)


PROOFS = (
    Column("核对日期", "ran_on", "date"), Column("下达(万元)", "issued", "wan"), Column("分配(万元)", "allocated", "wan"), Column("支付(万元)", "paid", "wan"),
    Column("在途(万元)", "way", "wan"), Column("到户到单位(万元)", "received", "wan"), Column("差异(笔)", "differences", "number"),
    Column("差异金额(元)", "difference", "money"), Column("用时(毫秒)", "milliseconds", "number"),
)  # fmt: skip


@requires(Permission.FUND_VIEW)
@require_safe
def proof_runs(request: HttpRequest) -> HttpResponse:
    """How the nightly runs went: for who sees the whole city."""
    pages.require_everywhere(request, Permission.FUND_VIEW)
    table = pages.table("每夜核对", PROOFS, BalanceProof.objects.all()[:60], empty="还没有核对过,每夜 2:13 自动核对。",
                        more="从指标到分配、从分配到支付、从支付到到账逐级核对,再由到账逐级加总核对指标。支付 = 到账 − 已退回的冲销。")  # fmt: skip
    return pages.record_page(request, title="核对记录", crumbs=[(CRUMB[0], reverse(CRUMB[1])), ("核对记录", "")], tables=[table])


def _difference(request: HttpRequest, pk: int, edit: str = "") -> BalanceDifference:
    rows = BalanceDifference.objects.select_related("project", "village", "explained_by")
    return pages.record_or_404(rows, request.user, pk, view=Permission.FUND_VIEW, edit=edit)


@requires(Permission.FUND_VIEW)
@require_safe
def difference_detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = _difference(request, pk)
    may = row.gone_on is None and pages.may_change(BalanceDifference.objects.all(), request.user, pk, Permission.PROOF_EXPLAIN)
    figures = [
        Fact(label, show(value, "money"), unit="元") for label, value in (("应为", row.expected), ("查得", row.found), ("差额", row.difference))
    ]
    facts = [Fact("对象", row.about, _url(request, row)), *pages.facts(row, "kind", "project", "village", "found_on", "gone_on")]
    facts.append(Fact("书面说明", f"{row.explanation}({row.explained_by},{show(row.explained_at)})" if row.explanation else "还没有", wide=True))
    links = [Link("书面说明", reverse("funds:difference-explain", args=[pk]), primary=True)] if may else []
    return pages.record_page(request, title=row.get_kind_display(), state=row.state, crumbs=[(CRUMB[0], reverse(CRUMB[1])), (row.about, "")], links=links,
                             figures=figures, facts=[fact for fact in facts if fact.value])  # fmt: skip


def _url(request: HttpRequest, row: BalanceDifference) -> str:
    """The page of what it is about, where there is one and the user may see it."""
    Kind = BalanceDifference.Kind
    if row.kind in {Kind.INDICATOR, Kind.NOT_ARRIVED}:
        return reverse("funds:indicator-detail", args=[row.key])
    if row.kind in {Kind.BUDGET, Kind.ALLOCATION} and row.project_id:
        return reverse("funds:project-detail", args=[row.project_id])
    if row.kind == Kind.LOAN:
        return reverse("funds:loan-detail", args=[row.key]) if request.user.may(Permission.LOAN_VIEW) else ""  # type: ignore[union-attr]
    return reverse("funds:batch-detail", args=[row.key]) if request.user.may(Permission.PAYMENT_VIEW) else ""  # type: ignore[union-attr]


@requires(Permission.PROOF_EXPLAIN)
@require_http_methods(["GET", "POST"])
def difference_explain(request: HttpRequest, pk: int) -> HttpResponse:
    row = _difference(request, pk, Permission.PROOF_EXPLAIN)
    form = ExplainForm(request.POST or None, initial={"explanation": row.explanation})

    def save(**fields: Any) -> BalanceDifference:
        return services.explain_difference(difference=row, by=request.user, **fields)

    note = f"{row}:应为 {row.expected:,.2f} 元,查得 {row.found:,.2f} 元。说明后可以发布有关的公示,说明文字写在公示正文中;差额再变动时须重新说明。"
    return pages.form_page(request, form, save, title="书面说明", back=row.get_absolute_url(), crumbs=[(CRUMB[0], reverse(CRUMB[1])), (row.about, row.get_absolute_url())],
                           refusal=services.FundsError, note=note, done="已说明。")  # fmt: skip
