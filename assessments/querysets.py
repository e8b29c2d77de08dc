"""Assessments as they are read: by village, and one's own."""

from typing import Any, Self

from core.querysets import ScopedQuerySet


class AssessedQuerySet(ScopedQuerySet):
    """Rows about one cadre's assessment, in the villages of who may see scores there."""

    view_permission = "assessment_view"


class AssessmentQuerySet(AssessedQuerySet):
    def own(self, user: Any) -> Self:
        """The assessments of this very person, whatever else they may see."""
        return self.filter(cadre_user_id=user.pk) if user.is_authenticated else self.none()


class BoxQuerySet(ScopedQuerySet):
    view_permission = "survey_edit"
