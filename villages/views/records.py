"""The village list, a village's page and its tabs, its years and groups."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import figures, pages
from core import listing as listings
from core.clock import today
from core.listing import Column
from core.pages import Fact, Link
from villages import services
from villages.filters import VillageFilter
from villages.forms import GroupForm, VillageForm, VillageYearForm
from villages.models import Village, VillageGroup, VillageYear

VILLAGES = listings.register(
    listings.Listing(
        key="villages",
        title="村",
        rows=lambda user: Village.objects.visible_to(user).select_related("township"),
        columns=(
            Column("村名", "name"),
            Column("村代码", "code"),
            Column("乡镇(街道)", "township.name"),
            Column("村类型", "get_kind_display"),
            Column("贫困村", "is_poor_village", "yes"),
            Column("认定年度", lambda row: str(row.poor_since or "")),
            Column("退出年度", lambda row: str(row.exited_in or "")),
        ),
        permission=Permission.VILLAGE_VIEW,
        order=("code",),
        filters=VillageFilter,
        empty="没有符合条件的村。",
        export_permission=Permission.VILLAGE_VIEW,
        table="villages_village",
    )
)

Tab = tuple[int, str, str, Callable[[Village], str]]
_tabs: list[Tab] = []
_counts: list[str] = []


def add_tab(label: str, permission: str, url: Callable[[Village], str], *, order: int = 50) -> None:
    """Rooms above add a tab to the village's page: a page of theirs, or their list of this village."""
    if label not in {known for _, known, _, _ in _tabs}:
        _tabs.append((order, label, permission, url))


def add_count(*keys: str) -> None:
    """Rooms above name figures whose rows carry a village; the head of the page shows the village's part."""
    _counts.extend(key for key in keys if key not in _counts)


add_tab("概况", Permission.VILLAGE_VIEW, lambda village: village.get_absolute_url(), order=10)
add_tab("年度情况", Permission.VILLAGE_VIEW, lambda village: reverse("villages:years", args=[village.pk]), order=80)


def visible_village(request: HttpRequest, pk: int, *, edit: str = "") -> Village:
    """The village, 404 for one the user cannot see, 403 for one they may not change."""
    return pages.record_or_404(Village.objects.select_related("township"), request.user, pk, view=Permission.VILLAGE_VIEW, edit=edit)


def _counted(request: HttpRequest, village: Village) -> list[Fact]:
    found = []
    for key in _counts:
        figure = figures.get(key)
        if request.user.may(figure.permission):  # type: ignore[union-attr]
            rows = figure.visible(today(), request.user).filter(village=village)
            found.append(Fact(figure.label, listings.show(figure.number(rows), "number"), unit=figure.unit))
    return found


def village_page(request: HttpRequest, village: Village, tab: str, *, links: Sequence[Link] = (), **parts: Any) -> HttpResponse:
    """A tab of the village's page: the same head over whatever the tab shows."""
    may = request.user.may  # type: ignore[union-attr]
    tabs = [(label, url(village), label == tab) for _, label, permission, url in sorted(_tabs, key=lambda t: t[0]) if may(permission)]
    poor = f"贫困村{f'({village.poor_since}年认定)' if village.poor_since else ''}" if village.is_poor_village else "非贫困村"
    if village.exited_in:
        poor += f",{village.exited_in}年退出"
    return pages.record_page(
        request,
        title=village.name,
        subtitle=f"{village.code} · {village.township.name} · {village.get_kind_display()} · {poor}",
        crumbs=[("村", reverse("villages:list")), (village.township.name, ""), (village.name, "")],
        links=links,
        tabs=tabs,
        **parts,
    )


@requires(Permission.VILLAGE_VIEW)
@require_safe
def village_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, VILLAGES)


def _may_edit(request: HttpRequest, village: Village) -> bool:
    return pages.may_change(Village.objects.all(), request.user, village.pk, Permission.VILLAGE_EDIT)


GROUP_COLUMNS = (Column("社(组)", "name"), Column("序号", "number", "number"))
HEADLINE = ("households_total", "population_total")
PROFILE = ("year", "households_total", "population_total", "rural_population", "minority_population", "workforce", "migrant_workers",
           "low_income_households", "extreme_support_households", "area_mu", "pasture_mu", "centre_distance_km", "paved_road", "bus",
           "production_power", "broadband", "culture_room", "service_centre", "clinics", "doctors", "cooperatives",
           "collective_income_wan", "leading_industry")  # fmt: skip


@requires(Permission.VILLAGE_VIEW)
@require_safe
def village_detail(request: HttpRequest, pk: int) -> HttpResponse:
    village = visible_village(request, pk)
    latest = VillageYear.objects.visible_to(request.user).filter(village=village).order_by("-year").first()
    groups = VillageGroup.objects.visible_to(request.user).filter(village=village)
    may_edit = _may_edit(request, village)
    links = [Link("修改", reverse("villages:edit", args=[pk]), primary=True)] if may_edit else []
    shown = [*_counted(request, village)]
    if latest:
        shown += [Fact(f"{latest.year}年{fact.label}", fact.value) for fact in pages.facts(latest, *HEADLINE)]
    place = [Fact("经纬度", f"{village.longitude}, {village.latitude}" if village.longitude is not None else "未填"),
             Fact("村界", "已上传" if village.outline else "未上传")]  # fmt: skip
    table = pages.table(
        "社(组)", GROUP_COLUMNS, groups, empty="还没有社(组)。",
        links=[Link("增加社(组)", reverse("villages:group-create", args=[pk]))] if may_edit else (),
        row_links=(lambda group: [Link("改名", reverse("villages:group-edit", args=[group.pk]))]) if may_edit else None,
    )  # fmt: skip
    known = [*place, *(pages.facts(latest, *PROFILE) if latest else [])]
    return village_page(request, village, "概况", links=links, figures=shown, facts=known, tables=[table])


@requires(Permission.VILLAGE_EDIT)
@require_http_methods(["GET", "POST"])
def village_edit(request: HttpRequest, pk: int) -> HttpResponse:
    village = visible_village(request, pk, edit=Permission.VILLAGE_EDIT)
    form = VillageForm(request.POST or None, instance=village, user=request.user)

    def save(**fields: Any) -> Village:
        return services.edit_village(village=village, by=request.user, **fields)

    return _form(request, form, save, village, "修改村情况")


def _form(request: HttpRequest, form: Any, save: Callable[..., Any], village: Village, title: str, back: str = "") -> HttpResponse:
    crumbs = [("村", reverse("villages:list")), (village.name, village.get_absolute_url())]
    return pages.form_page(request, form, save, title=title, back=back or village.get_absolute_url(), crumbs=crumbs, refusal=services.VillagesError)


@requires(Permission.VILLAGE_VIEW)
@require_safe
def village_years(request: HttpRequest, pk: int) -> HttpResponse:
    """Every recorded year side by side, newest first."""
    village = visible_village(request, pk)
    rows = list(VillageYear.objects.visible_to(request.user).filter(village=village).order_by("-year")[:6])
    may_edit = _may_edit(request, village)
    fields = [field for field in VillageYear._meta.fields if field.name not in {"id", "village", "year"}]
    columns = [Column("项目", "label"), *(Column(f"{row.year}年", f"y{row.year}", "number") for row in rows)]
    lines = [_YearLine(str(field.verbose_name), {f"y{row.year}": getattr(row, field.name) for row in rows}) for field in fields]
    table = pages.table("历年情况", columns, lines if rows else [], empty="还没有录入年度情况。")
    links = []
    if may_edit:
        links = [Link(f"修改{row.year}年", reverse("villages:year-edit", args=[row.pk])) for row in rows[:3]]
        links.append(Link("录入年度情况", reverse("villages:year-create", args=[pk]), primary=True))
    return village_page(request, village, "年度情况", links=links, tables=[table])


class _YearLine:
    """One fact of a village over the years, as a row."""

    def __init__(self, label: str, values: dict[str, Any]) -> None:
        self.label = label
        self.__dict__.update(values)


@requires(Permission.VILLAGE_EDIT)
@require_http_methods(["GET", "POST"])
def year_create(request: HttpRequest, pk: int) -> HttpResponse:
    village = visible_village(request, pk, edit=Permission.VILLAGE_EDIT)
    last = VillageYear.objects.visible_to(request.user).filter(village=village).order_by("-year").first()
    profile = VillageYear(village=village)
    names = [name for name in VillageYearForm.Meta.fields if name != "year"]
    initial = {"year": today().year} | ({name: getattr(last, name) for name in names} if last else {})
    form = VillageYearForm(request.POST or None, instance=profile, initial=initial, user=request.user)

    def save(**fields: Any) -> str:
        services.save_village_year(profile=profile, by=request.user, **fields)
        return reverse("villages:years", args=[pk])

    return _form(request, form, save, village, "录入年度情况", reverse("villages:years", args=[pk]))


@requires(Permission.VILLAGE_EDIT)
@require_http_methods(["GET", "POST"])
def year_edit(request: HttpRequest, pk: int) -> HttpResponse:
    profile = get_object_or_404(VillageYear.objects.visible_to(request.user).select_related("village"), pk=pk)
    village = visible_village(request, profile.village_id, edit=Permission.VILLAGE_EDIT)
    form = VillageYearForm(request.POST or None, instance=profile, user=request.user)

    def save(**fields: Any) -> str:
        services.save_village_year(profile=profile, by=request.user, **fields)
        return reverse("villages:years", args=[village.pk])

    return _form(request, form, save, village, f"修改{profile.year}年情况", reverse("villages:years", args=[village.pk]))


@requires(Permission.VILLAGE_EDIT)
@require_http_methods(["GET", "POST"])
def group_create(request: HttpRequest, pk: int) -> HttpResponse:
    village = visible_village(request, pk, edit=Permission.VILLAGE_EDIT)
    number = VillageGroup.objects.visible_to(request.user).filter(village=village).count() + 1
    return _group(request, VillageGroup(village=village, number=number), village, "增加社(组)")


@requires(Permission.VILLAGE_EDIT)
@require_http_methods(["GET", "POST"])
def group_edit(request: HttpRequest, pk: int) -> HttpResponse:
    group = get_object_or_404(VillageGroup.objects.visible_to(request.user), pk=pk)
    return _group(request, group, visible_village(request, group.village_id, edit=Permission.VILLAGE_EDIT), "修改社(组)")


def _group(request: HttpRequest, group: VillageGroup, village: Village, title: str) -> HttpResponse:
    form = GroupForm(request.POST or None, instance=group, user=request.user)

    def save(**fields: Any) -> Village:
        services.save_group(group=group, by=request.user, **fields)
        return village

    return _form(request, form, save, village, title)
