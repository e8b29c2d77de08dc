"""The nightly work of this room."""

from datetime import timedelta

from procrastinate.contrib.django import app

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
