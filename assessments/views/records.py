"""What several pages fetch and show the same way: a period, an assessment in scope, a scorecard."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission
from assessments.models import Assessment, BonusClaim, Comment, Entry, Opinion, Period, VetoFinding
from assessments.rendering import drawings
from assessments.rules import spread, standard
from assessments.rules.grades import label, quota_places
from assessments.rules.scheme import EXCELLENT, PARTS, Scheme
from assessments.services import as_rules
from core import settings
from core.pages import may_change

Crumbs = list[tuple[str, str]]
PERIODS = "“331”考核"
SORTS = {"rank": "名次", "township": "乡镇", "stage": "环节", "attendance": "考勤", "duty": "履职", "satisfaction": "满意度"}


def period_or_404(pk: int) -> Period:
    return get_object_or_404(Period.objects.select_related("scheme"), pk=pk)


def assessment_or_404(request: HttpRequest, pk: int, *, act: str = "") -> Assessment:
    """The assessment in scope; 403 where the user sees it and may not `act` on it there."""
    rows = Assessment.objects.visible_to(request.user, Permission.ASSESSMENT_VIEW)
    rows = rows.select_related("cadre", "village__township", "home_unit", "period__scheme", "case")
    assessment = get_object_or_404(rows, pk=pk)
    if act and not may(request.user, assessment, act):
        raise PermissionDenied
    return assessment


def may(user: Any, assessment: Assessment, permission: str) -> bool:
    return may_change(Assessment.objects.all(), user, assessment.pk, permission)


def own_or_404(request: HttpRequest, pk: int) -> Assessment:
    """One's own assessment and nobody else's."""
    rows = Assessment.objects.own(request.user).select_related("cadre", "village__township", "home_unit", "period__scheme", "case")
    return get_object_or_404(rows, pk=pk)


def crumbs(period: Period | None = None, assessment: Assessment | None = None, here: str = "") -> Crumbs:
    found = [(PERIODS, reverse("assessments:periods"))]
    if period:
        found.append((period.title, period.get_absolute_url()))
    if assessment:
        found.append((assessment.cadre.name, assessment.get_absolute_url()))
    return [*found, (here, "")] if here else [*found[:-1], (found[-1][0], "")]


def number(text: str | None) -> Decimal | None:
    return None if text in (None, "") else Decimal(str(text))


def short(value: Decimal | None) -> str:
    """Points as a page shows them: two places, or what is missing."""
    return "未齐" if value is None else f"{value:.2f}"


def bars_of(assessment: Assessment, scheme: Scheme) -> str:
    values = (assessment.attendance, assessment.duty, assessment.satisfaction)
    return drawings.bars(
        [(part, None if value is None else float(value), float(scheme.weights[part])) for part, value in zip(PARTS, values, strict=True)]
    )


def flags(assessment: Assessment) -> list[tuple[str, str]]:
    """What a reviewer should notice: (class, words)."""
    card = assessment.card
    found = [("bad", f"否决:{veto['title']}") for veto in card.get("vetoes", [])]
    found += [("warn", f"提示:{signal['title']}") for signal in card.get("signals", [])]
    found += [("warn", "样本不足")] if card.get("no_sample") else [("warn", "缺 " + "、".join(card["missing"]))] if card.get("missing") else []
    found += [("warn", "并列待定")] if card.get("tied") else []
    found += [("warn", "任职不足")] if card.get("short") else []
    return found


def overview(user: Any, period: Period, people: list[Assessment]) -> dict[str, Any]:
    """How the scores lie: quota used, spread by township, who is far from the rest, what still waits. Two queries."""
    towns: dict[str, list[Decimal]] = defaultdict(list)
    for each in people:
        towns[each.village.township.name].extend([each.total] if each.total is not None else [])
    limit = Decimal(settings.get("township_spread_points"))
    ids = [each.pk for each in people]
    return {
        "excellent": sum(each.grade == EXCELLENT for each in people),
        "places": quota_places(sum(each.rank is not None for each in people), period.scheme.quota_percent),
        "spread": drawings.spread([(name, [float(value) for value in values]) for name, values in sorted(towns.items())]),
        "apart": [(name, "高" if by > 0 else "低", f"{abs(by):.1f}") for name, by in sorted(spread.apart(towns, limit).items())],
        "outliers": spread.outliers({each.pk: each.total for each in people if each.total is not None}),
        "incomplete": sum(bool(each.card.get("missing")) for each in people),
        "claims_waiting": BonusClaim.objects.filter(assessment__in=ids, state=BonusClaim.State.CLAIMED).count(),
        "findings_waiting": VetoFinding.objects.filter(assessment__in=ids, state=VetoFinding.State.PROPOSED).count(),
    }


FAR = {"high": ("warn", "明显高于其他人"), "low": ("warn", "明显低于其他人")}


def card_context(assessment: Assessment, user: User | None = None, scheme: Scheme | None = None) -> dict[str, Any]:
    """Everything a scorecard shows of one assessment. A handful of queries."""
    scheme = scheme or as_rules(assessment.period.scheme)
    card = assessment.card or {"lines": [], "sums": {}, "bonus": [], "vetoes": []}
    parts = []
    for part in PARTS:
        lines = [line | {"share": _share(line)} for line in card["lines"] if line["part"] == part]
        parts.append(
            {"code": part, "title": standard.PART_TITLES[part], "points": card["sums"].get(part), "weight": scheme.weights[part], "lines": lines}
        )
    return {
        "assessment": assessment, "card": card, "parts": parts, "grade": label(assessment.grade, scheme, institution=assessment.is_institution),
        "flags": flags(assessment), "total": short(assessment.total),
        "claims": BonusClaim.objects.filter(assessment=assessment).select_related("kind", "proof", "claimed_by", "decided_by"),
        "findings": VetoFinding.objects.filter(assessment=assessment).select_related("kind", "proposed_by", "decided_by"),
        "opinions": Opinion.objects.filter(assessment=assessment), "comments": Comment.objects.filter(assessment=assessment).select_related("author"),
        "levels": dict(BonusClaim.Level.choices), "frozen": assessment.period.state == Period.State.FROZEN,
        "excused": {entry.key for entry in Entry.objects.filter(assessment=assessment, kind=Entry.Kind.EXCUSED)},
        "spans": assessment.spans.select_related("village"),
    } | ({"rights": rights(user, assessment)} if user is not None else {})  # fmt: skip


def _share(line: dict[str, Any]) -> int:
    """How full a line is, of 100."""
    points, most = number(line["points"]), number(line["max"])
    return round(100 * points / most) if points is not None and most else 0


def rights(user: User, assessment: Assessment) -> dict[str, bool]:
    """What this user may do with this assessment now."""
    running, own = assessment.period.state != Period.State.FROZEN, assessment.cadre_user_id == user.pk
    scores, reviews = (not own and may(user, assessment, permission) for permission in (Permission.ASSESSMENT_SCORE, Permission.ASSESSMENT_REVIEW))
    reports = not own and may(user, assessment, Permission.SURVEY_EDIT)
    stage = assessment.stage
    return {
        "score": running and scores and stage in {"report", "scoring"}, "finish": running and scores and stage == "scoring",
        "review": running and reviews and stage == "review" and assessment.scored_by_id != user.pk, "enter": running and (scores or reviews),
        "decide": running and reviews, "report": running and reports and stage == "report", "comment": scores or reviews,
        "send_back": running and ((scores and stage == "scoring") or (reviews and stage == "review")), "use": not running and reviews,
    }  # fmt: skip
