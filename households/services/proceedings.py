"""A household's way through identification, exit, removal, return, monitoring: every write (`domain.md` §3).

A proceeding is a case of `workflow`; what is recorded here is what its steps ask for, and what its end changes in the register.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from core.clock import today
from core.scope import because
from households.models import (
    ExitCheck,
    HandbookIssue,
    Household,
    HouseholdSurvey,
    MonitorCase,
    Proceeding,
    ReviewMeeting,
    ReviewVote,
)
from households.rules import exits, monitoring, review, village_exits
from households.rules.codes import PovertyStatus
from households.rules.procedures import CORRECTION, PROCEDURES
from households.services.errors import HouseholdsError
from households.services.exits import exit_suggestions
from households.services.handbooks import issue_handbook
from households.services.register import HouseholdInput, next_code, save_household
from villages.models import Village
from workflow import services as flow
from workflow.models import Procedure, Step, StepEvidence

Kind = Proceeding.Kind


def ensure_procedure(kind: str) -> None:
    """Set up the steps of a kind of proceeding the first time it is needed; officials change the rows from then on."""
    if Procedure.objects.filter(key=kind).exists():
        return
    default = (PROCEDURES | {village_exits.KEY: village_exits.DEFAULT, "correction": CORRECTION})[kind]
    because(f"设立默认办理流程 {default.title}({default.basis})")
    procedure = Procedure.objects.create(key=kind, title=default.title, valid_from=default.valid_from, is_assumed=True)
    for number, row in enumerate(default.steps, start=1):
        step = Step.objects.create(
            procedure=procedure, number=number, code=row.code, title=row.title, word=row.word, role=row.role, level=row.level, days=row.days,
            requirements=list(row.requirements), needs_signed_sheet=row.needs_signed_sheet, return_to=row.return_to,
        )  # fmt: skip
        StepEvidence.objects.bulk_create(StepEvidence(step=step, label=label, accept=accept) for label, accept in row.evidence)


@transaction.atomic
def open_proceeding(*, household: Household, kind: str, reason: str = "", by: User, day: date | None = None, **fields: Any) -> Proceeding:
    """Start a proceeding about a household. Raises HouseholdsError when its state does not allow this kind."""
    day = day or today()
    household = Household.objects.select_for_update().get(pk=household.pk)
    _check_start(household, kind)
    if household.proceedings.filter(outcome=Proceeding.Outcome.RUNNING, kind=kind).exists():
        raise HouseholdsError(f"这一户已有{Kind(kind).label}正在办理,请在原办件上继续。")
    ensure_procedure(kind)
    because(f"{Kind(kind).label}:{reason}"[:500])
    label = household.household_code or _head_name(household)
    case = flow.start_case(
        kind=kind, title=f"{Kind(kind).label} {household.village.name} {label}", village=household.village,
        household_id=household.pk, by=by, day=day,
    )  # fmt: skip
    return Proceeding.objects.create(
        kind=kind, household=household, village_id=household.village_id, case=case, year=day.year, started_on=day, reason=reason, **fields
    )


def _head_name(household: Household) -> str:
    head = household.members.filter(relation="01", left_on=None).first()
    return head.name if head else ""


def _check_start(household: Household, kind: str) -> None:
    if household.ended_on:
        raise HouseholdsError("这一户已退出登记,不能再办理。")
    if kind in {Kind.IDENTIFICATION} and household.is_registered:
        raise HouseholdsError("这一户已建档立卡,不需要再识别。")
    if kind in {Kind.EXIT, Kind.REMOVAL, Kind.RETURN} and not household.is_registered:
        raise HouseholdsError("这一户还没有建档立卡。")
    if kind == Kind.EXIT and household.poverty_status == PovertyStatus.EXITED:
        raise HouseholdsError("这一户已经脱贫,不需要再办退出。")
    if kind == Kind.RETURN and household.poverty_status != PovertyStatus.EXITED:
        raise HouseholdsError("只有已脱贫的户才认定返贫。")


@transaction.atomic
def apply(*, village: Village, data: HouseholdInput, reason: str, by: User, day: date) -> Proceeding:
    """Take in a householder's application 农户申请: the household stands in the register as applied, its case begins."""
    data.household.setdefault("applied_on", day)
    household = save_household(household=None, village=village, data=data, by=by, today=day)
    return open_proceeding(household=household, kind=Kind.IDENTIFICATION, reason=reason, by=by, day=day)


@transaction.atomic
def open_monitoring(*, household: Household, category: str, risks: Sequence[str], source: str, warned_on: date, reason: str,
                    no_workforce: bool = False, by: User, day: date | None = None) -> Proceeding:  # fmt: skip
    """Start watching a household (the first of nine steps, 风险预警). Raises HouseholdsError for a kind it cannot be."""
    exited = household.poverty_status == PovertyStatus.EXITED
    problem = monitoring.category_problem(category, registered=household.is_registered, exited=exited) or monitoring.risks_problem(risks)
    if problem:
        raise HouseholdsError(problem)
    if warned_on > (day or today()):
        raise HouseholdsError("预警日期不能晚于今天。")
    proceeding = open_proceeding(household=household, kind=Kind.MONITORING, reason=reason, by=by, day=day)
    MonitorCase.objects.create(proceeding=proceeding, household=household, village_id=household.village_id, category=category,
                               risks=list(risks), source=source, warned_on=warned_on, no_workforce=no_workforce)  # fmt: skip
    return proceeding


@transaction.atomic
def open_clearing(*, monitor: MonitorCase, how: str, reason: str, by: User, day: date | None = None) -> Proceeding:
    """Start marking a risk as gone 风险消除; what it lacks is shown on its case until the last step."""
    monitor = MonitorCase.objects.select_for_update().get(pk=monitor.pk)
    if monitor.recognised_on is None or monitor.cleared_on is not None:
        raise HouseholdsError("只有在监测中的对象才能办理风险消除。")
    if monitor.no_workforce:
        raise HouseholdsError("整户无劳动能力的兜底户暂不标注风险消除。")
    proceeding = open_proceeding(household=monitor.household, kind=Kind.CLEARING, reason=reason, by=by, day=day)
    monitor.clearing, monitor.cleared_how = proceeding, how
    monitor.save(update_fields=["clearing", "cleared_how"])
    return proceeding


# --- what the steps record ------------------------------------------------------------------------
def _at_step(proceeding: Proceeding, *codes: str) -> None:
    """Raises HouseholdsError unless the case stands at one of these steps."""
    step = proceeding.case.step
    if step is None or step.code not in codes:
        where = f"现在在“{step.title}”" if step else proceeding.case.get_state_display()
        raise HouseholdsError(f"这一步现在不能办理:{where}。")


def _locked(proceeding: Proceeding) -> Proceeding:
    found = Proceeding.objects.select_for_update().select_related("household", "village").get(pk=proceeding.pk)
    if found.outcome != Proceeding.Outcome.RUNNING:
        raise HouseholdsError("这件事项已经办结。")
    return found


@transaction.atomic
def record_survey(*, proceeding: Proceeding, surveyed_on: date, first_surveyor: str, second_surveyor: str, population_note: str,
                  property_note: str, income_note: str, photo: Any = None, by: User) -> HouseholdSurvey:  # fmt: skip
    """Write down a visit by two people 入户调查; recorded again, it replaces what was there (the history keeps both)."""
    proceeding = _locked(proceeding)
    _at_step(proceeding, "survey")
    if first_surveyor == second_surveyor:
        raise HouseholdsError("入户调查至少两人,请填写两位不同的调查人。")
    if not proceeding.started_on <= surveyed_on <= today():
        raise HouseholdsError(f"调查日期应在 {proceeding.started_on} 到今天之间。")
    because("录入入户调查")
    kept = _attached(photo, "入户照片", proceeding, by, accept=("jpg",))
    values: dict[str, Any] = {"surveyed_on": surveyed_on, "first_surveyor": first_surveyor, "second_surveyor": second_surveyor,
                              "population_note": population_note, "property_note": property_note, "income_note": income_note,
                              "recorded_by": by, "household_id": proceeding.household_id,
                              "village_id": proceeding.village_id}  # fmt: skip
    if kept:
        values["photo"] = kept
    survey, _ = HouseholdSurvey.objects.update_or_create(proceeding=proceeding, defaults=values)
    return survey


def _attached(data: Any, title: str, proceeding: Proceeding, by: User, accept: tuple[str, ...] = ("jpg", "pdf")) -> Any:
    if not data:
        return None
    return flow.attach(data=data, title=title, by=by, accept=accept, village_id=proceeding.village_id, household_id=proceeding.household_id)


@transaction.atomic
def hold_review(*, village: Village, kind: str, held_on: date, place: str, chair: str, due_count: int, present_count: int, minutes: Any,
                votes: Mapping[int, review.Votes], by: User) -> tuple[ReviewMeeting, int, int]:  # fmt: skip
    """Record a meeting and its ballots by proceeding id: who is carried goes on, who is not ends here with the count as reason.

    Returns (meeting, carried, not carried). Raises HouseholdsError for a meeting without quorum, a count that does not add up, a
    case that does not stand at its review. Nothing is written then.
    """
    problem = review.meeting_problem(due=due_count, present=present_count)
    if problem:
        raise HouseholdsError(problem)
    if not votes:
        raise HouseholdsError("请至少填写一户的评议票数。")
    if held_on > today():
        raise HouseholdsError("会议日期不能晚于今天。")
    because("录入民主评议")
    file = flow.attach(data=minutes, title="民主评议会议记录", by=by, village_id=village.pk)
    meeting = ReviewMeeting.objects.create(
        village=village, kind=kind, held_on=held_on, place=place, chair=chair, due_count=due_count, present_count=present_count,
        minutes=file, recorded_by=by,
    )  # fmt: skip
    carried = 0
    rows = {row.pk: row for row in Proceeding.objects.select_for_update().filter(pk__in=votes, village=village, kind=kind, outcome="running")}
    for pk, count in sorted(votes.items()):
        proceeding = rows.get(pk)
        if proceeding is None:
            raise HouseholdsError("名单里有一户不在本村的评议环节,请刷新页面后重新填写。")
        carried += _vote(proceeding, meeting, count, by)
    return meeting, carried, len(votes) - carried


def _vote(proceeding: Proceeding, meeting: ReviewMeeting, count: review.Votes, by: User) -> bool:
    _at_step(proceeding, "review")
    problem = review.votes_problem(count, present=meeting.present_count)
    if problem:
        raise HouseholdsError(f"{proceeding.case.title}:{problem}")
    ReviewVote.objects.update_or_create(
        proceeding=proceeding,
        defaults={"meeting": meeting, "household_id": proceeding.household_id, "village_id": proceeding.village_id,
                  "present_count": meeting.present_count, "agree": count.agree, "against": count.against, "abstain": count.abstain},
    )  # fmt: skip
    words = f"{meeting.held_on} 评议会应到 {meeting.due_count} 人、实到 {meeting.present_count} 人,同意 {count.agree} 票"
    if review.is_carried(agree=count.agree, present=meeting.present_count):
        flow.advance(case=proceeding.case, by=by, opinion=words)
        return True
    flow.refuse(case=proceeding.case, by=by, opinion=f"{words},未过半数")
    return False


@transaction.atomic
def save_exit_checks(*, proceeding: Proceeding, answers: Mapping[str, tuple[bool | None, str]], by: User) -> int:
    """Write the sheet of checks: for each item met or not and on what evidence; None leaves an item open. Returns how many are answered."""
    proceeding = _locked(proceeding)
    if proceeding.kind != Kind.EXIT:
        raise HouseholdsError("只有退出事项有退出核查表。")
    _at_step(proceeding, "survey", "consent")
    because("填写退出核查表")
    suggested = exit_suggestions(proceeding)
    for item, (met, evidence) in answers.items():
        if met is None:
            ExitCheck.objects.filter(proceeding=proceeding, item=item).delete()
            continue
        if not evidence.strip():
            raise HouseholdsError(f"“{exits.ExitItem(item).label}”请写明依据。")
        ExitCheck.objects.update_or_create(
            proceeding=proceeding, item=item,
            defaults={"is_met": met, "evidence": evidence.strip(), "suggested": suggested[item].met, "household_id": proceeding.household_id,
                      "village_id": proceeding.village_id, "checked_on": today(), "checked_by": by},
        )  # fmt: skip
    return proceeding.exit_checks.count()


@transaction.atomic
def set_document(*, proceeding: Proceeding, document_number: str, recover_benefits: bool = False, by: User) -> Proceeding:
    """Write the number of the approving document before the city decides."""
    proceeding = _locked(proceeding)
    _at_step(proceeding, "decision")
    because("填写审定文号")
    proceeding.document_number, proceeding.recover_benefits = document_number, recover_benefits
    proceeding.save(update_fields=["document_number", "recover_benefits"])
    return proceeding


@transaction.atomic
def register_identified(*, proceeding: Proceeding, identified_on: date, national_number: str, province_number: str, received_by: str,
                        signature: Any = None, by: User) -> Household:  # fmt: skip
    """The last step of identification 建档立卡: the code is issued here, both handbooks are handed out, the case is closed."""
    proceeding = _locked(proceeding)
    _at_step(proceeding, "registration")
    household = Household.objects.select_for_update().get(pk=proceeding.household_id)
    if household.applied_on and identified_on < household.applied_on:
        raise HouseholdsError("识别日期不能早于申请日期。")
    if identified_on > today():
        raise HouseholdsError("识别日期不能晚于今天。")
    because("建档立卡")
    household.household_code, household.identified_on = next_code(household.village), identified_on
    household.status_confirmed_on = identified_on
    household.version += 1
    household.save()
    for kind, number in ((HandbookIssue.Kind.NATIONAL, national_number), (HandbookIssue.Kind.PROVINCE, province_number)):
        issue_handbook(household=household, kind=kind, number=number, issued_on=identified_on, received_by=received_by, signature=signature, by=by)
    flow.advance(case=proceeding.case, by=by, opinion=f"户编号 {household.household_code},发放手册 {national_number}、{province_number}")
    return household
