"""Objections to notices: taken in, decided, their sender's name shown to who handles them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import recently_confirmed, requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.masking import mask_name, mask_phone
from core.pages import Fact, Link
from workflow import services
from workflow.filters import ObjectionFilter
from workflow.forms import ObjectionForm, PurposeForm, RefuseForm, ResolveForm, TakeUpForm
from workflow.models import Objection
from workflow.views.notices import crumbs, notice_or_404, tabs


def due_label(objection: Objection) -> str:
    late = objection.is_open and objection.handle_due_on < today()
    return f"{objection.handle_due_on}{' 逾期' if late else ''}"


OBJECTIONS = listings.register(
    listings.Listing(
        key="objections",
        title="公示异议",
        rows=lambda user: (
            Objection.objects.visible_to(user).select_related("notice", "village").defer("notice__body", "notice__lines", "notice__columns")
        ),
        columns=(
            Column("回执编号", "receipt"),
            Column("公示", "notice.number"),
            Column("针对", "line_label"),
            Column("村", lambda row: row.village.name if row.village else ""),
            Column("渠道", "get_channel_display"),
            Column("收到日期", "received_on", "date"),
            Column("办理级别", "get_level_display"),
            Column("办理期限", due_label),
            Column("状态", "get_state_display", "status"),
            Column("结论", lambda row: "" if row.upheld is None else "成立" if row.upheld else "不成立"),
        ),
        permission=Permission.NOTICE_VIEW,
        order=("-received_on", "-id"),
        filters=ObjectionFilter,
        empty="没有符合条件的异议。",
        export_permission=Permission.NOTICE_VIEW,
        url_name="workflow:objection-detail",
        table="workflow_objection",
    )
)


@requires(Permission.NOTICE_VIEW)
@require_safe
def objection_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, OBJECTIONS, tabs=tabs("workflow:objection-list"), above="workflow/_tabs.html")


@requires(Permission.NOTICE_POST)
@require_http_methods(["GET", "POST"])
def objection_create(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody said at a desk, by telephone or letter."""
    notice = notice_or_404(request, pk, Permission.NOTICE_POST)
    form = ObjectionForm(request.POST or None, notice=notice)

    def save(**fields: Any) -> Objection:
        return services.object_to(notice=notice, by=request.user, **fields)

    note = f"{notice.title}({notice.number}),公示期 {notice.starts_on} 至 {notice.ends_on}。"
    return pages.form_page(request, form, save, title="登记异议", back=notice.get_absolute_url(), crumbs=crumbs(notice), note=note,
                           refusal=services.WorkflowError, save_label="登记", done="已登记异议,请把回执编号告诉异议人。")  # fmt: skip


def _objection(request: HttpRequest, pk: int, *, handle: bool = False) -> Objection:
    rows = Objection.objects.visible_to(request.user).select_related("notice", "village", "received_by", "handled_by")
    objection = get_object_or_404(rows, pk=pk)
    if handle and not services.may_handle(request.user, objection):
        raise PermissionDenied
    return objection


def _links(request: HttpRequest, objection: Objection) -> list[Link]:
    if not services.may_handle(request.user, objection):
        return []
    names = {
        Objection.State.RECEIVED: [("受理", "objection-take-up"), ("不予受理", "objection-refuse")],
        Objection.State.ACCEPTED: [("办结", "objection-resolve")],
    }.get(objection.state, [])
    found = [Link(label, reverse(f"workflow:{name}", args=[objection.pk]), primary=not n) for n, (label, name) in enumerate(names)]
    if objection.person or objection.phone:
        found.append(Link("显示联系方式", reverse("workflow:objection-reveal", args=[objection.pk])))
    return found


@requires(Permission.NOTICE_VIEW)
@require_safe
def objection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    objection = _objection(request, pk)
    note_access(request, "opened", objection, detail=objection.receipt)
    notice = objection.notice
    facts = [
        Fact("公示", str(notice), notice.get_absolute_url(), wide=True), Fact("针对", objection.line_label),
        *pages.facts(objection, "channel", "received_on"), Fact("登记人", str(objection.received_by or "公示页")),
        Fact("异议人", mask_name(objection.person) or "匿名"), Fact("联系电话", mask_phone(objection.phone)),
        Fact("办理级别", f"{objection.get_level_display()}{f'(逾期上提 {objection.escalated} 次)' if objection.escalated else ''}"),
        Fact("办理期限", due_label(objection)), Fact("异议内容", objection.content, wide=True),
    ]  # fmt: skip
    if objection.state != Objection.State.RECEIVED:
        label = "不予受理的理由" if objection.state == Objection.State.REFUSED else "受理意见"
        facts += [Fact(label, objection.reason, wide=True), *pages.facts(objection, "handled_by", "handled_on")]
    if objection.state == Objection.State.RESOLVED:
        facts += [Fact("结论", "异议成立" if objection.upheld else "异议不成立"), Fact("核查结果", objection.result, wide=True)]
    return pages.record_page(
        request, title=f"异议 {objection.receipt}", state=objection.get_state_display(), crumbs=[*crumbs(notice), ("异议", "")],
        links=_links(request, objection), facts=facts,
    )  # fmt: skip


def _decide(request: HttpRequest, pk: int, form_class: type[forms.Form], service: Callable[..., Objection], title: str) -> HttpResponse:
    objection = _objection(request, pk, handle=True)
    form = form_class(request.POST or None)

    def save(**fields: Any) -> Objection:
        return service(objection=objection, by=request.user, **fields)

    trail = [*crumbs(objection.notice), (f"异议 {objection.receipt}", objection.get_absolute_url())]
    return pages.form_page(request, form, save, title=title, back=objection.get_absolute_url(), crumbs=trail, note=objection.content,
                           refusal=services.WorkflowError, save_label=title, done=f"已{title}。")  # fmt: skip


@requires(Permission.OBJECTION_HANDLE)
@require_http_methods(["GET", "POST"])
def objection_take_up(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, TakeUpForm, services.take_up, "受理")


@requires(Permission.OBJECTION_HANDLE)
@require_http_methods(["GET", "POST"])
def objection_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, RefuseForm, services.refuse_objection, "不予受理")


@requires(Permission.OBJECTION_HANDLE)
@require_http_methods(["GET", "POST"])
def objection_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, ResolveForm, services.resolve_objection, "办结")


@requires(Permission.OBJECTION_HANDLE)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def objection_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Who objected, in full: asks why, writes it down, shows it once."""
    objection = _objection(request, pk, handle=True)
    form = PurposeForm(request.POST or None, label_suffix="")
    shown = request.method == "POST" and form.is_valid()
    if shown:
        note_access(request, "revealed", objection, purpose=form.cleaned_data["purpose"], detail="异议人姓名、电话")
    trail = [*crumbs(objection.notice), (f"异议 {objection.receipt}", objection.get_absolute_url()), ("显示联系方式", "")]
    context = {"objection": objection, "form": form, "shown": shown, "title": "显示联系方式", "crumbs": trail}
    return render(request, "workflow/objection_reveal.html", context)
