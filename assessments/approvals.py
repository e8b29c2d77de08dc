"""The kind of case an assessment is."""

from typing import Any

from accounts.permissions import Permission
from assessments.services import procedure, waiting
from core.pages import Fact
from workflow import kinds, requirements
from workflow.models import Case


def subject(case: Any) -> kinds.SubjectView:
    assessment = procedure._of(case)
    if assessment is None:
        return kinds.SubjectView()
    facts = [
        Fact("派驻干部", assessment.cadre.name), Fact("考核期", assessment.period.title), Fact("村", assessment.village.name),
        Fact("驻村职务", assessment.get_role_display()), Fact("总分", str(assessment.total or "未齐")), Fact("环节", assessment.get_stage_display()),
        Fact("个人述职", assessment.report[:300], wide=True),
    ]  # fmt: skip
    own = case.state == Case.State.RETURNED and case.started_by_id == assessment.cadre_user_id
    return kinds.SubjectView(url=waiting.receipt_url(assessment) if own else assessment.get_absolute_url(), facts=facts)


kinds.register(
    kinds.Kind(
        procedure.KIND, "“331”考核", subject, on_step=procedure.passed, on_ended=procedure.ended, permission=Permission.ASSESSMENT_VIEW,
        on_returned=procedure.returned, on_step_back=procedure.returned, on_resubmitted=procedure.handed_in_again,
    )
)  # fmt: skip
requirements.register("assessment_scored", "各项已评分、数据已齐", procedure.not_scored)
requirements.register("assessment_complete", "民主测评已封箱", procedure.not_complete)
