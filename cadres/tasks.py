"""The nightly work of this room."""

from datetime import timedelta

from procrastinate.contrib.django import app

from cadres import services
from cadres.models import Posting
from cadres.services import end_access_of_left as end_access
from core.clock import today
from core.scope import acting_as_system

LOOK_BACK = timedelta(days=400)


@app.periodic(cron="10 0 * * *")
@app.task(name="cadres.end_access_of_left", queueing_lock="cadres.end_access_of_left")
def end_access_of_left(timestamp: int) -> None:
    """Who left a village has no access to it, whoever granted it and when."""
    with acting_as_system(reason="离岗人员权限清理"):
        end_access(since=today() - LOOK_BACK)


@app.periodic(cron="25 0 * * *")
@app.task(name="cadres.settle_days", queueing_lock="cadres.settle_days")
def settle_days(timestamp: int) -> None:
    """Each night: days are made two months ahead, and what nobody recorded in the days of grace is absence."""
    with acting_as_system(reason="考勤日结算"):
        day = today()
        running = Posting.objects.exclude(ended_on__lt=day - LOOK_BACK).values_list("cadre_id", flat=True)
        services.settle_days(cadres=sorted(set(running)), since=day - timedelta(days=62), until=day + timedelta(days=62), today=day)
        services.drop_old_positions(day=day)


@app.periodic(cron="35 0 * * *")
@app.task(name="cadres.open_duties", queueing_lock="cadres.open_duties")
def open_duties(timestamp: int) -> None:
    """Each night: the reports and commitments that have fallen due wait for who owes them."""
    with acting_as_system(reason="应报事项提醒"):
        services.open_duties(day=today())
