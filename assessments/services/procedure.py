"""From self-report to review: each assessment is a case of `workflow`, whose steps decide; the hooks keep the stage."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from assessments.models import Assessment, Indicator
from assessments.services import scoring, waiting
from assessments.services.errors import AssessmentsError, NotReady
from assessments.services.periods import locked, not_oneself
from core.clock import today
from core.scope import because
from workflow import services as flow
from workflow.models import Case, Decision, Procedure, Step

KIND = "assessment"
SCORE, REVIEW = "score", "review"


def ensure_procedure(day: date) -> Procedure:
    """The procedure of `domain.md` §6.3 [assumed], where officials have not made one of their own."""
    found = Procedure.objects.filter(key=KIND).order_by("-valid_from").first()
    if found:
        return found
    procedure = Procedure.objects.create(key=KIND, title="“331”考核办理流程", valid_from=date(day.year, 1, 1), is_assumed=True)
    Step.objects.create(procedure=procedure, number=1, code=SCORE, title="乡镇(街道)党委评分", word=Step.Word.REVIEW, role=Role.TOWNSHIP_CHECKER,
                        level=Step.Level.TOWNSHIP, days=10, requirements=["assessment_scored"])  # fmt: skip
    Step.objects.create(procedure=procedure, number=2, code=REVIEW, title="市委组织部复核", word=Step.Word.CHECK, role=Role.ORG_DEPARTMENT,
                        level=Step.Level.CITY, days=10, return_to=Step.ReturnTo.PREVIOUS, requirements=["assessment_complete"])  # fmt: skip
    return procedure


@transaction.atomic
def submit_report(*, assessment: Assessment, text: str, by: User, day: date) -> Assessment:
    """Hand in the self-report (个人述职), one's own or a cadre's on paper; the township's scoring waits from then on."""
    assessment = locked(assessment, stages={Assessment.Stage.REPORT})
    if len(text.strip()) < 10:
        raise AssessmentsError("请写明述职内容,不少于 10 个字。")
    because("提交个人述职")
    assessment.report, assessment.reported_on, assessment.reported_by = text.strip(), day, by
    assessment.stage, assessment.return_reason = Assessment.Stage.SCORING, ""
    case = assessment.case
    if case is not None and case.state == Case.State.RETURNED and case.started_by_id == by.pk:
        flow.resubmit(case=case, by=by)
    elif case is None or not case.is_running:
        ensure_procedure(day)
        assessment.case = flow.start_case(kind=KIND, title=f"{assessment.period.title} {assessment.cadre.name}", village=assessment.village, by=by, day=day,
                                          applicant=assessment.cadre_user or by)  # fmt: skip
    else:
        raise AssessmentsError(f"退回后由原填报人 {case.started_by.name} 修改并重新提交。")
    assessment.save()
    flow.set_due(case=_case(assessment), due_on=assessment.period.scoring_due_on)
    waiting.done(waiting.REPORT, waiting.report_url(assessment), by)
    return assessment


def lacking(assessment: Assessment, *, kinds: set[str]) -> list[str]:
    """Indicators of these kinds that have no points yet, in words; the card is worked out anew."""
    period = assessment.period
    found = scoring.score_period(period, assessments=[assessment])[assessment.pk].document
    of_kind = dict(Indicator.objects.filter(scheme_id=period.scheme_id).values_list("code", "kind"))
    return [f"{line['code']} {line['title']}:{line['words']}。" for line in found["lines"]
            if line["applies"] and line["points"] is None and of_kind.get(line["code"].split("+")[0]) in kinds]  # fmt: skip


def _case(assessment: Assessment) -> Case:
    """The running case of an assessment past its report."""
    if assessment.case is None:
        raise AssessmentsError("还没有提交个人述职。")
    return assessment.case


def _of(case: Case) -> Assessment | None:
    return Assessment.objects.select_related("period", "cadre", "village").filter(case=case).first()


def not_scored(case: Case) -> list[str]:
    """Requirement of the township's step: every indicator people judge is judged, and no fact is missing."""
    assessment = _of(case)
    return lacking(assessment, kinds={"judged", "ratio", "step", "deduction"}) if assessment else []


def not_complete(case: Case) -> list[str]:
    """Requirement of the review: the boxes are sealed. A sample too small is no hindrance: it is said, and gives no grade."""
    assessment = _of(case)
    if assessment is None:
        return []
    closed = assessment.period.rounds.exclude(closed_on=None).exists()
    return [] if closed else ["民主测评还没有封箱。"]


@transaction.atomic
def finish_scoring(*, assessment: Assessment, opinion: str, by: User) -> Assessment:
    """The township's step. Raises NotReady naming what is not scored."""
    assessment = locked(assessment, stages={Assessment.Stage.SCORING})
    not_oneself(assessment, by)
    missing = lacking(assessment, kinds={"judged", "ratio", "step", "deduction"})
    if missing:
        raise NotReady(missing)
    return _advance(assessment, opinion, by)


@transaction.atomic
def review(*, assessment: Assessment, opinion: str, by: User) -> Assessment:
    """The organization department's step (复核)."""
    assessment = locked(assessment, stages={Assessment.Stage.REVIEW})
    not_oneself(assessment, by)
    if assessment.scored_by_id == by.pk:
        raise AssessmentsError("乡镇评分人不能再作复核人。")
    return _advance(assessment, opinion, by)


def _advance(assessment: Assessment, opinion: str, by: User) -> Assessment:
    try:
        flow.advance(case=_case(assessment), by=by, opinion=opinion)
    except flow.WorkflowError as error:
        raise AssessmentsError(str(error)) from error
    assessment.refresh_from_db()
    return assessment


@transaction.atomic
def send_back(*, assessment: Assessment, reason: str, by: User) -> Assessment:
    """Return with a reason: the review to the township, the township to who reported."""
    assessment = locked(assessment, stages={Assessment.Stage.SCORING, Assessment.Stage.REVIEW})
    not_oneself(assessment, by)
    case = _case(assessment)
    try:
        flow.decide(case=case, step_id=case.step_id or 0, version=case.version, result=Decision.Result.RETURN, opinion=reason, by=by)
    except flow.WorkflowError as error:
        raise AssessmentsError(str(error)) from error
    assessment.refresh_from_db()
    return assessment


def passed(case: Case, step: Step, decision: Decision) -> None:
    """Hook: a step was passed, by whatever door."""
    assessment = _of(case)
    if assessment is None:
        return
    not_oneself(assessment, decision.user)
    if step.code == SCORE:
        assessment.scored_by, assessment.scored_on, assessment.stage = decision.user, today(), Assessment.Stage.REVIEW
        flow.set_due(case=case, due_on=assessment.period.review_due_on)
    elif step.code == REVIEW:
        assessment.reviewed_by, assessment.reviewed_on, assessment.stage = decision.user, today(), Assessment.Stage.REVIEWED
    assessment.return_reason = ""
    assessment.save()


def returned(case: Case, decision: Decision) -> None:
    """Hook: it went back, to the township or to who reported."""
    assessment = _of(case)
    if assessment is None:
        return
    at_score = case.step is not None and case.step.code == SCORE
    assessment.stage = Assessment.Stage.SCORING if at_score else Assessment.Stage.REPORT
    assessment.return_reason = decision.opinion
    assessment.save()


def handed_in_again(case: Case) -> None:
    """Hook: the report was handed in again as it stands, by whatever door."""
    Assessment.objects.filter(case=case, stage=Assessment.Stage.REPORT).update(stage=Assessment.Stage.SCORING, return_reason="")


def ended(case: Case, state: str, by: Any) -> None:
    """Hook: refused or taken back; the report is to be handed in anew."""
    Assessment.objects.filter(case=case).update(stage=Assessment.Stage.REPORT, case=None)
