"""Leaders and units, and the villages they are linked with."""

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from assistance import services
from assistance.filters import LeaderFilter, UnitFilter
from assistance.forms import EndForm, LeaderForm, LinkForm, UnitForm
from assistance.models import Helper, HelpUnit, Leader, LeaderVillage, UnitVillage
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.pages import Link

P = Permission.PAIRING_VIEW
LEADERS, UNITS = ("联点领导", "assistance:leader-list"), ("联村单位", "assistance:unit-list")


def _villages(model: Any, path: str, user: Any) -> Subquery:
    """The names of the villages in reach that are linked today, as one text."""
    links = model.objects.visible_to(user).active_on(today()).filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Subquery(links.annotate(names=StringAgg("village__name", Value("、"))).values("names"))


listings.register(
    leader_listing := listings.Listing(
        key="leaders",
        title="联点领导",
        rows=lambda user: Leader.objects.select_related("organization").annotate(linked=_villages(LeaderVillage, "leader_id", user)),
        columns=(Column("姓名", "name"), Column("职务", "post"), Column("单位", "organization.name"), Column("联点村", "linked")),
        permission=P,
        order=("id",),
        filters=LeaderFilter,
        empty="没有符合条件的联点领导。",
        export_permission=P,
        table="assistance_leader",
    )
)
listings.register(
    unit_listing := listings.Listing(
        key="units",
        title="联村单位",
        rows=lambda user: HelpUnit.objects.select_related("organization").annotate(linked=_villages(UnitVillage, "unit_id", user)),
        columns=(
            Column("单位", "organization.name"),
            Column("类别", "get_nature_display"),
            Column("参与日期", "joined_on", "date"),
            Column("退出日期", "left_on", "date"),
            Column("联系村", "linked"),
        ),
        permission=P,
        order=("id",),
        filters=UnitFilter,
        empty="没有符合条件的联村单位。",
        export_permission=P,
        table="assistance_helpunit",
    )
)


def _create(request: HttpRequest, label: str, url_name: str) -> tuple[str, str] | None:
    """Leaders and units belong to no village: who registers them answers for the whole city."""
    return (label, reverse(url_name)) if pages.may_everywhere(request.user, Permission.PAIRING_EDIT) else None


@requires(P)
@require_safe
def leader_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, leader_listing, primary=_create(request, "登记联点领导", "assistance:leader-create"))


@requires(P)
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, unit_listing, primary=_create(request, "登记联村单位", "assistance:unit-create"))


def _crumbs(to: tuple[str, str], record: Any = None) -> list[tuple[str, str]]:
    found = [(to[0], reverse(to[1]))]
    return [*found, (str(record), record.get_absolute_url())] if record is not None and record.pk else found


LINK_COLUMNS = (
    Column("村", "village.name"),
    Column("乡镇", "village.township.name"),
    Column("开始日期", "started_on", "date"),
    Column("结束日期", "ended_on", "date"),
)


def _linked(request: HttpRequest, rows: QuerySet, *, end: str, create: str, pk: int) -> pages.Table:
    """The villages of a leader or unit in the user's reach, and what may be done with each link."""
    may = request.user.may(Permission.PAIRING_EDIT)  # type: ignore[union-attr]
    found = rows.select_related("village__township").order_by("-started_on", "village_id")[: pages.LIMIT]

    def row_links(link: Any) -> list[Link]:
        return [] if link.ended_on else [Link("结束", reverse(end, args=[link.pk]))]

    return pages.table(
        "联系的村", LINK_COLUMNS, found, url=lambda link: link.village.get_absolute_url(), row_links=row_links if may else None,
        empty="在您的范围内没有联系的村。", links=[Link("增加村", reverse(create, args=[pk]))] if may else (),
    )  # fmt: skip


@requires(P)
@require_safe
def leader_detail(request: HttpRequest, pk: int) -> HttpResponse:
    leader = get_object_or_404(Leader.objects.select_related("organization"), pk=pk)
    rows = LeaderVillage.objects.visible_to(request.user).filter(leader=leader)
    table = _linked(request, rows, end="assistance:leader-unlink", create="assistance:leader-link", pk=pk)
    edit = pages.may_everywhere(request.user, Permission.PAIRING_EDIT)
    links = [Link("修改", reverse("assistance:leader-edit", args=[pk]), primary=True)] if edit else []
    facts = pages.facts(leader, "post", "organization")
    return pages.record_page(request, title=leader.name, crumbs=[*_crumbs(LEADERS), (leader.name, "")], links=links, facts=facts, tables=[table])


@requires(P)
@require_safe
def unit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(HelpUnit.objects.select_related("organization"), pk=pk)
    rows = UnitVillage.objects.visible_to(request.user).filter(unit=unit)
    helpers = Helper.objects.visible_to(request.user).filter(unit=unit).order_by("name", "id")[: pages.LIMIT]
    tables = [
        _linked(request, rows, end="assistance:unit-unlink", create="assistance:unit-link", pk=pk),
        pages.table("帮扶责任人", (Column("姓名", "name"), Column("职务", "post")), helpers, url=lambda helper: helper.get_absolute_url(),
                    empty="在您的范围内没有帮扶责任人。"),
    ]  # fmt: skip
    edit = pages.may_everywhere(request.user, Permission.PAIRING_EDIT)
    links = [Link("修改", reverse("assistance:unit-edit", args=[pk]), primary=True)] if edit else []
    facts = pages.facts(unit, "organization", "nature", "joined_on", "left_on")
    return pages.record_page(request, title=str(unit), crumbs=[*_crumbs(UNITS), (str(unit), "")], links=links, facts=facts, tables=tables)


def _form(
    request: HttpRequest, form: Any, save: Callable[..., Any], title: str, to: tuple[str, str], record: Any = None, **more: Any
) -> HttpResponse:
    known = record is not None and record.pk
    back = record.get_absolute_url() if known else reverse(to[1])
    return pages.form_page(request, form, save, title=title, back=back, crumbs=_crumbs(to, record), refusal=services.AssistanceError, **more)


def _leader_form(request: HttpRequest, leader: Leader, title: str) -> HttpResponse:
    pages.require_everywhere(request, Permission.PAIRING_EDIT)
    form = LeaderForm(request.POST or None, instance=leader, user=request.user)

    def save(**fields: Any) -> Leader:
        return services.save_leader(leader=leader, by=request.user, **fields)

    return _form(request, form, save, title, LEADERS, leader)


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def leader_create(request: HttpRequest) -> HttpResponse:
    return _leader_form(request, Leader(), "登记联点领导")


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def leader_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _leader_form(request, get_object_or_404(Leader, pk=pk), "修改联点领导")


def _unit_form(request: HttpRequest, unit: HelpUnit, title: str) -> HttpResponse:
    pages.require_everywhere(request, Permission.PAIRING_EDIT)
    form = UnitForm(request.POST or None, instance=unit, user=request.user)

    def save(**fields: Any) -> HelpUnit:
        return services.save_unit(unit=unit, by=request.user, **fields)

    return _form(request, form, save, title, UNITS, unit)


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def unit_create(request: HttpRequest) -> HttpResponse:
    return _unit_form(request, HelpUnit(), "登记联村单位")


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def unit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _unit_form(request, get_object_or_404(HelpUnit.objects.select_related("organization"), pk=pk), "修改联村单位")


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def leader_link(request: HttpRequest, pk: int) -> HttpResponse:
    leader = get_object_or_404(Leader, pk=pk)
    form = LinkForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Leader:
        services.link_leader(leader=leader, by=request.user, **fields)
        return leader

    return _form(request, form, save, "增加联点村", LEADERS, leader)


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def unit_link(request: HttpRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(HelpUnit.objects.select_related("organization"), pk=pk)
    form = LinkForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> HelpUnit:
        services.link_unit(unit=unit, by=request.user, **fields)
        return unit

    return _form(request, form, save, "增加联系村", UNITS, unit)


def _unlink(request: HttpRequest, link: Any, owner: Any, to: tuple[str, str]) -> HttpResponse:
    form = EndForm(request.POST or None)

    def save(**fields: Any) -> Any:
        services.end_link(link=link, by=request.user, **fields)
        return owner

    note = f"{owner}:{link.village.name},自 {link.started_on:%Y-%m-%d}。"
    return _form(request, form, save, "结束联系", to, owner, note=note, save_label="结束联系")


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def leader_unlink(request: HttpRequest, pk: int) -> HttpResponse:
    rows = LeaderVillage.objects.visible_to(request.user, Permission.PAIRING_EDIT).select_related("leader", "village")
    link = get_object_or_404(rows, pk=pk)
    return _unlink(request, link, link.leader, LEADERS)


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def unit_unlink(request: HttpRequest, pk: int) -> HttpResponse:
    rows = UnitVillage.objects.visible_to(request.user, Permission.PAIRING_EDIT).select_related("unit__organization", "village")
    link = get_object_or_404(rows, pk=pk)
    return _unlink(request, link, link.unit, UNITS)
