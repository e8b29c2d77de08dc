"""The reading vocabulary every room shares: scope and keyset pages."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import scope


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a village, and perhaps to one household of it.

    `village_path` and `household_path` are the lookups from the row to those, `area_path` the code prefix of rows that belong
    to an area and no village; `view_permission` is what reading takes when the caller names no other.
    """

    village_path = "village"
    household_path = ""
    area_path = ""
    view_permission = ""

    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """The rows this user may use with this permission: wall one. No grant, no rows."""
        found = scope.reach(user, permission or self.view_permission)
        if found.everything:
            return self
        if not found:
            return self.none()
        condition = Q()
        if found.villages:
            condition |= Q(**{f"{self.village_path}__in": sorted(found.villages)})
        if self.household_path and found.households:
            condition |= Q(**{f"{self.household_path}__in": sorted(found.households)})
        if self.area_path and found.areas:
            condition |= Q(**{f"{self.village_path}__isnull": True}) & self._touching(found.areas)
        return self.filter(condition) if condition else self.none()

    def _touching(self, areas: frozenset[str]) -> Q:
        """Rows of an area that lies in one of these, or holds one of them: a village reads what its township hangs out."""
        condition = Q(**{f"{self.area_path}__in": sorted({area[:length] for area in areas for length in (2, 4, 6, 9) if length < len(area)})})
        for area in sorted(areas):
            condition |= Q(**{f"{self.area_path}__startswith": area})
        return condition
