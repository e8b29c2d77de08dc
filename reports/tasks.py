"""The jobs that draw many: a village's handbooks, the charts of many villages."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.permissions import Permission
from core import settings
from core.clock import today
from households.models import Household
from reports import services
from reports.handbooks.books import TITLES
from reports.handbooks.render import join, render_each
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


@handles("handbooks")
def print_handbooks(run: JobRun) -> None:
    """A village's handbooks as one file, each household's printing noted."""
    kind, full = run.parameters["kind"], run.parameters["full"]
    rows = Household.objects.visible_to(run.user, Permission.PERSON_REVEAL if full else Permission.HOUSEHOLD_EXPORT).active()
    homes = list(rows.filter(village=run.parameters["village"]).select_related("village__township", "group").order_by("household_code"))
    if not homes:
        raise services.ReportsError("这个村没有您可以打印的在册户。")
    contents = services.handbook_contents(households=homes, kind=kind, day=today(), full=full)
    drawn = []
    for data in render_each(kind, contents):
        drawn.append(data)
        run.progress(len(drawn), len(homes), f"已生成 {len(drawn)} 户")
    detail = f"《{TITLES[kind]}》{'完整号码' if full else '号码打码'}(全村)"
    AccessEvent.objects.bulk_create(
        AccessEvent(user_id=run.user.pk, action="printed", table=Household._meta.db_table, row_id=home.pk, subject=home.household_code or "",
                    village_id=home.village_id, household_id=home.pk, detail=detail, purpose=run.parameters["purpose"])
        for home in homes
    )  # fmt: skip
    hours = settings.get("export_hours")
    village = homes[0].village
    run.leave(join(drawn, [f"{content.head} {content.code}" for content in contents]), kind="pdf", title=f"{village.name}{TITLES[kind]}.pdf",
              expires_at=timezone.now() + timedelta(hours=hours))  # fmt: skip
    run.message = f"{village.name} {len(homes)} 户的手册已合成一个文件,保留 {hours} 小时,只有您本人可以下载。"
