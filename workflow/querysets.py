"""Jobs, drafts and messages belong to one person; attachments, notices and cases to a village, a township or the city; todos to
whom they wait for."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import scope
from core.querysets import ScopedQuerySet
from villages.rules import after
from workflow import alerts_registry, kinds


class OwnQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Only what the user started."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class AttachmentQuerySet(ScopedQuerySet):
    household_path = "household_id"
    village_path = "village_id"
    area_path = "area"
    view_permission = "village_view"

    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """Files of records in reach, those of an area (a regulation, a township's posting), and one's own that belong to no village.

        What is of no village and lasts for a time is the result of somebody's own work (an export): nobody else's, whatever their reach.
        """
        if not user.is_authenticated:
            return self.none()
        own = self.filter(owner_id=user.pk, village_id=None)
        return own | super().visible_to(user, permission).exclude(village_id=None, expires_at__isnull=False)


class AlertRuleQuerySet(models.QuerySet):
    def in_force(self, day: date) -> Self:
        """The version of each rule that holds on a day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class AlertQuerySet(ScopedQuerySet):
    village_path = "village_id"
    household_path = "household_id"
    view_permission = "alert_view"

    def live(self) -> Self:
        """What still waits: to be judged, or confirmed and not yet put right."""
        return self.filter(state__in=["open", "true"])

    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """Alerts in the areas where the user holds the permission and may also read what the alert is about."""
        rows = super().visible_to(user, permission)
        readable = Q()
        for opens, codes in alerts_registry.by_permission().items():
            found = scope.reach(user, opens)
            if found.everything:
                readable |= Q(code__in=codes)
            elif found:
                readable |= Q(code__in=codes) & (Q(village_id__in=sorted(found.villages)) | Q(household_id__in=sorted(found.households)))
        return rows.filter(readable) if readable else rows.none()


class BulkChangeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Only one's own: whoever looked at the preview answers for it."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class BulkChangeRowQuerySet(ScopedQuerySet):
    village_path = "village_id"
    household_path = "household_id"
    view_permission = "household_view"


class RegulationQuerySet(models.QuerySet):
    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """Every rule that holds here is open to whoever works here."""
        return self if user.is_authenticated and user.may(permission or "regulation_view") else self.none()

    def in_force(self, day: date) -> Self:
        """Documents that hold on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))


class NoticeRowQuerySet(ScopedQuerySet):
    """Rows of a village, or of a whole township or the city."""

    area_path = "area"
    view_permission = "notice_view"


class ObjectionQuerySet(NoticeRowQuerySet):
    """What is said against a township's notice is for the township and above, not for every village in it."""

    def _touching(self, areas: frozenset[str]) -> Q:
        condition = Q(pk=None)
        for area in sorted(areas):
            condition |= Q(area__startswith=area)
        return condition


class NoticeQuerySet(NoticeRowQuerySet):
    def running(self) -> Self:
        return self.filter(state="running")


class OwnMessageQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)


class ProcedureQuerySet(models.QuerySet):
    def valid_on(self, day: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class TodoQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(done_at=None)

    def waiting_for(self, user: Any) -> Self:
        """Open, and this person's own, or of a role the person holds in (or above) its area; a deputy also gets the principal's own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        waits = Q(user_id=user.pk)
        for grant in user.active_grants:
            held = Q(role=grant.role, area__gte=grant.area, area__lt=after(grant.area))
            if grant.deputy_for_id is None:
                waits |= held & Q(user=None, unit=None)
                if user.organization_id:
                    waits |= Q(role=grant.role, user=None, unit_id=user.organization_id)
            else:
                waits |= held & (Q(user=None, unit=None) | Q(user_id=grant.deputy_for_id))
        return self.open().filter(waits).exclude(without__contains=[user.pk])

    def visible_to(self, user: Any) -> Self:
        """What waits for the person, and what the person has done."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=self.model.objects.waiting_for(user).values("pk")) | self.filter(done_by_id=user.pk)

    def overdue(self, day: date) -> Self:
        return self.open().filter(due_on__lt=day)


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Cases one started or applied for, had or has to decide, or whose kind one may read where they lie."""
        if not user.is_authenticated:
            return self.none()
        todos = self.model._meta.get_field("todos").related_model.objects
        seen = Q(started_by_id=user.pk) | Q(applicant_id=user.pk) | Q(pk__in=todos.waiting_for(user).exclude(case=None).values("case"))
        seen |= Q(pk__in=todos.filter(done_by_id=user.pk).exclude(case=None).values("case"))
        known = kinds.all_kinds()
        for permission in {kind.permission for kind in known} | {DEFAULT_PERMISSION}:
            keys = [kind.key for kind in known if kind.permission == permission]
            of_kind = (
                ~Q(kind__in=[kind.key for kind in known if kind.permission != permission]) if permission == DEFAULT_PERMISSION else Q(kind__in=keys)
            )
            found = scope.reach(user, permission)
            if found.everything:
                seen |= of_kind
            elif found:
                there = Q(village__in=sorted(found.villages)) | Q(household_id__in=sorted(found.households))
                for area in sorted(found.areas):
                    there |= Q(village=None, area__startswith=area)
                seen |= of_kind & there
        return self.filter(seen)


DEFAULT_PERMISSION = "household_view"


class OfCaseQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        cases = self.model._meta.get_field("case").related_model
        return self.filter(case__in=cases.objects.visible_to(user))
