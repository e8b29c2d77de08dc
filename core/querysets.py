"""The reading vocabulary every room shares: scope and keyset pages."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import scope


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a village, and perhaps to one household of it.

    `village_path` and `household_path` are the lookups from the row to those; `view_permission` is what
    reading takes when the caller names no other.
    """

    village_path = "village"
    household_path = ""
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
        return self.filter(condition) if condition else self.none()
