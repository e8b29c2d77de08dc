"""The job that draws everybody's wall chart."""

from django.urls import reverse

from accounts.permissions import Permission
from assessments.models import Assessment, Period
from assessments.rendering.wall_chart import render_many
from assessments.services import charts
from core.clock import today
from workflow.services import JobRun
from workflow.tasks import handles


@handles("appraisal_charts")
def draw_charts(run: JobRun) -> None:
    """A sheet for every frozen score in the owner's reach, kept as a file; seen with its progress, cancelled between two sheets."""
    period = Period.objects.get(pk=run.parameters["period"])
    visible = Assessment.objects.visible_to(run.user, Permission.ASSESSMENT_REVIEW).filter(period=period).values("pk")
    people = list(charts.people_of(period).filter(pk__in=visible))
    run.progress(0, len(people), "正在制图")
    sheets = charts.charts_of(people, day=today())
    for done, (assessment, data) in enumerate(zip(people, render_many(sheets), strict=True), start=1):
        charts.keep_chart(assessment=assessment, data=data, by=run.user, day=today())
        run.progress(done, len(people), f"{assessment.cadre.name} 已完成")
    run.message = f"已制作 {len(people)} 张鉴定挂图,在各人的得分卡上查看。"
    run.result_url = reverse("assessments:period-detail", args=[period.pk])
