"""Cadres dispatched to villages: list, page, form, postings, what was done about one."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from cadres import services
from cadres.filters import CadreFilter
from cadres.forms import ActionForm, CadreForm, NewCadreForm, PostingEndForm, PostingForm
from cadres.models import Cadre, CadreAction, Posting
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.masking import mask_phone
from core.pages import Fact, Link


def _rows(user: Any) -> Any:
    now = Posting.objects.active_on(today()).filter(cadre_id=OuterRef("pk")).order_by("-started_on")
    return Cadre.objects.visible_to(user).select_related("home_unit").annotate(
        village_name=Subquery(now.values("village__name")[:1]), role=Subquery(now.values("role")[:1]), since=Subquery(now.values("started_on")[:1])
    )  # fmt: skip


CADRES = listings.register(
    listings.Listing(
        key="cadres",
        title="派驻干部",
        rows=_rows,
        columns=(
            Column("姓名", "name"),
            Column("编号", "code"),
            Column("性别", "get_sex_display"),
            Column("派出单位", "home_unit.name"),
            Column("职务", "post"),
            Column("党员", "is_party_member", "yes"),
            Column("派驻村", "village_name"),
            Column("驻村职务", lambda cadre: Posting.Role(cadre.role).label if cadre.role else "未派驻"),
            Column("到岗日期", "since", "date"),
        ),
        permission=Permission.CADRE_VIEW,
        order=("code",),
        filters=CadreFilter,
        empty="没有符合条件的派驻干部。",
        primary=("登记派驻干部", "cadres:create", Permission.CADRE_EDIT),
        export_permission=Permission.CADRE_VIEW,
        table="cadres_cadre",
    )
)


@requires(Permission.CADRE_VIEW)
@require_safe
def cadre_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, CADRES)


def visible_cadre(request: HttpRequest, pk: int, edit: str = "") -> Cadre:
    cadre = pages.record_or_404(Cadre.objects.select_related("home_unit", "user"), request.user, pk, view=Permission.CADRE_VIEW)
    if edit and not may_edit_cadre(request, cadre):
        raise PermissionDenied
    return cadre


def may_edit_cadre(request: HttpRequest, cadre: Cadre) -> bool:
    return pages.may_change(Cadre.objects.all(), request.user, cadre.pk, Permission.CADRE_EDIT)


def _crumbs(cadre: Cadre | None = None) -> list[tuple[str, str]]:
    found = [("派驻干部", reverse("cadres:list"))]
    return [*found, (cadre.name, cadre.get_absolute_url())] if cadre else found


POSTING_COLUMNS = (
    Column("村", "village.name"),
    Column("乡镇", "village.township.name"),
    Column("驻村职务", "get_role_display"),
    Column("下派文件", "document"),
    Column("到岗日期", "started_on", "date"),
    Column("离岗日期", "ended_on", "date"),
    Column("离岗原因", "get_end_reason_display"),
)


TABS = (
    ("概况", "cadres:detail"),
    ("考勤", "cadres:attendance"),
    ("请销假", "cadres:leaves"),
    ("待遇和表彰", "cadres:care"),
    ("动态", "cadres:timeline"),
)


def cadre_page(request: HttpRequest, cadre: Cadre, tab: str, **content: Any) -> HttpResponse:
    """A page of one cadre: the same head and tabs on each."""
    tabs = [(label, reverse(name, args=[cadre.pk]), label == tab) for label, name in TABS]
    crumbs = [*_crumbs(), (cadre.name, cadre.get_absolute_url()), (tab, "")] if tab != TABS[0][0] else [*_crumbs(), (cadre.name, "")]
    return pages.record_page(request, title=cadre.name, subtitle=cadre.code, crumbs=crumbs, tabs=tabs, cadre=cadre, **content)


ACTION_COLUMNS = (
    Column("方式", "get_kind_display"),
    Column("日期", "done_on", "date"),
    Column("事由", "reason", "long"),
    Column("文号", "document"),
    Column("通报派出单位", "unit_told_on", "date"),
)


@requires(Permission.CADRE_VIEW)
@require_safe
def cadre_detail(request: HttpRequest, pk: int) -> HttpResponse:
    cadre = visible_cadre(request, pk)
    note_access(request, "opened", cadre)
    may_edit = may_edit_cadre(request, cadre)
    postings = list(Posting.objects.visible_to(request.user).filter(cadre=cadre).select_related("village__township").order_by("-started_on"))
    running = any(posting.ended_on is None for posting in postings)

    keeps = pages.may_change(Cadre.objects.all(), request.user, pk, Permission.ATTENDANCE_EDIT)

    def row_links(posting: Posting) -> list[Link]:
        found = [] if posting.ended_on or not may_edit else [Link("结束派驻", reverse("cadres:posting-end", args=[posting.pk]))]
        found.append(Link("工作交接", reverse("cadres:handover", args=[posting.pk])))
        if keeps and not posting.ended_on:
            found += [
                Link("坐班", reverse("cadres:roster", args=[posting.village_id])),
                Link("意见箱海报", reverse("cadres:box-poster", args=[posting.village_id])),
            ]
        return found

    table = pages.table(
        "派驻", POSTING_COLUMNS, postings, url=lambda posting: posting.village.get_absolute_url(),
        row_links=row_links, empty="还没有派驻。",
        links=[Link("派驻到村", reverse("cadres:posting-create", args=[pk]))] if may_edit and not running else (),
    )  # fmt: skip
    facts = [
        *pages.facts(cadre, "sex", "home_unit", "post", "is_party_member", "working_since_on", "health"),
        Fact("联系电话", mask_phone(cadre.phone)),
        Fact("登录账号", str(cadre.user or "没有账号")),
    ]
    links = [Link("修改", reverse("cadres:edit", args=[pk]), primary=True)] if may_edit else []
    if may_edit or cadre.user_id == request.user.pk:
        links.append(Link("登记培训需求", reverse("cadres:need-create", args=[pk])))
    actions = list(CadreAction.objects.visible_to(request.user).filter(cadre=cadre)[: pages.LIMIT])
    action_table = pages.table(
        "组织处理", ACTION_COLUMNS, actions, empty="没有约谈、诫勉、召回、调整。",
        links=[Link("登记组织处理", reverse("cadres:action-create", args=[pk]))] if may_edit and postings else (),
    )  # fmt: skip
    return cadre_page(request, cadre, "概况", links=links, facts=facts, tables=[table, action_table])


def _form(request: HttpRequest, form: Any, save: Any, title: str, cadre: Cadre | None = None, **more: Any) -> HttpResponse:
    back = cadre.get_absolute_url() if cadre else reverse("cadres:list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=_crumbs(cadre), refusal=services.CadresError, **more)


@requires(Permission.CADRE_EDIT)
@require_http_methods(["GET", "POST"])
def cadre_create(request: HttpRequest) -> HttpResponse:
    form = NewCadreForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Cadre:
        return services.create_cadre(by=request.user, **fields)

    return _form(request, form, save, "登记派驻干部")


@requires(Permission.CADRE_EDIT)
@require_http_methods(["GET", "POST"])
def cadre_edit(request: HttpRequest, pk: int) -> HttpResponse:
    cadre = visible_cadre(request, pk, edit=Permission.CADRE_EDIT)
    form = CadreForm(request.POST or None, instance=cadre, user=request.user)

    def save(**fields: Any) -> Cadre:
        return services.edit_cadre(cadre=cadre, by=request.user, **fields)

    return _form(request, form, save, "修改派驻干部", cadre)


@requires(Permission.CADRE_EDIT)
@require_http_methods(["GET", "POST"])
def posting_create(request: HttpRequest, pk: int) -> HttpResponse:
    cadre = visible_cadre(request, pk, edit=Permission.CADRE_EDIT)
    form = PostingForm(request.POST or None, instance=Posting(cadre=cadre), user=request.user)

    def save(**fields: Any) -> Cadre:
        services.start_posting(cadre=cadre, by=request.user, **fields)
        return cadre

    return _form(request, form, save, "派驻到村", cadre, save_label="派驻")


@requires(Permission.CADRE_EDIT)
@require_http_methods(["GET", "POST"])
def posting_end(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Posting.objects.visible_to(request.user, Permission.CADRE_EDIT).select_related("cadre", "village")
    posting = get_object_or_404(rows, pk=pk)
    form = PostingEndForm(request.POST or None, instance=posting, user=request.user)
    cadre = posting.cadre

    def save(**fields: Any) -> Cadre:
        services.end_posting(posting=posting, by=request.user, **fields)
        return cadre

    note = f"{cadre.name},{posting.village.name}{posting.get_role_display()},{posting.started_on:%Y-%m-%d} 到岗。"
    return _form(request, form, save, "结束派驻", cadre, note=note, save_label="结束派驻")


@requires(Permission.CADRE_EDIT)
@require_http_methods(["GET", "POST"])
def action_create(request: HttpRequest, pk: int) -> HttpResponse:
    """约谈、诫勉、召回、调整."""
    cadre = visible_cadre(request, pk, edit=Permission.CADRE_EDIT)
    form = ActionForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Cadre:
        services.record_action(cadre=cadre, by=request.user, **fields)
        return cadre

    note = "登记后不能修改;登错的,另记一条“撤回前项处理”。召回、调整的,还要在概况页“结束派驻”。"
    return _form(request, form, save, "登记组织处理", cadre, note=note)
