"""What people put into an assessment: judged points, data of paper, excuses, bonus claims, vetoes, opinions, comments, sheets."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from assessments.models import Assessment, BonusClaim, BonusKind, Comment, Entry, Indicator, Opinion, Period, SiteSheet, VetoFinding, VetoKind
from assessments.rules import standard
from assessments.rules.engine import plain
from assessments.services import scoring, waiting
from assessments.services.errors import AssessmentsError, OwnScore
from assessments.services.periods import locked, not_oneself
from core import scoring_inputs
from core.scope import because
from villages.models import Village
from workflow.models import Attachment

SCORING: set[str] = {Assessment.Stage.REPORT, Assessment.Stage.SCORING}
REVIEWING: set[str] = {Assessment.Stage.REPORT, Assessment.Stage.SCORING, Assessment.Stage.REVIEW, Assessment.Stage.REVIEWED}


def _indicator(assessment: Assessment, code: str) -> Indicator:
    found = Indicator.objects.filter(scheme_id=assessment.period.scheme_id, code=code).first()
    if found is None:
        raise AssessmentsError("方案中没有这个指标。")
    return found


def put_entry(assessment: Assessment, kind: str, key: str, value: Decimal | None, words: str, evidence: Attachment | None, by: User) -> Entry:
    if not words.strip():
        raise AssessmentsError("请写明依据。")
    entry = Entry.objects.filter(assessment=assessment, kind=kind, key=key).first() or Entry(assessment=assessment, kind=kind, key=key)
    entry.village_id, entry.subject_id = assessment.village_id, assessment.cadre_user_id
    entry.value, entry.words, entry.entered_by = value, words.strip()[:500], by
    entry.evidence = evidence or entry.evidence
    entry.full_clean(exclude=["subject"])
    entry.save()
    return entry


@transaction.atomic
def judge(*, assessment: Assessment, code: str, points: Decimal, words: str, by: User, evidence: Attachment | None = None) -> Entry:
    """Judge an indicator that only people can judge, with words and perhaps a proof. Raises AssessmentsError, OwnScore."""
    assessment = locked(assessment, stages=SCORING)
    not_oneself(assessment, by)
    indicator = _indicator(assessment, code)
    if indicator.kind != Indicator.Kind.JUDGED:
        raise AssessmentsError(f"{indicator} 由系统数据计分,不能人工打分。")
    if not 0 <= points <= indicator.maximum:
        raise AssessmentsError(f"{indicator} 应在 0 到 {plain(indicator.maximum)} 分之间。")
    because(f"评定 {indicator}")
    return put_entry(assessment, Entry.Kind.JUDGED, code, points, words, evidence, by)


def system_value(assessment: Assessment, key: str) -> Decimal | None:
    """What the rooms hold of an input, or None."""
    try:
        source = scoring_inputs.get(key)
    except KeyError:
        return None
    found = source.compute([assessment.cadre_id], assessment.period.since, assessment.period.until).get(assessment.cadre_id)
    return found.value if found else None


def held_by_system(assessment: Assessment, key: str) -> bool:
    """Whether the rooms hold an input, and for a share both of its numbers."""
    pairs = Indicator.objects.filter(scheme_id=assessment.period.scheme_id, kind=Indicator.Kind.RATIO).values_list("inputs", flat=True)
    together = next((keys for keys in pairs if key in keys), [key])
    return all(system_value(assessment, each) is not None for each in together)


@transaction.atomic
def enter_input(*, assessment: Assessment, key: str, value: Decimal, words: str, by: User, evidence: Attachment | None = None) -> Entry:
    """Enter a fact of paper records. Refused where the system holds it: no score is typed over facts."""
    assessment = locked(assessment, stages=REVIEWING)
    not_oneself(assessment, by)
    if key not in standard.INPUT_LABELS:
        raise AssessmentsError("没有这项数据。")
    if not 0 <= value <= 100_000:
        raise AssessmentsError("数值应在 0 到 100000 之间。")
    if held_by_system(assessment, key):
        raise AssessmentsError(f"“{standard.INPUT_LABELS[key][0]}”系统中已有记录,自动计分,不能另行填报。有误请到原记录更正。")
    because(f"登记 {standard.INPUT_LABELS[key][0]}")
    return put_entry(assessment, Entry.Kind.INPUT, key, value, words, evidence, by)


@transaction.atomic
def excuse(*, assessment: Assessment, code: str, words: str, by: User) -> Entry:
    """Say that an indicator does not apply to somebody in this period; the part is made up for by its other indicators."""
    assessment = locked(assessment, stages=REVIEWING)
    not_oneself(assessment, by)
    indicator = _indicator(assessment, code)
    if indicator.kind == Indicator.Kind.SURVEY:
        raise AssessmentsError("满意度测评不能免计。")
    because(f"免计 {indicator}:{words}")
    return put_entry(assessment, Entry.Kind.EXCUSED, code, None, words, None, by)


@transaction.atomic
def drop_excuse(*, assessment: Assessment, code: str, by: User) -> None:
    assessment = locked(assessment, stages=REVIEWING)
    not_oneself(assessment, by)
    because(f"恢复计分 {code}")
    Entry.objects.filter(assessment=assessment, kind=Entry.Kind.EXCUSED, key=code).delete()


def fact_key(fact: str, document: str) -> str:
    """What makes two claims one fact: the document's number where there is one, else the fact's own words."""
    return re.sub(r"[\W_]+", "", document or fact).lower()[:100]


@transaction.atomic
def claim_bonus(*, assessment: Assessment, kind: BonusKind, level: str, fact: str, document: str, issued_on: date, certified_by: str, by: User,
                proof: Attachment | None = None) -> BonusClaim:  # fmt: skip
    """Put a fact forward. One fact may stand on several levels and counts at the highest; the same level twice is refused."""
    assessment = locked(assessment, stages=SCORING | {Assessment.Stage.REVIEW})
    if kind.scheme_id != assessment.period.scheme_id:
        raise AssessmentsError("方案中没有这个加分项。")
    if not assessment.period.since <= issued_on <= assessment.period.until:
        raise AssessmentsError(f"事项日期应在考核期内({assessment.period.since:%Y-%m-%d} 至 {assessment.period.until:%Y-%m-%d})。")
    key = fact_key(fact, document)
    if BonusClaim.objects.filter(assessment=assessment, fact_key=key, level=level).exclude(state=BonusClaim.State.REFUSED).exists():
        raise AssessmentsError("同一事项、同一级别已申报过,不能重复加分。")
    because(f"申报加分 {fact}")
    claim = BonusClaim(assessment=assessment, village_id=assessment.village_id, kind=kind, level=level, fact=fact, fact_key=key, document=document,
                       issued_on=issued_on, certified_by=certified_by, proof=proof, claimed_by=by)  # fmt: skip
    claim.full_clean(exclude=["proof", "decided_by"])
    claim.save()
    waiting.wait_for_claim(claim)
    return claim


@transaction.atomic
def decide_bonus(*, claim: BonusClaim, accept: bool, reason: str, by: User) -> BonusClaim:
    """Accept or refuse a claim, with a reason. Raises OwnScore for one's own."""
    claim = BonusClaim.objects.select_for_update(of=("self",)).select_related("assessment__period").get(pk=claim.pk)
    locked(claim.assessment)
    not_oneself(claim.assessment, by)
    if claim.claimed_by_id == by.pk:
        raise OwnScore("申报人不能自己认定,请由另一人办理。")
    if claim.state != BonusClaim.State.CLAIMED:
        raise AssessmentsError("这件申报已经认定过。")
    if not accept and not reason.strip():
        raise AssessmentsError("不予认定的,请写明原因。")
    because(f"认定加分 {claim.fact}")
    claim.state = BonusClaim.State.ACCEPTED if accept else BonusClaim.State.REFUSED
    claim.decided_by, claim.reason = by, reason[:200]
    claim.save()
    waiting.done(waiting.CLAIM, reverse("assessments:bonus-decide", args=[claim.pk]), by)
    return claim


@transaction.atomic
def propose_veto(*, assessment: Assessment, kind: VetoKind, found_on: date, words: str, by: User, proof: Attachment | None = None) -> VetoFinding:
    """Put a veto forward; it counts only once another person has confirmed it."""
    assessment = locked(assessment)
    not_oneself(assessment, by)
    if kind.scheme_id != assessment.period.scheme_id:
        raise AssessmentsError("方案中没有这种否决情形。")
    because(f"提出否决情形 {kind.title}")
    finding = VetoFinding(
        assessment=assessment, village_id=assessment.village_id, kind=kind, found_on=found_on, words=words, proof=proof, proposed_by=by
    )
    finding.full_clean(exclude=["proof", "decided_by"])
    finding.save()
    waiting.wait_for_finding(finding)
    return finding


@transaction.atomic
def decide_veto(*, finding: VetoFinding, confirm: bool, reason: str, by: User) -> VetoFinding:
    """Confirm or dismiss a veto. Raises OwnScore for who proposed it."""
    finding = VetoFinding.objects.select_for_update(of=("self",)).select_related("assessment__period").get(pk=finding.pk)
    locked(finding.assessment)
    not_oneself(finding.assessment, by)
    if finding.proposed_by_id == by.pk:
        raise OwnScore("提出人不能自己查实,请由另一人办理。")
    if finding.state != VetoFinding.State.PROPOSED:
        raise AssessmentsError("这项情形已经查实过。")
    if not reason.strip():
        raise AssessmentsError("请写明查实意见。")
    because(f"查实否决情形 {finding.kind.title}")
    finding.state = VetoFinding.State.CONFIRMED if confirm else VetoFinding.State.DISMISSED
    finding.decided_by, finding.reason = by, reason[:300]
    finding.save()
    waiting.done(waiting.FINDING, reverse("assessments:veto-decide", args=[finding.pk]), by)
    waiting.drop([waiting.STATEMENT], [reverse("assessments:statement", args=[finding.pk])])
    return finding


@transaction.atomic
def state_against(*, finding: VetoFinding, statement: str, by: User) -> VetoFinding:
    """The cadre's own statement (申辩) on a veto not yet decided."""
    finding = VetoFinding.objects.select_for_update(of=("self",)).select_related("assessment__period").get(pk=finding.pk)
    locked(finding.assessment)
    if finding.assessment.cadre_user_id != by.pk:
        raise AssessmentsError("只有本人可以申辩。")
    if finding.state != VetoFinding.State.PROPOSED:
        raise AssessmentsError("这项情形已经查实,可在定等次后申诉。")
    because("本人申辩")
    finding.statement = statement[:500]
    finding.save()
    waiting.done(waiting.STATEMENT, reverse("assessments:statement", args=[finding.pk]), by)
    return finding


@transaction.atomic
def give_opinion(*, assessment: Assessment, body: str, text: str, given_on: date, by: User) -> Opinion:
    """The words of one of the four bodies, as they will stand on the wall chart."""
    assessment = locked(assessment)
    not_oneself(assessment, by)
    because("登记鉴定意见")
    opinion = Opinion.objects.filter(assessment=assessment, body=body).first() or Opinion(assessment=assessment, body=body)
    opinion.village_id, opinion.text, opinion.given_on, opinion.entered_by = assessment.village_id, text.strip(), given_on, by
    opinion.full_clean()
    opinion.save()
    return opinion


@transaction.atomic
def comment(*, assessment: Assessment, text: str, by: User, code: str = "") -> Comment:
    """A remark beside a card or one of its lines."""
    if not text.strip():
        raise AssessmentsError("请写批注内容。")
    because("批注")
    return Comment.objects.create(assessment=assessment, village_id=assessment.village_id, code=code[:12], text=text.strip()[:500], author=by)


@transaction.atomic
def record_sheet(*, period: Period, village: Village, by: User, scan: Attachment | None = None, **fields: Any) -> SiteSheet:
    """What the assessment group did in a village, with its signed sheet."""
    if period.state == Period.State.FROZEN:
        raise AssessmentsError("等次已定,不再登记现场考核。")
    because("登记现场考核")
    sheet = SiteSheet(period=period, village=village, entered_by=by, scan=scan, **fields)
    sheet.full_clean(exclude=["scan"])
    try:
        sheet.save()
    except IntegrityError as error:
        raise AssessmentsError("抽查份数和差错份数不相符。") from error
    return sheet


def refresh_after(period: Period) -> None:
    """Cards follow what was put in, unless the period is frozen."""
    if period.state != Period.State.FROZEN:
        scoring.refresh(period=period)
