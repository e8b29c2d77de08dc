"""Pairings, measures and units as they are read."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import scope
from core.querysets import ScopedQuerySet


def running(day: date) -> Q:
    """Rows with started_on and ended_on that run on a day."""
    return Q(started_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gte=day))


class PairingQuerySet(ScopedQuerySet):
    household_path = "household_id"
    view_permission = "pairing_view"

    def active_on(self, day: date) -> Self:
        return self.filter(running(day))


class VillageLinkQuerySet(ScopedQuerySet):
    view_permission = "pairing_view"

    def active_on(self, day: date) -> Self:
        return self.filter(running(day))


class MeasureQuerySet(ScopedQuerySet):
    household_path = "household_id"
    view_permission = "measure_view"


class VillageNeedQuerySet(ScopedQuerySet):
    view_permission = "measure_view"


class HelperQuerySet(models.QuerySet):
    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """Helpers with a pairing in the user's reach, and oneself."""
        found = scope.reach(user, permission or "pairing_view")
        if found.everything:
            return self
        paired = Q(user=user.pk)
        if found.villages:
            paired |= Q(pairings__village__in=sorted(found.villages))
        return self.filter(paired).distinct() if user.is_authenticated else self.none()
