"""What a statement is asked for."""

from typing import Any

from django import forms
from django.db.models import Max, Min

from core.forms import FastSelect
from funds.models import FundIndicator, Source
from funds.services import ledger


class StatementForm(forms.Form):
    """Which statement, and of which year and source. Bad input is told at its field and narrows nothing."""

    by = forms.ChoiceField(label="口径", required=False, widget=FastSelect)
    year = forms.TypedChoiceField(label="指标年度", required=False, coerce=int, empty_value=None, widget=FastSelect)
    source = forms.ChoiceField(label="资金来源", required=False, choices=[("", "全部"), *Source.choices], widget=FastSelect)

    def __init__(self, *args: Any, whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = [("", "按指标")] if whole else []
        self.fields["by"].choices = [*first, *ledger.BY.items()]  # type: ignore[attr-defined]
        known = FundIndicator.objects.aggregate(first=Min("year"), last=Max("year"))
        years = range(known["first"], known["last"] + 1) if known["first"] else ()
        self.fields["year"].choices = [("", "全部"), *((year, f"{year}年") for year in years)]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """by, year, source as asked; the standard where the input is bad."""
        if not self.is_valid():
            return {"by": "", "year": None, "source": ""}
        return self.cleaned_data
