"""Jobs and drafts belong to one person; attachments to a village's record."""

from typing import Any, Self

from django.db import models

from core.querysets import ScopedQuerySet


class OwnQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Only what the user started."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class AttachmentQuerySet(ScopedQuerySet):
    household_path = "household_id"
    village_path = "village_id"
    view_permission = "village_view"

    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        """Files of records in reach, and one's own that belong to no village.

        What is of no village and lasts for a time is the result of somebody's own work (an export): nobody else's, whatever their reach.
        """
        if not user.is_authenticated:
            return self.none()
        own = self.filter(owner_id=user.pk, village_id=None)
        return own | super().visible_to(user, permission).exclude(village_id=None, expires_at__isnull=False)
