"""Postings as they are read: by village, by day."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import scope
from core.querysets import ScopedQuerySet


class PostingQuerySet(ScopedQuerySet):
    view_permission = "cadre_view"

    def active_on(self, day: date) -> Self:
        """Postings that run on a day."""
        return self.filter(started_on__lte=day).filter(Q(ended_on=None) | Q(ended_on__gte=day))


class CadreQuerySet(models.QuerySet):
    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """Cadres posted, now or before, to a village in the user's reach."""
        found = scope.reach(user, permission or "cadre_view")
        if found.everything:
            return self
        if not found.villages:
            return self.none()
        return self.filter(postings__village__in=sorted(found.villages)).distinct()
