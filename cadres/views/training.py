"""Training: what is planned and held, who is to come, who came (by the list or the QR on the wall), who is still without."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from cadres import services
from cadres.filters import PublicityFilter, TrainingFilter
from cadres.forms import CadresForm, NeedForm, PublicityForm, SessionForm
from cadres.models import Cadre, Posting, Publicity, TrainingAttendance, TrainingEnrolment, TrainingMode, TrainingNeed, TrainingSession
from cadres.rendering import training_poster_pdf
from cadres.views.months import WRITERS, may_write
from cadres.views.records import may_edit_cadre, visible_cadre
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column, Listing
from core.pages import Fact, Link
from villages.models import Village

VIEW, EDIT = Permission.CADRE_VIEW, Permission.CADRE_EDIT
REFUSALS = (services.CadresError,)
TRAININGS = listings.register(
    Listing(
        key="trainings", title="培训", rows=lambda user: TrainingSession.objects.visible_to(user).select_related("organizer"),
        columns=(Column("培训名称", "title"), Column("方式", "get_mode_display"), Column("开始", "starts_on", "date"), Column("结束", "ends_on", "date"),
                 Column("学时", "hours", "number"), Column("地点", "place"), Column("组织单位", "organizer.name"),
                 Column("第一书记专题", "for_first_secretaries", "yes")),
        permission=VIEW, order=("-starts_on", "-id"), filters=TrainingFilter, empty="没有符合条件的培训。", primary=("登记培训", "cadres:training-create", EDIT),
        export_permission=VIEW, url_name="cadres:training-detail", table="cadres_trainingsession",
    )
)  # fmt: skip


def _crumbs(session: TrainingSession | None = None) -> list[tuple[str, str]]:
    found = [("培训", reverse("cadres:training-list"))]
    return [*found, (session.title, session.get_absolute_url())] if session else found


@requires(VIEW)
@require_safe
def training_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, TRAININGS)


def _session(request: HttpRequest, pk: int) -> TrainingSession:
    return pages.record_or_404(TrainingSession.objects.select_related("organizer"), request.user, pk, view=VIEW)


def _may_change(request: HttpRequest, session: TrainingSession) -> bool:
    return request.user.may(EDIT) and (session.recorded_by_id == request.user.pk or pages.may_everywhere(request.user, EDIT))


COME_COLUMNS = (
    Column("姓名", "cadre.name"), Column("派出单位", "cadre.home_unit.name"), Column("村", "village.name"), Column("名单", "listed", "yes"),
    Column("参训", "came"), Column("签到方式", "means"),
)  # fmt: skip


@requires(VIEW)
@require_safe
def training_detail(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)
    rows = services.who_comes(
        listed=TrainingEnrolment.objects.visible_to(request.user).filter(session=session).select_related("cadre__home_unit", "village"),
        came=TrainingAttendance.objects.visible_to(request.user).filter(session=session).select_related("cadre__home_unit", "village"),
    )
    came = sum(1 for row in rows if row.came)
    links = []
    if request.user.may(EDIT):
        links = [Link("登记参训", reverse("cadres:training-attend", args=[pk]), primary=session.starts_on <= today())]
        links += [Link("定名单", reverse("cadres:training-enrol", args=[pk]))] if session.ends_on >= today() else []
        links.append(Link("签到二维码", reverse("cadres:training-poster", args=[pk])))
    if _may_change(request, session):
        links.append(Link("修改", reverse("cadres:training-edit", args=[pk])))
    figures = [Fact("名单", str(sum(1 for row in rows if row.listed)), unit="人"), Fact("参训", str(came), unit="人次"),
               Fact("名单上未到", str(sum(1 for row in rows if row.listed and not row.came)), unit="人")]  # fmt: skip
    facts = pages.facts(session, "mode", "starts_on", "ends_on", "hours", "place", "organizer", "for_first_secretaries", "topic", "document")
    table = pages.table("名单和参训", COME_COLUMNS, rows[: pages.LIMIT], url=lambda row: row.cadre.get_absolute_url(), empty="还没有名单,也没有人签到。",
                        more=f"共 {len(rows)} 人,只列前 {pages.LIMIT} 人。" if len(rows) > pages.LIMIT else "")  # fmt: skip
    return pages.record_page(
        request, title=session.title, crumbs=[*_crumbs(), (session.title, "")], figures=figures, links=links, facts=facts, tables=[table]
    )


def _edit(request: HttpRequest, session: TrainingSession, title: str, back: str) -> HttpResponse:
    form = SessionForm(request.POST or None, instance=session, user=request.user)

    def save(**fields: Any) -> TrainingSession:
        return services.save_session(session=session, by=request.user, **fields)

    return pages.form_page(request, form, save, title=title, back=back, crumbs=_crumbs(session if session.pk else None), refusal=REFUSALS)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def training_create(request: HttpRequest) -> HttpResponse:
    return _edit(request, TrainingSession(), "登记培训", reverse("cadres:training-list"))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def training_edit(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)
    if not _may_change(request, session):
        raise PermissionDenied
    return _edit(request, session, "修改培训", session.get_absolute_url())


def _pick(request: HttpRequest, session: TrainingSession, title: str, save: Any, ticked: list[int], **more: Any) -> HttpResponse:
    posted = Posting.objects.visible_to(request.user, EDIT).active_on(session.starts_on)
    if session.for_first_secretaries:
        posted = posted.filter(role=Posting.Role.FIRST_SECRETARY)
    cadres = Cadre.objects.filter(pk__in=posted.values("cadre_id")).select_related("home_unit").order_by("code")
    form = CadresForm(request.POST if request.method == "POST" else None, cadres=cadres, ticked=ticked)
    return pages.form_page(request, form, save, title=title, back=session.get_absolute_url(), crumbs=_crumbs(session), refusal=REFUSALS, **more)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def training_enrol(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)

    def save(cadres: Any) -> TrainingSession:
        services.enrol(session=session, cadres=list(cadres), by=request.user)
        return session

    ticked = list(TrainingEnrolment.objects.filter(session=session).values_list("cadre_id", flat=True))
    return _pick(request, session, "定培训名单", save, ticked, note="定下的人会收到通知。", save_label="定名单", done="已定名单并通知。")


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def training_attend(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)

    def save(cadres: Any) -> TrainingSession:
        services.attend(session=session, cadres=list(cadres), means=TrainingAttendance.Means.LIST, by=request.user)
        return session

    came = TrainingAttendance.objects.filter(session=session).values_list("cadre_id", flat=True)
    ticked = list(came) or list(TrainingEnrolment.objects.filter(session=session).values_list("cadre_id", flat=True))
    return _pick(
        request, session, "登记参训", save, ticked, note="按签到表登记;当天计为因公外出。已登记的不会重复,登记后不能撤销。", save_label="登记"
    )


@requires(EDIT)
@require_safe
def training_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """The QR to hang in the room, on A4."""
    session = _session(request, pk)
    return HttpResponse(
        training_poster_pdf(session), content_type="application/pdf", headers={"Content-Disposition": f"inline; filename=training-{pk}.pdf"}
    )


@requires(Permission.CADRE_SELF)
@require_http_methods(["GET", "POST"])
def training_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Where the QR leads: who is signed in signs in."""
    session = TrainingSession.objects.filter(token=token).first() if len(token) <= 32 and token.isascii() and token.isprintable() else None
    if session is None:
        raise Http404
    if request.method == "GET":
        return render(request, "cadres/training_sign_in.html", {"title": "培训签到", "session": session})
    try:
        services.sign_in(session=session, by=request.user)
        messages.success(request, f"已签到:{session.title}。")
    except services.CadresError as error:
        messages.error(request, str(error))
    return redirect("cadres:training-sign-in", token=token)


@requires(VIEW)
@require_safe
def training_coverage(request: HttpRequest) -> HttpResponse:
    """Who has been trained in which way, and who is still without."""
    postings = Posting.objects.visible_to(request.user).active_on(today()).select_related("cadre__home_unit", "village__township")
    rows = services.coverage_rows(postings=list(postings.order_by("village__code", "role", "cadre_id")[: pages.LIMIT * 20]))
    columns = (
        Column("姓名", "posting.cadre.name"), Column("村", "posting.village.name"), Column("驻村职务", "posting.get_role_display"),
        *(Column(mode.label, lambda row, key=mode.value: row.by_mode.get(key, 0), "number") for mode in TrainingMode), Column("合计", "total", "number"),
        Column("未满足的需求", lambda row: "、".join(row.needs), "long"),
    )  # fmt: skip
    total = len(rows) or 1
    figures = [
        Fact("培训覆盖", f"{100 * sum(1 for row in rows if row.total) / total:.0f}", unit="%"),
        Fact("人次", str(sum(row.total for row in rows)), unit="人次"),
    ]
    figures += [Fact(mode.label, f"{100 * sum(1 for row in rows if row.by_mode.get(mode)) / total:.0f}", unit="%") for mode in TrainingMode]
    without = [row for row in rows if not row.total or row.needs]
    url = lambda row: row.posting.cadre.get_absolute_url()  # noqa: E731 — one short address twice
    tables = [pages.table("还没有培训或有需求未满足的", columns, without[: pages.LIMIT], url=url, empty="人人都有培训,需求都已满足。"),
              pages.table("全部在任干部", columns, rows[: pages.LIMIT], url=url)]  # fmt: skip
    return pages.record_page(request, title="培训覆盖", crumbs=[*_crumbs(), ("培训覆盖", "")], figures=figures, tables=tables)


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def need_create(request: HttpRequest, pk: int) -> HttpResponse:
    """What a cadre needs to learn, noted by the cadre or who manages them."""
    cadre = visible_cadre(request, pk)
    if not (cadre.user_id == request.user.pk or may_edit_cadre(request, cadre)):
        raise PermissionDenied
    form = NeedForm(request.POST or None, instance=TrainingNeed(cadre=cadre), user=request.user)

    def save(**fields: Any) -> Cadre:
        services.note_need(cadre=cadre, by=request.user, **fields)
        return cadre

    return pages.form_page(request, form, save, title="登记培训需求", back=cadre.get_absolute_url(), crumbs=[(cadre.name, cadre.get_absolute_url())],
                           refusal=REFUSALS)  # fmt: skip


PUBLICITY = listings.register(
    Listing(
        key="publicity", title="宣传宣讲", rows=lambda user: Publicity.objects.visible_to(user).select_related("village__township"),
        columns=(Column("内容", "topic", "long"), Column("形式", "get_kind_display"), Column("日期", "held_on", "date"), Column("村", "village.name"),
                 Column("地点", "place"), Column("受众人数", "reached", "number", sum="reached")),
        permission=VIEW, order=("-held_on", "-id"), filters=PublicityFilter, empty="没有符合条件的宣传宣讲。",
        primary=("登记宣传宣讲", "cadres:publicity-create", Permission.CADRE_SELF), export_permission=VIEW, url_name="cadres:publicity-edit",
        table="cadres_publicity",
    )
)  # fmt: skip


@requires(VIEW)
@require_safe
def publicity_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, PUBLICITY)


def writable_villages(request: HttpRequest) -> Any:
    """The villages whose team's records the user keeps."""
    held = [Village.objects.visible_to(request.user, permission).values("pk") for permission in WRITERS if request.user.may(permission)]
    found = Village.objects.none()
    for rows in held:
        found = found | Village.objects.filter(pk__in=rows)
    return found.filter(postings__isnull=False).distinct().order_by("code")


def _publicity(request: HttpRequest, publicity: Publicity, title: str) -> HttpResponse:
    form = PublicityForm(request.POST or None, instance=publicity, user=request.user, villages=writable_villages(request))

    def save(**fields: Any) -> str:
        services.save_publicity(publicity=publicity, by=request.user, **fields)
        return reverse("cadres:publicity-list")

    back = reverse("cadres:publicity-list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=[("宣传宣讲", back)], refusal=REFUSALS)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def publicity_create(request: HttpRequest) -> HttpResponse:
    return _publicity(request, Publicity(held_on=today()), "登记宣传宣讲")


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def publicity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """To be changed by who keeps the village's records, to be read by the others."""
    publicity = pages.record_or_404(Publicity.objects.select_related("village"), request.user, pk, view=VIEW)
    if may_write(request, publicity.village):
        return _publicity(request, publicity, "修改宣传宣讲")
    if request.method == "POST":
        raise PermissionDenied
    facts = pages.facts(publicity, "village", "kind", "held_on", "place", "reached", "topic")
    return pages.record_page(
        request, title=publicity.topic, crumbs=[("宣传宣讲", reverse("cadres:publicity-list")), (publicity.topic, "")], facts=facts
    )
