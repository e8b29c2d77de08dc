"""Filters of organizations, users and the access log."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import AccessEvent, Organization, User
from accounts.services import soon_dormant
from core.checks.text import has_forbidden
from core.filters import ScopedFilter, choice, pick, search_box
from core.forms import WrittenDateField


class OrganizationFilter(ScopedFilter):
    q = search_box("名称、简称、信用代码")
    nature = choice("单位性质", Organization.Nature.choices)
    level = choice("层级", Organization.Level.choices)
    valid = choice("状态", [("yes", "在用"), ("no", "已撤销")], method="by_valid")

    class Meta:
        model = Organization
        fields = ["q", "nature", "level", "valid"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(short_name__contains=text) | Q(credit_code__startswith=text.upper()))

    def by_valid(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(valid_to=None) if value == "yes" else rows.exclude(valid_to=None)


class UserFilter(ScopedFilter):
    q = search_box("姓名、用户名")
    organization = pick("单位", Organization.objects.none())
    active = choice("状态", [("yes", "启用"), ("no", "已停用"), ("dormant", "久未登录、将停用")], method="by_active")

    class Meta:
        model = User
        fields = ["q", "organization", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = User.objects.order_by().exclude(organization=None).values("organization_id")
        self.filters["organization"].queryset = Organization.objects.filter(pk__in=here)

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(username__contains=text))

    def by_active(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "dormant":
            return rows.filter(pk__in=soon_dormant().order_by().values("pk"))
        return rows.filter(is_active=value == "yes")


class WrittenDateFilter(filters.Filter):
    field_class = WrittenDateField


class AccessFilter(ScopedFilter):
    q = search_box("用户名、姓名")
    action = choice("动作", AccessEvent.Action.choices)
    household = filters.CharFilter(label="户编号", method="by_household", max_length=40)
    since = WrittenDateFilter(label="起始日期", method="by_since")
    until = WrittenDateFilter(label="截止日期", method="by_until")

    class Meta:
        model = AccessEvent
        fields = ["q", "action", "household", "since", "until"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        found = User.objects.filter(Q(username=text) | Q(name=text)).values_list("pk", flat=True)
        return rows.filter(user_id__in=list(found))

    def by_household(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The household's own page and all that belongs to it (its files, its cases)."""
        if has_forbidden(value):
            return rows.none()
        homes = AccessEvent.objects.filter(subject=value.strip()).exclude(household_id=None).values_list("household_id", flat=True)[:1]
        return rows.filter(household_id__in=list(homes))

    def by_since(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(at__gte=_midnight(value))

    def by_until(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(at__lt=_midnight(value) + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
