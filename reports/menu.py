from typing import Any

from django.urls import reverse

from accounts.permissions import Permission
from core import figures, menu
from core.clock import today
from core.paging import capped_count
from core.views import workbench_card
from households.views.handbooks import add_print
from villages.views.records import add_tab

menu.add("精准诊治", "六张图", "reports:charts", Permission.CHART_VIEW, order=40)
menu.add("报表", "指标", "reports:figures", Permission.FIGURE_VIEW, order=10)

add_tab("六张图", Permission.CHART_VIEW, lambda village: reverse("reports:village-charts", args=[village.pk]), order=70)

add_tab("打印手册", Permission.HOUSEHOLD_EXPORT, lambda village: reverse("reports:village-handbooks", args=[village.pk]), order=72)
add_print("打印手册", "reports:handbook", Permission.HOUSEHOLD_VIEW)

KEY_FIGURES = ("poor_villages", "households", "members", "households_poor", "dispatched_cadres", "infra_projects")
CAP = 10_000


@workbench_card
def key_figures(request: Any) -> list[dict]:
    """For who reads figures: the few that say where things stand, counted up to a cap; the figure's page counts all."""
    if not request.user.may(Permission.FIGURE_VIEW):
        return []
    rows = []
    for key in KEY_FIGURES:
        figure = figures.get(key)
        if request.user.may(figure.permission):
            number = capped_count(figure.visible(today(), request.user), CAP)
            value = f"{CAP:,}+" if number > CAP else f"{number:,}"
            rows.append({"label": figure.label, "value": f"{value} {figure.unit}", "url": reverse("reports:figure", args=[key])})
    rows.append({"label": "全部指标", "value": "", "url": reverse("reports:figures")})
    return [{"title": "主要指标", "rows": rows}]
