"""The register's reading vocabulary."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery

from core import scope
from core.querysets import ScopedQuerySet

LIST_FIELDS = (
    "household_code", "attribute", "cause_main", "poverty_status", "exit_year", "warning_count", "village__name", "village__township__name",
)  # fmt: skip


class HouseholdQuerySet(ScopedQuerySet):
    household_path = "pk"
    village_path = "village_id"
    view_permission = "household_view"

    def active(self) -> Self:
        """Households still in the register."""
        return self.filter(ended_on=None)

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
