"""Schemes: read, drafted, edited, tried on a period, adopted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from assessments import services
from assessments.forms import BonusKindForm, IndicatorForm, SchemeForm, VetoKindForm
from assessments.models import AssessmentScheme, BonusKind, Indicator, Period, VetoKind
from assessments.rules import standard
from assessments.rules.engine import plain
from assessments.views import records
from core import pages
from core.clock import today
from core.forms import RoomForm
from core.listing import Column
from core.pages import Fact, Link

P = Permission
LIST = "考核方案"


def _trail(scheme: AssessmentScheme | None = None) -> list[tuple[str, str]]:
    found = [(records.PERIODS, reverse("assessments:periods")), (LIST, reverse("assessments:schemes"))]
    return [*found, (str(scheme), scheme.get_absolute_url())] if scheme else found


@requires(P.ASSESSMENT_VIEW)
@require_safe
def scheme_list(request: HttpRequest) -> HttpResponse:
    columns = (Column("方案", lambda row: str(row)), Column("状态", "get_state_display"), Column("起用日期", "valid_from", "date"), Column("通过日期", "adopted_on", "date"),
               Column("依据", "basis", "long"))  # fmt: skip
    table = pages.table("方案", columns, AssessmentScheme.objects.all()[:50], url=lambda row: row.get_absolute_url(), empty="还没有方案。")
    context: dict[str, Any] = {"may_edit": pages.may_everywhere(request.user, P.ASSESSMENT_EDIT)}
    return pages.record_page(request, title=LIST, crumbs=[*_trail()[:-1], (LIST, "")], tables=[table], template="assessments/schemes.html", **context)


def _terms(row: Indicator) -> str:
    """How an indicator is scored, in words."""
    labels = [standard.INPUT_LABELS.get(key, (key, ""))[0] for key in row.inputs]
    if row.kind == Indicator.Kind.RATIO:
        return f"{labels[0]} ÷ {labels[1]},满额得满分"
    if row.kind == Indicator.Kind.DEDUCTION:
        return ";".join(f"{label}每次扣 {row.rates.get(key)} 分" for key, label in zip(row.inputs, labels, strict=True))
    if row.kind == Indicator.Kind.STEP:
        return f"{labels[0]}:" + ";".join(f"不超过 {limit} 得 {points} 分" for limit, points in row.steps) + ";其余 0 分"
    if row.kind == Indicator.Kind.SURVEY:
        return "满意 100、基本满意 80、不满意 0,不了解不计;均值乘以满分"
    return "乡镇(街道)党委按佐证评定"


@requires(P.ASSESSMENT_VIEW)
@require_safe
def scheme_detail(request: HttpRequest, pk: int) -> HttpResponse:
    scheme = get_object_or_404(AssessmentScheme, pk=pk)
    everywhere = pages.may_everywhere(request.user, P.ASSESSMENT_EDIT)
    draft = scheme.state == AssessmentScheme.State.DRAFT
    links = [Link("修改草案", reverse("assessments:scheme-edit", args=[pk]), primary=True)] if draft and everywhere else []
    columns = (Column("代码", "code"), Column("部分", "get_part_display"), Column("指标", "title"), Column("满分", "maximum", "number"), Column("计分方法", "get_kind_display"),
               Column("怎样计分", _terms, "long"))  # fmt: skip
    levels = dict(zip(("national", "province", "prefecture", "city"), ("国家级", "省级", "州级", "市级"), strict=True))
    facts = [
        Fact("三部分权重", ":".join(plain(part.weight) for part in scheme.parts.all())), Fact("优秀名额", f"{plain(scheme.quota_percent)}%"),
        Fact("等次分数线", f"优秀 {plain(scheme.excellent_from)},称职 {plain(scheme.competent_from)},基本称职 {plain(scheme.basic_from)}", wide=True),
        Fact("加分", "、".join(f"{levels[level]} {points}" for level in levels if (points := scheme.bonus_points.get(level))) + f",合计不超过 {plain(scheme.bonus_cap)} 分", wide=True),
        Fact("至少任职天数", f"{scheme.least_days} 天,不足的不定等次"), Fact("公示", f"{scheme.publish_days} 个工作日"), Fact("申诉", f"{scheme.appeal_days} 天"),
        Fact("并列", "总分相同的,先看满意度,再看考勤;仍相同且名额不足的,研究确定", wide=True),
        Fact("考核方式", scheme.method, wide=True), Fact("考核内容", scheme.content, wide=True), Fact("考核程序", scheme.procedure, wide=True),
        Fact("依据", " ".join(filter(None, [scheme.basis, str(scheme.clause or "")])) or "待补"), Fact("数值", "待核定" if scheme.is_assumed else "已核定"),
    ]  # fmt: skip
    tables = [
        pages.table("指标", columns, scheme.indicators.order_by("code")),
        pages.table("加分项", (Column("加分项", "title"), Column("认定条件", "criterion", "long"), Column("证明材料", "proof"), Column("认定单位", "certifier")), scheme.bonus_kinds.all()),
        pages.table("一票否决", (Column("情形", "title"), Column("结果", "get_effect_display"), Column("提示数据", lambda row: standard.INPUT_LABELS.get(row.signal, ("", ""))[0])),
                    scheme.veto_kinds.all()),
    ]  # fmt: skip
    context: dict[str, Any] = {
        "scheme": scheme, "draft": draft, "everywhere": everywhere, "periods": Period.objects.all()[:20],
        "rows": [("指标", scheme.indicators.exclude(kind="survey").order_by("code"), "", "assessments:indicator-remove"),
                 ("加分项", scheme.bonus_kinds.all(), "assessments:bonus-kind-edit", "assessments:bonus-kind-remove"),
                 ("一票否决", scheme.veto_kinds.all(), "assessments:veto-kind-edit", "assessments:veto-kind-remove")] if draft and everywhere else [],
    }  # fmt: skip
    return pages.record_page(request, title=str(scheme), crumbs=[*_trail(), (str(scheme), "")], state=scheme.get_state_display(), links=links, facts=facts,
                             tables=tables, template="assessments/scheme.html", **context)  # fmt: skip


@requires(P.ASSESSMENT_EDIT)
@require_POST
def scheme_create(request: HttpRequest) -> HttpResponse:
    """A draft: the standard one, or a copy of the scheme named in `from`."""
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    wanted = request.POST.get("from", "")
    source = AssessmentScheme.objects.filter(pk=wanted).first() if wanted.isdigit() and len(wanted) < 10 else None
    if source:
        scheme = services.draft_from(scheme=source, by=request.user, day=today())  # type: ignore[arg-type]
    else:
        scheme = services.draft_standard(by=request.user, day=today())  # type: ignore[arg-type]
    messages.success(request, "已起草新版,修改后可先试算,再通过。")
    return redirect(scheme)


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def scheme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    scheme = get_object_or_404(AssessmentScheme, pk=pk)
    form = SchemeForm(request.POST or None, instance=scheme, user=request.user)

    def save(**fields: Any) -> AssessmentScheme:
        return services.save_scheme(scheme=scheme, by=request.user, **form.to_service(fields))  # type: ignore[arg-type]

    note = "三部分权重为 30、30、40,各部分指标满分合计等于权重,才能通过;其他权重只能试算。"
    return pages.form_page(
        request, form, save, title="修改方案草案", back=scheme.get_absolute_url(), crumbs=_trail(scheme), refusal=services.AssessmentsError, note=note
    )


@requires(P.ASSESSMENT_EDIT)
@require_POST
def scheme_adopt(request: HttpRequest, pk: int) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    scheme = get_object_or_404(AssessmentScheme, pk=pk)
    try:
        services.adopt_scheme(scheme=scheme, by=request.user, day=today())  # type: ignore[arg-type]
    except services.AssessmentsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "方案已通过,从下一考核期起使用。")
    return redirect(scheme)


@requires(P.ASSESSMENT_EDIT)
@require_safe
def scheme_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Another scheme tried on a period, side by side. Nothing is written."""
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    scheme = get_object_or_404(AssessmentScheme, pk=pk)
    wanted = request.GET.get("period", "")
    period = (
        get_object_or_404(Period.objects.select_related("scheme"), pk=wanted) if wanted.isdigit() and len(wanted) < 10 else Period.objects.first()
    )
    context: dict[str, Any] = {
        "scheme": scheme,
        "period": period,
        "title": f"试算 {scheme}",
        "crumbs": [*_trail(scheme), ("试算", "")],
        "periods": Period.objects.all()[:20],
    }
    if period is not None:
        try:
            rows = services.compare_schemes(period=period, scheme=scheme)
            context |= {"rows": rows, "moved": sum(row["grade"] != row["other_grade"] for row in rows)}
        except services.SchemeDoesNotHold as error:
            context["problems"] = error.problems
    return render(request, "assessments/try.html", context)


# --- rows of a draft ------------------------------------------------------------------------------
Kind = BonusKind | VetoKind


def _kind_form(request: HttpRequest, row: Kind, form_class: type[RoomForm], title: str) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    form = form_class(request.POST or None, instance=row, user=request.user)

    def save(**fields: Any) -> AssessmentScheme:
        services.put_kind(row=row, by=request.user, **fields)  # type: ignore[arg-type]
        return row.scheme

    return pages.form_page(
        request, form, save, title=title, back=row.scheme.get_absolute_url(), crumbs=_trail(row.scheme), refusal=services.AssessmentsError
    )


def _remove(request: HttpRequest, row: Indicator | Kind) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    try:
        services.remove_row(row=row, by=request.user)  # type: ignore[arg-type]
    except services.AssessmentsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已去掉“{row}”。")
    return redirect(row.scheme)


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def bonus_kind_create(request: HttpRequest, pk: int) -> HttpResponse:
    return _kind_form(request, BonusKind(scheme=get_object_or_404(AssessmentScheme, pk=pk)), BonusKindForm, "增加加分项")


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def bonus_kind_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _kind_form(request, get_object_or_404(BonusKind.objects.select_related("scheme"), pk=pk), BonusKindForm, "修改加分项")


@requires(P.ASSESSMENT_EDIT)
@require_POST
def bonus_kind_remove(request: HttpRequest, pk: int) -> HttpResponse:
    return _remove(request, get_object_or_404(BonusKind.objects.select_related("scheme"), pk=pk))


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def veto_kind_create(request: HttpRequest, pk: int) -> HttpResponse:
    return _kind_form(request, VetoKind(scheme=get_object_or_404(AssessmentScheme, pk=pk)), VetoKindForm, "增加一票否决情形")


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def veto_kind_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _kind_form(request, get_object_or_404(VetoKind.objects.select_related("scheme"), pk=pk), VetoKindForm, "修改一票否决情形")


@requires(P.ASSESSMENT_EDIT)
@require_POST
def veto_kind_remove(request: HttpRequest, pk: int) -> HttpResponse:
    return _remove(request, get_object_or_404(VetoKind.objects.select_related("scheme"), pk=pk))


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def indicator_create(request: HttpRequest, pk: int) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    scheme = get_object_or_404(AssessmentScheme, pk=pk)
    form = IndicatorForm(request.POST or None, instance=Indicator(scheme=scheme), user=request.user)

    def save(**_: Any) -> AssessmentScheme:
        services.add_indicator(row=form.instance, by=request.user)  # type: ignore[arg-type]
        return scheme

    return pages.form_page(
        request, form, save, title="增加指标", back=scheme.get_absolute_url(), crumbs=_trail(scheme), refusal=services.AssessmentsError
    )


@requires(P.ASSESSMENT_EDIT)
@require_POST
def indicator_remove(request: HttpRequest, pk: int) -> HttpResponse:
    return _remove(request, get_object_or_404(Indicator.objects.select_related("scheme"), pk=pk))
