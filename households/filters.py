"""Filters and search of the household list."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from core import crypto
from core.checks.accounts import parse_phone
from core.checks.identity import normalise
from core.checks.names import search_key
from core.checks.problems import CheckError
from core.checks.text import has_forbidden
from households.models import Household, Member, NameGram
from households.rules import codes
from villages.models import Division, Village

FRAGMENT = 3
CLOSED = "closed"


def _by_number(text: str) -> Q | None:
    """An ID number, a phone or a household code, when the text is one; exact through the blind index."""
    number = normalise(text)
    if len(number) in {18, 20, 22} and number[:17].isdigit():
        index = crypto.blind_index(number, "id_number")
        cards = crypto.blind_index(number, "disability_number")
        return Q(pk__in=Member.objects.filter(Q(id_number_index=index) | Q(disability_number_index=cards)).values("household_id"))
    if not number.isdigit():
        return None
    try:
        return Q(phone_index=crypto.blind_index(parse_phone(number), "phone"))
    except CheckError:
        return Q(household_code__gte=number, household_code__lt=number + "~") if number.startswith("6") or len(number) > 3 else None


def search(households: QuerySet, text: str) -> QuerySet:
    """Households with a member of that name (any fragment, or pinyin initials), or of that number."""
    found = _by_number(text)
    if found is not None:
        return households.filter(found)
    key = search_key(text)[:12]
    if not key:
        return households.none()
    fragments = {key[i : i + FRAGMENT] for i in range(max(1, len(key) - FRAGMENT + 1))}
    for fragment in sorted(fragments):
        grams = NameGram.objects.filter(gram=fragment, village_id=OuterRef("village_id"), household_id=OuterRef("id"))
        households = households.filter(Exists(grams))
    return households


class HouseholdFilter(filters.FilterSet):
    q = filters.CharFilter(
        label="查找", method="by_text", widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名、拼音、证件号、电话、户编号"})
    )
    township = filters.ModelChoiceFilter(label="乡镇", queryset=Division.objects.none(), method="by_township", empty_label="全部")
    village = filters.ModelChoiceFilter(label="村", queryset=Village.objects.none(), empty_label="全部")
    poverty_status = filters.ChoiceFilter(label="脱贫状态", choices=codes.PovertyStatus.choices, empty_label="全部")
    attribute = filters.ChoiceFilter(label="属性", choices=codes.Attribute.choices, empty_label="全部")
    cause_main = filters.ChoiceFilter(label="主要致贫原因", choices=codes.Cause.choices, empty_label="全部")
    exit_year = filters.ChoiceFilter(label="脱贫年度", choices=[(str(y), f"{y}年") for y in range(2014, 2026)], empty_label="全部")
    state = filters.ChoiceFilter(label="范围", choices=[("warnings", "有待核对"), (CLOSED, "已退出登记")], method="by_state", empty_label="在册户")

    class Meta:
        model = Household
        fields = ["q", "township", "village", "poverty_status", "attribute", "cause_main", "exit_year", "state"]

    def __init__(self, *args: Any, request: Any = None, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        self.user = user
        villages = Village.objects.visible_to(user, "household_view")
        townships = Division.objects.filter(level=Division.Level.TOWNSHIP, township_villages__in=villages).distinct()
        self.filters["township"].queryset = townships
        township = self.data.get("township") if self.data else ""
        if str(township or "").isdigit() and len(str(township)) < 12:
            villages = villages.filter(township_id=township)
        self.filters["village"].queryset = villages.order_by("code")[:0] if self._too_many(villages) else villages

    @staticmethod
    def _too_many(villages: QuerySet) -> bool:
        return villages.order_by()[:120].count() >= 120

    def by_text(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if has_forbidden(value) or len(value) > 60:
            return rows.none()
        return search(rows, value)

    def by_township(self, rows: QuerySet, name: str, value: Division) -> QuerySet:
        return rows.filter(village_id__in=list(value.township_villages.values_list("pk", flat=True)))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(warning_count__gt=0, ended_on=None) if value == "warnings" else rows.exclude(ended_on=None)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") == CLOSED else rows.filter(ended_on=None)
