"""Periods: the list, one with everything that is going on in it, opening, publishing, freezing."""

from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from assessments import services
from assessments.filters import AssessmentFilter
from assessments.forms import PeriodForm, PublishForm, ReasonForm, SheetForm
from assessments.models import Appeal, Assessment, Period, Score, SiteSheet
from assessments.rules.grades import label
from assessments.services import publication, schemes
from assessments.views import records
from assessments.views.records import period_or_404
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.pdf import render_pdf
from workflow.services import WorkflowError, attach

P = Permission


def _rows(user: Any) -> Any:
    return Assessment.objects.visible_to(user, P.ASSESSMENT_VIEW).select_related("cadre", "village__township", "home_unit", "period__scheme")


def grade_label(row: Assessment) -> str:
    return label(row.grade, _Bands, institution=row.is_institution) if row.grade else ""  # type: ignore[arg-type]


class _Bands:
    """The words of the grades, which no scheme changes."""

    from assessments.rules.scheme import BANDS as bands


ASSESSMENTS = listings.register(
    listings.Listing(
        key="assessments",
        title="干部考核得分",
        rows=_rows,
        columns=(
            Column("姓名", "cadre.name"),
            Column("考核期", "period.title"),
            Column("乡镇", "village.township.name"),
            Column("村", "village.name"),
            Column("驻村职务", "get_role_display"),
            Column("派出单位", "home_unit.name"),
            Column("日常考勤管理", "attendance", "money"),
            Column("履职情况", "duty", "money"),
            Column("满意度测评", "satisfaction", "money"),
            Column("加分", "bonus", "money"),
            Column("总分", "total", "money"),
            Column("名次", "rank", "number"),
            Column("等次", grade_label),
            Column("环节", "get_stage_display"),
        ),
        permission=P.ASSESSMENT_VIEW,
        order=("-period_id", "id"),
        filters=AssessmentFilter,
        export_permission=P.ASSESSMENT_VIEW,
        url_name="assessments:detail",
        table="assessments_assessment",
        empty="没有符合条件的考核。",
    )
)


@requires(P.ASSESSMENT_VIEW)
@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, ASSESSMENTS)


@requires(P.ASSESSMENT_VIEW, P.SURVEY_EDIT)
@require_safe
def period_list(request: HttpRequest) -> HttpResponse:
    table = pages.table(
        "考核期", (Column("考核期", "title"), Column("起", "since", "date"), Column("止", "until", "date"), Column("方案", "scheme"), Column("状态", "get_state_display"),
                  Column("定等次", "frozen_on", "date")),
        Period.objects.select_related("scheme")[: pages.LIMIT], url=lambda period: period.get_absolute_url(), empty="还没有考核期。",
    )  # fmt: skip
    links = [pages.Link("考核方案", reverse("assessments:schemes")), pages.Link("得分一览", reverse("assessments:list"))]
    if pages.may_everywhere(request.user, P.ASSESSMENT_EDIT):
        links.append(pages.Link("启动考核", reverse("assessments:period-create"), primary=True))
    if not request.user.may(P.ASSESSMENT_VIEW):
        links = []
    return pages.record_page(request, title=records.PERIODS, crumbs=[(records.PERIODS, "")], links=links, tables=[table])


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def period_create(request: HttpRequest) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    form = PeriodForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Period:
        return services.open_period(scheme=schemes.current_scheme(), by=request.user, day=today(), **fields)

    note = "启动后,考核期内派驻在村的干部自动列入;本期一直按现行方案计分,方案再改也不影响本期。"
    return pages.form_page(request, form, save, title="启动考核", back=reverse("assessments:periods"), crumbs=records.crumbs()[:-1] + [(records.PERIODS, reverse("assessments:periods"))],
                           refusal=services.AssessmentsError, done="考核已启动。", save_label="启动", note=note)  # fmt: skip


@requires(P.ASSESSMENT_VIEW, P.SURVEY_EDIT)
@require_safe
def period_detail(request: HttpRequest, pk: int) -> HttpResponse:
    period = period_or_404(pk)
    everywhere = pages.may_everywhere(request.user, P.ASSESSMENT_EDIT)
    sees = request.user.may(P.ASSESSMENT_VIEW)
    context: dict[str, Any] = {
        "period": period, "title": period.title, "crumbs": records.crumbs(period), "sees": sees, "everywhere": everywhere,
        "rounds": period.rounds.all(), "surveys": request.user.may(P.SURVEY_EDIT), "reviews": request.user.may(P.ASSESSMENT_REVIEW),
    }  # fmt: skip
    if sees:
        context |= _standing(request, period, everywhere)
    return render(request, "assessments/period.html", context)


SHEET_COLUMNS = (
    Column("日期", "held_on", "date"),
    Column("村", "village.name"),
    Column("方式", "get_kind_display"),
    Column("人数", "people", "number"),
    Column("抽查(份)", "files_checked", "number"),
    Column("有差错(份)", "errors_found", "number"),
    Column("情况", "words", "long"),
)


def _standing(request: HttpRequest, period: Period, everywhere: bool) -> dict[str, Any]:
    """How far everybody is, and how the scores lie."""
    people = list(Assessment.objects.visible_to(request.user, P.ASSESSMENT_VIEW).filter(period=period).select_related("village__township"))
    stages = Counter(each.stage for each in people)
    grades = Counter(each.grade for each in people)
    ids = [each.pk for each in people]
    sheets = SiteSheet.objects.visible_to(request.user, P.ASSESSMENT_VIEW).filter(period=period).select_related("village")
    return {
        "people": len(people), "stages": [(Assessment.Stage(code).label, stages[code]) for code in Assessment.Stage.values if stages[code]],
        "grades": [(label(code, _Bands), count) for code, count in grades.most_common() if code],  # type: ignore[arg-type]
        "open": services.open_matters(period)[:12] if everywhere and period.state == Period.State.OPEN else [],
        "appeals": Appeal.objects.filter(assessment__in=ids).select_related("assessment__cadre", "score").order_by("-filed_on"),
        "sheets": pages.table("现场考核", SHEET_COLUMNS, sheets[: pages.LIMIT]), "problems": publication.problems(period) if period.state == Period.State.PUBLISHED else [], "notice": publication.notice_of(period),
        "changed": Score.objects.filter(assessment__in=ids, version__gt=1).select_related("assessment__cadre"),
    } | records.overview(request.user, period, people)  # fmt: skip


def _act(request: HttpRequest, pk: int, act: Any, done: str) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    period = period_or_404(pk)
    try:
        act(period)
    except (services.AssessmentsError, WorkflowError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(period)


@requires(P.ASSESSMENT_EDIT)
@require_POST
def period_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda period: services.refresh(period=period), "已按现有数据重新算分。")


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def period_publish(request: HttpRequest, pk: int) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    period = period_or_404(pk)
    form = PublishForm(request.POST or None, initial={"starts_on": today()})

    def save(starts_on: Any) -> Period:
        return publication.publish_results(period=period, starts_on=starts_on, by=request.user, day=today())

    note = f"公示总分、名次和拟定等次,不少于 {period.scheme.publish_days} 个工作日;公示期内所依据的数据不能改动。"
    return pages.form_page(request, form, save, title="公示考核结果", back=period.get_absolute_url(), crumbs=records.crumbs(period)[:-1] + [(period.title, period.get_absolute_url())],
                           refusal=(services.AssessmentsError, WorkflowError), done="已发布公示。", save_label="发布公示", note=note)  # fmt: skip


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def period_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    period = period_or_404(pk)
    form = ReasonForm(request.POST or None)

    def save(reason: str) -> Period:
        return publication.withdraw_results(period=period, reason=reason, by=request.user)

    return pages.form_page(request, form, save, title="撤回公示", back=period.get_absolute_url(), crumbs=records.crumbs(period)[:-1] + [(period.title, period.get_absolute_url())],
                           refusal=(services.AssessmentsError, WorkflowError), done="已撤回公示,更正后请重新公示。", save_label="撤回公示",
                           note="异议成立或发现差错时使用。更正后要重新公示足日。")  # type: ignore[arg-type]  # fmt: skip


@requires(P.ASSESSMENT_EDIT)
@require_POST
def period_freeze(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda period: publication.freeze_results(period=period, by=request.user, day=today()), "等次已定,得分已冻结。")


@requires(P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def sheet_create(request: HttpRequest, pk: int) -> HttpResponse:
    period = period_or_404(pk)
    form = SheetForm(request.POST or None, request.FILES or None, user=request.user, period=period)

    def save(scan: Any, village: Any, **fields: Any) -> SiteSheet:
        file = attach(data=scan, title=f"{village.name} 现场考核签字表", by=request.user, village_id=village.pk) if scan else None
        sheet = services.record_sheet(period=period, village=village, scan=file, by=request.user, **fields)
        services.refresh_after(period)
        return sheet

    return pages.form_page(request, form, save, title="登记现场考核", back=period.get_absolute_url(), crumbs=records.crumbs(period)[:-1] + [(period.title, period.get_absolute_url())],
                           refusal=(services.AssessmentsError, WorkflowError), done="已登记,相关得分已更新。")  # type: ignore[arg-type]  # fmt: skip


SHEET_ROWS = (
    ("述职会", "参加人数、述职情况"),
    ("现场测评", "发票、收票张数"),
    ("查台账", "抽查份数、差错份数"),
    ("入户访谈", "户数、群众反映"),
    ("个别谈话", "谈话人数、主要意见"),
)


@requires(P.ASSESSMENT_REVIEW)
@require_safe
def sheet_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The assessment group's form to fill in on site, a page for each village of the period in reach."""
    period = period_or_404(pk)
    people: dict[Any, list[Assessment]] = defaultdict(list)
    visible = (
        Assessment.objects.visible_to(request.user, P.ASSESSMENT_REVIEW)
        .filter(period=period)
        .select_related("cadre", "home_unit", "village__township")
    )
    for each in visible.order_by("village__code", "cadre__code"):
        people[each.village].append(each)
    sheets = [{"village": village, "people": cadres} for village, cadres in people.items()]
    data = render_pdf(
        render_to_string("assessments/site_sheet.html", {"period": period, "sheets": sheets, "rows": SHEET_ROWS}), identifier=f"sheets/{period.code}"
    )
    return HttpResponse(data, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="sheets-{period.pk}.pdf"'})
