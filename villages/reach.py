"""From grants to areas to villages: the one place where geographic scope is decided."""

from typing import Any

from django.conf import settings

from accounts.permissions import ALONE, BLIND, ROLE_PERMISSIONS, Role
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
        return scope.Reach(units=_units(user))
    cache = user.__dict__.setdefault("_villages_by_area", {})
    if prefixes not in cache:
        city = scope_root()
        if any(city.startswith(area) for area in prefixes):
            cache[prefixes] = scope.Reach(everything=True)
        else:
            ids = Village.objects.within(prefixes).values_list("pk", flat=True)
            cache[prefixes] = scope.Reach(villages=frozenset(ids), areas=prefixes)
    return cache[prefixes] | scope.Reach(units=_units(user))


def _units(user: Any) -> frozenset[int]:
    """The organization a liaison speaks for: what waits for the unit is open to that person, nothing else of the village."""
    speaks = any(grant.role == Role.UNIT_LIAISON for grant in user.active_grants)
    return frozenset({user.organization_id}) if speaks and user.organization_id else frozenset()


def scope_root() -> str:
    """The prefix of the city this installation serves: a grant on it (or above) sees everything."""
    return settings.CITY_CODE
