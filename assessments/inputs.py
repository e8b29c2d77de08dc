"""What this room itself counts about cadres: the sample of files the assessment group drew in their villages."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from assessments.models import SiteSheet, Span
from assessments.rules.engine import plain, rounded
from core.scoring_inputs import Evidence, Input, InputValue, register


def archive_error_pct(cadres: Sequence[int], since: date, until: date) -> dict[int, InputValue]:
    """Files with errors per hundred checked, over the villages each cadre served in."""
    sheets: dict[int, list[SiteSheet]] = defaultdict(list)
    for sheet in SiteSheet.objects.filter(kind=SiteSheet.Kind.LEDGER, period__since__lte=until, period__until__gte=since):
        sheets[sheet.village_id].append(sheet)
    served: dict[int, set[int]] = defaultdict(set)
    spans = Span.objects.filter(assessment__cadre__in=cadres, since__lte=until, until__gte=since)
    for cadre, village in spans.values_list("assessment__cadre_id", "village_id"):
        served[cadre].add(village)
    found = {}
    for cadre, villages in served.items():
        mine = [sheet for village in sorted(villages) for sheet in sheets[village]]
        checked = sum(sheet.files_checked or 0 for sheet in mine)
        if not checked:
            continue
        wrong = sum(sheet.errors_found or 0 for sheet in mine)
        evidence = [Evidence(f"查台账 {sheet.files_checked} 份,有差错 {sheet.errors_found} 份", sheet.get_absolute_url(), sheet.held_on,
                             Decimal(sheet.errors_found or 0)) for sheet in mine]  # fmt: skip
        rate = rounded(Decimal(100 * wrong) / checked)
        found[cadre] = InputValue(rate, f"抽查 {checked} 份,有差错 {wrong} 份,差错率 {plain(rate)}%", evidence)
    return found


register(Input("archive_error_pct", "档案抽查差错率", "%", archive_error_pct))
