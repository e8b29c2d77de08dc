"""Users: list, page, create, edit, disable, new password; and the access log."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.filters import AccessFilter, UserFilter
from accounts.forms import NewUserForm, ReasonForm, UserEditForm
from accounts.guards import recently_confirmed, requires
from accounts.models import AccessEvent, User
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.masking import mask_phone
from core.pages import Fact, Link


def _in_force(grant: Any) -> bool:
    return grant.since <= today() and (grant.until is None or grant.until >= today())


def _granted(user: User) -> list[str]:
    """Roles and areas of today, from prefetched grants."""
    return [f"{grant.get_role_display()}({grant.division.name})" for grant in user.grants.all() if _in_force(grant)]  # type: ignore[attr-defined]


USERS = listings.register(
    listings.Listing(
        key="users",
        title="用户",
        rows=lambda user: User.objects.select_related("organization").prefetch_related("grants__division"),
        columns=(
            Column("姓名", "name"),
            Column("用户名", "username"),
            Column("单位", "organization.name"),
            Column("职务", "post"),
            Column("授权", lambda user: _granted(user) or "未授权"),
            Column("启用", "is_active", "yes"),
            Column("最近登录", "last_login", "date"),
        ),
        permission=Permission.USER_VIEW,
        order=("username",),
        filters=UserFilter,
        empty="没有符合条件的用户。",
        primary=("新建用户", "accounts:user-create", Permission.USER_EDIT),
        export_permission=Permission.USER_VIEW,
        table="accounts_user",
    )
)


@requires(Permission.USER_VIEW)
@require_safe
def user_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, USERS)


def _crumbs(user: User | None = None) -> list[tuple[str, str]]:
    found = [("用户", reverse("accounts:user-list"))]
    return [*found, (user.name, user.get_absolute_url())] if user else found


GRANT_COLUMNS = (
    Column("角色", "get_role_display"),
    Column("范围", "division.name"),
    Column("起始日期", "since", "date"),
    Column("截止日期", lambda grant: grant.until or "长期"),
    Column("状态", lambda grant: "在用" if _in_force(grant) else ("未开始" if grant.since > today() else "已截止")),
    Column("授权人", "granted_by.name"),
    Column("依据", "reason"),
)


def _grant_links(grant: Any) -> list[Link]:
    ended = grant.until is not None and grant.until < today()
    return [] if ended else [Link("结束", reverse("villages:grant-end", args=[grant.pk]))]


@requires(Permission.USER_VIEW)
@require_safe
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User.objects.select_related("organization"), pk=pk)
    other = user.pk != request.user.pk
    services.note_access(request, AccessEvent.Action.OPENED, user)
    sessions = services.sessions_of(user)
    links: list[Link] = []
    if request.user.may(Permission.USER_EDIT):
        if other:
            links = [Link("清除双因子", reverse("accounts:user-second-factor", args=[pk]))] if user.second_factor_at else []
            links += [Link("结束登录", reverse("accounts:user-sessions-end", args=[pk]))] if sessions else []
            links += [Link("重置密码", reverse("accounts:user-reset-password", args=[pk])),
                     Link("停用" if user.is_active else "启用", reverse("accounts:user-set-active", args=[pk]))]  # fmt: skip
        links.append(Link("修改", reverse("accounts:user-edit", args=[pk]), primary=True))
    may_grant = request.user.may(Permission.GRANT_EDIT) and other
    grants = user.grants.select_related("division", "granted_by").order_by("-since", "-id")  # type: ignore[attr-defined]
    table = pages.table(
        "授权",
        GRANT_COLUMNS,
        grants,
        empty="没有授权:这名用户登录后什么也看不到。",
        links=[Link("授权", reverse("villages:grant-create", args=[pk]))] if may_grant else (),
        row_links=_grant_links if may_grant else None,
    )
    facts = [*pages.facts(user, "username", "organization", "post"), Fact("联系电话", mask_phone(user.phone)),
             *pages.facts(user, "must_change_password", "password_changed_at", "second_factor_at"),
             Fact("正在使用的登录", f"{len(sessions)} 处"), *pages.facts(user, "last_login", "created_at")]  # fmt: skip
    state = "" if user.is_active else "已停用(久未登录)" if user.dormant_at else "已停用"
    return pages.record_page(request, title=user.name, crumbs=[*_crumbs(), (user.name, "")], state=state, links=links, facts=facts, tables=[table])


def _show_password(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """Once: the page is never cached and the password is stored nowhere but as a hash."""
    context = {"account": user, "password": password, "title": "初始密码", "crumbs": [*_crumbs(user), ("初始密码", "")]}
    return render(request, "accounts/first_password.html", context)


@never_cache
@requires(Permission.USER_EDIT)
@require_http_methods(["GET", "POST"])
def user_create(request: HttpRequest) -> HttpResponse:
    form = NewUserForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        password = services.make_first_password()
        try:
            user = services.create_user(password=password, by=request.user, **form.cleaned_data)
        except (services.AccountsError, ValidationError) as error:
            pages.add_refusal(form, error)
        else:
            return _show_password(request, user, password)
    context = {"form": form, "title": "新建用户", "cancel_url": reverse("accounts:user-list"), "crumbs": [*_crumbs(), ("新建用户", "")],
               "note": "保存后显示一次初始密码,用户首次登录须修改;角色由安全管理员另行授权。"}  # fmt: skip
    return render(request, "core/form.html", context)


@requires(Permission.USER_EDIT)
@require_http_methods(["GET", "POST"])
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    name = user.name
    form = UserEditForm(request.POST or None, instance=user, user=request.user)

    def save(**fields: Any) -> User:
        return services.edit_user(user=user, by=request.user, **fields)

    crumbs = [*_crumbs(), (name, user.get_absolute_url())]
    return pages.form_page(request, form, save, title="修改用户", back=user.get_absolute_url(), crumbs=crumbs, refusal=services.AccountsError)


@requires(Permission.USER_EDIT)
@require_http_methods(["GET", "POST"])
def user_set_active(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    verb = "停用" if user.is_active else "启用"
    form = ReasonForm(request.POST or None)

    def save(reason: str) -> User:
        return services.set_active(user=user, active=not user.is_active, by=request.user, reason=reason)

    return pages.form_page(
        request, form, save, title=f"{verb}用户", back=user.get_absolute_url(), crumbs=_crumbs(user), refusal=services.AccountsError,
        done=f"已{verb}。", save_label=verb, note="停用后立即不能登录,全部授权到今天为止;历史保留。以后重新启用,须由安全管理员另行授权。" if user.is_active else "",
    )  # fmt: skip


@never_cache
@requires(Permission.USER_EDIT)
@require_http_methods(["GET", "POST"])
def user_reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _show_password(request, user, services.reset_password(user=user, by=request.user, **form.cleaned_data))
        except services.AccountsError as error:
            form.add_error(None, str(error))
    note = f"将为 {user.name}({user.username})换一个初始密码,显示一次,登录后须修改;原密码立即失效,锁定解除。"
    context = {"form": form, "title": "重置密码", "cancel_url": user.get_absolute_url(), "crumbs": [*_crumbs(user), ("重置密码", "")],
               "save_label": "重置密码", "note": note}  # fmt: skip
    return render(request, "core/form.html", context)


@requires(Permission.USER_EDIT)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def user_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """A lost phone: forget it, with a reason."""
    user = get_object_or_404(User, pk=pk)
    form = ReasonForm(request.POST or None)

    def save(reason: str) -> User:
        return services.clear_second_factor(user=user, by=request.user, reason=reason)

    note = f"将清除 {user.name}({user.username})的手机验证和备用码,并结束其所有登录;请先当面核实是本人。须用双因子的角色下次登录时重新设置。"
    return pages.form_page(
        request, form, save, title="清除双因子", back=user.get_absolute_url(), crumbs=_crumbs(user), refusal=services.AccountsError,
        done="已清除双因子。", save_label="清除双因子", note=note,
    )  # fmt: skip


@requires(Permission.USER_EDIT)
@require_http_methods(["GET", "POST"])
def user_sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = ReasonForm(request.POST or None)

    def save(reason: str) -> User:
        services.end_sessions(user=user, by=request.user, reason=reason)
        return user

    return pages.form_page(
        request, form, save, title="结束登录", back=user.get_absolute_url(), crumbs=_crumbs(user), refusal=services.AccountsError,
        done="已结束这名用户的所有登录。", save_label="结束登录", note="这名用户在所有设备上立即退出,可以重新登录。",
    )  # fmt: skip


# --- the access log ------------------------------------------------------------------------------
def _table_label(event: AccessEvent) -> str:
    names = {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models()}
    return names.get(event.table, event.table)


ACCESS = listings.register(
    listings.Listing(
        key="access",
        title="查阅记录",
        rows=lambda user: (
            AccessEvent.objects.annotate(
                who=Subquery(User.objects.filter(pk=OuterRef("user_id")).values("name")[:1]),
                login=Subquery(User.objects.filter(pk=OuterRef("user_id")).values("username")[:1]),
            )
            if user.may(Permission.ACCESS_LOG_VIEW)
            else AccessEvent.objects.none()
        ),
        columns=(
            Column("时间", "at"),
            Column("姓名", "who"),
            Column("用户名", "login"),
            Column("动作", "get_action_display"),
            Column("对象", _table_label),
            Column("编号", lambda event: event.subject or str(event.row_id or "")),
            Column("内容", "detail"),
            Column("用途", "purpose"),
            Column("条数", "rows", "number"),
            Column("地址", "address"),
        ),
        permission=Permission.ACCESS_LOG_VIEW,
        order=("-id",),
        filters=AccessFilter,
        empty="没有符合条件的查阅记录。",
        export_permission=Permission.ACCESS_LOG_VIEW,
        row_url=lambda event: "",
        count=False,
        table="accounts_accessevent",
    )
)


@requires(Permission.ACCESS_LOG_VIEW)
@require_safe
def access_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, ACCESS)
