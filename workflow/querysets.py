"""Jobs and drafts belong to one person; attachments and notices to a village, a township or the city."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import scope
from core.querysets import ScopedQuerySet
from workflow import alerts_registry


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


class NoticeQuerySet(NoticeRowQuerySet):
    def running(self) -> Self:
        return self.filter(state="running")
