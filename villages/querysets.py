"""Who reaches which villages: the geographic half of wall one, over the reach that `villages.reach` works out."""

from datetime import date, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Left, Length

from accounts.models import User
from accounts.permissions import ALONE, BLIND, Permission, roles_with
from core import scope
from core.clock import today
from core.querysets import ScopedQuerySet
from villages import rules


class GrantQuerySet(models.QuerySet):
    def in_force(self, day: date) -> Self:
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)

    def active(self) -> Self:
        """Grants in force today. A deputy's needs the principal's own beside it: it ends with that one, however that ended."""
        own = self.model.objects.in_force(today()).filter(
            user=OuterRef("deputy_for"), user__is_active=True, role=OuterRef("role"), deputy_for=None, area=Left(OuterRef("area"), Length("area"))
        )
        return self.in_force(today()).filter(Q(deputy_for=None) | Exists(own)).select_related("division")

    def ending_within(self, days: int) -> Self:
        """Grants in force today whose last day lies within so many days."""
        return self.active().filter(until__lte=today() + timedelta(days=days))

    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """All of them to who looks after users (administrators see no business data), nobody's to others."""
        return self if user.is_authenticated and user.may(permission or "user_view") else self.none()


def resettable_by(user: Any) -> models.QuerySet:
    """The users this one may hand a one-time code: who holds something, and all of it within the areas where this one resets.

    Never an administrator, nor who resets or grants as well; grants that have not begun count too.
    """
    areas = Q()
    resetting = roles_with(Permission.USER_RESET)
    for grant in user.active_grants:
        areas |= Q(area__startswith=grant.area) if grant.role in resetting else Q()
    if not areas:
        return User.objects.none()
    held = apps.get_model("villages.Grant").objects.filter(Q(until=None) | Q(until__gte=today()), user_id=OuterRef("pk"))
    above = BLIND | resetting | roles_with(Permission.USER_EDIT) | roles_with(Permission.GRANT_EDIT)
    return User.objects.filter(
        Exists(held.filter(areas)), ~Exists(held.exclude(areas)), ~Exists(held.filter(role__in=above)), is_active=True
    ).exclude(pk=user.pk)


def contacts_of(user: Any) -> models.QuerySet:
    """Whom a user finds in the contact list: who acts in the own areas, who acts above them, and the own organization.

    A role of single households says nothing of where somebody works: such a user sees the own organization, and is seen there
    and by who is responsible for the whole of that area. Administrators see every account.
    """
    people = User.objects.filter(is_active=True)
    if user.may(Permission.USER_VIEW):
        return people
    grants = apps.get_model("villages.Grant").objects.in_force(today()).filter(user_id=OuterRef("pk"))
    near = Q(organization=user.organization_id) if user.organization_id else Q(pk=user.pk)
    for grant in user.active_grants:
        if grant.role not in ALONE:
            above = [grant.area[:length] for length in sorted(rules.PREFIX_LENGTH.values()) if length < len(grant.area)]
            near |= Q(Exists(grants.filter(area__startswith=grant.area))) | Q(Exists(grants.filter(area__in=above).exclude(role__in=ALONE)))
    return people.filter(near)


class VillageQuerySet(models.QuerySet):
    def within(self, prefixes: frozenset[str]) -> Self:
        """Villages whose code lies in one of these area prefixes."""
        condition = Q()
        for area in sorted(prefixes):
            condition |= Q(code__gte=area, code__lt=rules.after(area))
        return self.filter(condition) if prefixes else self.none()

    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """Villages this user may use with this permission."""
        found = scope.reach(user, permission or "village_view")
        if found.everything:
            return self
        return self.filter(pk__in=sorted(found.villages)) if found.villages else self.none()


class DivisionQuerySet(models.QuerySet):
    def villages_level(self) -> Self:
        return self.filter(level=5)


class VillageRowQuerySet(ScopedQuerySet):
    """Rows that hang on a village."""

    view_permission = "village_view"
