"""What the filter sets of every list share: the user's scope comes in, and the search box takes clean text only."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from core.checks.text import has_forbidden
from core.forms import FastSelect

LONGEST = 60


class ScopedFilter(filters.FilterSet):
    """A filter set that knows the user, so that its choices lie in scope. `search` gives the search box its meaning."""

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def by_text(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if has_forbidden(value) or len(value) > LONGEST:
            return rows.none()
        return self.search(rows, value.strip())

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        raise NotImplementedError


def search_box(placeholder: str) -> filters.CharFilter:
    return filters.CharFilter(label="查找", method="by_text", widget=forms.TextInput(attrs={"type": "search", "placeholder": placeholder}))


def choice(label: str, choices: Any, **options: Any) -> filters.ChoiceFilter:
    """A filter over a code list, 全部 when nothing is chosen."""
    return filters.ChoiceFilter(**{"label": label, "choices": choices, "empty_label": "全部", "widget": FastSelect, **options})


def pick(label: str, queryset: QuerySet, **options: Any) -> filters.ModelChoiceFilter:
    """A filter over records; the filter set narrows the queryset to the user's scope."""
    return filters.ModelChoiceFilter(**{"label": label, "queryset": queryset, "empty_label": "全部", "widget": FastSelect, **options})
