"""Turns of 坐班."""

from datetime import date

from django.db import transaction

from accounts.models import User
from cadres import rules
from cadres.models import Cadre, DutyTurn, Leave, Posting
from cadres.services.errors import CadresError
from core import settings
from core.clock import today
from core.scope import because
from villages.models import Village


@transaction.atomic
def set_roster(*, village: Village, cadre: Cadre, month: date, days: list[date], by: User) -> int:
    """One cadre's turns in a month, replacing those that have not passed. Returns how many there are now.

    Raises CadresError for a day of leave, a rest day of the posting's end, or a day that has passed.
    """
    cadre = Cadre.objects.select_for_update().get(pk=cadre.pk)
    posting = Posting.objects.active_on(max(today(), month)).filter(cadre=cadre, village=village).first()
    if posting is None:
        raise CadresError(f"{cadre.name} 当月不在{village.name}派驻。")
    first, last = rules.month_span(month)
    kept = set(DutyTurn.objects.filter(cadre=cadre, day_on__gte=first, day_on__lte=last, day_on__lt=today()).values_list("day_on", flat=True))
    for day in set(days) - kept:
        if day < today():
            raise CadresError(f"{day:%Y-%m-%d} 已经过去,不能再排坐班。")
        if posting.ended_on and day > posting.ended_on:
            raise CadresError(f"{day:%Y-%m-%d} 已不在派驻期内。")
        leave = Leave.objects.filter(cadre=cadre, state__in=["pending", "approved"], starts_on__lte=day, ends_on__gte=day).first()
        if leave:
            raise CadresError(f"{day:%Y-%m-%d} 有{leave.get_kind_display()}({leave.get_state_display()}),请改排他人。")
    because(f"排坐班 {cadre.name} {month:%Y-%m}")
    DutyTurn.objects.filter(cadre=cadre, day_on__gte=max(first, today()), day_on__lte=last).delete()
    DutyTurn.objects.bulk_create(
        DutyTurn(cadre=cadre, posting=posting, village=village, day_on=day) for day in sorted(set(days) - kept)
    )  # fmt: skip
    return len(set(days) | kept)


def radius_km() -> str:
    """Within how many kilometres of the village a check-in counts, in words."""
    return f"{settings.get('checkin_radius_m') / 1000:g}"
