"""The list, a household's page and its tabs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import recently_confirmed, requires
from accounts.models import AccessEvent
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core.charts import line_against_line
from core.masking import last_four, mask_account, mask_id_number, mask_phone
from households import services
from households.filters import HouseholdFilter
from households.forms import EndForm, RevealForm
from households.history import timeline
from households.models import Household, Income, Living, Member, PovertyLine
from households.rules import codes
from workflow.tasks import recheck

HOUSEHOLDS = listings.register(
    listings.Listing(
        key="households",
        title="建档立卡户",
        rows=lambda user: Household.objects.visible_to(user).for_list(),
        columns=(
            listings.Column("户主", "head_name"),
            listings.Column("户编号", "household_code"),
            listings.Column("乡镇", "village.township.name"),
            listings.Column("村", "village.name"),
            listings.Column("人口", "population", "number"),
            listings.Column("属性", listings.label("attribute", codes.Attribute), "long"),
            listings.Column("主要致贫原因", listings.label("cause_main", codes.Cause), "long"),
            listings.Column("脱贫状态", listings.label("poverty_status", codes.PovertyStatus), "status"),
            listings.Column("脱贫年度", lambda row: str(row.exit_year or "")),
            listings.Column("人均纯收入(元)", "per_capita", "money"),
            listings.Column("待核对", lambda row: row.warning_count or None, "number"),
        ),
        permission=Permission.HOUSEHOLD_VIEW,
        order=("village_id", "id"),
        url_name="households:detail",
        filters=HouseholdFilter,
        empty="没有符合条件的户。换一个查找词,或去掉筛选条件。",
        primary=("新建户", "households:create", Permission.REGISTER_EDIT),
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="households_household",
    )
)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def household_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, HOUSEHOLDS)


def visible_household(request: HttpRequest, pk: int, permission: str = Permission.HOUSEHOLD_VIEW) -> Household:
    """The household, or 404 for one the user cannot see."""
    rows = Household.objects.visible_to(request.user, permission).select_related("village", "village__township", "group")
    return get_object_or_404(rows, pk=pk)


def _reaches(user: Any, household: Household, permission: str) -> bool:
    return user.may(permission) and Household.objects.visible_to(user, permission).filter(pk=household.pk).exists()


def may_write(user: Any, household: Household) -> bool:
    """Who may change it directly: an application whoever takes applications, a registered household only the township and the city."""
    return _reaches(user, household, Permission.REGISTER_EDIT if household.is_registered else Permission.HOUSEHOLD_EDIT)


TABS = (("概况", "households:detail"), ("成员", "households:members"), ("生产生活", "households:living"),
        ("收入", "households:income"), ("人员变动", "households:changes"), ("办理", "households:proceedings"), ("手册", "households:handbooks"), ("历史", "households:history"))  # fmt: skip
_extra_tabs: list[tuple[str, str, str]] = []


def add_tab(label: str, url_name: str, permission: str) -> None:
    """Rooms above add their tab to the household's page."""
    if (label, url_name, permission) not in _extra_tabs:
        _extra_tabs.append((label, url_name, permission))


def household_context(request: HttpRequest, household: Household, tab: str) -> dict[str, Any]:
    """What the head of every tab shows."""
    members = list(Member.objects.visible_to(request.user).filter(household=household).order_by("number"))
    present = [member for member in members if member.left_on is None]
    latest = Income.objects.visible_to(request.user).filter(household=household).order_by("-year").first()
    tabs = [*TABS[:-1], *((label, name) for label, name, p in _extra_tabs if request.user.may(p)), TABS[-1]]
    head = next((member for member in present if member.is_head), None)
    return {
        "household": household,
        "head": head,
        "members": members,
        "population": len(present),
        "latest": latest,
        "title": head.name if head else str(household),
        "tabs": [(label, reverse(name, args=[household.pk]), name == tab) for label, name in tabs],
        "crumbs": [("建档立卡户", reverse("households:list")), (household.village.name, ""), (str(household), "")],
        "running": list(household.proceedings.running().select_related("case__step").order_by("id")),
        "may_edit": household.ended_on is None and may_write(request.user, household),
        "may_correct": household.is_registered and household.ended_on is None and _reaches(request.user, household, Permission.HOUSEHOLD_EDIT),
        "may_reveal": request.user.may(Permission.PERSON_REVEAL),
        "may_see_log": request.user.may(Permission.ACCESS_LOG_VIEW),
        "masked_phone": mask_phone(household.phone),
        "masked_account": mask_account(household.bank_account),
    }


def household_page(request: HttpRequest, pk: int, tab: str, template: str, **extra: Any) -> HttpResponse:
    """One tab of a household's page; opening it is noted."""
    household = visible_household(request, pk)
    context = household_context(request, household, tab)
    note_access(request, AccessEvent.Action.OPENED, household, detail=next(label for label, _, on in context["tabs"] if on))
    return render(request, template, context | extra)


def poverty_lines(series: str = "working") -> dict[int, Any]:
    """Line by year, in yuan a head."""
    rows = PovertyLine.objects.filter(series=series, area_code="").values_list("year", "amount")
    return dict(rows)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def household_detail(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk)
    incomes = list(Income.objects.visible_to(request.user).filter(household=household).order_by("year"))
    lines = poverty_lines()
    points = [(row.year, row.per_capita, lines.get(row.year)) for row in incomes if row.per_capita is not None]
    chart = line_against_line(
        [(year, float(value), float(line) if line else None) for year, value, line in points],
        title="人均纯收入与扶贫标准", value_label="本户人均纯收入", line_label="扶贫标准", unit="元",
    ) if len(points) > 1 else ""  # fmt: skip
    return household_page(request, pk, "households:detail", "households/detail.html", chart=chart)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def household_members(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk)
    members = Member.objects.visible_to(request.user).filter(household=household).select_related("continued_as__household").order_by("number")
    shown = [(member, mask_id_number(member.id_number), last_four(member.disability_number)) for member in members]
    return household_page(request, pk, "households:members", "households/members.html", shown=shown)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def household_living(request: HttpRequest, pk: int) -> HttpResponse:
    rows = list(Living.objects.visible_to(request.user).filter(household_id=pk).order_by("-year")[:5])
    fields = [f for f in Living._meta.fields if f.name not in {"id", "household", "village", "year"}]
    table = [(f.verbose_name, [_shown(row, f) for row in rows]) for f in fields]
    return household_page(request, pk, "households:living", "households/living.html", rows=rows, table=table)


def _shown(row: Any, field: Any) -> str:
    display = getattr(row, f"get_{field.name}_display", None)
    return listings.show(display() if display else getattr(row, field.name))


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def household_income(request: HttpRequest, pk: int) -> HttpResponse:
    rows = list(Income.objects.visible_to(request.user).filter(household_id=pk).order_by("-year")[:5])
    lines = poverty_lines()
    names = [f for f in Income._meta.fields if f.name not in {"id", "household", "village", "year", "population", "note"}]
    sums = {"wage", "business", "property", "transfer", "expense", "gross", "net", "per_capita"}
    table = [
        (f.verbose_name, [listings.show(getattr(row, f.name), "money") for row in rows], f.name in sums)
        for f in names
        if f.name in sums or any(getattr(row, f.name) for row in rows)
    ]
    context = {"rows": [(row, lines.get(row.year)) for row in rows], "table": table}
    return household_page(request, pk, "households:income", "households/income.html", **context)


@requires(Permission.HOUSEHOLD_VIEW)
@require_safe
def household_history(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk)
    cursor = request.GET.get("before", "")
    entries, following = timeline(household, request.user, int(cursor) if cursor.isdigit() and len(cursor) < 18 else None)
    looked: Any = []
    if request.user.may(Permission.ACCESS_LOG_VIEW):
        looked = AccessEvent.objects.filter(household_id=household.pk, village_id=household.village_id).order_by("-id")[:20]
        names = _user_names(event.user_id for event in looked)
        looked = [(event, names.get(event.user_id, "")) for event in looked]
    return household_page(request, pk, "households:history", "households/history.html", entries=entries, following=following, looked=looked)


def _user_names(ids: Any) -> dict[int, str]:
    from accounts.models import User

    return dict(User.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


@requires(Permission.PERSON_REVEAL)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def household_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Numbers in full: asks why, writes it down, shows them once."""
    household = visible_household(request, pk, Permission.PERSON_REVEAL)
    form = RevealForm(request.POST or None, label_suffix="")
    context = {"household": household, "form": form, "title": "显示完整信息",
               "crumbs": [(str(household), household.get_absolute_url()), ("显示完整信息", "")]}  # fmt: skip
    if request.method == "POST" and form.is_valid():
        members = Member.objects.visible_to(request.user, Permission.PERSON_REVEAL).filter(household=household, left_on=None)
        context["members"] = list(members.order_by("number"))
        note_access(request, AccessEvent.Action.REVEALED, household, purpose=form.cleaned_data["purpose"],
                    detail="证件号码、电话、银行账号", rows=len(context["members"]))  # fmt: skip
    return render(request, "households/reveal.html", context)


@requires(Permission.REGISTER_EDIT)
@require_http_methods(["GET", "POST"])
def household_end(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk, Permission.REGISTER_EDIT)
    note_access(request, AccessEvent.Action.OPENED, household, detail="退出登记")
    form = EndForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            services.end_household(household=household, by=request.user, **form.cleaned_data)
        except services.HouseholdsError as error:
            form.add_error(None, str(error))
        else:
            recheck.defer(households=[household.pk])
            return redirect(household)
    crumbs = [(str(household), household.get_absolute_url()), ("退出登记", "")]
    return render(request, "households/end.html", {"household": household, "form": form, "title": "退出登记",
                                                   "crumbs": crumbs, "cancel_url": household.get_absolute_url()})  # fmt: skip
