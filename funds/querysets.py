"""Projects as they are read."""

from core.querysets import ScopedQuerySet


class ProjectQuerySet(ScopedQuerySet):
    view_permission = "project_view"
