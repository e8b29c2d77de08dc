"""Writes of this room, and the one way to note that somebody looked."""

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AccessEvent, User
from core.scope import because


class AccountsError(Exception):
    """Base for expected refusals; str() is shown to the user."""


@transaction.atomic
def create_user(*, username: str, name: str, password: str, by: User | None, **fields: Any) -> User:
    """A user with a first password that has to be changed at the first sign-in."""
    user = User(username=username, name=name, **fields)
    user.set_password(password)
    user.full_clean()
    because(f"建立用户 {username}")
    user.save()
    return user


@transaction.atomic
def change_password(*, user: User, password: str, by: User) -> None:
    because("修改密码")
    user.set_password(password)
    user.must_change_password = by.pk != user.pk
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


def client_address(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


def note_access(
    request: HttpRequest,
    action: str,
    record: models.Model | None = None,
    *,
    table: str = "",
    detail: str = "",
    purpose: str = "",
    rows: int = 1,
) -> None:
    """Write one line of the access log for a record (its village and household are read off it)."""
    household_id = getattr(record, "household_id", None)
    if record is not None and record._meta.label_lower == "households.household":
        household_id = record.pk
    AccessEvent.objects.create(
        user_id=request.user.pk,
        action=action,
        table=record._meta.db_table if record is not None else table,
        row_id=record.pk if record is not None else None,
        village_id=getattr(record, "village_id", None),
        household_id=household_id,
        detail=detail[:200],
        purpose=purpose[:200],
        rows=rows,
        address=client_address(request),
    )
