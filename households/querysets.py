"""The register's reading vocabulary."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core import scope
from core.querysets import ScopedQuerySet
from villages.querysets import VillageRowQuerySet

LIST_FIELDS = (
    "household_code", "attribute", "cause_main", "poverty_status", "exit_year", "warning_count", "village__name", "village__township__name",
)  # fmt: skip


class HouseholdQuerySet(ScopedQuerySet):
    household_path = "pk"
    village_path = "village_id"
    view_permission = "household_view"

    def active(self) -> Self:
        """Households in the register today: not those that only applied."""
        return self.filter(ended_on=None, identified_on__isnull=False)

    def applied(self) -> Self:
        """Households that applied and are neither registered nor declined yet."""
        return self.filter(ended_on=None, identified_on=None)

    def registered_by(self, day: Any) -> Self:
        """Households that were in the register on a day (the domain's own dates)."""
        return self.filter(identified_on__lte=day).filter(Q(ended_on=None) | Q(ended_on__gt=day))

    def for_list(self) -> Self:
        """One query for a page of the list: head, population, latest income beside each row."""
        member, income = (apps.get_model("households", name) for name in ("Member", "Income"))
        here = member.objects.filter(household_id=OuterRef("pk"), left_on=None).order_by()
        shown = self.select_related("village", "village__township").only(*LIST_FIELDS)  # nothing is decrypted for a list
        return shown.annotate(
            head_name=Subquery(here.filter(relation="01").values("name")[:1]),
            population=Subquery(here.values("household_id").annotate(n=Count("pk")).values("n")),
            per_capita=Subquery(income.objects.filter(household_id=OuterRef("pk")).order_by("-year").values("per_capita")[:1]),
        )


class HouseholdRowQuerySet(ScopedQuerySet):
    """Rows that hang on one household."""

    household_path = "household_id"
    village_path = "village_id"
    view_permission = "household_view"


class MemberQuerySet(HouseholdRowQuerySet):
    def active(self) -> Self:
        return self.filter(left_on=None)

    def present_on(self, day: Any) -> Self:
        """Members on a day, of households registered on that day."""
        return self.filter(
            Q(joined_on=None) | Q(joined_on__lte=day),
            Q(left_on=None) | Q(left_on__gt=day),
            household__identified_on__lte=day,
        ).filter(Q(household__ended_on=None) | Q(household__ended_on__gt=day))


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """One's own, and those whose villages all lie where the user may import (or confirm, when that is asked)."""
        if not user.is_authenticated:
            return self.none()
        found = scope.reach(user, permission) if permission else scope.reach(user, "household_import") | scope.reach(user, "household_import_confirm")
        if found.everything:
            return self
        inside = Q(villages__contained_by=sorted(found.villages)) & ~Q(villages=[]) if found.villages else Q(pk=None)
        return self.filter(inside if permission == "household_import_confirm" else inside | Q(made_by=user))


class ProceedingQuerySet(HouseholdRowQuerySet):
    def running(self) -> Self:
        return self.filter(outcome="running")

    def at_step(self, *codes: str) -> Self:
        """Running ones whose case stands at one of these steps."""
        return self.running().filter(case__step__code__in=codes)

    def for_list(self) -> Self:
        """One query for a page: the case with its step, the village, the head's name and how many people."""
        members = apps.get_model("households", "Member").objects.filter(household_id=OuterRef("household_id")).order_by()
        present = members.filter(left_on=None)
        # Who was declined has left with the whole household: the head is still to be named.
        heads = members.filter(relation="01").order_by(F("left_on").desc(nulls_first=True), "-id")
        return self.select_related("case__step", "household", "village__township").annotate(
            head_name=Subquery(heads.values("name")[:1]),
            population=Coalesce(Subquery(present.values("household_id").annotate(n=Count("pk")).values("n")), 0),
        )


class ValidQuerySet(models.QuerySet):
    def valid_on(self, day: Any) -> Self:
        """Rows in force on a day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class RequestQuerySet(models.QuerySet):
    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """All requests to who manages the comparison; an office sees those sent to it and nothing else."""
        if not user.is_authenticated:
            return self.none()
        if user.may("crosscheck_manage") and permission in (None, "crosscheck_manage"):
            return self
        if user.may("crosscheck_answer") and user.organization_id and permission in (None, "crosscheck_answer"):
            return self.filter(organization_id=user.organization_id)
        return self.none()


class WindowQuerySet(models.QuerySet):
    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """The year's days hold for everybody who reads the register."""
        return self if user.is_authenticated and user.may(permission or "household_view") else self.none()

    def open_on(self, day: Any) -> Self:
        """The window in which changes are recorded on a day."""
        return self.filter(opens_on__lte=day, closes_on__gte=day, rolled_over_on=None)


class ChangeQuerySet(HouseholdRowQuerySet):
    def for_list(self) -> Self:
        """One query for a page of the list."""
        return self.select_related("window", "household", "other", "village__township", "recorded_by", "evidence")


class VillageExitQuerySet(VillageRowQuerySet):
    def for_list(self) -> Self:
        """One query for a page: the case with its step, village and township."""
        return self.select_related("case__step", "village__township")


class ComplaintQuerySet(models.QuerySet):
    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """Petitions of the user's area; never those about the user. One about somebody is the city's, and who took it down keeps it."""
        if not user.is_authenticated:
            return self.none()
        found = scope.reach(user, permission or "complaint_view")
        if not found:
            return self.none()
        rows = self.exclude(about_id=user.pk).exclude(about_name=user.name)
        if found.everything:
            return rows
        here = Q(village__in=sorted(found.villages))
        for area in sorted(found.areas):
            here |= Q(village=None, area__startswith=area)
        return rows.filter(here).filter(Q(about=None, about_name="") | Q(recorded_by=user.pk))


class DuplicateQuerySet(ScopedQuerySet):
    """Of a village, or across villages of an area: then only who reaches the whole area sees it."""

    area_path = "area"
    view_permission = "duplicate_decide"

    def _touching(self, areas: frozenset[str]) -> Q:
        condition = Q(pk=None)
        for area in sorted(areas):
            condition |= Q(area__startswith=area)
        return condition

    def waiting(self) -> Self:
        """Open pairs of two people who are both still registered."""
        return self.filter(state="open", first__left_on=None, second__left_on=None)

    def for_list(self) -> Self:
        """One query for a page of the queue."""
        return self.select_related("first__household", "second__household", "first__village__township", "second__village", "decided_by")


class SampleQuerySet(models.QuerySet):
    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """Samples drawn within the user's area: one of a larger area says whom others will ask."""
        found = scope.reach(user, permission or "quality_sample")
        if found.everything:
            return self
        here = Q(pk=None)
        for area in sorted(found.areas):
            here |= Q(area__startswith=area)
        return self.filter(here)
