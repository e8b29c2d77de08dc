"""选派: a unit recommends, the organization department checks and decides, the document sends, the person reports for duty."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from cadres import services
from cadres.approvals import nomination_facts
from cadres.filters import NominationFilter
from cadres.forms import NominationForm, ReportForDutyForm, SendForm
from cadres.models import Nomination
from core import listing as listings
from core import pages
from core.listing import Column, Listing
from core.pages import Fact, Link
from workflow.services import WorkflowError

REFUSALS = (services.CadresError, WorkflowError)
READERS = (Permission.CADRE_UNIT, Permission.CADRE_EDIT)
NOMINATIONS = listings.register(
    Listing(
        key="nominations", title="选派", rows=lambda user: Nomination.objects.visible_to(user).select_related("unit", "village"),
        columns=(Column("姓名", "name"), Column("推荐单位", "unit.name"), Column("拟任职务", "get_role_display"), Column("村", "village.name"),
                 Column("推荐日期", "recommended_on", "date"), Column("状态", "get_state_display"), Column("下派文件", "document"),
                 Column("报到期限", "report_by_on", "date")),
        permission=Permission.CADRE_UNIT, order=("-recommended_on", "-id"), filters=NominationFilter, empty="没有符合条件的推荐。",
        primary=("推荐人选", "cadres:nomination-create", Permission.CADRE_UNIT), export_permission=Permission.CADRE_EDIT, table="cadres_nomination",
        url_name="cadres:nomination-detail",
    )
)  # fmt: skip


def _crumbs(nomination: Nomination | None = None) -> list[tuple[str, str]]:
    found = [("选派", reverse("cadres:nomination-list"))]
    return [*found, (str(nomination), nomination.get_absolute_url())] if nomination else found


@requires(*READERS)
@require_safe
def nomination_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, NOMINATIONS)


@requires(Permission.CADRE_UNIT)
@require_http_methods(["GET", "POST"])
def nomination_create(request: HttpRequest) -> HttpResponse:
    form = NominationForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Nomination:
        return services.recommend(by=request.user, **fields)

    return pages.form_page(request, form, save, title="推荐人选", back=reverse("cadres:nomination-list"), crumbs=_crumbs(), refusal=REFUSALS,
                           save_label="推荐", done="已报市委组织部审核。", note="依次:单位推荐、组织部审核、研究决定、印发下派文件、到村报到。")  # fmt: skip


def _nomination(request: HttpRequest, pk: int) -> Nomination:
    rows = Nomination.objects.select_related("unit", "village", "replaces", "case", "posting__cadre", "recommended_by")
    return pages.record_or_404(rows, request.user, pk, view=Permission.CADRE_VIEW)


def _sends(request: HttpRequest) -> bool:
    return pages.may_everywhere(request.user, Permission.CADRE_EDIT)


def _receives(request: HttpRequest, nomination: Nomination) -> bool:
    return nomination.village_id is not None and pages.may_change(Nomination.objects.all(), request.user, nomination.pk, Permission.CADRE_EDIT)


@requires(*READERS)
@require_safe
def nomination_detail(request: HttpRequest, pk: int) -> HttpResponse:
    nomination = _nomination(request, pk)
    state, links = nomination.state, []
    if state == Nomination.State.RETURNED and nomination.recommended_by_id == request.user.pk:
        links = [Link("补正后重新推荐", reverse("cadres:nomination-edit", args=[pk]), primary=True)]
    if state == Nomination.State.CHOSEN and _sends(request):
        links = [Link("印发下派文件", reverse("cadres:nomination-send", args=[pk]), primary=True)]
    if state == Nomination.State.SENT and _receives(request, nomination):
        links = [Link("登记报到", reverse("cadres:nomination-report", args=[pk]), primary=True)]
    if nomination.case:
        links.append(Link("审核情况", nomination.case.get_absolute_url()))
    facts = [*nomination_facts(nomination), Fact("推荐人", str(nomination.recommended_by or "")),
             *pages.facts(nomination, "document", "sent_on", "report_by_on")]  # fmt: skip
    if nomination.posting:
        facts.append(Fact("派驻", str(nomination.posting), nomination.posting.cadre.get_absolute_url()))
    return pages.record_page(request, title=str(nomination), state=nomination.get_state_display(), crumbs=[*_crumbs(), (str(nomination), "")],
                             links=links, facts=facts)  # fmt: skip


def _form(request: HttpRequest, form: Any, save: Any, title: str, nomination: Nomination, **more: Any) -> HttpResponse:
    return pages.form_page(request, form, save, title=title, back=nomination.get_absolute_url(), crumbs=_crumbs(nomination), refusal=REFUSALS, **more)


@requires(Permission.CADRE_UNIT)
@require_http_methods(["GET", "POST"])
def nomination_edit(request: HttpRequest, pk: int) -> HttpResponse:
    nomination = _nomination(request, pk)
    if nomination.recommended_by_id != request.user.pk:
        raise PermissionDenied
    form = NominationForm(request.POST or None, instance=nomination, user=request.user)

    def save(**fields: Any) -> Nomination:
        return services.amend(nomination=nomination, by=request.user, **fields)

    return _form(request, form, save, "补正推荐", nomination, save_label="重新推荐")


@requires(Permission.CADRE_EDIT)
@require_http_methods(["GET", "POST"])
def nomination_send(request: HttpRequest, pk: int) -> HttpResponse:
    nomination = _nomination(request, pk)
    pages.require_everywhere(request, Permission.CADRE_EDIT)

    def save(**fields: Any) -> Nomination:
        return services.send(nomination=nomination, by=request.user, **fields)

    form = SendForm(request.POST or None, user=request.user, nomination=nomination)
    return _form(request, form, save, "印发下派文件", nomination, save_label="下派", done="已下派,通知了派出单位和乡镇(街道)。")


@requires(Permission.CADRE_EDIT)
@require_http_methods(["GET", "POST"])
def nomination_report(request: HttpRequest, pk: int) -> HttpResponse:
    """报到: by the township, or the organization department."""
    nomination = _nomination(request, pk)
    if not _receives(request, nomination):
        raise PermissionDenied

    def save(**fields: Any) -> Any:
        return services.report_for_duty(nomination=nomination, by=request.user, **fields).posting.cadre

    return _form(request, ReportForDutyForm(request.POST or None), save, "登记报到", nomination, save_label="报到", done="已报到,派驻和考勤开始。")
