"""Care: allowances by month and home unit, insurance, honours, the team's expense book."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.models import Organization
from accounts.permissions import Permission
from accounts.services import note_access
from cadres import services
from cadres.filters import AllowanceFilter, ExpenseFilter
from cadres.forms import ExpenseForm, HonourForm, InsuranceForm, PaymentForm, ReasonForm
from cadres.models import Allowance, Cadre, Honour, TeamExpense
from cadres.rendering import proof_pdf
from cadres.views.attendance import picked_month
from cadres.views.months import WRITERS, may_write
from cadres.views.records import cadre_page, may_edit_cadre, visible_cadre
from cadres.views.training import writable_villages
from core import listing as listings
from core import pages
from core.listing import Column, Listing
from core.pages import Fact, Link

VIEW, EDIT, UNIT = Permission.CADRE_VIEW, Permission.CADRE_EDIT, Permission.CADRE_UNIT
REFUSALS = (services.CadresError,)
LINE = (
    Column("姓名", "cadre.name"), Column("月份", lambda row: f"{row.month_on:%Y-%m}"), Column("种类", "kind.name"), Column("驻村天数", "days", "number"),
    Column("发放日期", "paid_on", "date"), Column("金额(元)", "amount", "money", sum="amount"), Column("保险到期", "insured_until_on", "date"),
)  # fmt: skip
ALLOWANCES = listings.register(
    Listing(
        key="allowances", title="待遇发放", rows=lambda user: Allowance.objects.visible_to(user).select_related("cadre", "kind", "unit", "village"),
        columns=(LINE[0], Column("派出单位", "unit.name"), *LINE[1:]), permission=VIEW, order=("-month_on", "cadre_id", "kind_id"), filters=AllowanceFilter,
        empty="没有符合条件的待遇。", export_permission=VIEW, table="cadres_allowance",
        row_url=lambda row: f"{reverse('cadres:unit-proof', args=[row.unit_id])}?month={row.month_on:%Y-%m}",
    )
)  # fmt: skip


@requires(VIEW, UNIT)
@require_safe
def allowance_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, ALLOWANCES)


def _lines(request: HttpRequest, unit: Organization, month: Any) -> list[Allowance]:
    rows = Allowance.objects.visible_to(request.user).filter(unit=unit, month_on=month).select_related("cadre", "kind", "village")
    return list(rows.order_by("cadre__code", "kind_id")[: pages.LIMIT])


def _reports(request: HttpRequest, unit: Organization) -> bool:
    """The unit's own liaison, or the organization department for it."""
    return pages.may_everywhere(request.user, EDIT) or (request.user.may(UNIT) and request.user.organization_id == unit.pk)


PROOF = (Column("姓名", "cadre.name"), Column("驻村", "village.name"), *LINE[2:6])


@requires(VIEW, UNIT)
@require_safe
def unit_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """考勤证明: one list a home unit and month, by which it pays; what it paid comes back here."""
    unit, month = get_object_or_404(Organization, pk=pk), picked_month(request)
    lines = _lines(request, unit, month)
    here, query = reverse("cadres:unit-proof", args=[pk]), f"?month={month:%Y-%m}"
    links = [Link("打印考勤证明", reverse("cadres:unit-proof-pdf", args=[pk]) + query)] if lines else []
    unpaid = [line for line in lines if not line.paid_on]
    if unpaid and _reports(request, unit):
        links.insert(0, Link("登记发放", reverse("cadres:unit-pay", args=[pk]) + query, primary=True))
    figures = [Fact("干部", str(len({line.cadre_id for line in lines})), unit="人"), Fact("未发放", str(len(unpaid)), unit="项"),
               Fact("已发放", f"{sum(line.amount or 0 for line in lines):,.2f}", unit="元")]  # fmt: skip
    before, after = services.months_around(month)
    links += [Link("上月", f"{here}?month={before:%Y-%m}"), Link("下月", f"{here}?month={after:%Y-%m}")]
    title = f"{unit.name} {month.year}年{month.month}月派驻干部考勤证明"
    table = pages.table("应发待遇", PROOF, lines, url=lambda row: row.cadre.get_absolute_url() if request.user.may(VIEW) else "",
                        empty="这个月没有应发的待遇:考勤月报备案后自动生成。")  # fmt: skip
    return pages.record_page(request, title=title, crumbs=[("待遇发放", reverse("cadres:allowance-list")), (unit.name, "")], figures=figures, links=links,
                             tables=[table])  # fmt: skip


@requires(VIEW, UNIT)
@require_safe
def unit_proof_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    unit, month = get_object_or_404(Organization, pk=pk), picked_month(request)
    lines = _lines(request, unit, month)
    for line in lines[:1]:
        note_access(request, "printed", line, detail=f"考勤证明 {unit.name} {month:%Y-%m}")
    name = f"inline; filename=proof-{pk}-{month:%Y%m}.pdf"
    return HttpResponse(proof_pdf(unit, month, lines), content_type="application/pdf", headers={"Content-Disposition": name})


@requires(UNIT, EDIT)
@require_http_methods(["GET", "POST"])
def unit_pay(request: HttpRequest, pk: int) -> HttpResponse:
    unit, month = get_object_or_404(Organization, pk=pk), picked_month(request)
    if not _reports(request, unit):
        raise PermissionDenied
    lines = [line for line in _lines(request, unit, month) if not line.paid_on]
    form, back = PaymentForm(request.POST or None, lines=lines), f"{reverse('cadres:unit-proof', args=[pk])}?month={month:%Y-%m}"

    def save(paid_on: Any, **_: Any) -> str:
        services.report_payments(lines=lines, amounts=form.amounts, paid_on=paid_on, by=request.user)
        return back

    return pages.form_page(request, form, save, title="登记发放", back=back, crumbs=[(unit.name, back)], refusal=REFUSALS, done="已登记发放。",
                           note=f"{unit.name} {month.year}年{month.month}月。按实际发放填写,登记后不能修改;没有发放的不填。")  # fmt: skip


HONOURS = (
    Column("名称", "title"),
    Column("类别", "get_kind_display"),
    Column("级别", "get_level_display"),
    Column("日期", "awarded_on", "date"),
    Column("文号", "document"),
)


@requires(VIEW)
@require_safe
def cadre_care(request: HttpRequest, pk: int) -> HttpResponse:
    """What a cadre is given: allowances and insurance, honours and promotion."""
    cadre = visible_cadre(request, pk)
    edits = may_edit_cadre(request, cadre)
    own = Allowance.objects.visible_to(request.user).filter(cadre=cadre).select_related("kind")
    until = services.insured_until(cadre=cadre)
    figures = [Fact("意外险到期", until.isoformat() if until else "没有登记"), Fact("未发放", str(own.filter(paid_on=None).count()), unit="项")]
    insure = [Link("登记意外险", reverse("cadres:insure", args=[pk]))] if edits else []
    praise = [Link("登记表彰、使用", reverse("cadres:honour-create", args=[pk]))] if edits else []
    honours = Honour.objects.visible_to(request.user).filter(cadre=cadre)
    tables = [pages.table("待遇", LINE[1:], own[: pages.LIMIT], empty="还没有待遇:考勤月报备案后自动生成。", links=insure),
              pages.table("表彰和使用", HONOURS, honours[: pages.LIMIT], empty="还没有。", links=praise)]  # fmt: skip
    return cadre_page(request, cadre, "待遇和表彰", figures=figures, tables=tables)


def _form(request: HttpRequest, pk: int, form: Any, save: Any, title: str, cadre: Cadre) -> HttpResponse:
    back = reverse("cadres:care", args=[pk])
    crumbs = [("派驻干部", reverse("cadres:list")), (cadre.name, cadre.get_absolute_url()), ("待遇和表彰", back)]
    return pages.form_page(request, form, save, title=title, back=back, crumbs=crumbs, refusal=REFUSALS)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def insure(request: HttpRequest, pk: int) -> HttpResponse:
    cadre = visible_cadre(request, pk, edit=EDIT)

    def save(**fields: Any) -> Allowance:
        return services.insure(cadre=cadre, by=request.user, **fields)

    return _form(request, pk, InsuranceForm(request.POST or None), save, "登记意外险", cadre)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def honour_create(request: HttpRequest, pk: int) -> HttpResponse:
    cadre = visible_cadre(request, pk, edit=EDIT)

    def save(**fields: Any) -> Honour:
        return services.add_honour(cadre=cadre, by=request.user, **fields)

    return _form(request, pk, HonourForm(request.POST or None, user=request.user), save, "登记表彰、使用", cadre)


EXPENSES = listings.register(
    Listing(
        key="team-expenses", title="工作队经费", rows=lambda user: TeamExpense.objects.visible_to(user).select_related("village__township", "provider"),
        columns=(Column("支出日期", "spent_on", "date"), Column("村", "village.name"), Column("事由", "text", "long"), Column("用途", "get_use_display"),
                 Column("来源", "get_source_display"), Column("筹集单位", "provider.name"), Column("金额(元)", "amount", "money", sum="amount")),
        permission=VIEW, order=("-spent_on", "-id"), filters=ExpenseFilter, empty="没有符合条件的支出。",
        primary=("登记支出", "cadres:expense-create", Permission.CADRE_SELF), export_permission=VIEW, table="cadres_teamexpense",
        url_name="cadres:expense-detail",
    )
)  # fmt: skip


@requires(VIEW)
@require_safe
def expense_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, EXPENSES)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def expense_create(request: HttpRequest) -> HttpResponse:
    form = ExpenseForm(request.POST or None, user=request.user, villages=writable_villages(request))

    def save(**fields: Any) -> TeamExpense:
        return services.spend(by=request.user, **fields)

    back = reverse("cadres:expense-list")
    return pages.form_page(request, form, save, title="登记支出", back=back, crumbs=[("工作队经费", back)], refusal=REFUSALS,
                           note="登记后不能修改;登错的冲销后重新登记。")  # fmt: skip


def _expense(request: HttpRequest, pk: int) -> TeamExpense:
    rows = TeamExpense.objects.select_related("village", "provider", "reverses", "recorded_by")
    return pages.record_or_404(rows, request.user, pk, view=VIEW)


@requires(VIEW)
@require_safe
def expense_detail(request: HttpRequest, pk: int) -> HttpResponse:
    expense = _expense(request, pk)
    undone = TeamExpense.objects.filter(reverses=expense).first()
    may = may_write(request, expense.village) and not undone and not expense.reverses_id
    links = [Link("冲销", reverse("cadres:expense-reverse", args=[pk]))] if may else []
    facts = pages.facts(expense, "village", "source", "provider", "use", "spent_on", "amount", "text", "recorded_by")
    if undone or expense.reverses:
        other = undone or expense.reverses
        facts.append(Fact("冲销", str(other), other.get_absolute_url()))
    crumbs = [("工作队经费", reverse("cadres:expense-list")), (str(expense), "")]
    return pages.record_page(request, title="经费支出", crumbs=crumbs, state="已冲销" if undone else "", links=links, facts=facts)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def expense_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    expense = _expense(request, pk)
    if not may_write(request, expense.village):
        raise PermissionDenied

    def save(reason: str) -> TeamExpense:
        return services.reverse_expense(expense=expense, reason=reason, by=request.user)

    back = expense.get_absolute_url()
    return pages.form_page(request, ReasonForm(request.POST or None), save, title="冲销支出", back=back, crumbs=[("工作队经费", back)], refusal=REFUSALS,
                           save_label="冲销", note=f"{expense}:{expense.amount:,.2f} 元。冲销另记一条负数,原记录保留。")  # fmt: skip
