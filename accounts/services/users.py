"""Writes of this room, and the one way to note that somebody looked."""

import secrets
from datetime import date
from typing import Any

from django.contrib.auth.hashers import is_password_usable
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AccessEvent, OldPassword, OneTimeCode, Organization, User
from accounts.services.departures import leave
from core import settings as parameters
from core.classification import names_persons
from core.crypto import blind_index
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
def change_password(*, user: User, password: str, by: User, reason: str = "修改密码") -> None:
    because(reason)
    _remember(user)
    user.set_password(password)
    user.must_change_password = by.pk != user.pk
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    OneTimeCode.objects.filter(user=user, used_at=None, replaced_at=None).update(replaced_at=timezone.now())


def _remember(user: User) -> None:
    """Keep the password that is replaced, and no more of them than the setting asks to look back on."""
    if is_password_usable(user.password):
        OldPassword.objects.create(user=user, password=user.password)
    kept = OldPassword.objects.filter(user=user).values_list("pk", flat=True)[: max(0, parameters.get("password_history") - 1)]
    OldPassword.objects.filter(user=user).exclude(pk__in=list(kept)).delete()


def find_account(*, username: str) -> User | None:
    """The active user of a sign-in name, None for an empty name. Raises AccountsError for an unknown one."""
    if not username:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise AccountsError("没有这个用户名,或已停用,请核对。")
    return user


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
        subject=str(getattr(record, "household_code", ""))[:40],
        village_id=getattr(record, "village_id", None),
        household_id=household_id,
        detail=detail[:200],
        purpose=purpose[:200],
        rows=rows,
        address=client_address(request),
    )


def note_search(request: HttpRequest, listing: Any, text: str) -> None:
    """Write down that a list of persons was searched, and for what: numbers shortened, with a digest that finds equal ones."""
    if names_persons(listing.table):
        note_access(request, AccessEvent.Action.SEARCHED, table=listing.table, detail=f"查找“{shortened(text)}”")


def shortened(text: str) -> str:
    """A search term as the log may hold it: a number of six digits or more keeps its first four and a keyed digest."""
    plain = text.strip().upper()
    if sum(character.isdigit() for character in plain) < 6:
        return text.strip()[:20]
    return f"{plain[:4]}…共{len(plain)}位,摘要{blind_index(plain, 'search')[:10]}"  # type: ignore[index]


def _write(record: Any, fields: dict[str, Any], reason: str) -> Any:
    because(reason)
    for name, value in fields.items():
        setattr(record, name, value)
    record.full_clean()
    record.save()
    return record


@transaction.atomic
def save_code(*, record: models.Model, by: User, reason: str, **fields: Any) -> models.Model:
    """Add or change a row of a code list; the trail keeps why."""
    return _write(record, fields, reason)


LETTERS = "abcdefghjkmnpqrstuvwxyz"
DIGITS = "23456789"


def make_first_password() -> str:
    """Twelve characters without look-alikes that pass the password rules; to be shown once and changed at once."""
    while True:
        password = "".join(secrets.choice(LETTERS + LETTERS.upper() + DIGITS) for _ in range(12))
        if any(c in LETTERS for c in password) and any(c in LETTERS.upper() for c in password) and any(c in DIGITS for c in password):
            return password


@transaction.atomic
def edit_user(*, user: User, by: User, correction: bool = False, **fields: Any) -> User:
    """Change who a user is; what they may do comes from grants alone.

    Who goes from one organization to another, or to none, leaves the post there: the rights given for it run out today.
    Not so for a `correction` of what was written wrongly.
    """
    before = User.objects.select_for_update(of=("self",)).select_related("organization").get(pk=user.pk).organization
    user = _write(user, fields, f"修改用户 {user.username}")
    if before is not None and user.organization_id != before.pk and not correction:
        leave(user=user, by=by, reason=f"离开单位:{before.name}")
    return user


@transaction.atomic
def set_active(*, user: User, active: bool, by: User, reason: str) -> User:
    """Let a user in, or keep them out from the next request on, their grants running out today. Nobody disables themselves."""
    if user.pk == by.pk:
        raise AccountsError("不能停用自己的账号,请由另一位系统管理员办理。")
    because(reason)
    user.is_active, user.dormant_at = active, None
    user.active_since = timezone.now() if active else user.active_since
    user.save(update_fields=["is_active", "dormant_at", "active_since"])
    if not active:
        leave(user=user, by=by, reason=reason)
    return user


@transaction.atomic
def reset_password(*, user: User, by: User, reason: str) -> str:
    """A new first password, returned to be shown once. Signs the user out everywhere; they must change it."""
    if user.pk == by.pk:
        raise AccountsError("修改自己的密码请用“修改密码”。")
    password = make_first_password()
    change_password(user=user, password=password, by=by, reason=f"重置密码:{reason}")
    user.sessions.all().delete()
    reset_lockout(username=user.username)
    return password


def reset_lockout(*, username: str) -> None:
    """Forget failed sign-ins of a name, so that the new password works at once."""
    from axes.utils import reset

    reset(username=username)


def _check_tree(organization: Organization, parent: Organization | None) -> None:
    seen = {organization.pk}
    while parent is not None:
        if parent.pk in seen:
            raise AccountsError(f"上级单位成环:{parent.name} 已在本单位之下。")
        seen.add(parent.pk)
        parent = parent.parent


@transaction.atomic
def save_organization(*, organization: Organization, by: User, **fields: Any) -> Organization:
    """Register a body or change it. Its parents must not lead back to itself."""
    if organization.pk:
        _check_tree(organization, fields.get("parent", organization.parent))
    return _write(organization, fields, f"{'修改' if organization.pk else '登记'}单位 {fields.get('name', organization.name)}")


@transaction.atomic
def merge_organization(*, organization: Organization, predecessor: Organization, merged_on: date, by: User) -> Organization:
    """Record that one body went into another (整合); the former ends on that day unless it had ended before."""
    line, seen = [organization], set()
    while line:
        earlier = line.pop()
        if earlier.pk in seen:
            continue
        seen.add(earlier.pk)
        line += list(earlier.successors.all())
    if predecessor.pk in seen:
        raise AccountsError(f"{predecessor.name} 是由本单位整合而来的,不能又是整合前单位。")
    because(f"{predecessor.name} 整合进 {organization.name}")
    if predecessor.valid_to is None:
        _write(predecessor, {"valid_to": merged_on}, f"{predecessor.name} 整合进 {organization.name}")
    organization.predecessors.add(predecessor)
    return organization
