"""Writes of dispatched cadres and their postings."""

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from accounts.permissions import Role
from cadres import rules
from cadres.models import Cadre, CadreAction, Posting, Secondment
from cadres.services.access import end_access
from cadres.services.days import settle_days
from cadres.services.errors import CadresError
from core.clock import today
from core.scope import because
from villages.models import Grant, Village
from villages.services import grant_role

CODE_LOCK = 771_003


def write(record: Any, fields: dict[str, Any], reason: str) -> Any:
    because(reason)
    for name, value in fields.items():
        setattr(record, name, value)
    record.full_clean()
    record.save()
    return record


def next_code() -> str:
    """The next cadre code: P and a serial of at least four digits [assumed]. Holds a lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [CODE_LOCK])
        cursor.execute("select coalesce(max(substr(code, 2)::bigint), 0) + 1 from cadres_cadre where code ~ '^P[0-9]+$'")
        return f"P{cursor.fetchone()[0]:04d}"


@transaction.atomic
def create_cadre(*, by: User, village: Village, role: str, started_on: date, document: str = "", **fields: Any) -> Cadre:
    """Register a cadre together with the first posting, so that whoever posts them also sees them."""
    cadre = write(Cadre(code=next_code()), fields, f"登记派驻干部 {fields.get('name', '')}")
    start_posting(cadre=cadre, by=by, village=village, role=role, started_on=started_on, document=document)
    return cadre


@transaction.atomic
def edit_cadre(*, cadre: Cadre, by: User, **fields: Any) -> Cadre:
    return write(cadre, fields, f"修改派驻干部 {cadre.name}")


@transaction.atomic
def start_posting(*, cadre: Cadre, by: User, **fields: Any) -> Posting:
    """Post a cadre to a village: one running posting a cadre, one first secretary a village (constraints, `domain.md` §6.1).

    Access begins with the posting, and the days that are expected are made.
    """
    earlier = cadre.postings.filter(ended_on__gte=fields["started_on"]).first()
    if earlier:
        raise CadresError(f"到岗日期要晚于上一次派驻的离岗日期 {earlier.ended_on:%Y-%m-%d}。")
    if cadre.health == Cadre.Health.UNFIT:
        raise CadresError(f"{cadre.name} 的健康状况登记为“不宜驻村”,不能派驻。")
    posting = write(Posting(cadre=cadre), fields, f"派驻 {cadre.name}")
    _open_access(posting, by)
    settle_posting(posting=posting)
    return posting


def _open_access(posting: Posting, by: User | None) -> None:
    """The cadre's account may work in the village from the first day, until the posting ends."""
    user = posting.cadre.user
    if user is None or (by is not None and user.pk == by.pk):
        return
    division = posting.village.division
    if not Grant.objects.active().filter(user=user, role=Role.VILLAGE_CADRE, division=division).exists():
        grant_role(user=user, role=Role.VILLAGE_CADRE, division=division, since=posting.started_on, by=by, reason=f"派驻 {posting.document}"[:200])


def settle_posting(*, posting: Posting, ahead: int = 62) -> int:
    """Make the expected days of a posting: those that passed, and two months ahead."""
    day = today()
    until = min(posting.ended_on or date.max, rules.month_span(day + timedelta(days=ahead))[1])
    return settle_days(cadres=[posting.cadre_id], since=posting.started_on, until=until, today=day)


@transaction.atomic
def end_posting(*, posting: Posting, ended_on: date, end_reason: str, by: User) -> Posting:
    """End a posting with its last day and a reason; access ends the same day, expected days after it go."""
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    if posting.ended_on:
        raise CadresError("这次派驻已经结束。")
    if posting.cadre.user_id == by.pk:
        raise CadresError("不能结束本人的派驻。")
    posting = write(posting, {"ended_on": ended_on, "end_reason": end_reason}, f"结束派驻:{Posting.EndReason(end_reason).label}")
    end_access(posting=posting, by=by)
    last = rules.month_span(max(ended_on, today()) + timedelta(days=62))[1]
    settle_days(cadres=[posting.cadre_id], since=posting.started_on, until=last, today=today())
    return posting


@transaction.atomic
def record_action(*, cadre: Cadre, by: User, **fields: Any) -> CadreAction:
    """约谈、诫勉、召回、调整: kept for good, told to the home unit. A recall or exchange ends the posting in its own step."""
    posting = cadre.postings.order_by("-started_on").first()
    if posting is None:
        raise CadresError("还没有派驻的干部不作组织处理。")
    if cadre.user_id == by.pk:
        raise CadresError("不能对本人作组织处理。")
    if fields["done_on"] > today():
        raise CadresError("日期不能晚于今天。")
    told = fields.get("unit_told_on")
    if told and told < fields["done_on"]:
        raise CadresError("通报派出单位的日期不能早于处理日期。")
    action = write(CadreAction(cadre=cadre, village=posting.village, recorded_by=by), fields, f"组织处理 {cadre.name}")
    from cadres.services.selection import tell_unit

    tell_unit(unit=cadre.home_unit, text=f"{cadre.name}({posting.village.name}){action.get_kind_display()}:{action.reason}"[:300], url="")
    return action


@transaction.atomic
def save_secondment(*, secondment: Secondment, by: User, **fields: Any) -> Secondment:
    return write(secondment, fields, f"挂职锻炼 {fields.get('name', secondment.name)}")
