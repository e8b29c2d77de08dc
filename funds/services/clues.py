"""Clues: every write. Each leaves its line in the clue's own trail."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Organization, User
from core.clock import today
from funds.models import Accountability, Clue, ClueEvent, ClueTransfer
from funds.services.errors import FundsError
from workflow import services as flow
from workflow.models import Alert

Action = ClueEvent.Action


def _note(clue: Clue, action: str, by: User, note: str = "") -> None:
    ClueEvent.objects.create(clue=clue, village_id=clue.village_id, user=by, action=action, note=note[:300])


def look_at(*, clue: Clue, by: User) -> None:
    """Who opened a clue is part of its trail."""
    _note(clue, Action.OPENED, by)


@transaction.atomic
def register_clue(*, by: User, title: str, content: str, source: str, received_on: date, alert: Alert | None = None, village: Any = None) -> Clue:
    """Register a lead; one that comes from an alert belongs to the alert's village. Raises FundsError."""
    if alert is not None and Clue.objects.filter(alert=alert).exists():
        raise FundsError("这条预警已经登记为线索。")
    serial = flow.take_numbers(key=f"clue {received_on.year}")[0]
    clue = Clue(number=f"XS{received_on.year}-{serial:04d}", title=title, content=content, source=source, alert=alert,
                village=village or (alert.village if alert else None), received_on=received_on, registered_by=by)  # fmt: skip
    clue.full_clean()
    clue.save()
    _note(clue, Action.REGISTERED, by, clue.get_source_display())
    return clue


def _locked(clue: Clue, what: str) -> Clue:
    clue = Clue.objects.select_for_update(of=("self",)).get(pk=clue.pk)
    if clue.state == Clue.State.CLOSED:
        raise FundsError(f"线索已了结,不能{what}。")
    return clue


@transaction.atomic
def transfer_clue(*, clue: Clue, kind: str, to: Organization, document: str, sent_on: date, by: User, note: str = "") -> ClueTransfer:
    """Pass a clue on (线索移送) or tell another office of it (信息交流通报)."""
    clue = _locked(clue, "移送")
    if sent_on < clue.received_on:
        raise FundsError("移送日期不能早于收到日期。")
    row = ClueTransfer(clue=clue, village_id=clue.village_id, kind=kind, to=to, document=document, sent_on=sent_on, note=note)
    row.full_clean()
    row.save()
    if kind == ClueTransfer.Kind.TRANSFER:
        clue.state = Clue.State.TRANSFERRED
        clue.save(update_fields=["state"])
    _note(clue, Action.TRANSFERRED, by, f"{row.get_kind_display()}:{to} {document}")
    return row


@transaction.atomic
def answer_transfer(*, transfer: ClueTransfer, reply: str, replied_on: date, by: User) -> ClueTransfer:
    """Write down what came back. Once."""
    row = ClueTransfer.objects.select_for_update(of=("self",)).select_related("clue").get(pk=transfer.pk)
    if row.reply:
        raise FundsError("已登记过回复。")
    row.reply, row.replied_on = reply.strip(), replied_on
    row.full_clean()
    row.save()
    _note(row.clue, Action.REPLIED, by, reply)
    return row


@transaction.atomic
def hold_accountable(*, clue: Clue, by: User, **fields: Any) -> Accountability:
    """Write down what followed for a person. Never changed."""
    clue = _locked(clue, "登记问责")
    row = Accountability(clue=clue, village_id=clue.village_id, **fields)
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise FundsError("这项问责已登记。") from error
    _note(clue, Action.ACCOUNTABLE, by, f"{row.get_form_display()} {row.document}")
    return row


@transaction.atomic
def close_clue(*, clue: Clue, result: str, by: User) -> Clue:
    """Close a clue with what came of it; not while a transfer waits for its answer."""
    clue = _locked(clue, "再了结")
    waiting = clue.cluetransfers.filter(kind=ClueTransfer.Kind.TRANSFER, reply="").first()
    if waiting:
        raise FundsError(f"移送{waiting.to}的线索还没有回复,不能了结。")
    clue.state, clue.result, clue.closed_on = Clue.State.CLOSED, result.strip()[:300], today()
    clue.full_clean()
    clue.save()
    _note(clue, Action.CLOSED, by, result)
    return clue
