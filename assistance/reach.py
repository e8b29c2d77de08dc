"""The households of a helper: the single-household half of wall one."""

from typing import Any

from django.db import connection

from accounts.permissions import Permission, Role
from core import scope
from core.clock import today

HELPER_PERMISSIONS = frozenset({None, Permission.HOUSEHOLD_VIEW, Permission.PAIRING_VIEW, Permission.MEASURE_VIEW})


def helper_reach(user: Any, permission: str | None) -> scope.Reach:
    """The provider registered with core.scope: a helper sees the households of the pairings that run today."""
    if permission not in HELPER_PERMISSIONS or Role.HELPER not in user.roles:
        return scope.NOTHING
    if "_paired_households" not in user.__dict__:
        with connection.cursor() as cursor:
            cursor.execute("select assistance_paired_households(%s, %s)", [user.pk, today()])
            user.__dict__["_paired_households"] = frozenset(cursor.fetchone()[0])
    return scope.Reach(households=user.__dict__["_paired_households"])
