"""Filters of this room's lists."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from cadres.models import (
    Allowance,
    AllowanceKind,
    AttendanceMonth,
    Cadre,
    Commitment,
    Leave,
    Nomination,
    Opinion,
    Posting,
    Publicity,
    QuarterReport,
    TeamExpense,
    TrainingMode,
    TrainingSession,
)
from core.clock import today
from core.filters import ScopedFilter, choice, pick, search_box
from villages.filters import VillageRowFilter
from villages.models import Division, Village


class CadreFilter(VillageRowFilter):
    permission = "cadre_view"
    q = search_box("姓名、编号、派出单位")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none(), method="by_village")
    role = choice("驻村职务", Posting.Role.choices, method="by_role")
    state = choice("状态", [("posted", "在岗"), ("free", "未派驻")], method="by_state")

    class Meta:
        model = Cadre
        fields = ["q", "township", "village", "role", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(code__startswith=text.upper()) | Q(home_unit__name__contains=text))

    def _posted(self, rows: QuerySet, **wanted: object) -> QuerySet:
        return rows.filter(Exists(Posting.objects.active_on(today()).filter(cadre_id=OuterRef("pk"), **wanted)))

    def by_township(self, rows: QuerySet, name: str, value: Division) -> QuerySet:
        return self._posted(rows, village__township=value)

    def by_village(self, rows: QuerySet, name: str, value: Village) -> QuerySet:
        return self._posted(rows, village=value)

    def by_role(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return self._posted(rows, role=value)

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        now = Posting.objects.active_on(today()).filter(cadre_id=OuterRef("pk"))
        return rows.filter(Exists(now)) if value == "posted" else rows.exclude(Exists(now))


class LeaveFilter(VillageRowFilter):
    permission = "cadre_view"
    q = search_box("姓名、事由")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    kind = choice("类别", Leave.Kind.choices)
    state = choice("状态", [*Leave.State.choices, ("out", "今天在外"), ("overdue", "逾期未销假")], method="by_state")

    class Meta:
        model = Leave
        fields = ["q", "township", "village", "kind", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(cadre__name__contains=text) | Q(reason__contains=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "out":
            return rows.on(today())
        return rows.uncleared(today()) if value == "overdue" else rows.filter(state=value)


class MonthFilter(VillageRowFilter):
    permission = "cadre_view"
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    state = choice("状态", [*AttendanceMonth.State.choices, ("late", "逾期未报")], method="by_state")

    class Meta:
        model = AttendanceMonth
        fields = ["township", "village", "state"]

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state="draft", due_on__lt=today()) if value == "late" else rows.filter(state=value)


class CommitmentFilter(VillageRowFilter):
    permission = "cadre_view"
    q = search_box("姓名、村")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    state = choice("状态", [*Commitment.State.choices, ("unposted", "签订未公示")], method="by_state")

    class Meta:
        model = Commitment
        fields = ["q", "township", "village", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(cadre__name__contains=text) | Q(village__name__contains=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state="signed", posted_on=None) if value == "unposted" else rows.filter(state=value)


class ReportFilter(VillageRowFilter):
    permission = "cadre_view"
    q = search_box("姓名、村")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    quarter = choice("季度", [(1, "一季度"), (2, "二季度"), (3, "三季度"), (4, "四季度")])
    state = choice("状态", [*QuarterReport.State.choices, ("late", "逾期未报")], method="by_state")

    class Meta:
        model = QuarterReport
        fields = ["q", "township", "village", "quarter", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(cadre__name__contains=text) | Q(village__name__contains=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state="draft", due_on__lt=today()) if value == "late" else rows.filter(state=value)


class NominationFilter(ScopedFilter):
    q = search_box("姓名、单位、文号")
    role = choice("拟任职务", Posting.Role.choices)
    state = choice("状态", Nomination.State.choices)

    class Meta:
        model = Nomination
        fields = ["q", "role", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(unit__name__contains=text) | Q(document__contains=text))


class TrainingFilter(ScopedFilter):
    q = search_box("培训名称、地点")
    mode = choice("方式", TrainingMode.choices)

    class Meta:
        model = TrainingSession
        fields = ["q", "mode"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(title__contains=text) | Q(place__contains=text))


class PublicityFilter(VillageRowFilter):
    permission = "cadre_view"
    q = search_box("内容、地点")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    kind = choice("形式", Publicity.Kind.choices)

    class Meta:
        model = Publicity
        fields = ["q", "township", "village", "kind"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(topic__contains=text) | Q(place__contains=text))


class AllowanceFilter(ScopedFilter):
    q = search_box("姓名、单位")
    kind = pick("种类", AllowanceKind.objects.all())
    state = choice("状态", [("unpaid", "未发放"), ("paid", "已发放")], method="by_state")

    class Meta:
        model = Allowance
        fields = ["q", "kind", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(cadre__name__contains=text) | Q(unit__name__contains=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(paid_on=None) if value == "unpaid" else rows.exclude(paid_on=None)


class ExpenseFilter(VillageRowFilter):
    permission = "cadre_view"
    q = search_box("事由、单位")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    source = choice("来源", TeamExpense.Source.choices)
    use = choice("用途", TeamExpense.Use.choices)

    class Meta:
        model = TeamExpense
        fields = ["q", "township", "village", "source", "use"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(text__contains=text) | Q(provider__name__contains=text))


class OpinionFilter(VillageRowFilter):
    permission = "attendance_edit"
    q = search_box("内容")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    state = choice("状态", [("open", "待答复"), ("answered", "已答复")], method="by_state")

    class Meta:
        model = Opinion
        fields = ["q", "township", "village", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(content__contains=text)

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(answer="") if value == "open" else rows.exclude(answer="")
