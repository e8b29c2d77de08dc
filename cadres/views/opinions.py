"""Opinions of the masses: gathered by the township, dropped into the village's box by QR, answered."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import client_address
from cadres import services
from cadres.filters import OpinionFilter
from cadres.forms.conduct import AnswerForm, BoxForm, OpinionForm
from cadres.models import Opinion
from cadres.rendering import box_poster_pdf
from core import listing as listings
from core import pages, scope, settings
from core.listing import Column, Listing
from core.masking import mask_phone
from core.pages import Fact, Link
from villages.models import Village

EDIT = Permission.ATTENDANCE_EDIT
REFUSALS = (services.CadresError,)


def _rows(user: Any) -> Any:
    """Only for who manages cadres, and never what is said of oneself."""
    return Opinion.objects.visible_to(user, EDIT).exclude(cadre__user=user).select_related("village__township", "cadre")


OPINIONS = listings.register(
    Listing(
        key="opinions", title="群众意见", rows=_rows,
        columns=(Column("意见建议", "content", "long"), Column("村", "village.name"), Column("乡镇", "village.township.name"), Column("涉及干部", "cadre.name"),
                 Column("来源", "get_channel_display"), Column("收到日期", "received_on", "date"), Column("答复日期", "answered_on", "date")),
        permission=EDIT, order=("-received_on", "-id"), filters=OpinionFilter, empty="没有符合条件的意见。", primary=("登记意见", "cadres:opinion-create", EDIT),
        export_permission=EDIT, table="cadres_opinion", url_name="cadres:opinion-detail",
    )
)  # fmt: skip


@requires(EDIT)
@require_safe
def opinion_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, OPINIONS)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def opinion_create(request: HttpRequest) -> HttpResponse:
    villages = Village.objects.visible_to(request.user, EDIT).filter(postings__isnull=False).distinct().order_by("code")
    form = OpinionForm(request.POST or None, user=request.user, villages=villages)

    def save(**fields: Any) -> Opinion:
        return services.note_opinion(by=request.user, **fields)

    back = reverse("cadres:opinion-list")
    return pages.form_page(request, form, save, title="登记意见", back=back, crumbs=[("群众意见", back)], refusal=REFUSALS,
                           note="乡镇(街道)定期听取党员、干部、群众对驻村干部的意见建议;不愿留名的不填联系方式。")  # fmt: skip


def _opinion(request: HttpRequest, pk: int) -> Opinion:
    rows = Opinion.objects.exclude(cadre__user=request.user).select_related("village", "cadre", "answered_by", "recorded_by")
    return pages.record_or_404(rows, request.user, pk, view=EDIT)


@requires(EDIT)
@require_safe
def opinion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    opinion = _opinion(request, pk)
    links = [] if opinion.answer else [Link("办理答复", reverse("cadres:opinion-answer", args=[pk]), primary=True)]
    facts = [*pages.facts(opinion, "village", "cadre", "channel", "received_on"), Fact("意见建议", opinion.content, wide=True),
             Fact("联系方式", mask_phone(opinion.contact) if opinion.contact else "匿名"), Fact("办理答复", opinion.answer, wide=True),
             *pages.facts(opinion, "answered_on", "answered_by", "recorded_by")]  # fmt: skip
    crumbs = [("群众意见", reverse("cadres:opinion-list")), (str(opinion), "")]
    return pages.record_page(request, title="群众意见", state="已答复" if opinion.answer else "待办理", crumbs=crumbs, links=links, facts=facts)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def opinion_answer(request: HttpRequest, pk: int) -> HttpResponse:
    opinion = _opinion(request, pk)

    def save(answer: str) -> Opinion:
        return services.answer_opinion(opinion=opinion, answer=answer, by=request.user)

    return pages.form_page(request, AnswerForm(request.POST or None), save, title="办理答复", back=opinion.get_absolute_url(),
                           crumbs=[("群众意见", reverse("cadres:opinion-list"))], refusal=REFUSALS, note=opinion.content)  # fmt: skip


@requires(EDIT)
@require_safe
def box_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """The opinion box to hang in the village, on A4."""
    village = pages.record_or_404(Village.objects.select_related("township"), request.user, pk, view=Permission.CADRE_VIEW)
    if not pages.may_change(Village.objects.all(), request.user, pk, EDIT):
        raise PermissionDenied
    name = f"inline; filename=opinion-box-{village.code}.pdf"
    return HttpResponse(
        box_poster_pdf(village, services.box_code(village), settings.get("supervision_phone")),
        content_type="application/pdf",
        headers={"Content-Disposition": name},
    )


@require_http_methods(["GET", "POST"])
def opinion_box(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR leads: anybody, no sign-in, anonymous if they wish; so many an hour."""
    village = services.village_of_box(code) if len(code) == 20 and code.isascii() and code.isalnum() else None
    if village is None:
        raise Http404
    form, received = BoxForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        try:
            with scope.acting_within(scope.Reach(villages=frozenset({village.pk}), areas=frozenset({village.code})), reason="群众意见箱"):
                services.drop_opinion(village=village, address=client_address(request) or "", **form.cleaned_data)
            received = True
        except services.CadresError as error:
            form.add_error(None, str(error))
    context = {"title": "群众意见箱", "village": village, "form": form, "received": received, "tel": settings.get("supervision_phone")}
    response = render(request, "cadres/opinion_box.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
