"""Writes of dispatched cadres and their postings."""

from datetime import date
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from cadres.models import Cadre, Posting
from core.scope import because
from villages.models import Village

CODE_LOCK = 771_003


class CadresError(Exception):
    """Base for expected refusals; str() is shown to the user."""

    for_user = True


def _write(record: Any, fields: dict[str, Any], reason: str) -> Any:
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
    cadre = _write(Cadre(code=next_code()), fields, f"登记派驻干部 {fields.get('name', '')}")
    start_posting(cadre=cadre, by=by, village=village, role=role, started_on=started_on, document=document)
    return cadre


@transaction.atomic
def edit_cadre(*, cadre: Cadre, by: User, **fields: Any) -> Cadre:
    return _write(cadre, fields, f"修改派驻干部 {cadre.name}")


@transaction.atomic
def start_posting(*, cadre: Cadre, by: User, **fields: Any) -> Posting:
    """Post a cadre to a village: one running posting a cadre, one first secretary a village (constraints, `domain.md` §6.1)."""
    earlier = cadre.postings.filter(ended_on__gte=fields["started_on"]).first()
    if earlier:
        raise CadresError(f"到岗日期要晚于上一次派驻的离岗日期 {earlier.ended_on:%Y-%m-%d}。")
    return _write(Posting(cadre=cadre), fields, f"派驻 {cadre.name}")


@transaction.atomic
def end_posting(*, posting: Posting, ended_on: date, end_reason: str, by: User) -> Posting:
    """End a posting with its last day and a reason."""
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    if posting.ended_on:
        raise CadresError("这次派驻已经结束。")
    return _write(posting, {"ended_on": ended_on, "end_reason": end_reason}, f"结束派驻:{Posting.EndReason(end_reason).label}")
