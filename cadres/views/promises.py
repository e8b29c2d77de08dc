"""年承诺、季报告: promised by the team and each cadre, reported each quarter with numbers drawn from the system, checked by the township."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from cadres import services
from cadres.filters import CommitmentFilter, ReportFilter
from cadres.forms import CommitmentForm, HungOutForm, ItemForm, QuarterForm, ReportForm, SigningForm
from cadres.models import Cadre, Commitment, CommitmentItem, Posting, QuarterReport
from cadres.views.months import WRITERS, may_write
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column, Listing
from core.pages import Fact, Link
from villages.models import Village
from workflow.services import WorkflowError

VIEW = Permission.CADRE_VIEW
REFUSALS = (services.CadresError, WorkflowError)
COMMITMENTS = listings.register(
    Listing(
        key="commitments", title="年承诺", rows=lambda user: Commitment.objects.visible_to(user).select_related("village__township", "cadre"),
        columns=(Column("填报", "whose"), Column("年度", lambda row: str(row.year)), Column("村", "village.name"), Column("乡镇", "village.township.name"),
                 Column("状态", "get_state_display"), Column("签订日期", "signed_on", "date"), Column("公示日期", "posted_on", "date")),
        permission=VIEW, order=("-year", "village_id", "id"), filters=CommitmentFilter, empty="没有符合条件的年承诺。",
        primary=("填写年承诺", "cadres:commitment-create", Permission.CADRE_SELF), export_permission=VIEW, table="cadres_commitment",
        url_name="cadres:commitment-detail",
    )
)  # fmt: skip
REPORTS = listings.register(
    Listing(
        key="quarter-reports", title="季报告",
        rows=lambda user: QuarterReport.objects.visible_to(user).select_related("village__township", "commitment__village", "commitment__cadre"),
        columns=(Column("填报", "commitment.whose"), Column("年度", lambda row: str(row.year)), Column("季度", "get_quarter_display"),
                 Column("村", "village.name"), Column("乡镇", "village.township.name"), Column("状态", "get_state_display"),
                 Column("应报日期", "due_on", "date"), Column("报送日期", "submitted_on", "date")),
        permission=VIEW, order=("-year", "-quarter", "village_id", "id"), filters=ReportFilter, empty="没有符合条件的季报告。", export_permission=VIEW,
        table="cadres_quarterreport", url_name="cadres:report-detail",
    )
)  # fmt: skip


def may_promise(request: HttpRequest, village: Village, cadre: Cadre | None) -> bool:
    """The team's by anyone of it; a cadre's by that cadre; both by who keeps attendance there."""
    if not may_write(request, village):
        return False
    keeps = pages.may_change(Village.objects.all(), request.user, village.pk, Permission.ATTENDANCE_EDIT)
    return keeps or cadre is None or cadre.user_id == request.user.pk


@requires(VIEW)
@require_safe
def commitment_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, COMMITMENTS)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def commitment_create(request: HttpRequest) -> HttpResponse:
    own = Cadre.objects.filter(user=request.user).first()
    posted = Posting.objects.visible_to(request.user).active_on(today())
    keeps = (
        Village.objects.visible_to(request.user, Permission.ATTENDANCE_EDIT)
        if request.user.may(Permission.ATTENDANCE_EDIT)
        else Village.objects.none()
    )
    cadres = Cadre.objects.filter(postings__in=posted.filter(village__in=keeps)) | Cadre.objects.filter(pk=own.pk if own else None)
    villages = Village.objects.filter(pk__in=posted.values("village_id")).order_by("code")
    form = CommitmentForm(request.POST or None, villages=villages, cadres=cadres.distinct().order_by("code"), own=own)

    def save(village: Village, cadre: Cadre | None, year: int) -> Commitment:
        if not may_promise(request, village, cadre):
            raise PermissionDenied
        return services.open_commitment(village=village, cadre=cadre, year=year, by=request.user)

    return pages.form_page(request, form, save, title="填写年承诺", back=reverse("cadres:commitment-list"), crumbs=_crumbs(), refusal=REFUSALS,
                           save_label="下一步:填写事项", done="已建立,请逐项填写承诺事项。",
                           note="工作队和每名干部每年各一份,三至八项,权重合计 100,签订后张贴公示。")  # fmt: skip


def _crumbs(commitment: Commitment | None = None) -> list[tuple[str, str]]:
    found = [("年承诺", reverse("cadres:commitment-list"))]
    return [*found, (str(commitment), commitment.get_absolute_url())] if commitment else found


ITEM_COLUMNS = (
    Column("承诺事项", "text", "long"), Column("工作措施", "measure", "long"), Column("完成季度", "get_due_quarter_display"),
    Column("权重(%)", "weight", "number"), Column("完成(%)", "percent", "number"),
)  # fmt: skip
REPORT_COLUMNS = (
    Column("季度", "get_quarter_display"),
    Column("状态", "get_state_display"),
    Column("应报", "due_on", "date"),
    Column("报送", "submitted_on", "date"),
)


def _commitment(request: HttpRequest, pk: int, *, write: bool = False) -> Commitment:
    commitment = pages.record_or_404(Commitment.objects.select_related("village", "cadre", "posted_photo"), request.user, pk, view=VIEW)
    if write and not may_promise(request, commitment.village, commitment.cadre):
        raise PermissionDenied
    return commitment


@requires(VIEW)
@require_safe
def commitment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = _commitment(request, pk)
    writes, draft = may_promise(request, commitment.village, commitment.cadre), commitment.state == Commitment.State.DRAFT
    items, total = services.items_with_progress(commitment=commitment)
    links = []
    if writes and draft:
        links = [Link("添加事项", reverse("cadres:commitment-item", args=[pk]), primary=len(items) < Commitment.LEAST),
                 Link("签订", reverse("cadres:commitment-sign", args=[pk]), primary=len(items) >= Commitment.LEAST)]  # fmt: skip
    elif writes:
        links = [Link("填报季报告", reverse("cadres:report-create", args=[pk]), primary=True)]
        links += [] if commitment.posted_on else [Link("登记公示", reverse("cadres:commitment-post", args=[pk]))]
    facts = pages.facts(commitment, "village", "cadre", "signed_on", "posted_on")
    if commitment.posted_photo:
        facts.append(Fact("公示照片", "查看照片", commitment.posted_photo.get_absolute_url()))
    figures = [
        Fact("事项", str(len(items)), unit="项"),
        Fact("权重合计", str(sum(item.weight for item in items)), unit="%"),
        Fact("总进度", total, unit="%"),
    ]
    edit = (lambda item: [Link("修改", reverse("cadres:item-edit", args=[item.pk]))]) if writes and draft else None
    tables = [
        pages.table("承诺事项", ITEM_COLUMNS, items, row_links=edit, empty="还没有承诺事项。"),
        pages.table("季报告", REPORT_COLUMNS, commitment.reports.order_by("quarter"), url=lambda row: row.get_absolute_url(), empty="还没有季报告。"),
    ]
    return pages.record_page(request, title=str(commitment), state=commitment.get_state_display(), crumbs=[*_crumbs(), (str(commitment), "")],
                             figures=figures, facts=facts, links=links, tables=tables)  # fmt: skip


def _form(request: HttpRequest, form: Any, save: Any, title: str, commitment: Commitment, **more: Any) -> HttpResponse:
    return pages.form_page(request, form, save, title=title, back=commitment.get_absolute_url(), crumbs=_crumbs(commitment), refusal=REFUSALS, **more)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def commitment_item(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = _commitment(request, pk, write=True)
    form = ItemForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Commitment:
        return services.save_item(commitment=commitment, item=None, by=request.user, **fields).commitment

    return _form(request, form, save, "添加承诺事项", commitment)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    item = pages.record_or_404(CommitmentItem.objects.all(), request.user, pk, view=VIEW)
    commitment = _commitment(request, item.commitment_id, write=True)
    form = ItemForm(request.POST or None, instance=item, user=request.user)

    def save(**fields: Any) -> Commitment:
        return services.save_item(commitment=commitment, item=item, by=request.user, **fields).commitment

    return _form(request, form, save, "修改承诺事项", commitment)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def commitment_sign(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = _commitment(request, pk, write=True)

    def save(signed_on: date) -> Commitment:
        return services.sign_commitment(commitment=commitment, signed_on=signed_on, by=request.user)

    return _form(request, SigningForm(request.POST or None), save, "签订年承诺", commitment, save_label="签订", done="已签订。",
                 note="签订后承诺事项不能再改。")  # fmt: skip


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def commitment_post(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = _commitment(request, pk, write=True)

    def save(**fields: Any) -> Commitment:
        return services.post_commitment(commitment=commitment, by=request.user, **fields)

    return _form(request, HungOutForm(request.POST or None, request.FILES or None), save, "登记公示", commitment, done="已登记公示。",
                 note="承诺书签订后张贴在村务公开栏,拍照留存。")  # fmt: skip


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def report_create(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = _commitment(request, pk, write=True)

    def save(quarter: int) -> str:
        return reverse("cadres:report-edit", args=[services.open_report(commitment=commitment, quarter=quarter, by=request.user).pk])

    return _form(request, QuarterForm(request.POST or None), save, "填报季报告", commitment, save_label="下一步:填写",
                 done="已建立,请填写进展。")  # fmt: skip


@requires(VIEW)
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, REPORTS)


PROGRESS_COLUMNS = (
    Column("承诺事项", "item.text", "long"),
    Column("完成季度", "item.get_due_quarter_display"),
    Column("权重(%)", "item.weight", "number"),
    Column("完成(%)", "percent", "number"),
    Column("进展情况", "note", "long"),
)
NUMBER_COLUMNS = (
    Column("项目", lambda row: row["label"]),
    Column("数值", lambda row: row["value"], "number"),
    Column("单位", lambda row: row["unit"]),
    Column("说明", lambda row: row["words"], "long"),
)


def _report(request: HttpRequest, pk: int, *, write: bool = False) -> QuarterReport:
    rows = QuarterReport.objects.select_related("village", "commitment__village", "commitment__cadre", "cadre", "case")
    report = pages.record_or_404(rows, request.user, pk, view=VIEW)
    if write and not may_promise(request, report.village, report.cadre):
        raise PermissionDenied
    return report


@requires(VIEW)
@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    draft = report.state == QuarterReport.State.DRAFT
    writes = draft and may_promise(request, report.village, report.cadre)
    numbers = services.numbers_now(report=report) if draft else report.numbers
    links = [Link("填写", reverse("cadres:report-edit", args=[pk]))] if writes else []
    if report.case:
        links.append(Link("审核情况", report.case.get_absolute_url()))
    links.append(Link("年承诺", report.commitment.get_absolute_url()))
    facts = [*pages.facts(report, "village", "due_on", "submitted_on"), Fact("存在问题", report.problems, wide=True),
             Fact("下季计划", report.next_plan, wide=True)]  # fmt: skip
    tables = [
        pages.table("承诺进度", PROGRESS_COLUMNS, report.progress.select_related("item")),
        pages.table("系统数据(截至今天)" if draft else "系统数据(报送时)", NUMBER_COLUMNS, numbers, empty="本季度系统里没有可引用的数据。"),
    ]
    return pages.record_page(request, title=str(report), state=report.get_state_display(), crumbs=[("季报告", reverse("cadres:report-list")), (str(report), "")],
                             facts=facts, links=links, tables=tables, template="cadres/report.html", report=report, writes=writes)  # fmt: skip


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk, write=True)
    form = ReportForm(request.POST or None, report=report)

    def save(problems: str, next_plan: str, **_: Any) -> QuarterReport:
        return services.write_report(report=report, problems=problems, next_plan=next_plan, progress=form.progress, by=request.user)

    return pages.form_page(request, form, save, title="填写季报告", back=report.get_absolute_url(), refusal=REFUSALS,
                           crumbs=[("季报告", reverse("cadres:report-list")), (str(report), report.get_absolute_url())],
                           done="已保存,核对后请报送。", note="走访、驻村、资金等数字由系统提取,不需要填写。")  # fmt: skip


@requires(*WRITERS)
@require_POST
def report_submit(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk, write=True)
    try:
        services.submit_report(report=report, by=request.user)
        messages.success(request, "已报送,等乡镇(街道)审核。")
    except REFUSALS as error:
        messages.error(request, str(error))
    return redirect(report)
