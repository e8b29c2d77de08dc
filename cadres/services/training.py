"""Training sessions, who is to come, who came, who is still without, and what was made known in public."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import User
from cadres.models import Cadre, DayCode, Posting, Presence, Publicity, TrainingAttendance, TrainingEnrolment, TrainingNeed, TrainingSession
from cadres.services.errors import CadresError
from cadres.services.people import write
from cadres.services.presence import record_presence
from core.clock import today
from core.scope import because
from villages.models import Village
from workflow import services as flow


@transaction.atomic
def save_session(*, session: TrainingSession, by: User, **fields: Any) -> TrainingSession:
    if session.pk is None:
        session.recorded_by = by
    return write(session, fields, f"登记培训 {fields.get('title', session.title)}")


@transaction.atomic
def enrol(*, session: TrainingSession, cadres: list[Cadre], by: User) -> int:
    """Put cadres on the list of a session and tell those with an account. Returns how many were new."""
    if session.ends_on < today():
        raise CadresError("培训已经结束,请直接登记参训。")
    because(f"培训名单 {session.title}")
    new = []
    for cadre in cadres:
        posting = Posting.objects.active_on(session.starts_on).filter(cadre=cadre).first()
        if posting is None:
            raise CadresError(f"{cadre.name} 在培训期间没有派驻。")
        if session.for_first_secretaries and posting.role != Posting.Role.FIRST_SECRETARY:
            raise CadresError(f"这是第一书记专题培训,{cadre.name} 不是第一书记。")
        _, is_new = TrainingEnrolment.objects.get_or_create(
            session=session, cadre=cadre, defaults={"village_id": posting.village_id, "enrolled_by": by}
        )
        new += [cadre] if is_new else []
    text = f"请参加培训:{session.title},{session.starts_on:%m月%d日},{session.place}。"
    flow.notify(users=[cadre.user for cadre in new if cadre.user], text=text, url=session.get_absolute_url())
    return len(new)


@transaction.atomic
def note_need(*, cadre: Cadre, by: User, **fields: Any) -> TrainingNeed:
    """What a cadre needs to learn: said by the cadre, or by who manages them."""
    posting = cadre.postings.order_by("-started_on").first()
    if posting is None:
        raise CadresError("还没有派驻的干部不登记培训需求。")
    return write(TrainingNeed(cadre=cadre, village_id=posting.village_id, noted_on=today(), noted_by=by), fields, f"登记培训需求 {cadre.name}")


@transaction.atomic
def attend(*, session: TrainingSession, cadres: list[Cadre], means: str, by: User) -> int:
    """Enter who attended; a day of training is a day at work. Returns how many were new.

    Raises CadresError before the session, and for one's own name on the list (scan the code instead).
    """
    if session.starts_on > today():
        raise CadresError("培训还没有开始,不能登记参训。")
    because(f"登记参训 {session.title}")
    new = 0
    for cadre in cadres:
        if means == TrainingAttendance.Means.LIST and cadre.user_id == by.pk:
            raise CadresError("本人参训请扫码签到,或由组织单位按签到表登记。")
        posting = Posting.objects.active_on(session.starts_on).filter(cadre=cadre).first()
        if posting is None:
            raise CadresError(f"{cadre.name} 在培训期间没有派驻。")
        attendance, is_new = TrainingAttendance.objects.get_or_create(
            session=session, cadre=cadre, defaults={"village_id": posting.village_id, "means": means, "recorded_by": by}
        )
        new += is_new
        if is_new:
            TrainingNeed.objects.filter(cadre=cadre, mode=session.mode, met_by=None, noted_on__lte=session.ends_on).update(met_by=session)
            record_presence(cadre=cadre, day=session.starts_on, kind=Presence.Kind.TRAINING, source_table=TrainingAttendance._meta.db_table,
                            source_id=attendance.pk, by=by, witness=Presence.Witness.SHEET, note=f"参加培训:{session.title}", code=DayCode.BUSINESS)  # fmt: skip
    return new


@transaction.atomic
def sign_in(*, session: TrainingSession, by: User) -> TrainingAttendance:
    """By the QR on the wall, on the days of the session alone."""
    cadre = Cadre.objects.filter(user=by).first()
    if cadre is None:
        raise CadresError("您不是派驻干部,不需要签到。")
    if not session.starts_on <= today() <= session.ends_on:
        raise CadresError("只能在培训当天扫码签到。")
    attend(session=session, cadres=[cadre], means=TrainingAttendance.Means.QR, by=by)
    return TrainingAttendance.objects.get(session=session, cadre=cadre)


@transaction.atomic
def save_publicity(*, publicity: Publicity, by: User, **fields: Any) -> Publicity:
    if fields["held_on"] > today():
        raise CadresError("日期不能晚于今天。")
    if publicity.pk is None:
        publicity.recorded_by = by
    return write(publicity, fields, f"登记宣传宣讲 {fields['topic']}")


@dataclass
class Guest:
    """One cadre of a session: on the list, come, or both."""

    cadre: Cadre
    village: Village
    listed: bool = False
    came: str = ""
    means: str = ""


def who_comes(*, listed: Iterable[TrainingEnrolment], came: Iterable[TrainingAttendance]) -> list[Guest]:
    """The list and the sign-in sheet as one: who is missing stands first."""
    found: dict[int, Guest] = {}
    for row in listed:
        found[row.cadre_id] = Guest(row.cadre, row.village, listed=True)
    for attendance in came:
        guest = found.setdefault(attendance.cadre_id, Guest(attendance.cadre, attendance.village))
        guest.came, guest.means = "已参训", attendance.get_means_display()
    return sorted(found.values(), key=lambda guest: (bool(guest.came), guest.cadre.code))


@dataclass
class Covered:
    """One posting and the trainings of its cadre."""

    posting: Posting
    by_mode: Counter[str] = field(default_factory=Counter)
    needs: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.by_mode.values())


def coverage_rows(*, postings: list[Posting]) -> list[Covered]:
    """Person-times by mode and open needs of each, in two queries."""
    cadres = [posting.cadre_id for posting in postings]
    modes: dict[int, Counter[str]] = defaultdict(Counter)
    for cadre, mode in TrainingAttendance.objects.filter(cadre__in=cadres).values_list("cadre_id", "session__mode"):
        modes[cadre][mode] += 1
    needs: dict[int, list[str]] = defaultdict(list)
    for cadre, topic in TrainingNeed.objects.filter(cadre__in=cadres, met_by=None).values_list("cadre_id", "topic"):
        needs[cadre].append(topic)
    return [Covered(posting, modes[posting.cadre_id], needs[posting.cadre_id]) for posting in postings]
