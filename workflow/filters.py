"""Filters of alerts, notices, postings, objections and regulations."""

from typing import Any

from django.db.models import Q, QuerySet

from core.clock import today
from core.filters import ScopedFilter, choice, pick, search_box
from villages.filters import VillageRowFilter
from villages.models import Division, Village
from workflow import alerts_registry, services
from workflow import notices as kinds
from workflow.models import Alert, AlertRule, Level, NoticePosting, Objection, PublicNotice, Regulation


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


class RegulationFilter(ScopedFilter):
    q = search_box("名称、文号、制发机关")
    state = choice("效力", [("now", "施行中"), ("over", "已失效")], method="by_state")

    class Meta:
        model = Regulation
        fields = ["q", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(title__contains=text) | Q(number__contains=text) | Q(issuer__contains=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.in_force(today()) if value == "now" else rows.filter(valid_to__lt=today())


class AreaRowFilter(VillageRowFilter):
    """A township's rows: those of its villages, and its own."""

    permission = "notice_view"

    def by_township(self, rows: QuerySet, name: str, value: Division) -> QuerySet:
        return rows.filter(area__startswith=value.prefix)


class NoticeFilter(AreaRowFilter):
    q = search_box("标题、编号")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    kind = choice("类别", [])
    level = choice("级别", Level.choices)
    state = choice("状态", PublicNotice.State.choices)

    class Meta:
        model = PublicNotice
        fields = ["q", "township", "village", "kind", "level", "state"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = [(kind.key, kind.label) for kind in kinds.all_kinds()]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(title__contains=text) | Q(number__contains=text))


class PostingFilter(AreaRowFilter):
    q = search_box("公示标题、编号")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    state = choice(
        "张贴情况",
        [("asked", "需要办理"), ("missing", "公示中未张贴"), ("over", "期满未撤下"), ("hanging", "张贴中"), ("down", "已撤下")],
        method="by_state",
    )

    class Meta:
        model = NoticePosting
        fields = ["q", "township", "village", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(notice__title__contains=text) | Q(notice__number__contains=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value in {"asked", "missing", "over"}:
            asked = services.hung_outdated(rows)
            return asked if value == "asked" else asked.filter(posted_on__isnull=value == "missing")
        if value == "down":
            return rows.filter(taken_down_on__isnull=False)
        return rows.filter(posted_on__isnull=False, taken_down_on=None, notice__state=PublicNotice.State.RUNNING)


class ObjectionFilter(AreaRowFilter):
    q = search_box("回执编号、公示编号")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    state = choice("状态", [*Objection.State.choices, ("late", "逾期未办")], method="by_state")
    level = choice("办理级别", Level.choices)

    class Meta:
        model = Objection
        fields = ["q", "township", "village", "state", "level"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(receipt__startswith=text.upper()) | Q(notice__number__contains=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "late":
            return rows.filter(state__in=[Objection.State.RECEIVED, Objection.State.ACCEPTED], handle_due_on__lt=today())
        return rows.filter(state=value)
