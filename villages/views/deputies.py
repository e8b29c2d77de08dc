"""代办: whom I have asked to act for me, and for whom I act."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core import pages
from core.clock import today
from core.listing import Column
from core.pages import Link
from villages import services
from villages.forms import DeputyEndForm, DeputyForm
from villages.models import Grant

TITLE = "代办"


def _state(grant: Grant) -> str:
    if grant.until and grant.until < today():
        return "已截止"
    return "未开始" if grant.since > today() else "在用"


COLUMNS = (
    Column("角色", "get_role_display"), Column("范围", "division.name"), Column("起始日期", "since", "date"), Column("截止日期", "until", "date"),
    Column("状态", _state), Column("原因", "reason", "long"),
)  # fmt: skip


@login_required
@require_safe
def deputy_list(request: HttpRequest) -> HttpResponse:
    rows = Grant.objects.exclude(deputy_for=None).select_related("user", "deputy_for", "division").order_by("-until", "-id")
    given = pages.table(
        "交人代办", (Column("代办人", "user.name"), *COLUMNS), rows.filter(deputy_for=request.user)[: pages.LIMIT], row_links=_links,
        empty="没有交人代办的职责。外出前可以把职责交给同事代办一段时间。",
    )  # fmt: skip
    taken = pages.table(
        "替人代办", (Column("代谁办理", "deputy_for.name"), *COLUMNS), rows.filter(user=request.user)[: pages.LIMIT], empty="没有替别人代办。"
    )
    links = [Link("交人代办", reverse("villages:deputy-create"), primary=True)] if services.may_be_deputized(request.user) else []
    return pages.record_page(request, title=TITLE, crumbs=[(TITLE, "")], links=links, tables=[given, taken])


def _links(grant: Grant) -> list[Link]:
    return [Link("收回", reverse("villages:deputy-end", args=[grant.pk]))] if grant.until and grant.until >= today() else []


def _form(request: HttpRequest, form: Any, save: Any, title: str, **more: Any) -> HttpResponse:
    back = reverse("villages:deputy-list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=[(TITLE, back)], refusal=services.VillagesError, **more)


@login_required
@require_http_methods(["GET", "POST"])
def deputy_create(request: HttpRequest) -> HttpResponse:
    form = DeputyForm(request.POST or None, user=request.user)

    def save(*, duty: Grant, deputy: Any, **fields: Any) -> str:
        services.appoint_deputy(user=request.user, deputy=deputy, role=duty.role, division=duty.division, by=request.user, **fields)
        return reverse("villages:deputy-list")

    note = "代办期间,等您办理的事项对方也能办,办理记录写明“代”谁办理。到期自动收回,也可随时收回。"
    return _form(request, form, save, "交人代办", note=note, save_label="交办", done="已交办。")


@login_required
@require_http_methods(["GET", "POST"])
def deputy_end(request: HttpRequest, pk: int) -> HttpResponse:
    grant = get_object_or_404(Grant.objects.filter(deputy_for=request.user).select_related("user", "division"), pk=pk)

    def save() -> str:
        services.end_deputy(grant=grant, by=request.user)
        return reverse("villages:deputy-list")

    note = f"{grant.user.name}代您办理:{grant.get_role_display()},{grant.division.name},{grant.since:%Y-%m-%d} 至 {grant.until:%Y-%m-%d}。收回后对方立即不能再办。"
    return _form(
        request, DeputyEndForm(request.POST if request.method == "POST" else None), save, "收回代办", note=note, save_label="收回", done="已收回。"
    )
