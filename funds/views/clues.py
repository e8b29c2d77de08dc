"""Clues: for discipline and procuratorate alone; whoever opens one leaves a line in its trail."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages
from core.listing import Column
from core.pages import Fact, Link
from funds import services
from funds.filters import ClueFilter
from funds.forms.supervision import AccountabilityForm, CloseForm, ClueForm, ReplyForm, TransferForm
from funds.models import Accountability, Clue, ClueTransfer

CLUES = listings.register(
    listings.Listing(
        key="clues",
        title="线索",
        rows=lambda user: Clue.objects.visible_to(user).select_related("village", "registered_by"),
        columns=(
            Column("编号", "number"), Column("线索", "title", "long"), Column("来源", "get_source_display"), Column("村", "village.name"),
            Column("收到日期", "received_on", "date"), Column("登记人", "registered_by.name"), Column("状态", "get_state_display"), Column("处置结果", "result", "long"),
        ),
        permission=Permission.CLUE_VIEW, order=("-id",), filters=ClueFilter, empty="没有线索。", url_name="funds:clue-detail",
        primary=("登记线索", "funds:clue-create", Permission.CLUE_EDIT),
    )
)  # fmt: skip


@requires(Permission.CLUE_VIEW)
@require_safe
def clue_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, CLUES)


def _clue(request: HttpRequest, pk: int, edit: str = "") -> Clue:
    return pages.record_or_404(
        Clue.objects.select_related("alert", "village", "registered_by"), request.user, pk, view=Permission.CLUE_VIEW, edit=edit
    )


def _crumbs(clue: Clue | None = None) -> list[tuple[str, str]]:
    found = [("线索", reverse("funds:clue-list"))]
    return [*found, (clue.number, clue.get_absolute_url())] if clue else found


TRANSFERS = (
    Column("方式", "get_kind_display"), Column("送往单位", "to.name"), Column("文号", "document"), Column("移送日期", "sent_on", "date"), Column("说明", "note", "long"),
    Column("回复", "reply", "long"), Column("回复日期", "replied_on", "date"),
)  # fmt: skip
PEOPLE = (
    Column("姓名", "person_name"), Column("单位", "organization.name"), Column("职务", "post"), Column("方式", "get_form_display"), Column("决定日期", "decided_on", "date"),
    Column("决定机关", "decided_by.name"), Column("文号", "document"), Column("事由", "note", "long"),
)  # fmt: skip
TRAIL = (Column("时间", "at"), Column("办理人", "user.name"), Column("事项", "get_action_display"), Column("说明", "note", "long"))


@requires(Permission.CLUE_VIEW)
@require_safe
def clue_detail(request: HttpRequest, pk: int) -> HttpResponse:
    clue = _clue(request, pk)
    note_access(request, "opened", clue, detail=clue.number)
    services.look_at(clue=clue, by=request.user)
    may = clue.state != Clue.State.CLOSED and pages.may_change(Clue.objects.all(), request.user, pk, Permission.CLUE_EDIT)
    doors = (("登记问责", "clue-accountable"), ("了结", "clue-close"), ("移送或通报", "clue-transfer"))
    links = [Link(label, reverse(f"funds:{name}", args=[pk]), primary=name == "clue-transfer") for label, name in doors] if may else []
    facts = [fact for fact in pages.facts(clue, "source", "alert", "village", "received_on", "registered_by", "result", "closed_on") if fact.value]
    facts.append(Fact("内容", clue.content, wide=True))

    def row_links(row: ClueTransfer) -> list[Link]:
        return [Link("登记回复", reverse("funds:clue-reply", args=[row.pk]))] if may and not row.reply else []

    tables = [
        pages.table("移送和通报", TRANSFERS, clue.cluetransfers.select_related("to")[: pages.LIMIT], row_links=row_links, empty="还没有移送。"),
        pages.table("问责", PEOPLE, clue.accountabilitys.select_related("organization", "decided_by")[: pages.LIMIT], empty="没有问责。"),
        pages.table("办理记录", TRAIL, clue.clueevents.select_related("user")[: pages.LIMIT]),
    ]
    return pages.record_page(request, title=clue.title, subtitle=clue.number, state=clue.get_state_display(), crumbs=[*_crumbs(), (clue.number, "")],
                             links=links, facts=facts, tables=tables)  # fmt: skip


def _form(request: HttpRequest, form: Any, save: Any, title: str, clue: Clue | None = None, **more: Any) -> HttpResponse:
    back = clue.get_absolute_url() if clue else reverse("funds:clue-list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=_crumbs(clue), refusal=services.FundsError, **more)


@requires(Permission.CLUE_EDIT)
@require_http_methods(["GET", "POST"])
def clue_create(request: HttpRequest) -> HttpResponse:
    pages.require_everywhere(request, Permission.CLUE_EDIT)
    form = ClueForm(request.POST or None, user=request.user)
    return _form(request, form, lambda **fields: services.register_clue(by=request.user, **fields), "登记线索")


@requires(Permission.CLUE_EDIT)
@require_http_methods(["GET", "POST"])
def clue_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    clue = _clue(request, pk, Permission.CLUE_EDIT)

    def save(**fields: Any) -> Clue:
        services.transfer_clue(clue=clue, by=request.user, **fields)
        return clue

    return _form(request, TransferForm(request.POST or None, user=request.user), save, "移送或通报", clue, save_label="移送")


@requires(Permission.CLUE_EDIT)
@require_http_methods(["GET", "POST"])
def clue_reply(request: HttpRequest, pk: int) -> HttpResponse:
    transfer = get_object_or_404(ClueTransfer.objects.select_related("clue", "to"), pk=pk)
    clue = _clue(request, transfer.clue_id, Permission.CLUE_EDIT)

    def save(**fields: Any) -> Clue:
        services.answer_transfer(transfer=transfer, by=request.user, **fields)
        return clue

    return _form(
        request, ReplyForm(request.POST or None), save, "登记回复", clue, note=f"{transfer.get_kind_display()}:{transfer.to} {transfer.document}"
    )


@requires(Permission.CLUE_EDIT)
@require_http_methods(["GET", "POST"])
def clue_accountable(request: HttpRequest, pk: int) -> HttpResponse:
    clue = _clue(request, pk, Permission.CLUE_EDIT)

    def save(**fields: Any) -> Clue:
        services.hold_accountable(clue=clue, by=request.user, **fields)
        return clue

    form = AccountabilityForm(request.POST or None, user=request.user)
    return _form(request, form, save, "登记问责", clue, note="登记后不能修改。")


@requires(Permission.CLUE_EDIT)
@require_http_methods(["GET", "POST"])
def clue_close(request: HttpRequest, pk: int) -> HttpResponse:
    clue = _clue(request, pk, Permission.CLUE_EDIT)
    form = CloseForm(request.POST or None)
    return _form(request, form, lambda result: services.close_clue(clue=clue, result=result, by=request.user), "了结线索", clue, save_label="了结")


FORMS = (Column("方式", lambda row: row[0]), Column("人次", lambda row: row[1], "number"))


@requires(Permission.CLUE_VIEW)
@require_safe
def accountability_counts(request: HttpRequest) -> HttpResponse:
    """How many were held to account, by form; the people are on their clues."""
    pages.require_everywhere(request, Permission.CLUE_VIEW)
    found = dict.fromkeys(Accountability.Form.values, 0)
    for form in Accountability.objects.values_list("form", flat=True):
        found[form] += 1
    rows = [(Accountability.Form(form).label, count) for form, count in found.items()]
    table = pages.table("问责情况", FORMS, [*rows, ("合计", sum(found.values()))])
    return pages.record_page(request, title="问责情况", crumbs=[*_crumbs(), ("问责情况", "")], tables=[table])
