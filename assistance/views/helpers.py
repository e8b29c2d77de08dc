"""Helpers, the list of pairings, and the catalogue of measures."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from assistance import services
from assistance.filters import HelperFilter, MeasureTypeFilter, PairingFilter
from assistance.forms import HelperForm, MeasureTypeForm
from assistance.models import Helper, MeasureType, Pairing
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.masking import mask_phone
from core.pages import Fact, Link
from households.models import Member
from households.rules.codes import Cause

P = Permission.PAIRING_VIEW


def _helpers(user: Any) -> Any:
    running = Pairing.objects.visible_to(user).active_on(today()).filter(helper_id=OuterRef("pk")).order_by().values("helper_id")
    rows = Helper.objects.visible_to(user).select_related("unit__organization")
    return rows.annotate(homes=Subquery(running.annotate(n=Count("pk")).values("n")))


listings.register(
    helper_listing := listings.Listing(
        key="helpers",
        title="帮扶责任人",
        rows=_helpers,
        columns=(Column("姓名", "name"), Column("单位", "unit.organization.name"), Column("职务", "post"), Column("在结对户数", "homes", "number")),
        permission=P,
        order=("id",),
        filters=HelperFilter,
        empty="没有符合条件的帮扶责任人。",
        export_permission=P,
        table="assistance_helper",
    )
)


def _pairings(user: Any) -> Any:
    head = Member.objects.visible_to(user).filter(household_id=OuterRef("household_id"), left_on=None, relation="01").values("name")[:1]
    rows = Pairing.objects.visible_to(user).select_related("helper__unit__organization", "household", "village__township")
    return rows.annotate(head_name=Subquery(head))


PAIRING_COLUMNS = (
    Column("帮扶责任人", "helper.name"),
    Column("单位", "helper.unit.organization.name"),
    Column("责任", lambda pairing: "主要" if pairing.is_main else ""),
    Column("户主", "head_name"),
    Column("户编号", "household.household_code"),
    Column("乡镇", "village.township.name"),
    Column("村", "village.name"),
    Column("结对日期", "started_on", "date"),
    Column("结束日期", "ended_on", "date"),
    Column("结束原因", "end_reason"),
)
listings.register(
    pairing_listing := listings.Listing(
        key="pairings",
        title="结对帮扶",
        rows=_pairings,
        columns=PAIRING_COLUMNS,
        permission=P,
        order=("village_id", "id"),
        filters=PairingFilter,
        empty="没有符合条件的结对。",
        export_permission=Permission.HOUSEHOLD_EXPORT,
        row_url=lambda pairing: reverse("assistance:household", args=[pairing.household_id]),
        table="assistance_pairing",
    )
)


@requires(P)
@require_safe
def helper_list(request: HttpRequest) -> HttpResponse:
    create = ("登记帮扶责任人", reverse("assistance:helper-create")) if pages.may_everywhere(request.user, Permission.PAIRING_EDIT) else None
    return listings.render_listing(request, helper_listing, primary=create)


@requires(P)
@require_safe
def pairing_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, pairing_listing)


def _crumbs(helper: Helper | None = None) -> list[tuple[str, str]]:
    found = [("帮扶责任人", reverse("assistance:helper-list"))]
    return [*found, (helper.name, helper.get_absolute_url())] if helper is not None and helper.pk else found


def _may_edit(request: HttpRequest, helper: Helper) -> bool:
    return pages.may_change(Helper.objects.all(), request.user, helper.pk, Permission.PAIRING_EDIT)


@requires(P)
@require_safe
def helper_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Helper.objects.select_related("unit__organization", "user")
    helper = pages.record_or_404(rows, request.user, pk, view=P)
    note_access(request, "opened", helper)
    found = _pairings(request.user).filter(helper=helper).order_by("ended_on", "-started_on")[: pages.LIMIT]
    table = pages.table("结对的户", PAIRING_COLUMNS[2:], found, url=lambda pairing: reverse("assistance:household", args=[pairing.household_id]),
                        empty="在您的范围内没有结对的户。")  # fmt: skip
    facts = [*pages.facts(helper, "unit", "post"), Fact("联系电话", mask_phone(helper.phone)), Fact("用户", str(helper.user or "没有账号"))]
    links = [Link("修改", reverse("assistance:helper-edit", args=[pk]), primary=True)] if _may_edit(request, helper) else []
    return pages.record_page(request, title=helper.name, crumbs=[*_crumbs(), (helper.name, "")], links=links, facts=facts, tables=[table])


def _helper_form(request: HttpRequest, helper: Helper, title: str) -> HttpResponse:
    form = HelperForm(request.POST or None, instance=helper, user=request.user)

    def save(**fields: Any) -> Helper:
        return services.save_helper(helper=helper, by=request.user, **fields)

    crumbs = _crumbs(helper)
    back = helper.get_absolute_url() if helper.pk else reverse("assistance:helper-list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=crumbs, refusal=services.AssistanceError)


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def helper_create(request: HttpRequest) -> HttpResponse:
    """For the whole city; within a township a helper is named while pairing, so that whoever names them also sees them."""
    pages.require_everywhere(request, Permission.PAIRING_EDIT)
    return _helper_form(request, Helper(), "登记帮扶责任人")


@requires(Permission.PAIRING_EDIT)
@require_http_methods(["GET", "POST"])
def helper_edit(request: HttpRequest, pk: int) -> HttpResponse:
    helper = pages.record_or_404(Helper.objects.select_related("unit__organization"), request.user, pk, view=P)
    if not _may_edit(request, helper):
        raise PermissionDenied
    return _helper_form(request, helper, "修改帮扶责任人")


# --- the catalogue -------------------------------------------------------------------------------
def _causes(measure_type: MeasureType) -> str:
    labels = dict(Cause.choices)
    return "、".join(str(labels.get(code, code)) for code in measure_type.causes)


listings.register(
    type_listing := listings.Listing(
        key="measure_types",
        title="措施类别",
        rows=lambda user: MeasureType.objects.select_related("policy") if user.is_authenticated else MeasureType.objects.none(),
        columns=(
            Column("编码", "code"),
            Column("名称", "name"),
            Column("举例", "examples"),
            Column("适用致贫原因", _causes),
            Column("佐证", "evidence"),
            Column("政策依据", "policy.title"),
            Column("停用日期", "valid_to", "date"),
        ),
        permission=Permission.MEASURE_VIEW,
        order=("code",),
        filters=MeasureTypeFilter,
        empty="没有符合条件的措施类别。",
        export_permission=Permission.MEASURE_VIEW,
        row_url=lambda row: reverse("assistance:type-detail", args=[row.pk]),
        table="assistance_measuretype",
    )
)


def _edits_catalogue(request: HttpRequest) -> bool:
    user = request.user
    return user.may(Permission.SETTING_EDIT) or pages.may_everywhere(user, Permission.MEASURE_EDIT)  # type: ignore[union-attr]


@requires(Permission.MEASURE_VIEW, Permission.SETTING_EDIT)
@require_safe
def type_list(request: HttpRequest) -> HttpResponse:
    create = ("增加措施类别", reverse("assistance:type-create")) if _edits_catalogue(request) else None
    return listings.render_listing(request, type_listing, primary=create)


@requires(Permission.MEASURE_VIEW, Permission.SETTING_EDIT)
@require_safe
def type_detail(request: HttpRequest, pk: int) -> HttpResponse:
    measure_type = get_object_or_404(MeasureType.objects.select_related("policy"), pk=pk)
    facts = [
        *pages.facts(measure_type, "examples", "evidence", "policy", "valid_from", "valid_to"),
        Fact("适用致贫原因", _causes(measure_type), wide=True),
    ]
    links = [Link("修改", reverse("assistance:type-edit", args=[pk]), primary=True)] if _edits_catalogue(request) else []
    crumbs = [("措施类别", reverse("assistance:type-list")), (measure_type.name, "")]
    return pages.record_page(request, title=measure_type.name, subtitle=measure_type.code, crumbs=crumbs, links=links, facts=facts)


def _type_form(request: HttpRequest, measure_type: MeasureType, title: str) -> HttpResponse:
    if not _edits_catalogue(request):
        raise PermissionDenied
    form = MeasureTypeForm(request.POST or None, instance=measure_type, user=request.user)

    def save(**fields: Any) -> str:
        services.save_measure_type(measure_type=measure_type, by=request.user, **fields)
        return reverse("assistance:type-list")

    back = reverse("assistance:type-list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=[("措施类别", back)], refusal=services.AssistanceError)


@requires(Permission.MEASURE_EDIT, Permission.SETTING_EDIT)
@require_http_methods(["GET", "POST"])
def type_create(request: HttpRequest) -> HttpResponse:
    return _type_form(request, MeasureType(), "增加措施类别")


@requires(Permission.MEASURE_EDIT, Permission.SETTING_EDIT)
@require_http_methods(["GET", "POST"])
def type_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _type_form(request, get_object_or_404(MeasureType, pk=pk), "修改措施类别")
