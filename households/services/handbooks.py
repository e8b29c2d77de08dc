"""Handbooks handed out, lost and replaced: every write."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from core.clock import today
from core.scope import because
from households.models import HandbookIssue, Household
from households.services.errors import HouseholdsError
from workflow import services as flow


@transaction.atomic
def issue_handbook(*, household: Household, kind: str, number: str, issued_on: date, received_by: str, signature: Any = None,
                   replaces: HandbookIssue | None = None, by: User) -> HandbookIssue:  # fmt: skip
    """Hand a handbook to a household. Raises HouseholdsError when one of this kind is in its hands, or the number is another's."""
    household = Household.objects.select_for_update().get(pk=household.pk)  # two clerks at once hand out one
    if household.identified_on is None or household.ended_on:
        raise HouseholdsError("手册只发给在册的户:申请户建档后再发,已退出登记的不再发。")
    if issued_on > today():
        raise HouseholdsError("发放日期不能晚于今天。")
    label = HandbookIssue.Kind(kind).label
    if household.handbooks.filter(kind=kind, ended_on=None).exists():
        raise HouseholdsError(f"这一户手中已有《{label}》,遗失或损坏请先登记作废再补发。")
    if HandbookIssue.objects.filter(kind=kind, number=number).exists():
        raise HouseholdsError(f"《{label}》编号 {number} 已发放,请核对编号。")
    because(f"发放《{label}》{number}")
    file = signature
    if signature is not None and not hasattr(signature, "sha256"):
        file = flow.attach(data=signature, title="领取签字", by=by, village_id=household.village_id, household_id=household.pk)
    return HandbookIssue.objects.create(
        household=household, village_id=household.village_id, kind=kind, number=number, issued_on=issued_on, received_by=received_by,
        signature=file, issued_by=by, replaces=replaces,
    )  # fmt: skip


@transaction.atomic
def end_handbook(*, issue: HandbookIssue, end_reason: str, ended_on: date, by: User) -> HandbookIssue:
    """A handbook is lost, damaged or taken back."""
    issue = HandbookIssue.objects.select_for_update().get(pk=issue.pk)
    if issue.ended_on:
        raise HouseholdsError("这本手册已登记作废。")
    if not issue.issued_on <= ended_on <= today():
        raise HouseholdsError(f"作废日期应在发放日期 {issue.issued_on} 到今天之间。")
    because(f"手册作废:{HandbookIssue.End(end_reason).label}")
    issue.ended_on, issue.end_reason = ended_on, end_reason
    issue.save(update_fields=["ended_on", "end_reason"])
    return issue


@transaction.atomic
def replace_handbook(*, issue: HandbookIssue, end_reason: str, ended_on: date, number: str, received_by: str, signature: Any = None,
                     by: User) -> HandbookIssue:  # fmt: skip
    """A lost or damaged handbook ends and a new one of its kind is handed out on the same day, pointing at it."""
    ended = end_handbook(issue=issue, end_reason=end_reason, ended_on=ended_on, by=by)
    return issue_handbook(household=ended.household, kind=ended.kind, number=number, issued_on=ended_on, received_by=received_by,
                          signature=signature, replaces=ended, by=by)  # fmt: skip
