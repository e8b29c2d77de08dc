"""Chart releases as they are read."""

from core.querysets import ScopedQuerySet


class ChartReleaseQuerySet(ScopedQuerySet):
    view_permission = "chart_view"
