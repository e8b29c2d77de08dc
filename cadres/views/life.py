"""What surrounds attendance: training, leading bodies, secondments."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from cadres.models import BodyMember, LeadingBody, Secondment, TrainingAttendance, TrainingSession
from core import listing as listings
from core import pages
from core.listing import Column, Listing

VIEW = Permission.CADRE_VIEW
TRAININGS = listings.register(
    Listing(
        key="trainings", title="培训", rows=lambda user: TrainingSession.objects.visible_to(user).select_related("organizer"),
        columns=(Column("培训名称", "title"), Column("方式", "get_mode_display"), Column("开始", "starts_on", "date"), Column("结束", "ends_on", "date"),
                 Column("学时", "hours", "number"), Column("地点", "place"), Column("组织单位", "organizer.name")),
        permission=VIEW, order=("-starts_on", "-id"), empty="还没有培训。", export_permission=VIEW, url_name="cadres:training-detail",
    )
)  # fmt: skip
SECONDMENTS = listings.register(
    Listing(
        key="secondments", title="挂职锻炼", rows=lambda user: Secondment.objects.visible_to(user).select_related("home_unit", "host"),
        columns=(Column("姓名", "name"), Column("新任职务", "post"), Column("派出单位", "home_unit.name"), Column("挂职单位", "host.name"),
                 Column("期限(月)", "months", "number"), Column("起始", "started_on", "date"), Column("结束", "ended_on", "date"), Column("文号", "document")),
        permission=VIEW, order=("started_on", "id"), empty="没有挂职锻炼。", export_permission=VIEW, table="cadres_secondment", row_url=lambda row: "",
    )
)  # fmt: skip


@requires(VIEW)
@require_safe
def training_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, TRAININGS)


@requires(VIEW)
@require_safe
def training_detail(request: HttpRequest, pk: int) -> HttpResponse:
    session = pages.record_or_404(TrainingSession.objects.select_related("organizer"), request.user, pk, view=VIEW)
    rows = TrainingAttendance.objects.visible_to(request.user).filter(session=session).select_related("cadre", "village")
    columns = (Column("姓名", "cadre.name"), Column("村", "village.name"), Column("签到方式", "get_means_display"))
    facts = pages.facts(session, "mode", "starts_on", "ends_on", "hours", "place", "organizer", "topic", "document")
    table = pages.table(
        f"参训 {rows.count()} 人次", columns, rows[: pages.LIMIT], url=lambda row: row.cadre.get_absolute_url(), empty="还没有人签到。"
    )
    return pages.record_page(
        request, title=session.title, crumbs=[("培训", reverse("cadres:training-list")), (session.title, "")], facts=facts, tables=[table]
    )


@requires(VIEW)
@require_safe
def secondment_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, SECONDMENTS)


MEMBER_COLUMNS = (
    Column("姓名", "name"),
    Column("职务", "post"),
    Column("担任", "get_place_display"),
    Column("起始", "since_on", "date"),
    Column("截止", "until_on", "date"),
)
MEETING_COLUMNS = (Column("会议日期", "met_on", "date"), Column("议题", "subject", "long"), Column("议定事项", "decisions", "long"))


@requires(VIEW)
@require_safe
def body_list(request: HttpRequest) -> HttpResponse:
    """The leading group with its two heads and the headquarters, each with members and meetings."""
    tables = []
    for body in LeadingBody.objects.visible_to(request.user).filter(ended_on=None).order_by("kind"):
        members = sorted(body.members.all(), key=lambda row: (list(BodyMember.Place.values).index(row.place), row.pk))
        tables.append(pages.table(f"{body.name}:成员", MEMBER_COLUMNS, members))
        tables.append(pages.table(f"{body.name}:会议", MEETING_COLUMNS, body.meetings.all()[: pages.LIMIT]))
    return pages.record_page(request, title="领导机构", crumbs=[("领导机构", "")], tables=tables)
