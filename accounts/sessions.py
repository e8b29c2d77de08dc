"""The session store: each row says whose it is, from where, since when, so that it can be listed without being decoded."""

import time
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.dispatch import receiver


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.user_id = data.get("_auth_user_id")
        row.address, row.agent = data.get("address", ""), data.get("agent", "")
        row.since, row.seen_at = _moment(data.get("since")), _moment(data.get("seen") or data.get("since"))
        return row


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


@receiver(user_logged_in)
def stamp(sender: Any, request: Any, user: Any, **_: Any) -> None:
    """Signing in counts as a confirmation (see `accounts.guards.recently_confirmed`)."""
    now = int(time.time())
    request.session["since"] = request.session["confirmed"] = now
    request.session["address"] = request.META.get("REMOTE_ADDR", "")[:45]
    request.session["agent"] = request.META.get("HTTP_USER_AGENT", "")[:200].replace("\0", "")
