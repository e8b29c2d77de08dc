"""The scores of a period as one document, for the command and for whoever works them out again."""

from typing import Any

from assessments.models import Period, Score
from assessments.rules.grades import label
from assessments.services.schemes import as_rules
from assessments.services.scoring import score_period


def scores_document(period: Period, *, cadre: str | None = None) -> dict[str, Any]:
    """Frozen scores where there are some, else as the rows stand now. Numbers are decimal strings, what is missing is null."""
    scheme = as_rules(period.scheme)
    people = list(period.assessments.select_related("cadre", "home_unit").order_by("cadre__code"))
    frozen: dict[int, Score] = {}
    for score in Score.objects.filter(assessment__period=period).order_by("version"):
        frozen[score.assessment_id] = score
    live = {} if period.state == Period.State.FROZEN else score_period(period, scheme=scheme, assessments=people)
    rows = []
    for each in people:
        if cadre and each.cadre.code != cadre:
            continue
        card = frozen[each.pk].card if each.pk in frozen else live[each.pk].document
        rows.append({
            "code": each.cadre.code, "name": each.cadre.name,
            "indicators": [
                {key: line[key] for key in ("code", "part", "inputs", "formula", "points", "max", "applies")} for line in card["lines"]
            ],
            "attendance": card["sums"]["A"], "duty": card["sums"]["B"], "satisfaction": card["sums"]["C"], "bonus": card["bonus"],
            "bonus_points": card["bonus_points"], "vetoes": card["vetoes"], "total": card["total"],
            "grade": label(card["grade"], scheme, institution=each.is_institution), "rank": card["rank"],
        })  # fmt: skip
    return {
        "period": period.code,
        "scheme": {
            "weights": {"attendance": _number(scheme.weights["A"]), "duty": _number(scheme.weights["B"]), "satisfaction": _number(scheme.weights["C"])},
            "bonus_cap": str(scheme.bonus_cap), "bonus_points": {level: str(points) for level, points in scheme.bonus_points.items()},
            "grades": {band.code: {"label": band.label, "institution_label": band.institution_label, "least": str(band.least)} for band in scheme.bands},
            "quota": str(scheme.quota_percent), "rounding": "half up, two decimals, per indicator",
        },
        "cadres": sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["code"])),
    }  # fmt: skip


def _number(weight: Any) -> int | str:
    return int(weight) if weight == int(weight) else str(weight)
