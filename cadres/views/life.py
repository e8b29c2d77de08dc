"""What surrounds attendance, to be read: training, yearly commitments and quarterly reports, leading bodies, secondments."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from cadres.models import BodyMember, Commitment, LeadingBody, QuarterReport, Secondment, TrainingAttendance, TrainingSession
from core import listing as listings
from core import pages
from core.listing import Column, Listing
from core.pages import Fact

VIEW = Permission.CADRE_VIEW
TRAININGS = listings.register(
    Listing(
        key="trainings", title="培训", rows=lambda user: TrainingSession.objects.visible_to(user).select_related("organizer"),
        columns=(Column("培训名称", "title"), Column("方式", "get_mode_display"), Column("开始", "starts_on", "date"), Column("结束", "ends_on", "date"),
                 Column("学时", "hours", "number"), Column("地点", "place"), Column("组织单位", "organizer.name")),
        permission=VIEW, order=("-starts_on", "-id"), empty="还没有培训。", export_permission=VIEW, url_name="cadres:training-detail",
    )
)  # fmt: skip
COMMITMENTS = listings.register(
    Listing(
        key="commitments", title="年承诺", rows=lambda user: Commitment.objects.visible_to(user).select_related("village", "cadre"),
        columns=(Column("填报", "whose"), Column("年度", "year"), Column("村", "village.name"), Column("状态", "get_state_display"),
                 Column("签订日期", "signed_on", "date"), Column("公示日期", "posted_on", "date")),
        permission=VIEW, order=("-year", "village_id", "id"), empty="还没有年承诺。", export_permission=VIEW, url_name="cadres:commitment-detail",
    )
)  # fmt: skip
REPORTS = listings.register(
    Listing(
        key="quarter-reports", title="季报告",
        rows=lambda user: QuarterReport.objects.visible_to(user).select_related("village", "commitment__village", "commitment__cadre"),
        columns=(Column("填报", "commitment.whose"), Column("年度", "year"), Column("季度", "get_quarter_display"), Column("村", "village.name"),
                 Column("状态", "get_state_display"), Column("应报日期", "due_on", "date"), Column("报送日期", "submitted_on", "date")),
        permission=VIEW, order=("-year", "-quarter", "village_id", "id"), empty="还没有季报告。", export_permission=VIEW, url_name="cadres:report-detail",
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
def commitment_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, COMMITMENTS)


ITEM_COLUMNS = (
    Column("承诺事项", "text", "long"),
    Column("工作措施", "measure", "long"),
    Column("完成季度", "get_due_quarter_display"),
    Column("权重(%)", "weight", "number"),
)
REPORT_COLUMNS = (
    Column("季度", "get_quarter_display"),
    Column("状态", "get_state_display"),
    Column("应报", "due_on", "date"),
    Column("报送", "submitted_on", "date"),
)


@requires(VIEW)
@require_safe
def commitment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = pages.record_or_404(Commitment.objects.select_related("village", "cadre"), request.user, pk, view=VIEW)
    tables = [
        pages.table("承诺事项", ITEM_COLUMNS, commitment.items.all(), empty="还没有承诺事项。"),
        pages.table("季报告", REPORT_COLUMNS, commitment.reports.order_by("quarter"), url=lambda row: row.get_absolute_url(), empty="还没有季报告。"),
    ]
    return pages.record_page(request, title=str(commitment), state=commitment.get_state_display(), crumbs=[("年承诺", reverse("cadres:commitment-list")), (str(commitment), "")],
                             facts=pages.facts(commitment, "village", "cadre", "signed_on", "posted_on"), tables=tables)  # fmt: skip


@requires(VIEW)
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, REPORTS)


PROGRESS_COLUMNS = (Column("承诺事项", "item.text", "long"), Column("完成(%)", "percent", "number"), Column("进展情况", "note", "long"))


@requires(VIEW)
@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = QuarterReport.objects.select_related("village", "commitment__village", "commitment__cadre")
    report = pages.record_or_404(rows, request.user, pk, view=VIEW)
    facts = [*pages.facts(report, "village", "due_on", "submitted_on"), *(Fact(f"{row['label']}({row['unit']})", row["value"]) for row in report.numbers),
             Fact("存在问题", report.problems, wide=True), Fact("下季计划", report.next_plan, wide=True)]  # fmt: skip
    table = pages.table("承诺进度", PROGRESS_COLUMNS, report.progress.select_related("item"))
    return pages.record_page(request, title=str(report), state=report.get_state_display(), crumbs=[("季报告", reverse("cadres:report-list")), (str(report), "")],
                             facts=facts, tables=[table])  # fmt: skip


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
