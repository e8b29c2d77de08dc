"""What ends when a person leaves a post: the sessions, and whatever rooms above have given and named here."""

from collections.abc import Callable
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.services.sessions import end_sessions
from core.clock import today
from core.scope import because

_taken_back: list[Callable[..., object]] = []


def on_departure(take_back: Callable[..., object]) -> None:
    """Name what has to be taken back of a person who leaves: called with `user`, `until` (the last day), `reason`, `by`."""
    _taken_back.append(take_back)


@transaction.atomic
def leave(*, user: User, by: User | None, reason: str, until: date | None = None) -> None:
    """The person's rights run out on a day, today unless another is given, that day included; the sessions end at once."""
    because(reason)
    for take_back in _taken_back:
        take_back(user=user, until=until or today(), reason=reason, by=by)
    end_sessions(user=user, by=by, reason=reason)
