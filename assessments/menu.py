from typing import Any

from django.db.models import Count, Q

from accounts.permissions import Permission
from assessments.models import Appeal, Assessment, Period
from core import menu
from core.clock import today
from core.views import workbench_card

P = Permission
menu.add("责任监督", "“331”考核", "assessments:periods", P.ASSESSMENT_VIEW, P.SURVEY_EDIT, order=60)
menu.add("责任监督", "我的考核", "assessments:own", P.ASSESSMENT_OWN, order=61)


@workbench_card
def own_assessment(request: Any) -> list[dict]:
    """For a cadre: what one's own assessment waits for."""
    if not request.user.may(P.ASSESSMENT_OWN):
        return []
    rows = []
    for each in Assessment.objects.own(request.user).select_related("period").order_by("-period__since")[:3]:
        period = each.period
        if each.stage == Assessment.Stage.REPORT and period.state == Period.State.OPEN:
            value = f"请在 {period.report_due_on:%m-%d} 前述职"
        elif period.state == Period.State.FROZEN and not each.confirmed_on and period.appeal_until_on and today() <= period.appeal_until_on:
            value = f"请确认或在 {period.appeal_until_on:%m-%d} 前申诉"
        else:
            value = str(each.get_stage_display())
        rows.append({"label": period.title, "value": value, "url": f"/assessments/own/{each.pk}/"})
    return [{"title": "我的考核", "rows": rows}] if rows else []


@workbench_card
def waiting_assessments(request: Any) -> list[dict]:
    """For who scores and reviews: how many wait, and which boxes are short of slips."""
    if not request.user.may(P.ASSESSMENT_SCORE) and not request.user.may(P.ASSESSMENT_REVIEW):
        return []
    rows = []
    for period in Period.objects.exclude(state=Period.State.FROZEN)[:3]:
        mine = Assessment.objects.visible_to(request.user, P.ASSESSMENT_VIEW).filter(period=period)
        counted = mine.aggregate(scoring=Count("pk", filter=Q(stage="scoring")), review=Count("pk", filter=Q(stage="review")))
        if request.user.may(P.ASSESSMENT_SCORE):
            rows.append(
                {
                    "label": f"{period.title} 待乡镇评分",
                    "value": f"{counted['scoring']} 人",
                    "url": f"/assessments/periods/{period.pk}/review/?sort=stage",
                }
            )
        if request.user.may(P.ASSESSMENT_REVIEW):
            rows.append(
                {"label": f"{period.title} 待复核", "value": f"{counted['review']} 人", "url": f"/assessments/periods/{period.pk}/review/?sort=stage"}
            )
    if request.user.may(P.ASSESSMENT_REVIEW):
        appeals = (
            Appeal.objects.visible_to(request.user, P.ASSESSMENT_REVIEW)
            .filter(state=Appeal.State.FILED)
            .select_related("assessment__cadre", "assessment__period")
        )
        rows += [
            {"label": f"申诉:{each.assessment.cadre.name}", "value": "待答复", "url": f"/assessments/appeals/{each.pk}/decide/"}
            for each in appeals[:5]
        ]
    return [{"title": "“331”考核", "rows": rows}] if rows else []
