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


class VillageRowQuerySet(ScopedQuerySet):
    """Rows about a cadre in a village."""

    view_permission = "cadre_view"


class UnitRowQuerySet(VillageRowQuerySet):
    """Rows that a home unit is answerable for: its liaison sees them, nothing else of the village."""

    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        rows = super().visible_to(user, permission)
        units = scope.reach(user, permission or self.view_permission).units
        return rows | self.filter(unit__in=sorted(units)) if units else rows


class CityRowQuerySet(models.QuerySet):
    """Rows of the whole city, for everyone who may see cadres."""

    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        return self if user.is_authenticated and user.may(permission or "cadre_view") else self.none()


class TeamRuleQuerySet(models.QuerySet):
    def on(self, day: date) -> Any:
        """The rule in force on a day, None before the first."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day).order_by("-valid_from").first()


class LeaveQuerySet(VillageRowQuerySet):
    def on(self, day: date) -> Self:
        """Approved leave that covers a day."""
        return self.filter(state="approved", starts_on__lte=day, ends_on__gte=day)

    def uncleared(self, day: date) -> Self:
        """Approved leave that is over on a day and whose return nobody has written down."""
        return self.filter(state="approved", returned_on=None, ends_on__lt=day)


class LeaveRuleQuerySet(CityRowQuerySet):
    def in_words(self) -> list[Any]:
        """The rows with the titles of their procedures and the roles informed, for a page."""
        from accounts.permissions import Role
        from workflow.models import Procedure

        titles = dict(Procedure.objects.order_by("valid_from").values_list("key", "title"))
        rows = list(self.order_by("group", "days_from"))
        for row in rows:
            row.procedure_title = titles.get(row.procedure_key, "没有设置流程")
            row.informed_words = "、".join(Role(role).label for role in row.informed.split() if role in Role.values)
        return rows
