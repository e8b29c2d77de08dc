"""Help of one household (tab 帮扶: pairings and measures) and of one village (tab 责任)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.models import AccessEvent
from accounts.permissions import Permission
from accounts.services import note_access
from assistance import services
from assistance.forms import ChangeMainForm, EndForm, MeasureForm, PairingForm
from assistance.models import ExitNeed, LeaderVillage, Measure, Pairing, UnitVillage, Wish
from cadres.models import Posting
from core import pages
from core.clock import today
from core.listing import Column
from core.pages import Link
from households.models import Household
from households.views.records import household_context, visible_household
from villages.models import Village
from villages.views.records import village_page, visible_village

PAIRINGS = (
    Column("帮扶责任人", "helper.name"),
    Column("单位", "helper.unit.organization.name"),
    Column("职务", "helper.post"),
    Column("责任", lambda pairing: "主要帮扶责任人" if pairing.is_main else "帮扶责任人"),
    Column("结对日期", "started_on", "date"),
    Column("结束日期", "ended_on", "date"),
    Column("结束原因", "end_reason"),
)
MEASURES = (
    Column("措施类别", "measure_type.name"),
    Column("内容", "content"),
    Column("计划日期", "planned_on", "date"),
    Column("落实日期", "given_on", "date"),
    Column("金额(元)", "amount", "money"),
    Column("进度", "get_state_display"),
    Column("成效", "result"),
)
WISHES = (
    Column("方面", "get_aspect_display"),
    Column("内容", "content"),
    Column("登记日期", "recorded_on", "date"),
    Column("落实情况", "get_state_display"),
    Column("对应措施", lambda wish: f"{wish.measure.measure_type.name}({wish.measure.get_state_display()})" if wish.measure else ""),
    Column("落实说明", "result"),
)


def _may(request: HttpRequest, household: Household, permission: str) -> bool:
    return household.ended_on is None and pages.may_change(Household.objects.all(), request.user, household.pk, permission)


def _pairing_table(request: HttpRequest, household: Household) -> pages.Table:
    rows = Pairing.objects.visible_to(request.user).filter(household=household).select_related("helper__unit__organization")
    rows = list(rows.order_by("ended_on", "-is_main", "-started_on")[: pages.LIMIT])
    may = _may(request, household, Permission.PAIRING_EDIT)
    links = [Link("结对", reverse("assistance:pairing-create", args=[household.pk]))]
    if any(row.is_main and not row.ended_on for row in rows):
        links.append(Link("更换主要帮扶责任人", reverse("assistance:pairing-change-main", args=[household.pk])))

    def row_links(pairing: Pairing) -> list[Link]:
        return [] if pairing.ended_on or pairing.is_main else [Link("结束", reverse("assistance:pairing-end", args=[pairing.pk]))]

    return pages.table("结对帮扶", PAIRINGS, rows, empty="还没有结对。", links=links if may else (), row_links=row_links if may else None)


def _measure_table(request: HttpRequest, household: Household) -> pages.Table:
    rows = Measure.objects.visible_to(request.user).filter(household=household).select_related("measure_type")
    may = _may(request, household, Permission.MEASURE_EDIT)
    return pages.table(
        "帮扶措施", MEASURES, rows.order_by("-planned_on", "-id")[: pages.LIMIT], empty="还没有帮扶措施。",
        links=[Link("安排措施", reverse("assistance:measure-create", args=[household.pk]))] if may else (),
        row_links=(lambda row: [Link("修改", reverse("assistance:measure-edit", args=[row.pk]))]) if may else None,
    )  # fmt: skip


def _wish_table(request: HttpRequest, household: Household) -> pages.Table:
    rows = list(Wish.objects.visible_to(request.user).filter(household=household).select_related("measure__measure_type"))
    may = _may(request, household, Permission.MEASURE_EDIT)
    links = [Link("登记意愿", reverse("assistance:wish-create", args=[household.pk]))] if may and len(rows) < len(Wish.Aspect) else []
    return pages.table(
        "脱贫意愿", WISHES, rows, empty="还没有登记脱贫意愿。", links=links,
        row_links=(lambda row: [Link("修改", reverse("assistance:wish-edit", args=[row.pk]))]) if may else None,
    )  # fmt: skip


@requires(Permission.PAIRING_VIEW)
@require_safe
def household_help(request: HttpRequest, pk: int) -> HttpResponse:
    """Who helps this household and with what."""
    household = visible_household(request, pk)
    tables = [_pairing_table(request, household)]
    if request.user.may(Permission.MEASURE_VIEW):
        tables += [_measure_table(request, household), _wish_table(request, household)]
    note_access(request, AccessEvent.Action.OPENED, household, detail="帮扶")
    context = household_context(request, household, "assistance:household")
    return render(request, "assistance/household.html", context | {"tables": tables})


def _form(request: HttpRequest, form: Any, save: Callable[..., Any], household: Household, title: str, **more: Any) -> HttpResponse:
    back = reverse("assistance:household", args=[household.pk])

    def saved(**fields: Any) -> str:
        save(**fields)
        return back

    crumbs = [("建档立卡户", reverse("households:list")), (household.household_code, household.get_absolute_url()), ("帮扶", back)]
    return pages.form_page(request, form, saved, title=title, back=back, crumbs=crumbs, refusal=services.AssistanceError, **more)


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def pairing_create(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk, Permission.PAIRING_EDIT)
    has_main = Pairing.objects.visible_to(request.user).filter(household=household, is_main=True, ended_on=None).exists()
    form = PairingForm(request.POST or None, household=household, initial={"is_main": not has_main})

    def save(**fields: Any) -> None:
        services.start_pairing(household=household, by=request.user, **fields)

    return _form(request, form, save, household, "结对", save_label="结对", done="已结对。")


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def pairing_change_main(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk, Permission.PAIRING_EDIT)
    form = ChangeMainForm(request.POST or None, household=household)

    def save(**fields: Any) -> None:
        services.change_main_helper(household=household, by=request.user, **fields)

    return _form(request, form, save, household, "更换主要帮扶责任人", save_label="更换", done="已更换主要帮扶责任人。")


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def pairing_end(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Pairing.objects.visible_to(request.user, Permission.PAIRING_EDIT).select_related("helper")
    pairing = get_object_or_404(rows, pk=pk)
    household = visible_household(request, pairing.household_id)
    form = EndForm(request.POST or None)

    def save(*, reason: str, **fields: Any) -> None:
        services.end_pairing(pairing=pairing, by=request.user, end_reason=reason, **fields)

    note = f"{pairing.helper.name},{pairing.started_on:%Y-%m-%d} 结对。"
    return _form(request, form, save, household, "结束结对", note=note, save_label="结束结对", done="已结束结对。")


@requires(Permission.MEASURE_EDIT)
@require_http_methods(["GET", "POST"])
def measure_create(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk, Permission.MEASURE_EDIT)
    form = MeasureForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> None:
        services.give_measure(household=household, by=request.user, **fields)

    return _form(request, form, save, household, "安排帮扶措施")


@requires(Permission.MEASURE_EDIT)
@require_http_methods(["GET", "POST"])
def measure_edit(request: HttpRequest, pk: int) -> HttpResponse:
    measure = get_object_or_404(Measure.objects.visible_to(request.user, Permission.MEASURE_EDIT).select_related("measure_type"), pk=pk)
    household = visible_household(request, measure.household_id)
    form = MeasureForm(request.POST or None, instance=measure, user=request.user)

    def save(**fields: Any) -> None:
        services.edit_measure(measure=measure, by=request.user, **fields)

    return _form(request, form, save, household, "修改帮扶措施")


# --- the village's tab ---------------------------------------------------------------------------
LEADERS = (Column("姓名", "leader.name"), Column("职务", "leader.post"), Column("开始日期", "started_on", "date"))
UNITS = (Column("单位", "unit.organization.name"), Column("类别", "unit.get_nature_display"), Column("开始日期", "started_on", "date"))
TEAM = (
    Column("姓名", "cadre.name"),
    Column("驻村职务", "get_role_display"),
    Column("派出单位", "cadre.home_unit.name"),
    Column("到岗日期", "started_on", "date"),
)
NEEDS = (
    Column("方面", "get_aspect_display"),
    Column("差距", "gap"),
    Column("登记日期", "recorded_on", "date"),
    Column("目标日期", "target_on", "date"),
    Column("落实情况", "get_state_display"),
    Column("落实说明", "result"),
)


def _need_table(request: HttpRequest, village: Village) -> pages.Table:
    rows = list(ExitNeed.objects.visible_to(request.user).filter(village=village))
    may = pages.may_change(Village.objects.all(), request.user, village.pk, Permission.MEASURE_EDIT)
    links = [Link("登记需求", reverse("assistance:need-create", args=[village.pk]))] if may and len(rows) < len(ExitNeed.Aspect) else []
    return pages.table(
        "退出需求", NEEDS, rows, empty="没有登记退出需求。", links=links,
        row_links=(lambda row: [Link("修改", reverse("assistance:need-edit", args=[row.pk]))]) if may else None,
    )  # fmt: skip


@requires(Permission.PAIRING_VIEW)
@require_safe
def village_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answers for this village today: leaders, the team in the village, linked units; and what it still needs to exit."""
    village = visible_village(request, pk)
    leaders = LeaderVillage.objects.visible_to(request.user).active_on(today()).filter(village=village).select_related("leader")
    units = UnitVillage.objects.visible_to(request.user).active_on(today()).filter(village=village).select_related("unit__organization")
    tables = [pages.table("联点领导", LEADERS, leaders, url=lambda link: link.leader.get_absolute_url(), empty="没有联点领导。")]
    if request.user.may(Permission.CADRE_VIEW):
        team = Posting.objects.visible_to(request.user).active_on(today()).filter(village=village).select_related("cadre__home_unit")
        tables.append(pages.table("驻村工作队", TEAM, team, url=lambda posting: posting.cadre.get_absolute_url(), empty="没有驻村干部。"))
    tables.append(pages.table("联村单位", UNITS, units, url=lambda link: link.unit.get_absolute_url(), empty="没有联村单位。"))
    if request.user.may(Permission.MEASURE_VIEW):
        tables.append(_need_table(request, village))
    return village_page(request, village, "责任", tables=tables)
