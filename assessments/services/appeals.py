"""After the grades: feedback, appeal, and what a score was used for."""

from datetime import date

from django.db import transaction

from accounts.models import User
from assessments.models import Appeal, Assessment, Period, ScoreUse
from assessments.services import periods
from assessments.services.errors import AssessmentsError, OwnScore, TooLate, WrongStage
from core.scope import because


def _frozen(assessment: Assessment) -> Assessment:
    assessment = Assessment.objects.select_for_update(of=("self",)).select_related("period").get(pk=assessment.pk)
    if assessment.period.state != Period.State.FROZEN:
        raise WrongStage("等次还没有确定。")
    return assessment


@transaction.atomic
def confirm(*, assessment: Assessment, by: User, day: date) -> Assessment:
    """The cadre has read the score and takes it."""
    assessment = _frozen(assessment)
    if assessment.cadre_user_id != by.pk:
        raise AssessmentsError("只有本人可以确认。")
    if Appeal.objects.filter(assessment=assessment, state=Appeal.State.FILED).exists():
        raise AssessmentsError("申诉正在办理,答复后再确认。")
    because("本人确认得分")
    assessment.confirmed_on = day
    assessment.save()
    return assessment


@transaction.atomic
def appeal(*, assessment: Assessment, grounds: str, by: User, day: date) -> Appeal:
    """File an appeal within the window. Raises TooLate, naming its last day."""
    assessment = _frozen(assessment)
    if assessment.cadre_user_id != by.pk:
        raise AssessmentsError("只有本人可以申诉。")
    last = assessment.period.appeal_until_on
    if last is None or day > last:
        raise TooLate(f"申诉期到 {last:%Y-%m-%d} 为止,已经截止。")
    if not grounds.strip():
        raise AssessmentsError("请写明申诉理由。")
    if Appeal.objects.filter(assessment=assessment, state=Appeal.State.FILED).exists():
        raise AssessmentsError("已有一件申诉在办理。")
    because("提出申诉")
    score = periods.newest_score(assessment)
    assert score is not None
    return Appeal.objects.create(
        assessment=assessment, village_id=assessment.village_id, score=score, filed_on=day, filed_by=by, grounds=grounds.strip()[:1000]
    )


@transaction.atomic
def decide_appeal(*, appeal: Appeal, upheld: bool, answer: str, by: User, day: date) -> Appeal:
    """Answer an appeal; an upheld one freezes a further version of the score from the corrected rows. Raises OwnScore."""
    appeal = Appeal.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=appeal.pk)
    periods.not_oneself(appeal.assessment, by)
    if appeal.filed_by_id == by.pk:
        raise OwnScore("申诉人不能答复自己的申诉。")
    if appeal.state != Appeal.State.FILED:
        raise AssessmentsError("这件申诉已经答复。")
    if not answer.strip():
        raise AssessmentsError("请写明答复意见。")
    because("答复申诉")
    appeal.state = Appeal.State.UPHELD if upheld else Appeal.State.REFUSED
    appeal.answer, appeal.decided_by, appeal.decided_on = answer.strip()[:500], by, day
    appeal.save()
    if upheld:
        periods.rescore(assessment=appeal.assessment, reason=f"申诉成立:{answer.strip()}"[:200], by=by)
    return appeal


@transaction.atomic
def record_use(*, assessment: Assessment, kind: str, used_on: date, words: str, by: User) -> ScoreUse:
    """What a frozen score was used for."""
    assessment = _frozen(assessment)
    periods.not_oneself(assessment, by)
    because("登记结果运用")
    use = ScoreUse(assessment=assessment, village_id=assessment.village_id, kind=kind, used_on=used_on, words=words, entered_by=by)
    use.full_clean()
    use.save()
    return use
