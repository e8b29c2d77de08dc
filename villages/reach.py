"""From grants to areas to villages: the one place where geographic scope is decided."""

from typing import Any

from django.conf import settings

from accounts.permissions import ALONE, BLIND, ROLE_PERMISSIONS
from core import scope
from villages.models import Village


def grant_prefixes(user: Any, permission: str | None) -> frozenset[str]:
    """The areas in which a grant gives this permission. Single-household and administrator roles give none."""
    return frozenset(
        grant.area
        for grant in user.active_grants
        if grant.role not in ALONE | BLIND and (permission is None or permission in ROLE_PERMISSIONS[grant.role])
    )


def area_reach(user: Any, permission: str | None) -> scope.Reach:
    """The provider registered with core.scope: one query per set of areas, kept on the user object."""
    prefixes = grant_prefixes(user, permission)
    if not prefixes:
        return scope.NOTHING
    cache = user.__dict__.setdefault("_villages_by_area", {})
    if prefixes not in cache:
        city = scope_root()
        if any(city.startswith(area) for area in prefixes):
            cache[prefixes] = scope.Reach(everything=True)
        else:
            ids = Village.objects.within(prefixes).values_list("pk", flat=True)
            cache[prefixes] = scope.Reach(villages=frozenset(ids), areas=prefixes)
    return cache[prefixes]


def scope_root() -> str:
    """The prefix of the city this installation serves: a grant on it (or above) sees everything."""
    return settings.CITY_CODE
