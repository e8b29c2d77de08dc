"""Medical insurance of a member, as it is changed for whole villages."""

from typing import Any

from django.db import transaction

from core.scope import because
from households.models import Household, Member
from households.services.errors import HouseholdsError
from workflow.services import refuse_if_noticed


@transaction.atomic
def set_insured(*, member: Member, insured: bool, by: Any, reason: str) -> Member:
    """Record whether a member takes part in the residents' medical insurance. Raises HouseholdsError, UnderNotice."""
    because(reason)
    household = Household.objects.select_for_update().get(pk=member.household_id)
    member = Member.objects.select_for_update().get(pk=member.pk)
    if household.ended_on or member.left_on:
        raise HouseholdsError("已不在册,不能修改。")
    refuse_if_noticed(Household._meta.db_table, [household.pk])
    member.medical_insured = insured
    member.save(update_fields=["medical_insured"])
    household.version += 1
    household.save(update_fields=["version", "updated_at"])
    return member
