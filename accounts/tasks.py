"""The nightly work of this room."""

from django.conf import settings
from procrastinate.contrib.django import app

from accounts import services
from core.scope import acting_as_system


@app.periodic(cron="20 2 * * *")
@app.task(name="accounts.close_dormant", queueing_lock="accounts.close_dormant")
def close_dormant(timestamp: int) -> None:
    """Not in the demo, whose users are there to be tried whenever."""
    if not settings.DEMO_MODE:
        with acting_as_system(reason="久未登录停用"):
            services.close_dormant()
