"""Filters of the village list and the grant list."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.permissions import Role
from core.checks.text import has_forbidden
from core.clock import today
from villages.models import Division, Grant, Village


class ScopedFilter(filters.FilterSet):
    """A filter set whose choices lie in the user's scope, with a search box that takes clean text only."""

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def by_text(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if has_forbidden(value) or len(value) > 60:
            return rows.none()
        return self.search(rows, value.strip())

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        raise NotImplementedError


def search_box(placeholder: str) -> filters.CharFilter:
    return filters.CharFilter(label="查找", method="by_text", widget=forms.TextInput(attrs={"type": "search", "placeholder": placeholder}))


def townships_of(villages: QuerySet) -> QuerySet:
    """The townships of some villages, for a filter."""
    return Division.objects.filter(level=Division.Level.TOWNSHIP, pk__in=villages.order_by().values("township_id")).order_by("code")


class VillageFilter(ScopedFilter):
    q = search_box("村名、村代码")
    township = filters.ModelChoiceFilter(label="乡镇", queryset=Division.objects.none(), empty_label="全部")
    poor = filters.ChoiceFilter(label="贫困村", field_name="is_poor_village", choices=[("True", "贫困村"), ("False", "非贫困村")], empty_label="全部")
    kind = filters.ChoiceFilter(label="村类型", choices=Village.Kind.choices, empty_label="全部")

    class Meta:
        model = Village
        fields = ["q", "township", "poor", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["township"].queryset = townships_of(Village.objects.visible_to(self.user))

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(code__startswith=text))


class GrantFilter(ScopedFilter):
    q = search_box("用户名、姓名、范围")
    role = filters.ChoiceFilter(label="角色", choices=Role.choices, empty_label="全部")
    state = filters.ChoiceFilter(
        label="状态", choices=[("active", "在用"), ("ending", "30天内到期"), ("ended", "已截止")], method="by_state", empty_label="全部"
    )

    class Meta:
        model = Grant
        fields = ["q", "role", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(user__username__contains=text) | Q(user__name__contains=text) | Q(division__name__contains=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "ending":
            return rows.ending_within(30)
        return rows.active() if value == "active" else rows.filter(until__lt=today())
