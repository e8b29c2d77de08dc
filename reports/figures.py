"""Figures of the six charts."""

from datetime import date

from django.db.models import Q, QuerySet

from accounts.permissions import Permission
from core.figures import Figure, Number, register
from reports.models import Chart, ChartRelease


def current_charts(as_of: date) -> QuerySet:
    """The sheets of each poor village's newest release of that day."""
    newest = (
        ChartRelease.objects.filter(released_on__lte=as_of, village__is_poor_village=True)
        .filter(Q(taken_down_on=None) | Q(taken_down_on__gt=as_of))
        .order_by("village_id", "-version")
        .distinct("village_id")
    )
    return Chart.objects.filter(release__in=newest.values("pk")).select_related("release", "village")


def kinds(rows: QuerySet) -> Number:
    return rows.order_by().values("number").distinct().count()


COLUMNS = (("村", "village.name"), ("图", "get_number_display"), ("文号", "release.number"), ("主旨", "message"))
register(
    Figure("village_charts", "村级作战图", "张/村", current_charts, Permission.CHART_VIEW, value=kinds, columns=COLUMNS, source="村级脱贫攻坚“6张图”")
)
register(Figure("village_chart_sheets", "悬挂公示的图", "张", current_charts, Permission.CHART_VIEW, columns=COLUMNS, source="16个贫困村×6张图"))
