"""Writes of villages and grants."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from core.scope import because
from villages.models import Division, Grant, Village


class VillagesError(Exception):
    """Base for expected refusals; str() is shown to the user."""


@transaction.atomic
def grant_role(*, user: User, role: str, division: Division, since: date, by: User | None, until: date | None = None, reason: str = "") -> Grant:
    """Give a role in an area until a day (None: until ended). Nobody grants to themselves."""
    if by is not None and by.pk == user.pk:
        raise VillagesError("不能给自己授权,请由另一位安全管理员办理。")
    because(reason or f"授予{role}")
    grant = Grant(user=user, role=role, division=division, area=division.prefix, since=since, until=until,
                  granted_by=by, reason=reason)  # fmt: skip
    grant.full_clean()
    grant.save()
    return grant


@transaction.atomic
def open_village(*, division: Division, by: Any, **fields: Any) -> Village:
    """Start registering households in a village-level division."""
    if division.level != Division.Level.VILLAGE:
        raise VillagesError("只有村(社区)一级的区划才能设为村。")
    because(f"设立村 {division.name}")
    village = Village(division=division, township=division.parent, code=division.code, name=fields.pop("name", division.name), **fields)
    village.full_clean()
    village.save()
    return village
