"""Filters of leaders, units, helpers, pairings and the catalogue."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from assistance.models import ExitNeed, Helper, HelpUnit, Leader, LeaderVillage, MeasureType, Pairing, UnitVillage, Wish
from core.clock import today
from core.filters import ScopedFilter, choice, pick, search_box
from villages.filters import VillageRowFilter
from villages.models import Division, Village


class LeaderFilter(VillageRowFilter):
    permission = "pairing_view"
    q = search_box("姓名、职务")
    township = pick("乡镇", Division.objects.none(), method="by_town")
    village = pick("联点村", Village.objects.none(), method="by_village")

    class Meta:
        model = Leader
        fields = ["q", "township", "village"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(post__contains=text))

    def by_village(self, rows: QuerySet, name: str, value: Village) -> QuerySet:
        return rows.filter(Exists(LeaderVillage.objects.active_on(today()).filter(leader_id=OuterRef("pk"), village=value)))

    def by_town(self, rows: QuerySet, name: str, value: Division) -> QuerySet:
        return rows.filter(Exists(LeaderVillage.objects.active_on(today()).filter(leader_id=OuterRef("pk"), village__township=value)))


class UnitFilter(VillageRowFilter):
    permission = "pairing_view"
    q = search_box("单位名称")
    nature = choice("类别", HelpUnit.Nature.choices)
    township = pick("乡镇", Division.objects.none(), method="by_town")
    village = pick("联系村", Village.objects.none(), method="by_village")

    class Meta:
        model = HelpUnit
        fields = ["q", "nature", "township", "village"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(organization__name__contains=text) | Q(organization__short_name__contains=text))

    def by_village(self, rows: QuerySet, name: str, value: Village) -> QuerySet:
        return rows.filter(Exists(UnitVillage.objects.active_on(today()).filter(unit_id=OuterRef("pk"), village=value)))

    def by_town(self, rows: QuerySet, name: str, value: Division) -> QuerySet:
        return rows.filter(Exists(UnitVillage.objects.active_on(today()).filter(unit_id=OuterRef("pk"), village__township=value)))


class HelperFilter(ScopedFilter):
    q = search_box("姓名、单位")
    unit = pick("单位", HelpUnit.objects.select_related("organization"))

    class Meta:
        model = Helper
        fields = ["q", "unit"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(unit__organization__name__contains=text))


class PairingFilter(VillageRowFilter):
    permission = "pairing_view"
    q = search_box("帮扶责任人、户编号")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    is_main = choice("责任", [("True", "主要帮扶责任人"), ("False", "帮扶责任人")])
    state = choice("状态", [("active", "在结对"), ("ended", "已结束")], method="by_state")

    class Meta:
        model = Pairing
        fields = ["q", "township", "village", "is_main", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        if text.isdigit():
            return rows.filter(household__household_code__startswith=text)
        return rows.filter(helper__name__contains=text)

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.active_on(today()) if value == "active" else rows.filter(ended_on__lt=today())


class MeasureTypeFilter(ScopedFilter):
    q = search_box("编码、名称、举例")

    class Meta:
        model = MeasureType
        fields = ["q"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(code__startswith=text.upper()) | Q(name__contains=text) | Q(examples__contains=text))


LEFT = [("left", "未落实和落实中"), *Wish.State.choices]


def by_state(rows: QuerySet, name: str, value: str) -> QuerySet:
    return rows.exclude(state=Wish.State.MET) if value == "left" else rows.filter(state=value)


class WishFilter(VillageRowFilter):
    permission = "measure_view"
    q = search_box("户编号")
    township = pick("乡镇", Division.objects.none(), field_name="village__township")
    village = pick("村", Village.objects.none())
    aspect = choice("方面", Wish.Aspect.choices)
    state = choice("落实情况", LEFT, method="by_state")
    matched = choice("对应措施", [("yes", "有"), ("no", "没有")], method="by_match")

    class Meta:
        model = Wish
        fields = ["q", "township", "village", "aspect", "state", "matched"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(household__household_code__startswith=text)

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return by_state(rows, name, value)

    def by_match(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(measure__isnull=value == "no")


class NeedFilter(VillageRowFilter):
    permission = "measure_view"
    township = pick("乡镇", Division.objects.none(), field_name="village__township")
    village = pick("村", Village.objects.none())
    aspect = choice("方面", ExitNeed.Aspect.choices)
    state = choice("落实情况", LEFT, method="by_state")

    class Meta:
        model = ExitNeed
        fields = ["township", "village", "aspect", "state"]

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return by_state(rows, name, value)
