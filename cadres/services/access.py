"""Leaving a village ends the access that came with it."""

from datetime import date, timedelta

from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from accounts.services import end_sessions
from cadres.models import Posting
from core.clock import today
from villages.services import recall


@transaction.atomic
def end_access(*, posting: Posting, by: User | None, begun_by: date | None = None) -> None:
    """What the cadre's account was given for a village ends with the last day there; after a recall (召回) at once.

    Grants are found by person, role and village, whoever made them. Nothing ends when another posting there follows.
    """
    cadre = posting.cadre
    if cadre.user is None or posting.ended_on is None or cadre.postings.filter(village=posting.village, started_on__gte=posting.ended_on).exists():
        return
    last = posting.ended_on - timedelta(days=posting.end_reason == Posting.EndReason.RECALL)
    reason = f"结束派驻 {cadre.name}:{posting.get_end_reason_display()}"
    recalled = recall(
        user=cadre.user, role=Role.VILLAGE_CADRE, village_code=posting.village.code, until=last, reason=reason, by=by, begun_by=begun_by
    )
    if recalled and last < today():
        end_sessions(user=cadre.user, by=by, reason=reason)


def end_access_of_left(*, since: date) -> None:
    """The nightly second look, for grants recorded and accounts named only after the end. A grant that begins later is a new decision."""
    left = Posting.objects.filter(ended_on__gte=since, ended_on__lt=today()).exclude(cadre__user=None)
    for posting in left.select_related("cadre__user", "village").order_by("ended_on", "id"):
        end_access(posting=posting, by=None, begun_by=posting.ended_on)
