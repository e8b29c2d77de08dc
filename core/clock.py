"""Today, taken once at the door and passed down. In the demo it is the demo's own day."""

from datetime import date

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """The working day of this installation: DEMO_TODAY in the demo, else the day in Asia/Shanghai."""
    return settings.DEMO_TODAY or timezone.localdate()
