"""The job that releases and draws the charts of many villages."""

from django.urls import reverse

from accounts.permissions import Permission
from core.clock import today
from reports import services
from reports.rendering import render_many
from reports.six_charts.edition import PUBLIC, project
from villages.models import Village
from workflow.services import JobRun
from workflow.tasks import handles


@handles("six_charts")
def release_many(run: JobRun) -> None:
    """A new version for every village that is ready, with its A3 file; the others are named with what is missing."""
    villages = list(Village.objects.visible_to(run.user, Permission.CHART_RELEASE).filter(pk__in=run.parameters["villages"]).order_by("code"))
    releases, refused = [], []
    for village in villages:
        try:
            releases.append(services.release_charts(village=village, day=today(), by=run.user))
        except services.NotReady as error:
            refused.append(f"{village.name}({len(error.missing)} 项未齐)")
    run.progress(0, len(releases), "正在制图")
    editions = [project(services.snapshot_of(release), PUBLIC) for release in releases]
    for done, (release, data) in enumerate(zip(releases, render_many(editions, paper="A3"), strict=True), start=1):
        services.keep_public_file(release=release, paper="A3", data=data, by=run.user)
        run.progress(done, len(releases), f"{release.village.name} 已完成")
    run.message = f"已发布 {len(releases)} 个村的六张图。" + (f"未出图:{'、'.join(refused[:10])}。" if refused else "")
    run.result_url = reverse("reports:charts")
