"""After the grades: feedback, appeal, and what a score was used for."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from assessments.models import Appeal, Assessment, Entry, Indicator, Period, Score, ScoreUse
from assessments.rules import standard
from assessments.services import periods, scoring, waiting
from assessments.services.entries import held_by_system, put_entry
from assessments.services.errors import AssessmentsError, OwnScore, TooLate, WrongStage
from core import settings
from core.scope import because
from workflow import services as flow

Correction = tuple[str, Decimal, str]  # an indicator that people judge, or an input of paper; its new value; why


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
    waiting.done(waiting.RECEIPT, waiting.receipt_url(assessment), by)
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
    filed = Appeal.objects.create(
        assessment=assessment, village_id=assessment.village_id, score=score, filed_on=day, filed_by=by, grounds=grounds.strip()[:1000]
    )
    waiting.done(waiting.RECEIPT, waiting.receipt_url(assessment), by)
    waiting.wait_for_answer(filed, day + timedelta(days=settings.get("appeal_answer_days")))
    return filed


@transaction.atomic
def decide_appeal(*, appeal: Appeal, upheld: bool, answer: str, by: User, day: date, corrections: Iterable[Correction] = ()) -> Appeal:
    """Answer an appeal; an upheld one freezes a further version of the score from the corrected rows. Raises OwnScore.

    What the rooms hold is corrected where it is recorded; `corrections` are for what was judged or came from paper.
    """
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
        rescore(assessment=appeal.assessment, reason=f"申诉成立:{answer.strip()}"[:200], by=by, corrections=corrections)
    waiting.done(waiting.APPEAL, reverse("assessments:appeal-decide", args=[appeal.pk]), by)
    flow.notify(users=[appeal.filed_by], text=f"您的申诉已答复:{appeal.get_state_display()}。", url=waiting.receipt_url(appeal.assessment))
    return appeal


@transaction.atomic
def rescore(*, assessment: Assessment, reason: str, by: User, corrections: Iterable[Correction] = ()) -> Score:
    """A further version of one frozen score, from the rows as they are now and `corrections`; the others and the earlier version stay.

    The place among the others is worked out anew for this one alone: nobody loses a grade by another's appeal.
    """
    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    period = assessment.period
    if period.state != Period.State.FROZEN:
        raise WrongStage("等次未定,直接改动所依据的数据即可。")
    periods.not_oneself(assessment, by)
    if not reason.strip():
        raise AssessmentsError("请写明更改缘由。")
    because(f"更改定分:{reason}")
    for key, value, words in corrections:
        _correct(assessment, key, value, words, by)
    found = scoring.score_period(period)[assessment.pk]
    scoring.put(assessment, found)
    assessment.confirmed_on = None
    assessment.save()
    last = Score.objects.filter(assessment=assessment).order_by("-version").values_list("version", flat=True).first() or 0
    score = periods.frozen_row(assessment, last + 1, reason[:200], by)
    score.save()
    return score


def _correct(assessment: Assessment, key: str, value: Decimal, words: str, by: User) -> None:
    """One judged indicator or paper fact put right after the freeze. Raises AssessmentsError for what the rooms hold."""
    indicator = Indicator.objects.filter(scheme_id=assessment.period.scheme_id, code=key, kind=Indicator.Kind.JUDGED).first()
    if indicator is not None:
        if not 0 <= value <= indicator.maximum:
            raise AssessmentsError(f"{indicator} 应在 0 到 {indicator.maximum} 分之间。")
        put_entry(assessment, Entry.Kind.JUDGED, key, value, words, None, by)
        return
    if key not in standard.INPUT_LABELS or held_by_system(assessment, key):
        raise AssessmentsError("系统中已有记录的数据请到原记录更正,再按更正后的数据定分。")
    if not 0 <= value <= 100_000:
        raise AssessmentsError("数值应在 0 到 100000 之间。")
    put_entry(assessment, Entry.Kind.INPUT, key, value, words, None, by)


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
