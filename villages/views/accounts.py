"""The accounts of one's own area: for who may hand out a one-time code for a forgotten password."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services as accounts
from accounts.forms import ReasonForm
from accounts.guards import recently_confirmed, requires
from accounts.permissions import Permission
from core import listing as listings
from core.listing import Column
from villages.filters import AreaUserFilter
from villages.querysets import resettable_by

AREA_USERS = listings.register(
    listings.Listing(
        key="area-users",
        title="本辖区账号",
        rows=lambda user: resettable_by(user).select_related("organization").prefetch_related("grants__division"),
        columns=(
            Column("姓名", "name"),
            Column("用户名", "username"),
            Column("单位", "organization.name"),
            Column("职务", "post"),
            Column("授权", lambda user: [f"{grant.get_role_display()}({grant.division.name})" for grant in user.grants.all() if grant.in_force]),
            Column("最近登录", "last_login", "date"),
        ),
        permission=Permission.USER_RESET,
        order=("username",),
        filters=AreaUserFilter,
        empty="本辖区没有可以重置密码的账号。管理员、审核员和辖区以外有授权的账号由系统管理员办理。",
        row_url=lambda user: reverse("villages:user-code", args=[user.pk]),
        table="accounts_user",
    )
)


@requires(Permission.USER_RESET)
@require_safe
def area_users(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, AREA_USERS)


@never_cache
@requires(Permission.USER_RESET)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def user_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down why, and print the code: it is shown this once."""
    user = get_object_or_404(resettable_by(request.user).select_related("organization"), pk=pk)
    form = ReasonForm(request.POST or None)
    crumbs = [("本辖区账号", reverse("villages:area-users"))]
    if request.method == "POST" and form.is_valid():
        try:
            code, until = accounts.issue_reset_code(user=user, by=request.user, **form.cleaned_data)
        except accounts.AccountsError as error:
            form.add_error(None, str(error))
        else:
            context = {"account": user, "code": code, "until": until, "back": reverse("villages:area-users"), "title": "一次性口令",
                       "address": request.build_absolute_uri(reverse("accounts:use-code")), "crumbs": [*crumbs, (user.name, "")]}  # fmt: skip
            return render(request, "accounts/paper_code.html", context)
    note = f"请先当面核实是 {user.name}({user.username})本人。口令只显示一次,打印后交给本人;用它设置新密码之前,原密码仍然有效。以前开的口令作废。"
    context = {"form": form, "title": "开具一次性口令", "cancel_url": reverse("villages:area-users"), "crumbs": [*crumbs, (user.name, "")],
               "save_label": "开具并显示", "note": note}  # fmt: skip
    return render(request, "core/form.html", context)
