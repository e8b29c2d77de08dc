"""走读、挂名认定: proposed by the township, the cadre heard, confirmed by the organization department."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from cadres import services
from cadres.approvals import sign_facts
from cadres.forms.conduct import SignForm, StatementForm
from cadres.models import Sign
from cadres.views.attendance import may_keep
from cadres.views.records import visible_cadre
from core import listing as listings
from core import pages
from core.listing import Column
from core.pages import Link

SIGNS = listings.register(
    listings.Listing(
        key="cadre-signs", title="走读、挂名认定", rows=lambda user: Sign.objects.visible_to(user).select_related("cadre", "village"),
        columns=(Column("姓名", "cadre.name"), Column("村", "village.name"), Column("情形", "get_kind_display"), Column("提出日期", "proposed_on", "date"),
                 Column("申辩期限", "statement_due_on", "date"), Column("申辩日期", "stated_on", "date"), Column("状态", "get_state_display"),
                 Column("认定日期", "decided_on", "date")),
        permission=Permission.CADRE_VIEW, order=("-proposed_on", "-id"), empty="没有提出认定的走读、挂名情形。", export_permission=Permission.CADRE_VIEW,
        table="cadres_sign", url_name="cadres:sign-detail",
    )
)  # fmt: skip


@requires(Permission.CADRE_VIEW)
@require_safe
def sign_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, SIGNS)


def _sign(request: HttpRequest, pk: int) -> Sign:
    return pages.record_or_404(
        Sign.objects.select_related("cadre", "village", "case", "alert", "proposed_by"), request.user, pk, view=Permission.CADRE_VIEW
    )


def _may_state(request: HttpRequest, sign: Sign) -> bool:
    own = sign.cadre.user_id == request.user.pk if sign.cadre.user_id else may_keep(request, sign.cadre)
    return own and sign.state == Sign.State.PROPOSED and not sign.statement


@requires(Permission.CADRE_VIEW)
@require_safe
def sign_detail(request: HttpRequest, pk: int) -> HttpResponse:
    sign = _sign(request, pk)
    links = [Link("申辩", reverse("cadres:sign-statement", args=[pk]), primary=True)] if _may_state(request, sign) else []
    if sign.case:
        links.append(Link("认定情况", sign.case.get_absolute_url()))
    return pages.record_page(request, title=str(sign), state=sign.get_state_display(), crumbs=[("走读、挂名认定", reverse("cadres:sign-list")), (str(sign), "")],
                             links=links, facts=sign_facts(sign))  # fmt: skip


@requires(Permission.CADRE_SELF, Permission.ATTENDANCE_EDIT)
@require_http_methods(["GET", "POST"])
def sign_statement(request: HttpRequest, pk: int) -> HttpResponse:
    sign = _sign(request, pk)
    if not _may_state(request, sign):
        raise PermissionDenied
    form = StatementForm(request.POST or None)

    def save(statement: str) -> Sign:
        return services.make_statement(sign=sign, statement=statement, by=request.user)

    return pages.form_page(request, form, save, title="申辩", back=sign.get_absolute_url(), crumbs=[("走读、挂名认定", reverse("cadres:sign-list"))],
                           refusal=services.CadresError, done="已提交申辩。", save_label="提交申辩", note=f"事实依据:{sign.grounds}")  # fmt: skip


@requires(Permission.ATTENDANCE_EDIT)
@require_http_methods(["GET", "POST"])
def sign_create(request: HttpRequest, pk: int) -> HttpResponse:
    cadre = visible_cadre(request, pk)
    if not may_keep(request, cadre):
        raise PermissionDenied
    form = SignForm(request.POST or None)

    def save(**fields: Any) -> Sign:
        return services.propose_sign(cadre=cadre, by=request.user, **fields)

    return pages.form_page(request, form, save, title="提出走读、挂名认定", back=cadre.get_absolute_url(), crumbs=[(cadre.name, cadre.get_absolute_url())],
                           refusal=services.CadresError, done="已提出,等本人申辩和组织部认定。", save_label="提出",
                           note="预警只是线索。提出后通知本人申辩,期满由市委组织部认定。")  # fmt: skip
