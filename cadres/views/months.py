"""考勤月报: the list, a village's month, its print and workbook."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from cadres import rules, services
from cadres.filters import MonthFilter
from cadres.forms import MonthOpenForm, WorkForm
from cadres.models import AttendanceLine, AttendanceMonth
from cadres.rendering import month_pdf, month_workbook
from core import listing as listings
from core import pages
from core.listing import Column
from core.pages import Fact, Link
from villages.models import Village
from workflow.services import WorkflowError

COLUMNS = (
    Column("月份", "label"), Column("村", "village.name"), Column("乡镇", "village.township.name"), Column("状态", "get_state_display"),
    Column("应报日期", "due_on", "date"), Column("报送日期", "submitted_on", "date"), Column("备案日期", "filed_on", "date"),
)  # fmt: skip
MONTHS = listings.register(
    listings.Listing(
        key="attendance-months", title="考勤月报", rows=lambda user: AttendanceMonth.objects.visible_to(user).select_related("village__township"), columns=COLUMNS,
        permission=Permission.CADRE_VIEW, order=("-month_on", "village_id"), filters=MonthFilter, empty="没有符合条件的考勤月报。",
        primary=("建立月报", "cadres:month-create", Permission.CADRE_SELF), export_permission=Permission.CADRE_VIEW, table="cadres_attendancemonth",
        url_name="cadres:month-detail",
    )
)  # fmt: skip
WRITERS = (Permission.CADRE_SELF, Permission.ATTENDANCE_EDIT)


@requires(Permission.CADRE_VIEW)
@require_safe
def month_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, MONTHS)


def may_write(request: HttpRequest, village: Village) -> bool:
    """Whoever of the village's team, or keeps its attendance."""
    return any(pages.may_change(Village.objects.all(), request.user, village.pk, permission) for permission in WRITERS)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def month_create(request: HttpRequest) -> HttpResponse:
    form = MonthOpenForm(request.POST or None, user=request.user)

    def save(village: Village, month: Any) -> AttendanceMonth:
        if not may_write(request, village):
            raise PermissionDenied
        return services.open_month(village=village, month=month, by=request.user)

    return pages.form_page(request, form, save, title="建立考勤月报", back=reverse("cadres:month-list"), crumbs=[("考勤月报", reverse("cadres:month-list"))],
                           refusal=services.CadresError, save_label="建立", note="月报由考勤日自动汇总,不需要填写天数。")  # fmt: skip


def _month(request: HttpRequest, pk: int) -> AttendanceMonth:
    rows = AttendanceMonth.objects.select_related("village__township", "case")
    return pages.record_or_404(rows, request.user, pk, view=Permission.CADRE_VIEW)


def lines_of(month: AttendanceMonth) -> list[AttendanceLine]:
    return list(month.lines.select_related("cadre__home_unit", "posting").order_by("posting_id"))


def grid(lines: list[AttendanceLine]) -> list[dict[str, Any]]:
    """The form's day columns, a sign a day."""
    return [{"line": line, "signs": [(code, rules.SIGNS.get(code, "")) for code in line.codes]} for line in lines]


@requires(Permission.CADRE_VIEW)
@require_safe
def month_detail(request: HttpRequest, pk: int) -> HttpResponse:
    month = _month(request, pk)
    writes = may_write(request, month.village) and month.state == AttendanceMonth.State.DRAFT
    if month.state == AttendanceMonth.State.DRAFT:
        services.refresh_month(month=month)
    lines = lines_of(month)
    links = [Link("打印 PDF", reverse("cadres:month-pdf", args=[pk])), Link("导出表格", reverse("cadres:month-workbook", args=[pk]))]
    if month.case:
        links.append(Link("审核情况", month.case.get_absolute_url()))
    figures = [
        Fact("应驻村", str(sum(line.required for line in lines)), unit="天"), Fact("实际驻村", str(sum(line.actual for line in lines)), unit="天"),
        Fact("缺勤", str(sum(line.absent for line in lines)), unit="天"), Fact("未记", str(sum(line.open_days for line in lines)), unit="天"),
        Fact("应报日期", month.due_on.isoformat()),
    ]  # fmt: skip
    length = rules.month_span(month.month_on)[1].day
    return pages.record_page(
        request, title=f"{month.village.name} {month.label}考勤月报", state=month.get_state_display(), figures=figures, links=links,
        crumbs=[("考勤月报", reverse("cadres:month-list")), (f"{month.village.name} {month.label}", "")], template="cadres/month.html", month=month,
        grid=grid(lines), days=range(1, length + 1), writes=writes, corrections=services.later_corrections(month=month),
    )  # fmt: skip


@requires(*WRITERS)
@require_POST
def month_submit(request: HttpRequest, pk: int) -> HttpResponse:
    month = _month(request, pk)
    if not may_write(request, month.village):
        raise PermissionDenied
    try:
        services.submit_month(month=month, by=request.user)
        messages.success(request, "已报送,等村党支部确认。")
    except (services.CadresError, WorkflowError) as error:
        messages.error(request, str(error))
    return redirect(month)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def month_work(request: HttpRequest, pk: int) -> HttpResponse:
    """The month's main work of one cadre: by the cadre, or who keeps the village's attendance."""
    rows = AttendanceLine.objects.select_related("month__village", "cadre")
    line = pages.record_or_404(rows, request.user, pk, view=Permission.CADRE_VIEW)
    if not may_write(request, line.month.village):
        raise PermissionDenied
    form = WorkForm(request.POST or None, instance=line, user=request.user)

    def save(main_work: str) -> AttendanceMonth:
        return services.write_work(line=line, text=main_work, by=request.user).month

    return pages.form_page(request, form, save, title=f"{line.cadre.name}:本月主要工作", back=line.month.get_absolute_url(),
                           crumbs=[("考勤月报", reverse("cadres:month-list")), (str(line.month), line.month.get_absolute_url())],
                           refusal=services.CadresError)  # fmt: skip


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(data: bytes, content_type: str, month: AttendanceMonth, ending: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    kind = "inline" if ending == "pdf" else "attachment"
    response["Content-Disposition"] = f"{kind}; filename=attendance-{month.village.code}-{month.month_on:%Y%m}.{ending}"
    return response


@requires(Permission.CADRE_VIEW)
@require_safe
def month_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The report on paper, in the columns of the form."""
    month = _month(request, pk)
    note_access(request, "printed", month, detail=str(month))
    return _file(month_pdf(month, lines_of(month)), "application/pdf", month, "pdf")


@requires(Permission.CADRE_VIEW)
@require_safe
def month_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook."""
    month = _month(request, pk)
    note_access(request, "exported", month, detail=str(month))
    return _file(month_workbook(month, lines_of(month)), WORKBOOK, month, "xlsx")


BULLETIN_COLUMNS = (
    Column("村", "village.name"), Column("姓名", "cadre.name"), Column("派出单位", "cadre.home_unit.name"), Column("驻村职务", "posting.get_role_display"),
    Column("应驻村", "required", "number"), Column("实际", "actual", "number"), Column("旷岗", "absent", "number"),
    Column("抽查", "checks", "number"), Column("在岗", "checks_present", "number"), Column("情况", lambda line: services.verdict(line)),
)  # fmt: skip


@requires(Permission.CADRE_VIEW)
@require_safe
def bulletin(request: HttpRequest) -> HttpResponse:
    """The monthly bulletin 通报: from filed reports alone, the worst first."""
    from cadres.views.attendance import picked_month

    chosen = picked_month(request) if request.GET.get("month") else services.last_filed_month(request.user) or picked_month(request)
    rows = AttendanceLine.objects.visible_to(request.user).filter(month__month_on=chosen, month__state="filed").select_related(
        "village", "cadre__home_unit", "posting"
    )  # fmt: skip
    lines = sorted(rows[: pages.LIMIT * 20], key=services.worst_first)
    short = [line for line in lines if line.actual < line.required or line.absent]
    missing = AttendanceMonth.objects.visible_to(request.user).filter(month_on=chosen).exclude(state="filed").select_related("village__township")
    late = [
        month
        for month in AttendanceMonth.objects.visible_to(request.user).filter(month_on=chosen)
        if month.submitted_on and month.submitted_on > month.due_on
    ]
    figures = [Fact("已备案", str(len({line.month_id for line in lines})), unit="村"), Fact("干部", str(len(lines)), unit="人"),
               Fact("驻村天数不足或旷岗", str(len(short)), unit="人"), Fact("迟报", str(len(late)), unit="村")]  # fmt: skip
    tables = [
        pages.table("驻村天数不足或旷岗", BULLETIN_COLUMNS, short[: pages.LIMIT], url=lambda line: line.month_url, empty="没有。"),
        pages.table("还没有备案的村", COLUMNS[1:], missing[: pages.LIMIT], url=lambda month: month.get_absolute_url(), empty="全部备案。"),
        pages.table("全部", BULLETIN_COLUMNS, lines[: pages.LIMIT], url=lambda line: line.month_url,
                    more=f"共 {len(lines)} 人,只列前 {pages.LIMIT} 人。" if len(lines) > pages.LIMIT else ""),
    ]  # fmt: skip
    title = f"{chosen.year}年{chosen.month}月驻村考勤通报"
    return pages.record_page(request, title=title, crumbs=[("考勤月报", reverse("cadres:month-list")), (title, "")], figures=figures, tables=tables)
