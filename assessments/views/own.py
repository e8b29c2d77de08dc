"""The cadre's own pages: the report, the receipt with what cost how many points, confirming, appealing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from assessments import services
from assessments.forms import AppealForm, ReasonForm, ReportForm
from assessments.models import Appeal, Assessment, Period, Score, VetoFinding
from assessments.views import records
from assessments.views.cards import REFUSALS, line_page
from assessments.views.records import own_or_404
from core import pages
from core.clock import today
from core.listing import Column

P = Permission
HOME = "我的考核"


def receipt_url(assessment: Assessment) -> str:
    return reverse("assessments:receipt", args=[assessment.pk])


@requires(P.ASSESSMENT_OWN)
@require_safe
def own_list(request: HttpRequest) -> HttpResponse:
    from assessments.views.periods import grade_label

    rows = Assessment.objects.own(request.user).select_related("period", "home_unit").order_by("-period__since")
    columns = (Column("考核期", "period.title"), Column("环节", "get_stage_display"), Column("日常考勤管理", "attendance", "money"), Column("履职情况", "duty", "money"),
               Column("满意度测评", "satisfaction", "money"), Column("总分", "total", "money"), Column("等次", lambda row: grade_label(row) if row.stage == "graded" else ""))  # fmt: skip
    table = pages.table("历次考核", columns, rows, url=receipt_url, empty="您还没有列入考核。")
    return pages.record_page(request, title=HOME, crumbs=[(HOME, "")], tables=[table])


@requires(P.ASSESSMENT_OWN)
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own score: what cost how many points, what is still missing, and what one may do about it."""
    assessment = own_or_404(request, pk)
    period = assessment.period
    context = records.card_context(assessment)
    lines = assessment.card.get("lines", [])
    cost = sorted((each for each in lines if each["lost"] and float(each["lost"]) > 0), key=lambda each: -float(each["lost"]))
    filed = Appeal.objects.filter(assessment=assessment).select_related("decided_by")
    waiting = any(each.state == Appeal.State.FILED for each in filed)
    window = period.state == Period.State.FROZEN and period.appeal_until_on is not None and today() <= period.appeal_until_on
    context |= {
        "title": f"{period.title} 得分单", "crumbs": [(HOME, reverse("assessments:own")), (period.title, "")], "cost": cost, "appeals": filed,
        "missing": [each for each in lines if each["points"] is None and each["applies"]], "window": window, "may_appeal": window and not waiting,
        "may_confirm": period.state == Period.State.FROZEN and not assessment.confirmed_on and not waiting, "own": True,
        "scores": Score.objects.filter(assessment=assessment), "may_report": assessment.stage == Assessment.Stage.REPORT and period.state == Period.State.OPEN,
    }  # fmt: skip
    return render(request, "assessments/receipt.html", context)


@requires(P.ASSESSMENT_OWN)
@require_safe
def own_line(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    assessment = own_or_404(request, pk)
    return line_page(request, assessment, code, back=receipt_url(assessment))


def _form(request: HttpRequest, assessment: Assessment, form: Any, save: Any, title: str, **more: Any) -> HttpResponse:
    trail = [(HOME, reverse("assessments:own")), (assessment.period.title, receipt_url(assessment))]
    return pages.form_page(request, form, save, title=title, back=receipt_url(assessment), crumbs=trail, refusal=REFUSALS, **more)


@requires(P.ASSESSMENT_OWN)
@require_http_methods(["GET", "POST"])
def own_report(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = own_or_404(request, pk)
    form = ReportForm(request.POST or None, initial={"text": assessment.report})

    def save(text: str) -> str:
        services.submit_report(assessment=assessment, text=text, by=request.user, day=today())  # type: ignore[arg-type]
        return receipt_url(assessment)

    note = f"退回原因:{assessment.return_reason}" if assessment.return_reason else f"请在 {assessment.period.report_due_on:%Y-%m-%d} 前提交。"
    return _form(request, assessment, form, save, "个人述职", save_label="提交述职", done="述职已提交,等待乡镇评分。", note=note)


@requires(P.ASSESSMENT_OWN)
@require_POST
def own_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = own_or_404(request, pk)
    try:
        services.confirm(assessment=assessment, by=request.user, day=today())  # type: ignore[arg-type]
    except (*REFUSALS,) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已确认得分。")
    return redirect(receipt_url(assessment))


@requires(P.ASSESSMENT_OWN)
@require_http_methods(["GET", "POST"])
def own_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = own_or_404(request, pk)
    form = AppealForm(request.POST or None)

    def save(grounds: str) -> str:
        services.appeal(assessment=assessment, grounds=grounds, by=request.user, day=today())  # type: ignore[arg-type]
        return receipt_url(assessment)

    last = assessment.period.appeal_until_on
    note = f"申诉期到 {last:%Y-%m-%d} 为止。由组织部门另一人答复,申诉成立的,另立一版得分。" if last else "等次确定后才能申诉。"
    return _form(request, assessment, form, save, "申诉", save_label="提交申诉", done="申诉已提交。", note=note)


@requires(P.ASSESSMENT_OWN)
@require_http_methods(["GET", "POST"])
def own_statement(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own words on a veto that was put forward."""
    finding = get_object_or_404(VetoFinding.objects.filter(assessment__cadre_user=request.user).select_related("assessment__period", "kind"), pk=pk)
    form = ReasonForm(request.POST or None, initial={"reason": finding.statement})

    def save(reason: str) -> str:
        services.state_against(finding=finding, statement=reason, by=request.user)  # type: ignore[arg-type]
        return receipt_url(finding.assessment)

    return _form(
        request, finding.assessment, form, save, "申辩", note=f"{finding.kind.title}:{finding.words}", save_label="提交申辩", done="申辩已记录。"
    )
