"""Attendance: the cadre's own day on the phone, a cadre's month, today's whereabouts, sheets, corrections, spot checks, 坐班."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from cadres import rules, services
from cadres.forms import CheckInForm, CorrectionForm, MonthPick, RosterForm, SheetForm, SpotCheckForm
from cadres.models import AttendanceDay, Cadre, Correction, DutyTurn, Leave, Posting, Presence, QuarterReport, SpotCheck
from cadres.views.records import cadre_page, visible_cadre
from core import pages
from core.clock import today
from core.listing import Column
from core.pages import Fact, Link
from villages.models import Village
from workflow.services import WorkflowError

PRESENT, AWAY = "V", "BRPSY"


def own_cadre(request: HttpRequest) -> Cadre:
    """The cadre whose account this is. 403 for whoever is no cadre."""
    cadre = Cadre.objects.filter(user=request.user).first()
    if cadre is None:
        raise PermissionDenied
    return cadre


def picked_month(request: HttpRequest) -> date:
    form = MonthPick(request.GET)
    return (form.is_valid() and form.cleaned_data["month"]) or today().replace(day=1)


def weeks(rows: Iterable[AttendanceDay], month: date) -> list[list[dict[str, Any] | None]]:
    """A month as weeks from Monday, each day with its code; None outside the month."""
    by_day = {row.day_on: row for row in rows}
    first, last = rules.month_span(month)
    cells: list[dict[str, Any] | None] = [None] * first.weekday()
    for day, kind in rules.kinds(first, last):
        row = by_day.get(day)
        cells.append({
            "day": day.day, "sign": rules.SIGNS[row.code] if row else "", "label": row.get_code_display() if row else "未派驻",
            "code": row.code if row else "none", "off": kind != "W", "today": day == today(),
        })  # fmt: skip
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _days_of(request: HttpRequest, cadre: Cadre, month: date) -> list[AttendanceDay]:
    first, last = rules.month_span(month)
    return list(AttendanceDay.objects.visible_to(request.user).filter(cadre=cadre, day_on__gte=first, day_on__lte=last).order_by("day_on"))


def _tasks(cadre: Cadre) -> list[tuple[str, str]]:
    """The other things a village team does, where the room for it is there; the report leads to the one that is to be written."""
    report = QuarterReport.objects.filter(cadre=cadre, state=QuarterReport.State.DRAFT).order_by("-year", "-quarter").first()
    reports = ("报告", "cadres:report-edit", [report.pk]) if report else ("报告", "cadres:report-list", [])
    found = []
    for label, name, arguments in (("走访", "assistance:visit-create", []), reports, ("承诺", "cadres:commitment-list", []),
                                   ("请假", "cadres:leave-create", []), ("我的考勤", "cadres:attendance", [cadre.pk])):  # fmt: skip
        try:
            found.append((label, reverse(name, args=arguments)))
        except NoReverseMatch:
            continue
    return found


@requires(Permission.CADRE_SELF)
@require_safe
def my_day(request: HttpRequest) -> HttpResponse:
    """The first screen of a village team: check in, visits, reports."""
    cadre = own_cadre(request)
    posting = Posting.objects.active_on(today()).filter(cadre=cadre).select_related("village__township").first()
    month = today().replace(day=1)
    checks = Presence.objects.filter(cadre=cadre, day_on=today(), kind=Presence.Kind.CHECK_IN).order_by("id")
    context = {
        "title": "今日驻村", "cadre": cadre, "posting": posting, "form": CheckInForm(), "key": uuid4(), "tasks": _tasks(cadre), "checks": checks,
        "weeks": weeks(_days_of(request, cadre, month), month), "month": month, "today": today(), "radius_km": services.radius_km(),
    }  # fmt: skip
    return render(request, "cadres/my_day.html", context)


@requires(Permission.CADRE_SELF)
@require_POST
def check_in(request: HttpRequest) -> HttpResponse:
    """A check-in: from the script it answers in JSON (409: refused for good), from a plain form by going back."""
    cadre, scripted = own_cadre(request), request.headers.get("Accept") == "application/json"
    form, now = CheckInForm(request.POST, request.FILES), timezone.now()
    if not form.is_valid():
        return _answer(request, scripted, error="签到内容不合要求:" + ";".join(text for texts in form.errors.values() for text in texts))
    found = form.cleaned_data
    try:
        presence, is_new = services.check_in(
            cadre=cadre, key=found["key"], taken=found["taken"] or now, sent=found["sent"] or now, received=now, place=form.place, by=request.user,
            device=found["device"], note=found["note"], photo=found["photo"],
        )  # fmt: skip
    except (services.CadresError, WorkflowError) as error:
        return _answer(request, scripted, error=str(error))
    return _answer(request, scripted, words=words_of(presence, is_new))


def words_of(presence: Presence, is_new: bool) -> str:
    """What the cadre is told about a check-in."""
    at = f"{timezone.localtime(presence.at):%m-%d %H:%M}" if presence.at else f"{presence.day_on:%m-%d}"
    parts = [f"{at} 签到{'已记录' if is_new else '早已记录过,没有重复'}"]
    if presence.distance_m is not None:
        parts.append(f"距村 {presence.distance_m / 1000:.1f} 公里")
    if not presence.counts:
        parts.append("定位不在村,不计驻村;在外办事请办理外出报备")
    elif presence.position == Presence.Position.REFUSED:
        parts.append("没有定位")
    elif presence.position == Presence.Position.UNAVAILABLE:
        parts.append("没有定位信号")
    if presence.is_late:
        parts.append("补传")
    if abs(presence.skew_seconds) > 600:
        parts.append("手机时间不准,请校正")
    return ",".join(parts) + "。"


def _answer(request: HttpRequest, scripted: bool, *, words: str = "", error: str = "") -> HttpResponse:
    if scripted:
        return JsonResponse({"error": error}, status=409) if error else JsonResponse({"words": words})
    messages.add_message(request, messages.ERROR if error else messages.SUCCESS, error or words)
    return redirect("cadres:my-day")


PRESENCE_COLUMNS = (
    Column("日期", "day_on", "date"), Column("来源", "get_kind_display"),
    Column("时间", lambda row: f"{timezone.localtime(row.at):%H:%M}" if row.at else ""), Column("佐证", "get_witness_display"),
    Column("距村(公里)", lambda row: "" if row.distance_m is None else f"{row.distance_m / 1000:.1f}", "number"),
    Column("计入", "counts", "yes"), Column("补传", "is_late", "yes"), Column("内容", "note", "long"),
)  # fmt: skip
CORRECTION_COLUMNS = (
    Column("日期", "day_on", "date"), Column("原为", "get_was_display"), Column("更正为", "get_code_display"), Column("理由", "reason", "long"),
    Column("更正人", "corrected_by.name"), Column("时间", "created_at"),
)  # fmt: skip
CHECK_COLUMNS = (
    Column("日期", "day_on", "date"), Column("方式", "get_means_display"), Column("结果", "get_result_display"), Column("坐班日", "on_duty_turn", "yes"),
    Column("情况说明", "note", "long"), Column("抽查人", "checked_by.name"),
)  # fmt: skip


@requires(Permission.CADRE_VIEW)
@require_safe
def cadre_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """A cadre's month: every day, what filled it, what corrected it, who checked."""
    cadre, month = visible_cadre(request, pk), picked_month(request)
    first, last = rules.month_span(month)
    span = {"cadre": cadre, "day_on__gte": first, "day_on__lte": last}
    days = _days_of(request, cadre, month)
    may_edit = may_keep(request, cadre)
    here = reverse("cadres:attendance", args=[pk])
    figures = [Fact(label, str(sum(1 for day in days if day.code in code)), unit="天") for label, code in
               (("驻村", "V"), ("因公、报备", "BR"), ("请假", "PSY"), ("缺勤", "A"), ("未记", "N"))]  # fmt: skip
    posting = Posting.objects.visible_to(request.user).filter(cadre=cadre).order_by("-started_on").first()
    links = [
        Link("录入纸质签到册", reverse("cadres:sheet", args=[posting.pk])), Link("登记抽查", reverse("cadres:spot-check", args=[pk])),
        Link("考勤更正", reverse("cadres:correct", args=[pk])), Link("提出认定", reverse("cadres:sign-create", args=[pk])),
    ] if may_edit and posting else []  # fmt: skip
    links.append(Link("打印驻村日志", f"{reverse('cadres:diary', args=[pk])}?month={month:%Y-%m}"))
    rows = [Presence, Correction, SpotCheck]
    titles = ("在岗记录", "更正", "坐班抽查")
    columns = (PRESENCE_COLUMNS, CORRECTION_COLUMNS, CHECK_COLUMNS)
    tables = [
        pages.table(title, shown, _joined(model.objects.visible_to(request.user).filter(**span))[: pages.LIMIT], empty=f"本月没有{title}。")
        for title, shown, model in zip(titles, columns, rows, strict=True)
    ]
    return cadre_page(
        request, cadre, "考勤", figures=figures, links=links, tables=tables, template="cadres/attendance.html", weeks=weeks(days, month), month=month,
        before=f"{here}?month={first - timedelta(days=1):%Y-%m}", after=f"{here}?month={last + timedelta(days=1):%Y-%m}",
    )  # fmt: skip


def _joined(rows: Any) -> Any:
    names = {field.name for field in rows.model._meta.fields}
    return rows.select_related(*({"corrected_by", "checked_by"} & names))


def may_keep(request: HttpRequest, cadre: Cadre) -> bool:
    return pages.may_change(Cadre.objects.all(), request.user, cadre.pk, Permission.ATTENDANCE_EDIT)


def _kept_cadre(request: HttpRequest, pk: int) -> Cadre:
    cadre = visible_cadre(request, pk)
    if not may_keep(request, cadre):
        raise PermissionDenied
    return cadre


def _form(request: HttpRequest, form: Any, save: Any, title: str, cadre: Cadre, **more: Any) -> HttpResponse:
    back = reverse("cadres:attendance", args=[cadre.pk])
    crumbs = [("派驻干部", reverse("cadres:list")), (cadre.name, cadre.get_absolute_url()), ("考勤", back)]
    return pages.form_page(request, form, save, title=title, back=back, crumbs=crumbs, refusal=services.CadresError, **more)


@requires(Permission.ATTENDANCE_EDIT)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    cadre = _kept_cadre(request, pk)
    form = CorrectionForm(request.POST or None, request.FILES or None, user=request.user, initial={"day_on": request.GET.get("day", "")[:10]})

    def save(day_on: date, **fields: Any) -> str:
        services.correct_day(cadre=cadre, day=day_on, by=request.user, **fields)
        return f"{reverse('cadres:attendance', args=[pk])}?month={day_on:%Y-%m}"

    return _form(request, form, save, "考勤更正", cadre, note="更正以一条反向记录办理:原记录保留,写明理由。已备案的月报不变,更正列入下月月报。")


@requires(Permission.ATTENDANCE_EDIT)
@require_http_methods(["GET", "POST"])
def spot_check(request: HttpRequest, pk: int) -> HttpResponse:
    cadre = _kept_cadre(request, pk)
    form = SpotCheckForm(request.POST or None, user=request.user)

    def save(day_on: date, **fields: Any) -> str:
        services.record_spot_check(cadre=cadre, day=day_on, by=request.user, **fields)
        return f"{reverse('cadres:attendance', args=[pk])}?month={day_on:%Y-%m}"

    return _form(request, form, save, "登记抽查", cadre, note="登记后不能修改。实地抽查在岗的,当天计入驻村。")


@requires(Permission.ATTENDANCE_EDIT)
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper sign-in book of a place without signal."""
    rows = Posting.objects.visible_to(request.user, Permission.ATTENDANCE_EDIT).select_related("cadre", "village")
    posting = get_object_or_404(rows, pk=pk)
    form = SheetForm(request.POST or None)

    def save(month: date, days: list[date], note: str) -> str:
        services.enter_sheet(posting=posting, days=days, note=note, by=request.user)
        return f"{reverse('cadres:attendance', args=[posting.cadre_id])}?month={month:%Y-%m}"

    return _form(
        request,
        form,
        save,
        "录入纸质签到册",
        posting.cadre,
        note=f"{posting.village.name} {posting.cadre.name}。按签到册上的签字录入,本人不能录入自己的。",
    )


TURN_COLUMNS = (Column("日期", "day_on", "date"), Column("星期", lambda row: "一二三四五六日"[row.day_on.weekday()]), Column("姓名", "cadre.name"))


@requires(Permission.CADRE_VIEW)
@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """A village's turns of 坐班; whoever keeps attendance sets them."""
    village = pages.record_or_404(Village.objects.select_related("township"), request.user, pk, view=Permission.CADRE_VIEW)
    may_edit = pages.may_change(Village.objects.all(), request.user, pk, Permission.ATTENDANCE_EDIT)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    month = picked_month(request)
    first, last = rules.month_span(month)
    turns = DutyTurn.objects.visible_to(request.user).filter(village=village, day_on__gte=first, day_on__lte=last).select_related("cadre")
    table = pages.table(f"{month.year}年{month.month}月坐班安排", TURN_COLUMNS, turns[: pages.LIMIT], empty="本月还没有安排坐班。")
    form = RosterForm(request.POST or None, village=village)

    def save(**fields: Any) -> str:
        services.set_roster(village=village, by=request.user, **fields)
        return f"{reverse('cadres:roster', args=[pk])}?month={fields['month']:%Y-%m}"

    if not may_edit:
        return pages.record_page(
            request, title="坐班安排", crumbs=[("今日在岗", reverse("cadres:today")), (village.name, ""), ("坐班安排", "")], tables=[table]
        )
    return pages.form_page(request, form, save, title="坐班安排", back=reverse("cadres:today"),
                           crumbs=[("今日在岗", reverse("cadres:today")), (village.name, "")], refusal=services.CadresError,
                           template="cadres/roster.html", table=table, note="一次排一个人一个月;再排一次即替换。")  # fmt: skip


STATES = (("V", "在村"), ("B", "因公外出"), ("R", "外出报备"), ("PSY", "请假"), ("TH", "休息"), ("A", "缺勤"), ("N", "未签到"))
TODAY_COLUMNS = (
    Column("姓名", "cadre.name"), Column("村", "village.name"), Column("驻村职务", "posting.get_role_display"), Column("派出单位", "cadre.home_unit.name"),
    Column("状态", lambda day: f"{day.sign} {'未签到' if day.code == 'N' else day.get_code_display()}"), Column("说明", "why", "long"),
)  # fmt: skip


LATE_COLUMNS = (
    Column("事项", "what"), Column("谁", "who"), Column("乡镇", "township"), Column("应于", "due_on", "date"), Column("已迟(天)", "days", "number"),
)  # fmt: skip


@requires(Permission.CADRE_VIEW)
@require_safe
def today_list(request: HttpRequest) -> HttpResponse:
    """Who is in the village today, who is away and why, who is late with what: by township."""
    day = today()
    rows = AttendanceDay.objects.visible_to(request.user).filter(day_on=day).select_related(
        "cadre__home_unit", "village__township", "posting", "presence"
    ).order_by("village__code", "posting__role", "cadre_id")  # fmt: skip
    found = list(rows[: pages.LIMIT * 20])
    leaves = {leave.cadre_id: leave for leave in Leave.objects.visible_to(request.user).on(day)}
    overdue = {leave.cadre_id: leave for leave in Leave.objects.visible_to(request.user).uncleared(day)}
    for row in found:
        row.why = _why(row, leaves.get(row.cadre_id), overdue.get(row.cadre_id))  # type: ignore[attr-defined]
    figures = [Fact(label, str(sum(1 for row in found if row.code in code)), unit="人") for code, label in STATES]
    townships: dict[Any, list[AttendanceDay]] = {}
    for row in found:
        townships.setdefault(row.village.township, []).append(row)
    tables = [
        pages.table(f"{township.name} {sum(1 for row in group if row.code == PRESENT)}/{len(group)} 人在村", TODAY_COLUMNS, group[: pages.LIMIT],
                    url=lambda row: reverse("cadres:attendance", args=[row.cadre_id]),
                    more=f"共 {len(group)} 人,只列前 {pages.LIMIT} 人。" if len(group) > pages.LIMIT else "")
        for township, group in townships.items()
    ]  # fmt: skip
    late = services.late_things(user=request.user, day=day)
    figures.append(Fact("迟报、逾期", str(len(late)), unit="件"))
    tables.append(pages.table("迟报、逾期", LATE_COLUMNS, late[: pages.LIMIT], url=lambda row: row.url, empty="没有迟报和逾期。"))
    title = f"今日在岗 {day.year}年{day.month}月{day.day}日"
    return pages.record_page(request, title=title, crumbs=[("今日在岗", "")], figures=figures, tables=tables)


def _why(row: AttendanceDay, leave: Leave | None, overdue: Leave | None) -> str:
    if overdue:
        return f"{overdue.get_kind_display()}至 {overdue.ends_on:%m-%d},尚未销假"
    if leave:
        return f"至 {leave.ends_on:%m-%d}" + (f",{leave.destination}" if leave.destination else "")
    if row.presence and row.presence.at:
        distance = "" if row.presence.distance_m is None else f",距村 {row.presence.distance_m / 1000:.1f} 公里"
        return f"{timezone.localtime(row.presence.at):%H:%M} {row.presence.get_kind_display()}{distance}"
    return row.presence.get_kind_display() if row.presence else ""
