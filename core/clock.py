"""Today, taken once at the door and passed down. In the demo it is the demo's own day."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.conf import settings
from django.utils import timezone

_given: ContextVar[date | None] = ContextVar("given_day", default=None)


def today() -> date:
    """The working day of this installation: DEMO_TODAY in the demo, else the day in Asia/Shanghai."""
    return _given.get() or settings.DEMO_TODAY or timezone.localdate()


@contextmanager
def on(day: date) -> Iterator[None]:
    """Let it be another day: the demo's past is loaded day by day, tests let time go on."""
    token = _given.set(day)
    try:
        yield
    finally:
        _given.reset(token)
