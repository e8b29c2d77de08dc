"""Wall charts: one as a file, all as a job, and the public page its code leads to."""

from django.contrib import messages
from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from assessments.models import AppraisalChart, Period, Score
from assessments.rendering import wall_chart
from assessments.services import charts
from assessments.views.records import assessment_or_404, period_or_404
from core.clock import today
from workflow.services import start_job

P = Permission


@requires(P.ASSESSMENT_VIEW)
@require_safe
def chart(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of a cadre: the kept file of the newest frozen score, or a draft drawn on the spot."""
    assessment = assessment_or_404(request, pk)
    note_access(request, "printed", assessment, detail="鉴定挂图")
    newest = Score.objects.filter(assessment=assessment).order_by("-version").values_list("version", flat=True).first()
    kept = AppraisalChart.objects.filter(assessment=assessment, version=newest).select_related("file").first() if newest else None
    if kept and kept.file:
        return FileResponse(kept.file.file.open(), content_type="application/pdf", filename=f"{kept.number}.pdf")
    response = HttpResponse(wall_chart.render(charts.charts_of([assessment], day=today())[0]), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{charts.number_of(assessment)}.pdf"'
    return response


@requires(P.ASSESSMENT_REVIEW)
@require_POST
def chart_many(request: HttpRequest, pk: int) -> HttpResponse:
    """A job that draws and keeps the sheet of everybody in reach."""
    period = period_or_404(pk)
    if period.state != Period.State.FROZEN:
        messages.error(request, "等次确定后才能批量制作挂图;此前可在各人的得分卡上看过程稿。")
        return redirect(period)
    return redirect(start_job(kind="appraisal_charts", title=f"制作鉴定挂图 {period.title}", parameters={"period": period.pk}, by=request.user))  # type: ignore[arg-type]


@require_safe
def chart_check(request: HttpRequest, number: str) -> HttpResponse:
    """Where the sheet's code leads, without signing in: whose it is and whether it is current."""
    with connection.cursor() as cursor:
        cursor.execute("select * from assessments_chart_status(%s)", [number])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    context = dict(zip(("name", "village", "period", "version", "released_on"), row, strict=True))
    return render(request, "assessments/chart_check.html", context | {"number": number, "title": "鉴定挂图查验"})
