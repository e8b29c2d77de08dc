"""Grants: who holds which role where, given and ended by security administrators."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.models import User
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from villages import services
from villages.filters import GrantFilter
from villages.forms import GrantEndForm, GrantForm
from villages.models import Grant


def _state(grant: Grant) -> str:
    if grant.until and grant.until < today():
        return "已截止"
    return "未开始" if grant.since > today() else "在用"


COLUMNS = (
    Column("姓名", "user.name"),
    Column("用户名", "user.username"),
    Column("角色", "get_role_display"),
    Column("范围", "division.name"),
    Column("起始日期", "since", "date"),
    Column("截止日期", lambda grant: grant.until or "长期"),
    Column("状态", _state),
    Column("授权人", "granted_by.name"),
    Column("依据", "reason"),
)
GRANTS = listings.register(
    listings.Listing(
        key="grants",
        title="授权",
        rows=lambda user: Grant.objects.visible_to(user).select_related("user", "division", "granted_by"),
        columns=COLUMNS,
        permission=Permission.USER_VIEW,
        order=("-id",),
        filters=GrantFilter,
        empty="没有符合条件的授权。",
        export_permission=Permission.USER_VIEW,
        row_url=lambda grant: grant.user.get_absolute_url(),
        table="villages_grant",
    )
)


@requires(Permission.USER_VIEW)
@require_safe
def grant_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, GRANTS)


@requires(Permission.GRANT_EDIT)
@require_http_methods(["GET", "POST"])
def grant_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the user `pk` a role in an area."""
    user = get_object_or_404(User, pk=pk)
    form = GrantForm(request.POST or None)

    def save(*, area: Any, **fields: Any) -> User:
        services.grant_role(user=user, division=area, by=request.user, **fields)
        return user

    crumbs = [("用户", reverse("accounts:user-list")), (user.name, user.get_absolute_url())]
    return pages.form_page(
        request,
        form,
        save,
        title="授权",
        back=user.get_absolute_url(),
        crumbs=crumbs,
        refusal=services.VillagesError,
        done="已授权。",
        save_label="授权",
    )


@requires(Permission.GRANT_EDIT)
@require_http_methods(["GET", "POST"])
def grant_end(request: HttpRequest, pk: int) -> HttpResponse:
    grant = get_object_or_404(Grant.objects.visible_to(request.user).select_related("user", "division"), pk=pk)
    form = GrantEndForm(request.POST or None, since=grant.since)

    def save(**fields: Any) -> User:
        services.end_grant(grant=grant, by=request.user, **fields)
        return grant.user

    crumbs = [("用户", reverse("accounts:user-list")), (grant.user.name, grant.user.get_absolute_url())]
    note = f"{grant.user.name}:{grant.get_role_display()},{grant.division.name},自 {grant.since:%Y-%m-%d}。"
    return pages.form_page(
        request, form, save, title="结束授权", back=grant.user.get_absolute_url(), crumbs=crumbs, refusal=services.VillagesError,
        done="授权已结束。", save_label="结束授权", note=note,
    )  # fmt: skip
