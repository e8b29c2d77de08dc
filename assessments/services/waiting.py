"""What waits in people's inboxes: a self-report, a claim, a finding, the receipt, an appeal. Reminders come with it (`workflow`)."""

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from assessments.models import Appeal, Assessment, BonusClaim, Period, VetoFinding
from workflow import services as flow
from workflow.models import Todo

REPORT, RECEIPT = "assessment-report", "assessment-receipt"
CLAIM, FINDING, STATEMENT, APPEAL = "assessment-bonus", "assessment-veto", "assessment-statement", "assessment-appeal"


def report_url(assessment: Assessment) -> str:
    """The cadre's own page, or the township's for one without an account."""
    name = "assessments:receipt-report" if assessment.cadre_user_id else "assessments:report"
    return reverse(name, args=[assessment.pk])


def receipt_url(assessment: Assessment) -> str:
    return reverse("assessments:receipt", args=[assessment.pk])


def _open(assessment: Assessment, kind: str, title: str, url: str, due_on: date | None, **whose: Any) -> None:
    flow.open_todo(kind=kind, title=title, url=url, due_on=due_on, village_id=assessment.village_id, place=assessment.village.code, **whose)


def wait_for_reports(period: Period) -> None:
    """Everybody's self-report, until its day."""
    for each in period.assessments.select_related("cadre", "cadre_user", "village"):
        whose: dict[str, Any] = {"user": each.cadre_user} if each.cadre_user else {"role": Role.TOWNSHIP_CLERK, "area": each.village.code[:9]}
        title = f"请提交个人述职:{period.title}" if each.cadre_user else f"述职代录:{period.title} {each.cadre.name}"
        _open(each, REPORT, title, report_url(each), period.report_due_on, **whose)


def wait_for_receipts(period: Period) -> None:
    """Everybody with an account is asked to confirm or appeal while the window is open."""
    for each in period.assessments.exclude(cadre_user=None).select_related("cadre_user", "village"):
        _open(each, RECEIPT, f"请确认得分或申诉:{period.title}", receipt_url(each), period.appeal_until_on, user=each.cadre_user)


def _department(without: list[User | None]) -> dict[str, Any]:
    return {"role": Role.ORG_DEPARTMENT, "area": settings.CITY_CODE, "without": [user.pk for user in without if user]}


def wait_for_claim(claim: BonusClaim) -> None:
    each = claim.assessment
    _open(each, CLAIM, f"请认定加分:{each.cadre.name} {claim.fact}", reverse("assessments:bonus-decide", args=[claim.pk]), each.period.review_due_on,
          **_department([claim.claimed_by]))  # fmt: skip


def wait_for_finding(finding: VetoFinding) -> None:
    """The department confirms or dismisses; the cadre may speak first."""
    each = finding.assessment
    _open(each, FINDING, f"请查实:{each.cadre.name} {finding.kind.title}", reverse("assessments:veto-decide", args=[finding.pk]), each.period.review_due_on,
          **_department([finding.proposed_by]))  # fmt: skip
    if each.cadre_user:
        _open(each, STATEMENT, f"请申辩:{finding.kind.title}", reverse("assessments:statement", args=[finding.pk]), each.period.review_due_on,
              user=each.cadre_user)  # fmt: skip


def wait_for_answer(appeal: Appeal, due_on: date) -> None:
    each = appeal.assessment
    _open(
        each,
        APPEAL,
        f"请答复申诉:{each.cadre.name}",
        reverse("assessments:appeal-decide", args=[appeal.pk]),
        due_on,
        **_department([appeal.filed_by]),
    )


def done(kind: str, url: str, by: User) -> None:
    """What waited at this address has been done."""
    for todo in Todo.objects.open().filter(kind=kind, url=url):
        flow.finish_todo(todo=todo, by=by)


def drop(kinds: list[str], urls: list[str]) -> None:
    """What waited at these addresses is no longer needed."""
    for todo in Todo.objects.open().filter(kind__in=kinds, url__in=urls):
        flow.drop_todo(todo=todo)
