"""Training sessions, who attended, and what was made known in public."""

from typing import Any

from django.db import transaction

from accounts.models import User
from cadres.models import Cadre, DayCode, Posting, Presence, Publicity, TrainingAttendance, TrainingSession
from cadres.services.errors import CadresError
from cadres.services.people import write
from cadres.services.presence import record_presence
from core.clock import today
from core.scope import because


@transaction.atomic
def save_session(*, session: TrainingSession, by: User, **fields: Any) -> TrainingSession:
    if session.pk is None:
        session.recorded_by = by
    return write(session, fields, f"登记培训 {fields.get('title', session.title)}")


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
