"""Wishes of households and exit needs of villages: what is wished for, what it is matched with, what is still open."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from assistance import services
from assistance.filters import NeedFilter, WishFilter
from assistance.forms import NeedForm, WishForm
from assistance.models import ExitNeed, Wish
from core import listing as listings
from core import pages
from core.listing import Column
from core.pages import Fact
from households.models import Household, Member
from households.views.records import visible_household
from villages.models import Village

VIEW, EDIT = Permission.MEASURE_VIEW, Permission.MEASURE_EDIT


def _wishes(user: Any) -> QuerySet:
    head = Member.objects.filter(household_id=OuterRef("household_id"), relation="01", left_on=None).values("name")[:1]
    rows = Wish.objects.visible_to(user).filter(household__ended_on=None).select_related("household", "village__township", "measure__measure_type")
    return rows.annotate(head_name=Subquery(head))


WISHES = listings.register(
    listings.Listing(
        key="wishes",
        title="脱贫意愿",
        rows=_wishes,
        columns=(
            Column("户主", "head_name"),
            Column("户编号", "household.household_code"),
            Column("乡镇", "village.township.name"),
            Column("村", "village.name"),
            Column("方面", "get_aspect_display"),
            Column("内容", "content", "long"),
            Column("登记日期", "recorded_on", "date"),
            Column("落实情况", "get_state_display"),
            Column("对应措施", "measure.measure_type.name"),
            Column("落实说明", "result", "long"),
        ),
        permission=VIEW,
        order=("village_id", "household_id", "id"),
        filters=WishFilter,
        row_url=lambda row: reverse("assistance:household", args=[row.household_id]),
        empty="没有符合条件的脱贫意愿。",
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="assistance_wish",
    )
)
NEEDS = listings.register(
    listings.Listing(
        key="exit-needs",
        title="退出需求",
        rows=lambda user: ExitNeed.objects.visible_to(user).select_related("village__township"),
        columns=(
            Column("村", "village.name"),
            Column("乡镇", "village.township.name"),
            Column("方面", "get_aspect_display"),
            Column("差距", "gap", "long"),
            Column("目标日期", "target_on", "date"),
            Column("落实情况", "get_state_display"),
            Column("落实说明", "result", "long"),
        ),
        permission=VIEW,
        order=("village_id", "aspect", "id"),
        filters=NeedFilter,
        row_url=lambda row: reverse("assistance:village", args=[row.village_id]),
        empty="没有符合条件的退出需求。",
        export_permission=VIEW,
    )
)


def _aspects(request: HttpRequest, rows: QuerySet, aspects: Any, url: str) -> list[Fact]:
    """How many of each aspect are still open, each with its list: within what the user sees."""
    counts = dict(rows.exclude(state=Wish.State.MET).order_by().values_list("aspect").annotate(n=Count("pk")))
    return [Fact(label, str(counts.get(code, 0)), f"{url}?aspect={code}&state=left", unit="未落实") for code, label in aspects.choices]


@requires(VIEW)
@require_safe
def wish_list(request: HttpRequest) -> HttpResponse:
    figures = _aspects(request, Wish.objects.visible_to(request.user).filter(household__ended_on=None), Wish.Aspect, reverse("assistance:wish-list"))
    return listings.render_listing(request, WISHES, figures=figures, above="assistance/_aspects.html")


@requires(VIEW)
@require_safe
def need_list(request: HttpRequest) -> HttpResponse:
    figures = _aspects(request, ExitNeed.objects.visible_to(request.user), ExitNeed.Aspect, reverse("assistance:need-list"))
    return listings.render_listing(request, NEEDS, figures=figures, above="assistance/_aspects.html")


def _wish_form(request: HttpRequest, household: Household, wish: Wish, title: str) -> HttpResponse:
    back = reverse("assistance:household", args=[household.pk])
    form = WishForm(request.POST or None, instance=wish, household=household)

    def save(**fields: Any) -> str:
        services.save_wish(wish=wish, household=household, by=request.user, **fields)
        return back

    crumbs = [("脱贫意愿", reverse("assistance:wish-list")), (str(household), household.get_absolute_url()), ("帮扶", back)]
    return pages.form_page(request, form, save, title=title, back=back, crumbs=crumbs, refusal=services.AssistanceError)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def wish_create(request: HttpRequest, pk: int) -> HttpResponse:
    return _wish_form(request, visible_household(request, pk, EDIT), Wish(), "登记脱贫意愿")


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def wish_edit(request: HttpRequest, pk: int) -> HttpResponse:
    wish = get_object_or_404(Wish.objects.visible_to(request.user, EDIT), pk=pk)
    return _wish_form(request, visible_household(request, wish.household_id), wish, f"脱贫意愿:{wish.get_aspect_display()}")


def _need_form(request: HttpRequest, village: Village, need: ExitNeed, title: str) -> HttpResponse:
    back = reverse("assistance:village", args=[village.pk])
    form = NeedForm(request.POST or None, instance=need, village=village)

    def save(**fields: Any) -> str:
        services.save_need(need=need, village=village, by=request.user, **fields)
        return back

    crumbs = [("退出需求", reverse("assistance:need-list")), (village.name, village.get_absolute_url()), ("责任", back)]
    return pages.form_page(request, form, save, title=title, back=back, crumbs=crumbs, refusal=services.AssistanceError)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def need_create(request: HttpRequest, pk: int) -> HttpResponse:
    return _need_form(request, get_object_or_404(Village.objects.visible_to(request.user, EDIT), pk=pk), ExitNeed(), "登记退出需求")


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def need_edit(request: HttpRequest, pk: int) -> HttpResponse:
    need = get_object_or_404(ExitNeed.objects.visible_to(request.user, EDIT).select_related("village"), pk=pk)
    return _need_form(request, need.village, need, f"退出需求:{need.get_aspect_display()}")
