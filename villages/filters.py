"""Filters of the village list and the grant list."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Organization, User
from accounts.permissions import Role
from core.clock import today
from core.filters import ScopedFilter, choice, pick, search_box
from villages.models import Division, Grant, Village
from villages.querysets import contacts_of

MANY = 120


def townships_of(villages: QuerySet) -> QuerySet:
    """The townships of some villages, for a filter."""
    return Division.objects.filter(level=Division.Level.TOWNSHIP, pk__in=villages.order_by().values("township_id")).order_by("code")


class VillageFilter(ScopedFilter):
    q = search_box("村名、村代码")
    township = pick("乡镇", Division.objects.none())
    poor = choice("贫困村", [("True", "贫困村"), ("False", "非贫困村")], field_name="is_poor_village")
    kind = choice("村类型", Village.Kind.choices)

    class Meta:
        model = Village
        fields = ["q", "township", "poor", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["township"].queryset = townships_of(Village.objects.visible_to(self.user))

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(code__startswith=text))


class VillageRowFilter(ScopedFilter):
    """For lists of rows that hang on a village: township and village, the villages of a big city only once a township is chosen."""

    permission = "village_view"
    village_path = "village"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = Village.objects.visible_to(self.user, self.permission)
        self.filters["township"].queryset = townships_of(villages)
        chosen = str((self.data or {}).get("township") or "")
        if chosen.isdigit() and len(chosen) < 12:
            villages = villages.filter(township_id=chosen)
        wanted = str((self.data or {}).get("village") or "")
        if villages.order_by()[:MANY].count() >= MANY:
            villages = villages.filter(pk=wanted) if wanted.isdigit() and len(wanted) < 12 else villages.none()
        self.filters["village"].queryset = villages

    def by_township(self, rows: QuerySet, name: str, value: Division) -> QuerySet:
        return rows.filter(**{f"{self.village_path}__in": list(value.township_villages.values_list("pk", flat=True))})


class GrantFilter(ScopedFilter):
    q = search_box("用户名、姓名、范围")
    role = choice("角色", Role.choices)
    state = choice("状态", [("active", "在用"), ("ending", "30天内到期"), ("ended", "已截止")], method="by_state")

    class Meta:
        model = Grant
        fields = ["q", "role", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(user__username__contains=text) | Q(user__name__contains=text) | Q(division__name__contains=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "ending":
            return rows.ending_within(30)
        return rows.active() if value == "active" else rows.filter(until__lt=today())


class AreaUserFilter(ScopedFilter):
    q = search_box("姓名、用户名、单位")

    class Meta:
        model = User
        fields = ["q"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(username__contains=text) | Q(organization__name__contains=text))


class ContactFilter(AreaUserFilter):
    q = search_box("姓名、单位、职务、办公电话")
    organization = pick("单位", Organization.objects.none())

    class Meta:
        model = User
        fields = ["q", "organization"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["organization"].queryset = Organization.objects.filter(pk__in=contacts_of(self.user).order_by().values("organization_id"))

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        where = Q(organization__name__contains=text) | Q(organization__short_name__contains=text) | Q(organization__phone__contains=text)
        return rows.filter(Q(name__contains=text) | Q(post__contains=text) | where)
