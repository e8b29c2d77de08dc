"""The reviewer's screen: everybody at the left, one card at the right, and the keyboard alone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from assessments.models import Assessment
from assessments.rules.grades import label
from assessments.services import as_rules
from assessments.views import records
from assessments.views.records import SORTS, period_or_404

P = Permission
SHOWN = 400


def _people(request: HttpRequest, period: Any, sort: str) -> list[Assessment]:
    rows = (
        Assessment.objects.visible_to(request.user, P.ASSESSMENT_VIEW).filter(period=period).select_related("cadre", "village__township", "home_unit")
    )
    people = list(rows.order_by("rank", "id")[:SHOWN])
    stages = Assessment.Stage.values
    keys: dict[str, Any] = {
        "rank": lambda a: (a.rank is None, a.rank or 0), "township": lambda a: (a.village.township.code, a.village.code),
        "stage": lambda a: stages.index(a.stage), "attendance": lambda a: -(a.attendance or 0), "duty": lambda a: -(a.duty or 0),
        "satisfaction": lambda a: -(a.satisfaction or 0),
    }  # fmt: skip
    return sorted(people, key=keys[sort])


@requires(P.ASSESSMENT_VIEW)
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    period = period_or_404(pk)
    sort = request.GET.get("sort", "rank")
    sort = sort if sort in SORTS else "rank"
    people, scheme = _people(request, period, sort), as_rules(period.scheme)
    wanted = request.GET.get("a", "")
    chosen = next((each for each in people if str(each.pk) == wanted), people[0] if people else None)
    context: dict[str, Any] = {"period": period, "here": reverse("assessments:review", args=[pk]), "sort": sort, "sorts": SORTS.items()}
    if chosen is not None:
        full = records.assessment_or_404(request, chosen.pk)
        context |= records.card_context(full, request.user, scheme)  # type: ignore[arg-type]
        context["next_url"] = f"{context['here']}?sort={sort}&a={chosen.pk}"
        context["from_review"] = f"?from={sort}"
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "assessments/_pane.html", context)
    lie = records.overview(request.user, period, people)
    context |= lie | {
        "title": f"{period.title} 审阅", "crumbs": records.crumbs(period, here="审阅"),
        "people": [{"row": each, "bars": records.bars_of(each, scheme), "flags": records.flags(each) + [records.FAR[side] for side in [lie["outliers"].get(each.pk)] if side], "total": records.short(each.total),
                    "grade": label(each.grade, scheme, institution=each.is_institution) if each.grade else "", "current": each is chosen} for each in people],
        "waiting": sum(each.stage == Assessment.Stage.REVIEW for each in people),
    }  # fmt: skip
    return render(request, "assessments/review.html", context)


@requires(P.ASSESSMENT_VIEW)
@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two cadres, line by line."""
    period = period_or_404(pk)
    rows = (
        Assessment.objects.visible_to(request.user, P.ASSESSMENT_VIEW).filter(period=period).select_related("cadre", "village__township", "home_unit")
    )
    people = list(rows.order_by("rank", "id")[:SHOWN])
    by_id = {str(each.pk): each for each in people}
    first, second = by_id.get(request.GET.get("a", "")), by_id.get(request.GET.get("b", ""))
    first = first or (people[0] if people else None)
    second = second or next((each for each in people if each is not first), None)
    scheme = as_rules(period.scheme)
    context: dict[str, Any] = {
        "period": period,
        "title": "对照两名干部",
        "crumbs": records.crumbs(period, here="对照"),
        "people": people,
        "first": first,
        "second": second,
    }
    if first and second:
        context |= {
            "pairs": _pairs(first, second),
            "grades": [label(each.grade, scheme, institution=each.is_institution) for each in (first, second)],
        }
    return render(request, "assessments/compare.html", context)


def _pairs(first: Assessment, second: Assessment) -> list[dict[str, Any]]:
    theirs = {line["code"]: line for line in second.card.get("lines", [])}
    mine = {line["code"]: line for line in first.card.get("lines", [])}
    rows = []
    for code in sorted({*mine, *theirs}):
        a, b = mine.get(code), theirs.get(code)
        known: Any = a or b
        points = [records.number(each["points"]) if each else None for each in (a, b)]
        ahead = "" if None in points or points[0] == points[1] else "first" if points[0] > points[1] else "second"  # type: ignore[operator]
        rows.append({"code": code, "title": known["title"], "max": known["max"], "first": a, "second": b, "ahead": ahead})
    return rows
