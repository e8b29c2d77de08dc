"""Payment batches: list, page, making, checking, paying, the bank's files, reissue, reversal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import recently_confirmed, requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages
from core.listing import Column, show
from core.masking import mask_account
from core.pages import Fact, Link
from funds import services
from funds.filters import BatchFilter
from funds.forms import BatchForm, CancelForm, ResultForm, ReturnForm, ReverseForm, SeenForm, UnitBatchForm
from funds.models import Payment, PaymentBatch, Project

State, Kind = PaymentBatch.State, PaymentBatch.Kind
BATCHES = listings.register(
    listings.Listing(
        key="payment-batches",
        title="资金支付",
        rows=lambda user: PaymentBatch.objects.visible_to(user).select_related("project", "village", "item", "maker"),
        columns=(
            Column("批次号", "number"),
            Column("种类", "get_kind_display"),
            Column("项目", "project.name", "long"),
            Column("村", "village.name"),
            Column("摘要", "title", "long"),
            Column("所属月份", lambda row: f"{row.period_on:%Y-%m}"),
            Column("笔数", "lines", "number"),
            Column("金额(元)", "total", "money", sum="total"),
            Column("制单人", "maker.name"),
            Column("状态", "get_state_display"),
        ),
        permission=Permission.PAYMENT_VIEW,
        order=("-id",),
        filters=BatchFilter,
        empty="没有符合条件的支付批次。批次在项目页上制单。",
        export_permission=Permission.PAYMENT_VIEW,
        table="funds_paymentbatch",
    )
)
PAYMENT_COLUMNS = (
    Column("序号", lambda row: str(row.number)),
    Column("户编号", "household_code"),
    Column("领款人(单位)", "person_name"),
    Column("开户行", "bank_name"),
    Column("账号", lambda row: mask_account(row.account)),
    Column("数量", "quantity", "number"),
    Column("金额(元)", "amount", "money"),
    Column("结果", lambda row: ("成功" if row.result.succeeded else f"失败:{row.result.reason}") if hasattr(row, "result") else ""),
)
SHOWN = 100


@requires(Permission.PAYMENT_VIEW)
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, BATCHES)


def _crumbs(batch: PaymentBatch | None = None) -> list[tuple[str, str]]:
    found = [("资金支付", reverse("funds:batch-list"))]
    return [*found, (batch.number, batch.get_absolute_url())] if batch else found


def _batch(request: HttpRequest, pk: int, edit: str = "") -> PaymentBatch:
    rows = PaymentBatch.objects.select_related("project", "village", "item", "allocation__indicator", "maker", "checker", "second_checker",
                                               "third_checker", "payer", "cancelled_by", "reissues")  # fmt: skip
    return pages.record_or_404(rows, request.user, pk, view=Permission.PAYMENT_VIEW, edit=edit)


def _person(name: str, user: Any, at: Any) -> Fact:
    return Fact(name, f"{user} {show(at)}".strip() if user else "")


def _links(request: HttpRequest, batch: PaymentBatch) -> list[Link]:
    """What this user may do with the batch as it stands."""

    def may(permission: str) -> bool:
        return pages.may_change(PaymentBatch.objects.all(), request.user, batch.pk, permission)

    def link(label: str, name: str, *, primary: bool = False) -> Link:
        return Link(label, reverse(f"funds:{name}", args=[batch.pk]), primary)

    signed = request.user.pk in {batch.maker_id, batch.checker_id, batch.second_checker_id, batch.third_checker_id, batch.payer_id}
    links = []
    if batch.state in {State.MADE, State.CHECKED} and may(Permission.PAYMENT_MAKE):
        links.append(link("作废", "batch-cancel"))
    if batch.state == State.MADE and not signed and may(Permission.PAYMENT_CHECK):
        links.append(link("复核", "batch-check", primary=True))
    if batch.state == State.CHECKED and not signed and may(Permission.PAYMENT_PAY):
        links.append(link("支付", "batch-pay", primary=True))
    if batch.state == State.SENT and may(Permission.PAYMENT_PAY):
        if batch.kind == Kind.REVERSAL:
            links.append(link("登记款项退回", "batch-returned", primary=True))
        else:
            links += [link("银行文件", "bank-file")]
            links += [link("登记结果", "unit-result")] if batch.kind == Kind.UNIT else []
            links.append(link("导入回单", "return-file", primary=True))
    if batch.state == State.SETTLED and batch.kind != Kind.REVERSAL and may(Permission.PAYMENT_MAKE):
        links.append(link("冲销", "batch-reverse"))
        if batch.kind == Kind.HOUSEHOLD and services.to_reissue(batch).exists():
            links.append(link("补发失败的", "batch-reissue", primary=True))
    return links


@requires(Permission.PAYMENT_VIEW)
@require_safe
def batch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    note_access(request, "opened", batch, detail=batch.number)
    results = batch.results.all()
    failed = results.filter(succeeded=False).count() if batch.state == State.SETTLED else 0
    figures = [Fact("金额", show(batch.total, "money"), unit="元"), Fact("笔数", show(batch.lines, "number"), unit="笔"),
               Fact("失败", show(failed, "number") if batch.state == State.SETTLED else "", unit="笔"),
               Fact("复核", f"{len(batch.checkers)} / {batch.checks_needed}", unit="人")]  # fmt: skip
    facts = [
        Fact("项目", batch.project.name, batch.project.get_absolute_url()), *pages.facts(batch, "kind", "item", "village"), Fact("所属月份", f"{batch.period_on:%Y-%m}"),
        Fact("资金来源", str(batch.allocation.indicator), batch.allocation.indicator.get_absolute_url() if request.user.may(Permission.FUND_VIEW) else ""),
        _person("制单人", batch.maker, batch.made_at), _person("复核人", batch.checker, batch.checked_at),
        *([_person("第二复核人", batch.second_checker, batch.second_checked_at)] if batch.checks_needed > 1 else []),
        *([_person("第三复核人", batch.third_checker, batch.third_checked_at)] if batch.checks_needed > 2 else []),
        _person("支付人", batch.payer, batch.sent_at), Fact("对账时间", show(batch.settled_at)), Fact("内容校验", batch.digest[:16]),
        *([Fact("补发的原批次", batch.reissues.number, batch.reissues.get_absolute_url())] if batch.reissues else []),
        *([Fact("补发批次", again.number, again.get_absolute_url()) for again in batch.reissued_by.all()]),
        *([Fact("作废", f"{batch.cancelled_by} {show(batch.cancelled_at)}:{batch.cancel_reason}", wide=True)] if batch.cancelled_by else []),
    ]  # fmt: skip
    rows = Payment.objects.filter(batch=batch).select_related("result").order_by("number")
    tables = []
    if failed:
        tables.append(pages.table("失败的明细", PAYMENT_COLUMNS, rows.filter(result__succeeded=False)[:SHOWN], more=f"共 {failed} 笔失败。"))
    more = f"显示前 {SHOWN} 笔,共 {batch.lines} 笔。" if batch.lines > SHOWN else ""
    tables.append(pages.table("明细", PAYMENT_COLUMNS, rows[:SHOWN], more=more))
    return pages.record_page(request, title=batch.title, subtitle=batch.number, crumbs=[*_crumbs(), (batch.number, "")], links=_links(request, batch),
                             figures=figures, facts=facts, tables=tables, state=batch.get_state_display())  # fmt: skip


def _form(request: HttpRequest, form: Any, save: Any, title: str, batch: PaymentBatch, **more: Any) -> HttpResponse:
    return pages.form_page(
        request, form, save, title=title, back=batch.get_absolute_url(), crumbs=_crumbs(batch), refusal=services.FundsError, **more
    )


def _project(request: HttpRequest, pk: int) -> Project:
    return pages.record_or_404(
        Project.objects.select_related("village"), request.user, pk, view=Permission.PROJECT_VIEW, edit=Permission.PAYMENT_MAKE
    )


@requires(Permission.PAYMENT_MAKE)
@require_http_methods(["GET", "POST"])
def batch_create(request: HttpRequest, pk: int) -> HttpResponse:
    project = _project(request, pk)
    form = BatchForm(request.POST or None, request.FILES or None, project=project, user=request.user)

    def save(**fields: Any) -> PaymentBatch:
        return services.make_batch(project=project, by=request.user, **fields)

    crumbs = [("项目", reverse("funds:project-list")), (project.name, project.get_absolute_url())]
    return pages.form_page(request, form, save, title="发放到户制单", back=project.get_absolute_url(), crumbs=crumbs, refusal=services.FundsError,
                           note="收款人逐笔核验:在册、本户成员、未死亡、本人账号、一户一账号、本期未发过、不超标准。有一笔不符就不制单。",
                           save_label="核验并制单", done="已制单,请另一人复核。")  # fmt: skip


@requires(Permission.PAYMENT_MAKE)
@require_http_methods(["GET", "POST"])
def unit_create(request: HttpRequest, pk: int) -> HttpResponse:
    project = _project(request, pk)
    form = UnitBatchForm(request.POST or None, project=project, user=request.user)

    def save(**fields: Any) -> PaymentBatch:
        return services.make_unit_batch(project=project, by=request.user, **fields)

    crumbs = [("项目", reverse("funds:project-list")), (project.name, project.get_absolute_url())]
    return pages.form_page(request, form, save, title="拨付单位制单", back=project.get_absolute_url(), crumbs=crumbs, refusal=services.FundsError,
                           save_label="制单", done="已制单,请另一人复核。")  # fmt: skip


def _signing(request: HttpRequest, pk: int, permission: str, service: Any, title: str, label: str, done: str) -> HttpResponse:
    """A signature under a batch as it was seen: what it holds stands above the button."""
    batch = _batch(request, pk, permission)
    form = SeenForm(request.POST or None, initial={"seen": batch.digest})
    note = f"{batch.number} {batch.title}:{batch.lines} 笔,合计 {batch.total:,.2f} 元,制单人 {batch.maker},内容校验 {batch.digest[:16]}。"

    def save(seen: str) -> PaymentBatch:
        return service(batch=batch, seen=seen, by=request.user)

    return _form(request, form, save, title, batch, note=note, save_label=label, done=done)


@requires(Permission.PAYMENT_CHECK)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def batch_check(request: HttpRequest, pk: int) -> HttpResponse:
    return _signing(request, pk, Permission.PAYMENT_CHECK, services.check_batch, "复核批次", "复核通过", "已复核。")


@requires(Permission.PAYMENT_PAY)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def batch_pay(request: HttpRequest, pk: int) -> HttpResponse:
    return _signing(request, pk, Permission.PAYMENT_PAY, services.pay_batch, "支付批次", "支付", "已支付,请把银行文件送银行。")


@requires(Permission.PAYMENT_MAKE)
@require_http_methods(["GET", "POST"])
def batch_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk, Permission.PAYMENT_MAKE)
    form = CancelForm(request.POST or None)
    return _form(request, form, lambda reason: services.cancel_batch(batch=batch, reason=reason, by=request.user), "作废批次", batch, save_label="作废", done="已作废。")  # fmt: skip


@requires(Permission.PAYMENT_PAY)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def bank_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file for the bank: asked for by POST, because full accounts leave with it."""
    batch = _batch(request, pk, Permission.PAYMENT_PAY)
    form = ReturnForm(request.POST or None, user=request.user)
    del form.fields["file"]
    if request.method == "POST" and form.is_valid():
        try:
            data = services.bank_file(batch=batch, layout=form.cleaned_data["layout"])
        except services.FundsError as error:
            pages.add_refusal(form, error)
        else:
            note_access(request, "exported", batch, detail=f"银行文件 {batch.number}", rows=batch.lines)
            response = HttpResponse(data, content_type="text/plain; charset=gb18030")
            response["Content-Disposition"] = f'attachment; filename="{batch.number}.txt"'
            return response
    return _form(request, form, lambda **_: batch, "银行文件", batch, save_label="下载", note="文件含收款人完整账号,下载记入查阅记录。")


@requires(Permission.PAYMENT_PAY)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def return_file(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk, Permission.PAYMENT_PAY)
    form = ReturnForm(request.POST or None, request.FILES or None, user=request.user)

    def save(layout: Any, file: Any) -> PaymentBatch:
        services.take_return(batch=batch, data=file.read(), name=file.name, by=request.user, layout=layout)
        return batch

    return _form(request, form, save, "导入银行回单", batch, save_label="核对并导入", done="回单已导入。")


@requires(Permission.PAYMENT_MAKE)
@require_http_methods(["GET", "POST"])
def batch_reissue(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk, Permission.PAYMENT_MAKE)
    form = SeenForm(request.POST or None)
    note = "按登记中现在的账号,为失败的明细另制一个批次,与原批次关联;仍须复核和支付。"
    return _form(request, form, lambda **_: services.reissue(batch=batch, by=request.user), "补发失败的明细", batch, note=note, save_label="制单补发", done="补发批次已制单。")  # fmt: skip


@requires(Permission.PAYMENT_MAKE)
@require_http_methods(["GET", "POST"])
def batch_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk, Permission.PAYMENT_MAKE)
    form = ReverseForm(request.POST or None)

    def save(numbers: list[int], reason: str) -> PaymentBatch:
        lines = list(Payment.objects.filter(batch=batch, number__in=numbers))
        if len(lines) != len(numbers):
            raise services.FundsError("有的序号不在本批次中。")
        return services.reverse(payments=lines, reason=reason, by=request.user)

    return _form(request, form, save, "冲销", batch, note="已到账的付款不修改、不删除;冲销是另一笔负数,同样要复核和支付。", save_label="制单冲销", done="冲销批次已制单。")  # fmt: skip


@requires(Permission.PAYMENT_PAY)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def batch_returned(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk, Permission.PAYMENT_PAY)
    form = SeenForm(request.POST or None)
    return _form(
        request, form, lambda **_: services.settle_reversal(batch=batch, by=request.user), "登记款项退回", batch, save_label="已退回", done="已登记。"
    )


@requires(Permission.PAYMENT_PAY)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def unit_result(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk, Permission.PAYMENT_PAY)
    form = ResultForm(request.POST or None)
    return _form(request, form, lambda **fields: services.answer_unit(batch=batch, by=request.user, **fields), "登记拨付结果", batch)
