"""What fills a day: check-ins from the phone, the paper sheet, records of other rooms; and what corrects one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cadres import rules
from cadres.models import AttendanceDay, AttendanceMonth, Cadre, Correction, DayCode, Posting, Presence, PresencePosition, SpotCheck
from cadres.services.days import settle_around
from cadres.services.errors import CadresError
from core import settings
from core.clock import today
from core.scope import because
from workflow.services import attach

SEEN_BACK_DAYS = 31


@dataclass(frozen=True)
class Place:
    """What the phone said about where it is."""

    state: str  # Presence.Position
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    accuracy_m: int | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        return None if self.longitude is None or self.latitude is None else (float(self.longitude), float(self.latitude))


def posting_on(cadre: Cadre, day: date) -> Posting:
    """The posting that runs on a day. Raises CadresError when there is none."""
    posting = Posting.objects.active_on(day).filter(cadre=cadre).select_related("village").order_by("-started_on").first()
    if posting is None:
        raise CadresError(f"{cadre.name} 在 {day:%Y-%m-%d} 没有派驻,不记考勤。")
    return posting


def _refuse_if_closed(posting: Posting, day: date) -> None:
    month = AttendanceMonth.objects.filter(village_id=posting.village_id, month_on=day.replace(day=1), closed_days=True).first()
    if month:
        raise CadresError(f"{month.label}考勤月报{month.get_state_display()},当月考勤已封存。确需更正的,请办理考勤更正并写明理由。")


def _locked(cadre: Cadre) -> Cadre:
    """Two writes about one cadre's days wait for each other."""
    return Cadre.objects.select_for_update().get(pk=cadre.pk)


@transaction.atomic
def check_in(
    *, cadre: Cadre, key: UUID, taken: datetime, sent: datetime, received: datetime, place: Place, by: User,
    device: str = "", note: str = "", photo: Any = None,
) -> tuple[Presence, bool]:  # fmt: skip
    """Record a check-in made on the phone. Returns it and whether it is new: the same request sent again is the same check-in.

    Raises CadresError for somebody else's, for a clock that was moved in between, for a closed month and for too many a day.
    """
    if cadre.user_id != by.pk:
        raise CadresError("只能为本人签到。")
    cadre = _locked(cadre)
    known = Presence.objects.filter(cadre=cadre, key=key).first()
    if known:
        return known, False
    moment = rules.moment_of(
        received=received, sent=sent, taken=taken,
        late_after=timedelta(minutes=settings.get("checkin_late_minutes")), wait=timedelta(hours=settings.get("checkin_wait_hours")),
    )  # fmt: skip
    if moment is None:
        raise CadresError("签到时间不可信(手机时间被改动,或保存过久),没有记录。请由乡镇按纸质签到册补录。")
    local_now, local_at = timezone.localtime(received), timezone.localtime(moment.at)
    day = today() - (local_now.date() - local_at.date())
    posting = posting_on(cadre, day)
    _refuse_if_closed(posting, day)
    limit = settings.get("checkin_daily_limit")
    if Presence.objects.filter(cadre=cadre, day_on=day, kind=Presence.Kind.CHECK_IN).count() >= limit:
        raise CadresError(f"今天已签到 {limit} 次,不再重复记录。")
    at = timezone.make_aware(datetime.combine(day, local_at.time()))
    position, distance, counts = _judge(posting, place)
    because(f"签到 {cadre.name}")
    kept = attach(data=photo, title=f"签到照片 {cadre.name} {day:%Y-%m-%d}", by=by, accept=("jpg",), village_id=posting.village_id) if photo else None
    presence = Presence.objects.create(
        cadre=cadre, posting=posting, village_id=posting.village_id, day_on=day, kind=Presence.Kind.CHECK_IN, counts=counts, note=note,
        witness=Presence.Witness.POSITION if counts and distance is not None else Presence.Witness.NONE, at=at, is_late=moment.is_late,
        skew_seconds=max(min(round(moment.skew.total_seconds()), 2**31 - 1), -(2**31)), key=key, device=device[:16], position=position,
        distance_m=distance, speed_kmh=_speed(cadre, place, at, position), photo=kept, entered_by=by,
    )  # fmt: skip
    if place.point and position == Presence.Position.GIVEN:
        PresencePosition.objects.create(presence=presence, village_id=posting.village_id, point=f"{place.longitude},{place.latitude}",
                                        accuracy_m=place.accuracy_m)  # fmt: skip
    settle_around(cadre_id=cadre.pk, since=day, until=day, today=today())
    return presence, True


def _judge(posting: Posting, place: Place) -> tuple[str, int | None, bool]:
    """Position as kept, metres to the village, whether the check-in counts: a place far away does not, no place at all does."""
    if place.state != Presence.Position.GIVEN or place.point is None:
        return (place.state if place.state != Presence.Position.GIVEN else Presence.Position.UNAVAILABLE), None, True
    if not rules.in_china(place.point):
        return Presence.Position.IMPLAUSIBLE, None, False
    village = posting.village
    if village.longitude is None or village.latitude is None:
        return Presence.Position.GIVEN, None, True
    distance = rules.distance_m(place.point, (float(village.longitude), float(village.latitude)))
    return Presence.Position.GIVEN, distance, distance <= settings.get("checkin_radius_m") + (place.accuracy_m or 0)


def _speed(cadre: Cadre, place: Place, at: datetime, position: str) -> int | None:
    """How fast one would have had to travel since the check-in before; None when either has no position."""
    if position != Presence.Position.GIVEN or place.point is None:
        return None
    before = PresencePosition.objects.filter(presence__cadre=cadre, presence__at__isnull=False, presence__day_on__gte=at.date() - timedelta(days=2))
    last = before.select_related("presence").order_by("-presence_id").first()
    if last is None or last.presence.at is None:
        return None
    longitude, _, latitude = last.point.partition(",")
    metres = rules.distance_m((float(longitude), float(latitude)), place.point)
    return rules.speed_kmh(metres=metres, between=at - last.presence.at)


@transaction.atomic
def record_presence(
    *, cadre: Cadre, day: date, kind: str, source_table: str, source_id: int, by: User | None, witness: str = "", note: str = "",
    code: str = DayCode.IN_VILLAGE, at: datetime | None = None,
) -> Presence | None:  # fmt: skip
    """What rooms above record about a cadre's day: a visit, a meeting sheet, a project check. Once a source and cadre.

    What the cadre typed alone is kept and does not count until there is a second witness (position, sheet, colleague, villager).
    None when the cadre has no posting that day; a closed month keeps its codes.
    """
    posting = Posting.objects.active_on(day).filter(cadre=cadre).order_by("-started_on").first()
    if posting is None:
        return None
    known = Presence.objects.filter(source_table=source_table, source_id=source_id, cadre=cadre).first()
    if known:
        return known
    alone = by is not None and cadre.user_id == by.pk
    presence = Presence.objects.create(
        cadre=cadre, posting=posting, village_id=posting.village_id, day_on=day, kind=kind, code=code, witness=witness, note=note[:200],
        counts=bool(witness) or not alone, source_table=source_table, source_id=source_id, at=at, entered_by=by,
    )  # fmt: skip
    settle_around(cadre_id=cadre.pk, since=day, until=day, today=today())
    return presence


@transaction.atomic
def enter_sheet(*, posting: Posting, days: list[date], by: User, note: str = "") -> int:
    """The paper sign-in book of a place without signal, typed in by the township. Returns how many days were new."""
    if posting.cadre.user_id == by.pk:
        raise CadresError("本人的签到册由乡镇(街道)其他工作人员录入。")
    cadre = _locked(posting.cadre)
    because(f"录入纸质签到册 {cadre.name}")
    for day in sorted(set(days)):
        if day > today():
            raise CadresError(f"{day:%Y-%m-%d} 还没有到,不能提前签到。")
        if not (posting.started_on <= day and (posting.ended_on is None or day <= posting.ended_on)):
            raise CadresError(f"{day:%Y-%m-%d} 不在这次派驻期内。")
        _refuse_if_closed(posting, day)
    known = set(Presence.objects.filter(cadre=cadre, kind=Presence.Kind.SHEET, day_on__in=days).values_list("day_on", flat=True))
    new = [day for day in sorted(set(days)) if day not in known]
    Presence.objects.bulk_create(
        Presence(cadre=cadre, posting=posting, village_id=posting.village_id, day_on=day, kind=Presence.Kind.SHEET, witness=Presence.Witness.SHEET,
                 note=note[:200], entered_by=by)
        for day in new
    )  # fmt: skip
    if new:
        settle_around(cadre_id=cadre.pk, since=new[0], until=new[-1], today=today())
    return len(new)


@transaction.atomic
def correct_day(*, cadre: Cadre, day: date, code: str, reason: str, by: User, paper: Any = None) -> Correction:
    """Take back a day's code by a reverse entry. Never one's own; not while the month's report is being checked."""
    if cadre.user_id == by.pk:
        raise CadresError("不能更正本人的考勤,请由乡镇(街道)办理。")
    if not reason.strip():
        raise CadresError("请写明更正理由。")
    if day > today():
        raise CadresError("还没有到的日子不能更正。")
    cadre = _locked(cadre)
    posting = posting_on(cadre, day)
    running = AttendanceMonth.objects.filter(village_id=posting.village_id, month_on=day.replace(day=1), state=AttendanceMonth.State.RUNNING).first()
    if running:
        raise CadresError(f"{running.label}考勤月报正在审核,请先退回月报再更正。")
    settle_around(cadre_id=cadre.pk, since=day, until=day, today=today())
    now = AttendanceDay.objects.select_for_update().get(cadre=cadre, day_on=day)
    if now.code == code:
        raise CadresError("更正前后相同。")
    because(f"考勤更正 {cadre.name} {day:%Y-%m-%d}:{reason}")
    kept = attach(data=paper, title=f"考勤更正材料 {cadre.name} {day:%Y-%m-%d}", by=by, village_id=posting.village_id) if paper else None
    correction = Correction(cadre=cadre, posting=posting, village_id=posting.village_id, day_on=day, was=now.code, code=code,
                            reason=reason.strip(), paper=kept, corrected_by=by)  # fmt: skip
    correction.full_clean()
    correction.save()
    settle_around(cadre_id=cadre.pk, since=day, until=day, today=today())
    return correction


@transaction.atomic
def record_spot_check(*, cadre: Cadre, day: date, means: str, result: str, by: User, note: str = "") -> SpotCheck:
    """A check by phone or on the spot whether a cadre is there. Nobody checks themselves."""
    if cadre.user_id == by.pk:
        raise CadresError("不能抽查本人。")
    if day > today():
        raise CadresError("抽查日期不能晚于今天。")
    posting = posting_on(cadre, day)
    if result == SpotCheck.Result.EXCUSED and not AttendanceDay.objects.filter(cadre=cadre, day_on=day, code__in="BRPSYTH").exists():
        raise CadresError("当天没有批准的请假、因公外出或报备,不能记为“有假或因公”。")
    because(f"坐班抽查 {cadre.name}")
    from cadres.models import DutyTurn

    check = SpotCheck.objects.create(cadre=cadre, posting=posting, village_id=posting.village_id, day_on=day, means=means, result=result, note=note,
                                     on_duty_turn=DutyTurn.objects.filter(cadre=cadre, day_on=day).exists(), checked_by=by)  # fmt: skip
    if result == SpotCheck.Result.PRESENT and means == SpotCheck.Means.ON_SITE:
        record_presence(cadre=cadre, day=day, kind=Presence.Kind.SPOT_CHECK, source_table=SpotCheck._meta.db_table, source_id=check.pk, by=by,
                        witness=Presence.Witness.CHECKER, note="实地抽查在岗")  # fmt: skip
    return check


@transaction.atomic
def drop_old_positions(*, day: date) -> int:
    """Forget where check-ins were made, a year after the term (`position_keep_days`). The check-in and its distance stay."""
    because("定位保留期满,清除")
    before = day - timedelta(days=settings.get("position_keep_days"))
    return PresencePosition.objects.filter(presence__posting__ended_on__lt=before).delete()[0]
