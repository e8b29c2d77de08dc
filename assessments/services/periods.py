"""Periods: opening, publishing, grading and freezing, and a change after that."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from assessments.models import Assessment, AssessmentScheme, BonusClaim, Period, Score, Span, VetoFinding
from assessments.services import scoring, waiting
from assessments.services.errors import AssessmentsError, Frozen, NotReady, OwnScore, WrongStage
from cadres.models import Posting
from core.scope import because


@transaction.atomic
def open_period(*, code: str, title: str, scheme: AssessmentScheme, since: date, until: date, report_due_on: date, scoring_due_on: date,
                review_due_on: date, by: User | None, day: date) -> Period:  # fmt: skip
    """Open a period and an assessment for everybody posted to a village in it. Raises AssessmentsError."""
    if scheme.state != AssessmentScheme.State.ADOPTED:
        raise AssessmentsError("只能用已通过的方案开考核期。")
    overlapping = Period.objects.filter(since__lte=until, until__gte=since).first()
    if overlapping:
        raise AssessmentsError(f"与“{overlapping.title}”的时间重叠。")
    because(f"启动考核 {title}")
    period = Period(code=code, title=title, scheme=scheme, since=since, until=until, report_due_on=report_due_on, scoring_due_on=scoring_due_on,
                    review_due_on=review_due_on, opened_by=by, opened_on=day)  # fmt: skip
    period.full_clean(exclude=["opened_by"])
    period.save()
    if not enrol(period=period):
        raise AssessmentsError("考核期内没有派驻在村的干部。")
    waiting.wait_for_reports(period)
    return period


def enrol(*, period: Period) -> int:
    """An assessment for every cadre with a posting in the period, in the village served longest; returns how many."""
    postings = Posting.objects.filter(started_on__lte=period.until).filter(Q(ended_on=None) | Q(ended_on__gte=period.since))
    by_cadre: dict[int, list[Posting]] = {}
    for posting in postings.select_related("cadre__home_unit").order_by("cadre_id", "started_on"):
        by_cadre.setdefault(posting.cadre_id, []).append(posting)
    assessments, spans = [], []
    for found in by_cadre.values():
        stretches = [(each, max(each.started_on, period.since), min(each.ended_on or period.until, period.until)) for each in found]
        main = max(stretches, key=lambda stretch: (stretch[2] - stretch[1], stretch[1]))[0]
        cadre = main.cadre
        days = sum((until - since).days + 1 for _, since, until in stretches)
        assessments.append(Assessment(period=period, cadre=cadre, cadre_user_id=cadre.user_id, village_id=main.village_id, role=main.role,
                                      home_unit=cadre.home_unit, days_served=days, is_demo=cadre.is_demo))  # fmt: skip
        spans.append(stretches)
    Assessment.objects.bulk_create(assessments, batch_size=1000)
    Span.objects.bulk_create(
        (Span(assessment=assessment, village_id=posting.village_id, role=posting.role, since=since, until=until)
         for assessment, stretches in zip(assessments, spans, strict=True) for posting, since, until in stretches),
        batch_size=1000,
    )  # fmt: skip
    return len(assessments)


def locked(assessment: Assessment, *, stages: set[str] | None = None) -> Assessment:
    """The assessment, locked, of a period that still runs. Raises Frozen, WrongStage."""
    assessment = Assessment.objects.select_for_update(of=("self",)).select_related("period", "cadre").get(pk=assessment.pk)
    if assessment.period.state == Period.State.FROZEN:
        raise Frozen("等次已定,得分已冻结。有异议请在申诉期内提出申诉。")
    if assessment.period.state == Period.State.PUBLISHED:
        raise WrongStage("考核结果正在公示,不能改动。异议成立的,请先撤回公示再更正。")
    if stages is not None and assessment.stage not in stages:
        raise WrongStage(f"这份考核现在是“{assessment.get_stage_display()}”,不能办理这一步。")
    return assessment


def not_oneself(assessment: Assessment, by: User) -> None:
    """Scorer ≠ scored. Raises OwnScore."""
    if assessment.cadre_user_id == by.pk:
        raise OwnScore("不能评定、复核自己的考核。")


def open_matters(period: Period) -> list[str]:
    """What still keeps a period from being published, in words."""
    people = period.assessments.select_related("cadre")
    missing = [f"{each.cadre.name}:{each.get_stage_display()}。" for each in people.exclude(stage=Assessment.Stage.REVIEWED).order_by("id")[:50]]
    if period.rounds.filter(closed_on=None).exists() or not period.rounds.exists():
        missing.append("民主测评还没有封箱。")
    claims = BonusClaim.objects.filter(assessment__period=period, state=BonusClaim.State.CLAIMED).count()
    findings = VetoFinding.objects.filter(assessment__period=period, state=VetoFinding.State.PROPOSED).count()
    missing += [f"{claims} 件加分申报待认定。"] if claims else []
    missing += [f"{findings} 项否决情形待查实。"] if findings else []
    missing += [
        f"{each.cadre.name}:{'、'.join(each.card.get('missing', []))} 缺少数据。"
        for each in people
        if each.card.get("missing") and not each.card.get("no_sample")
    ]
    return missing  # fmt: skip


@transaction.atomic
def publish(*, period: Period, until: date, by: User, day: date) -> Period:
    """Begin the publication of the results; `until` is its last day. Raises NotReady."""
    period = Period.objects.select_for_update().get(pk=period.pk)
    if period.state != Period.State.OPEN:
        raise WrongStage("只有考核中的考核期可以公示。")
    scoring.refresh(period=period)
    missing = open_matters(period)
    if missing:
        raise NotReady(missing)
    because(f"公示考核结果 {period.title}")
    period.refresh_from_db()
    period.state, period.published_on, period.publish_until_on = Period.State.PUBLISHED, day, until
    period.save()
    return period


@transaction.atomic
def unpublish(*, period: Period, by: User) -> Period:
    """Back to work on the scores: a publication that was ended early does not count."""
    period = Period.objects.select_for_update().get(pk=period.pk)
    if period.state != Period.State.PUBLISHED:
        raise WrongStage("现在没有公示。")
    because("撤回考核结果公示")
    period.state, period.published_on, period.publish_until_on, period.notice = Period.State.OPEN, None, None, None
    period.save()
    return period


@transaction.atomic
def freeze(*, period: Period, by: User | None, day: date) -> Period:
    """Decide the grades and freeze every score as its first version. Raises NotReady, WrongStage."""
    period = Period.objects.select_for_update().get(pk=period.pk)
    if period.state == Period.State.FROZEN:
        raise Frozen("等次已定。")
    if period.state != Period.State.PUBLISHED or period.publish_until_on is None:
        raise WrongStage("公示期满后才能定等次。")
    if day <= period.publish_until_on:
        raise NotReady([f"公示到 {period.publish_until_on:%Y-%m-%d} 为止。"])
    tied = period.assessments.filter(card__tied=True).count()
    if tied:
        raise NotReady([f"{tied} 人在优秀名额边缘并列,请先研究确定人选。"])
    because(f"确定考核等次 {period.title}")
    people = list(period.assessments.all())
    Score.objects.bulk_create([frozen_row(each, 1, "", by) for each in people], batch_size=500)
    period.refresh_from_db()
    period.state, period.frozen_on, period.frozen_by = Period.State.FROZEN, day, by
    period.appeal_until_on = day + timedelta(days=period.scheme.appeal_days)
    period.save()
    Assessment.objects.filter(period=period).update(stage=Assessment.Stage.GRADED)
    waiting.drop([waiting.REPORT], [waiting.report_url(each) for each in people])
    waiting.wait_for_receipts(period)
    return period


def frozen_row(each: Assessment, version: int, reason: str, by: User | None) -> Score:
    return Score(assessment=each, village_id=each.village_id, version=version, card=each.card, attendance=each.attendance, duty=each.duty,
                 satisfaction=each.satisfaction, bonus=each.bonus, total=each.total, grade=each.grade, rank=each.rank, reason=reason, made_by=by)  # fmt: skip


@transaction.atomic
def choose(*, assessment: Assessment, reason: str, by: User) -> Assessment:
    """Decide a tie at the quota's edge for this one. Raises AssessmentsError where there is none."""
    assessment = locked(assessment)
    not_oneself(assessment, by)
    if not assessment.card.get("tied"):
        raise AssessmentsError("这名干部不在名额边缘并列之列。")
    if not reason.strip():
        raise AssessmentsError("请写明研究意见。")
    because(f"并列研究确定:{reason}")
    assessment.is_chosen, assessment.chosen_reason = True, reason[:200]
    assessment.save()
    scoring.refresh(period=assessment.period)
    return assessment


def newest_score(assessment: Assessment) -> Score | None:
    return Score.objects.filter(assessment=assessment).order_by("-version").first()


def compare_schemes(*, period: Period, scheme: AssessmentScheme) -> list[dict[str, Any]]:
    """The period under its own scheme and under another, side by side, in the order of its own. Writes nothing."""
    from assessments.rules.grades import label
    from assessments.rules.scheme import sum_problems
    from assessments.services.errors import SchemeDoesNotHold
    from assessments.services.schemes import as_rules

    other = as_rules(scheme)
    problems = sum_problems(other)
    if problems:
        raise SchemeDoesNotHold(problems)
    own = as_rules(period.scheme)
    people = list(period.assessments.select_related("cadre", "village", "home_unit"))
    mine, theirs = scoring.score_period(period, assessments=people), scoring.score_period(period, scheme=other, assessments=people)
    rows = []
    for each in people:
        a, b = mine[each.pk], theirs[each.pk]
        change = None if a.card.total is None or b.card.total is None else b.card.total - a.card.total
        rows.append({
            "assessment": each, "total": a.card.total, "other_total": b.card.total, "change": change, "rank": a.placing.rank, "other_rank": b.placing.rank,
            "grade": label(a.placing.grade, own, institution=each.is_institution), "other_grade": label(b.placing.grade, other, institution=each.is_institution),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["assessment"].pk))
