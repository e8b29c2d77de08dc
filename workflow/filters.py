"""Filters of the alert list."""

from typing import Any

from django.db.models import QuerySet

from core.filters import choice, pick, search_box
from villages.filters import VillageRowFilter
from villages.models import Division, Village
from workflow import alerts_registry
from workflow.models import Alert, AlertRule


class AlertFilter(VillageRowFilter):
    """What still waits, unless another state is asked for."""

    permission = "alert_view"
    q = search_box("户编号、姓名、对象")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    state = choice("状态", [*Alert.State.choices, ("gone", "条件已消失,待认定"), ("all", "全部")], method="by_state", empty_label="待核和属实")
    severity = choice("级别", AlertRule.Severity.choices, field_name="rule__severity")
    code = choice("规则", [])

    class Meta:
        model = Alert
        fields = ["q", "township", "village", "state", "severity", "code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(check.code, f"{check.code} {check.title}") for check in alerts_registry.checks() if self.user.may(check.permission)]
        self.filters["code"].extra["choices"] = offered

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(title__contains=text)

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "gone":
            return rows.live().exclude(gone_on=None)
        return rows if value == "all" else rows.filter(state=value)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.live()
