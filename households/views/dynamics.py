"""The yearly window: changes of persons and households, and the years with their rollover."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.pages import Fact, Link
from households import services
from households.filters import ChangeFilter, YearFilter
from households.forms.dynamics import FORMS, MergeForm, WindowForm
from households.models import DynamicWindow, Household, HouseholdYear, RegisterChange
from households.rules import codes
from households.rules.dynamics import JOINING, LEAVING, ChangeKind
from households.views.records import household_page, visible_household
from workflow.services import WorkflowError
from workflow.tasks import recheck

REFUSALS = (services.HouseholdsError, WorkflowError)

CHANGES = listings.register(
    listings.Listing(
        key="register-changes",
        title="人员变动",
        rows=lambda user: RegisterChange.objects.visible_to(user).for_list(),
        columns=(
            Column("涉及人员", "people", "long"),
            Column("变动", "get_kind_display"),
            Column("户编号", "household.household_code"),
            Column("乡镇", "village.township.name"),
            Column("村", "village.name"),
            Column("发生日期", "happened_on", "date"),
            Column("增加", lambda row: row.joined or None, "number", sum="joined"),
            Column("减少", lambda row: row.left or None, "number", sum="left"),
            Column("另一户", lambda row: str(row.other) if row.other else ""),
            Column("事由", "reason", "long"),
            Column("年度", lambda row: str(row.window.year)),
            Column("登记人", "recorded_by.name"),
        ),
        permission=Permission.HOUSEHOLD_VIEW,
        order=("-id",),
        filters=ChangeFilter,
        empty="没有符合条件的人员变动。变动在各户的“人员变动”页登记。",
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="households_registerchange",
    )
)

YEARS = listings.register(
    listings.Listing(
        key="household-years",
        title="年度档案",
        rows=lambda user: HouseholdYear.objects.visible_to(user).select_related("village__township"),
        columns=(
            Column("户主", "head_name"),
            Column("户编号", "household_code"),
            Column("乡镇", "village.township.name"),
            Column("村", "village.name"),
            Column("年度", lambda row: str(row.year)),
            Column("人口", "population", "number", sum="population"),
            Column("年内增加", "joined", "number", sum="joined"),
            Column("年内减少", "left", "number", sum="left"),
            Column("属性", listings.label("attribute", codes.Attribute), "long"),
            Column("主要致贫原因", listings.label("cause_main", codes.Cause), "long"),
            Column("脱贫状态", listings.label("poverty_status", codes.PovertyStatus), "status"),
            Column("人均纯收入(元)", "per_capita", "money"),
        ),
        permission=Permission.HOUSEHOLD_VIEW,
        order=("-id",),
        filters=YearFilter,
        row_url=lambda row: reverse("households:changes", args=[row.household_id]),
        empty="没有符合条件的年度档案。年度结转后才有当年的档案。",
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="households_householdyear",
        crumbs=(("动态管理年度", reverse_lazy("households:window-list")),),
    )
)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, CHANGES)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def year_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, YEARS)


# --- a household's tab ----------------------------------------------------------------------------
@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def household_changes(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk)
    rows = list(RegisterChange.objects.visible_to(request.user).for_list().filter(household=household)[:100])
    came = list(RegisterChange.objects.visible_to(request.user).for_list().filter(other=household)[:20])
    years = list(HouseholdYear.objects.visible_to(request.user).filter(household=household).order_by("-year")[:20])
    window = services.open_window()
    may = (
        window is not None and household.ended_on is None and household.is_registered
        and Household.objects.visible_to(request.user, Permission.HOUSEHOLD_EDIT).filter(pk=pk).exists()
        and services.may_record(request.user, household.village, window)
    )  # fmt: skip
    kinds = [[*JOINING], [*LEAVING], [ChangeKind.HEAD, ChangeKind.SPLIT, ChangeKind.MERGED, ChangeKind.GONE]] if may else []
    starts = [[(kind.label, reverse("households:change-create", args=[pk, kind])) for kind in row] for row in kinds]
    return household_page(
        request, pk, "households:changes", "households/changes.html", rows=rows, came=came, years=years, window=window, starts=starts,
    )  # fmt: skip


def _others(household: Household) -> list[tuple[int, str]]:
    rows = Household.objects.active().filter(village_id=household.village_id).exclude(pk=household.pk).for_list().order_by("id")[:500]
    return [(row.pk, f"{row.head_name or ''} {row.household_code}") for row in rows]


def _save(kind: str, household: Household, form: Any, by: Any) -> list[int]:
    """Hand what the form holds to the kind's service; the households it touched."""
    given: dict[str, Any] = {"household": household, "happening": form.happening(), "by": by}
    if kind in JOINING:
        services.add_person(kind=kind, person=form.person(), **given)
    elif kind in LEAVING:
        services.remove_person(kind=kind, member=form.member("member"), new_head=form.member("new_head"), **given)
    elif kind == ChangeKind.HEAD:
        services.change_head(new_head=form.member("new_head"), **given)
    elif kind == ChangeKind.SPLIT:
        _, made = services.split_household(members=form.leaving(), head=form.member("head"), new_head=form.member("new_head"), **given)
        return [household.pk, made.pk]
    elif kind == ChangeKind.MERGED:
        into = Household.objects.visible_to(by, Permission.HOUSEHOLD_EDIT).get(pk=form.cleaned_data["into"])
        services.merge_households(into=into, relations=form.relations(), **given)
        return [household.pk, into.pk]
    else:
        services.end_whole(end_reason=form.cleaned_data["end_reason"], **given)
    return [household.pk]


@requires(Permission.HOUSEHOLD_EDIT)
@require_http_methods(["GET", "POST"])
def change_create(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    household = visible_household(request, pk, Permission.HOUSEHOLD_EDIT)
    if what not in ChangeKind.values:
        raise Http404
    more: dict[str, Any] = {"others": _others(household)} if FORMS[what] is MergeForm else {}
    form = FORMS[what](request.POST or None, request.FILES or None, household=household, **more)
    window = services.open_window()
    back = reverse("households:changes", args=[pk])

    def save(**_: Any) -> str:
        recheck.defer(households=_save(what, household, form, request.user))
        return back

    label = ChangeKind(what).label
    note = f"{window}:登记 {window.starts_on} 至 {window.closes_on} 发生的变动。" if window else "现在不在动态管理开放期内,不能登记变动。"
    return pages.form_page(
        request, form, save, title=f"登记{label}", back=back, refusal=REFUSALS, done=f"{label}已登记。", save_label=f"登记{label}", note=note,
        crumbs=[("建档立卡户", reverse("households:list")), (str(household), household.get_absolute_url()), ("人员变动", back)],
    )  # fmt: skip


# --- years ----------------------------------------------------------------------------------------
WINDOWS = listings.register(
    listings.Listing(
        key="dynamic-windows",
        title="动态管理年度",
        rows=lambda user: DynamicWindow.objects.visible_to(user).select_related("rolled_over_by"),
        columns=(
            Column("年度", lambda row: f"{row.year}年"),
            Column("变动起算", "starts_on", "date"),
            Column("开放", "opens_on", "date"),
            Column("关闭", "closes_on", "date"),
            Column("登记层级", "get_level_display"),
            Column("结转日期", "rolled_over_on", "date"),
            Column("依据", "document", "long"),
        ),
        permission=Permission.HOUSEHOLD_VIEW,
        order=("-year",),
        primary=("设立年度", "households:window-create", Permission.DYNAMIC_MANAGE),
        empty="还没有设立动态管理年度,由市扶贫部门设立。",
    )
)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def window_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, WINDOWS)


def _state(window: DynamicWindow) -> str:
    if window.rolled_over_on:
        return f"已于 {window.rolled_over_on} 结转"
    if today() < window.opens_on:
        return "未开放"
    return "开放中" if today() <= window.closes_on else "已关闭,待结转"


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def window_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A year: its days, what was recorded of each kind in reach, and the snapshot once it is closed."""
    window = get_object_or_404(DynamicWindow.objects.visible_to(request.user), pk=pk)
    counted = {row["kind"]: row for row in _counted(request, window)}
    lines = [_Line(kind.label, counted[kind]["changes"], counted[kind]["households"]) for kind in ChangeKind if kind in counted]
    address = reverse("households:change-list") + f"?window={window.pk}"
    table = pages.table("本年度登记的变动", (Column("变动", "label"), Column("件数", "changes", "number"), Column("户数", "households", "number")), lines,
                        empty="本年度还没有登记变动。", links=[Link("逐件查看", address)] if lines else ())  # fmt: skip
    links = []
    if services.may_manage(request.user) and not window.rolled_over_on:
        links = [Link("修改", reverse("households:window-edit", args=[pk]))]
        if today() > window.closes_on:
            links.append(Link("年度结转", reverse("households:window-close", args=[pk]), primary=True))
    shown = [Fact("状态", _state(window)), *pages.facts(window, "starts_on", "opens_on", "closes_on", "level", "document", "rolled_over_on",
                                                        "rolled_over_by")]  # fmt: skip
    figures = []
    if window.rolled_over_on:
        kept = services.year_of(window, request.user).count()
        figures = [Fact("年度档案", f"{kept:,}", reverse("households:year-list") + f"?year={window.year}", unit="户")]
    return pages.record_page(request, title=str(window), crumbs=[("动态管理年度", reverse("households:window-list")), (str(window), "")],
                             links=links, facts=shown, tables=[table], figures=figures)  # fmt: skip


class _Line:
    def __init__(self, label: str, changes: int, households: int) -> None:
        self.label, self.changes, self.households = label, changes, households


def _counted(request: HttpRequest, window: DynamicWindow) -> Any:
    rows = RegisterChange.objects.visible_to(request.user).filter(window=window).order_by()
    return rows.values("kind").annotate(changes=Count("pk"), households=Count("household", distinct=True))


def _window_form(request: HttpRequest, window: DynamicWindow, title: str, back: str) -> HttpResponse:
    pages.require_everywhere(request, Permission.DYNAMIC_MANAGE)
    form = WindowForm(request.POST or None, instance=window, user=request.user)

    def save(**fields: Any) -> DynamicWindow:
        return services.save_window(window=window, by=request.user, **fields)

    return pages.form_page(
        request, form, save, title=title, back=back, refusal=REFUSALS, crumbs=[("动态管理年度", reverse("households:window-list"))]
    )


@requires(Permission.DYNAMIC_MANAGE)
@require_http_methods(["GET", "POST"])
def window_create(request: HttpRequest) -> HttpResponse:
    return _window_form(request, DynamicWindow(), "设立动态管理年度", reverse("households:window-list"))


@requires(Permission.DYNAMIC_MANAGE)
@require_http_methods(["GET", "POST"])
def window_edit(request: HttpRequest, pk: int) -> HttpResponse:
    window = get_object_or_404(DynamicWindow.objects.visible_to(request.user), pk=pk)
    return _window_form(request, window, f"修改{window}", window.get_absolute_url())


@requires(Permission.DYNAMIC_MANAGE)
@require_http_methods(["GET", "POST"])
def window_close(request: HttpRequest, pk: int) -> HttpResponse:
    """The rollover, asked once more before it is done."""
    pages.require_everywhere(request, Permission.DYNAMIC_MANAGE)
    window = get_object_or_404(DynamicWindow.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        try:
            count = services.roll_over(window=window, by=request.user)
        except services.HouseholdsError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{window.year} 年已结转,{count:,} 户的年度档案已存,往年档案不再改变。")
        return redirect(window)
    return pages.record_page(
        request, title=f"{window.year} 年度结转", template="households/window_close.html", window=window,
        crumbs=[("动态管理年度", reverse("households:window-list")), (str(window), window.get_absolute_url()), ("年度结转", "")],
    )  # fmt: skip
