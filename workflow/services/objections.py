"""Objections to a notice: received, taken up or refused with a reason, resolved; a level up when nobody does so in time."""

import secrets
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission, Role
from core import calendar, crypto, scope, settings
from core.checks.accounts import parse_phone
from core.checks.problems import CheckError
from core.checks.text import clean_line, clean_text
from core.clock import today
from core.dates import chinese_date
from core.scope import because
from workflow import notices as kinds
from workflow.models import Level, NoticeRecord, Objection, PublicNotice, Todo
from workflow.rules import notices as rules
from workflow.services.notices import NoticeError, _locked, line_label
from workflow.services.todos import drop_todo, finish_todo, open_todo

LONGEST = 1_000
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class TooMany(NoticeError):
    """More objections from one address or to one notice in a day than the page takes."""


def due_on(day: date) -> date:
    """Until when an objection received (or handed up) on a day is to be handled."""
    kind = calendar.DayKind.WORKING if settings.get("objection_working_days") else calendar.DayKind.CALENDAR
    return calendar.add_days(day, settings.get("objection_days"), kind)


@transaction.atomic
def object_to(
    *,
    notice: PublicNotice,
    line_key: str = "",
    content: str,
    channel: str,
    person: str = "",
    phone: str = "",
    received_on: date,
    by: User | None = None,
    sender: str = "",
    day: date | None = None,
) -> Objection:
    """Take an objection in, against one line or the whole notice, anonymous or not. `sender` is the address of a page's visitor.

    What came in within the days may be typed in after them, except from the page. Raises NoticeError, TooMany.
    """
    day, notice = day or today(), _locked(notice)
    because(f"收到异议 {notice.number}")
    if notice.word != "公示":
        raise NoticeError("公告不征求异议。有意见请向乡镇或市扶贫部门反映。")
    if notice.state == PublicNotice.State.WITHDRAWN or (by is None and not notice.runs_on(day)):
        raise NoticeError("这份公示已经结束,不再接收异议。有意见请向村委会、乡镇反映,或拨打 12317。")
    if not notice.starts_on <= received_on <= notice.ends_on:
        raise NoticeError(f"公示期为 {chinese_date(notice.starts_on)} 至 {chinese_date(notice.ends_on)},这一天收到的不作为公示异议,请按信访件办理。")
    if received_on > day:
        raise NoticeError("收到日期不能晚于今天。")
    label = line_label(notice, line_key)
    try:
        content, person = clean_text(content, LONGEST), clean_line(person, 50)
        phone = parse_phone(phone) if phone else ""
    except CheckError as error:
        raise NoticeError(str(error)) from error
    if len(content) < 4:
        raise NoticeError("请把异议写清楚,至少 4 个字。")
    index = _counted_sender(notice, sender, received_on) if by is None else ""
    record = NoticeRecord.objects.filter(notice=notice, line_key=line_key).exclude(village=None).first() if line_key else None
    village_id = notice.village_id or (record.village_id if record else None)
    made = Objection.objects.create(
        notice=notice, receipt=_receipt(day), line_key=line_key, line_label=label, content=content, person=person, phone=phone, channel=channel, received_on=received_on,
        received_by=by, sender_index=index, village_id=village_id, area=record.area if record else notice.area, level=notice.level, handle_due_on=due_on(received_on),
    )  # fmt: skip
    made.todo = _ask(made)
    made.save(update_fields=["todo"])
    return made


ROLES = {Level.VILLAGE: Role.VILLAGE_COMMITTEE, Level.TOWNSHIP: Role.TOWNSHIP_CHECKER}


def _ask(objection: Objection) -> Todo:
    """It waits for whoever handles objections at its level."""
    notice = objection.notice
    return open_todo(
        kind="objection", title=f"办理异议 {objection.receipt}:{notice.title}", url=objection.get_absolute_url(), due_on=objection.handle_due_on,
        role=ROLES.get(Level(objection.level), Role(kinds.city_role(notice.kind))), area=rules.area_of(objection.area, objection.level),
        place=objection.area, village_id=objection.village_id,
    )  # fmt: skip


def _receipt(day: date) -> str:
    """What the objector is given: not to be guessed, easy to read out."""
    return f"{day:%y%m%d}-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def _counted_sender(notice: PublicNotice, sender: str, day: date) -> str:
    """The visitor's address as a keyed digest of one day. The notice is locked, so the count holds."""
    index = crypto.blind_index(f"{day}:{sender}", "objection_sender") or ""
    todays = Objection.objects.filter(notice=notice, channel=Objection.Channel.PAGE, received_on=day)
    if todays.count() >= settings.get("page_objections_per_notice") or (
        index and todays.filter(sender_index=index).count() >= settings.get("page_objections_per_sender")
    ):
        raise TooMany("今天通过网页收到的异议已达上限。请直接向村委会、乡镇反映,或拨打 12317。")
    return index


def may_handle(user: Any, objection: Objection) -> bool:
    """Whether the user handles objections over the whole area of its level."""
    area = rules.area_of(objection.area, objection.level)
    return user.may(Permission.OBJECTION_HANDLE) and scope.reach(user, Permission.OBJECTION_HANDLE).governs(area)


def _held(objection: Objection, by: User, *states: str) -> Objection:
    objection = Objection.objects.select_for_update().get(pk=objection.pk)
    if not may_handle(by, objection):
        raise NoticeError(f"这件异议由{objection.get_level_display()}一级办理。")
    if objection.state not in states:
        raise NoticeError(f"这件异议{objection.get_state_display()},不能再这样办理。")
    return objection


def _decide(objection: Objection, by: User, day: date | None, **fields: Any) -> Objection:
    values = fields | {"handled_by": by, "handled_on": day or today()}
    for name, value in values.items():
        setattr(objection, name, value)
    objection.save(update_fields=list(values))
    if objection.todo and not objection.is_open:
        finish_todo(todo=objection.todo, by=by)
    return objection


def _said(text: str, label: str) -> str:
    try:
        said = clean_text(text, 500)
    except CheckError as error:
        raise NoticeError(str(error)) from error
    if not said:
        raise NoticeError(f"请写明{label}。")
    return said


@transaction.atomic
def take_up(*, objection: Objection, reason: str, by: User, day: date | None = None) -> Objection:
    """受理: from now on it stops the case until it is resolved. Raises NoticeError."""
    reason = _said(reason, "受理意见")
    objection = _held(objection, by, Objection.State.RECEIVED)
    because(f"受理异议 {objection.receipt}")
    return _decide(objection, by, day, state=Objection.State.ACCEPTED, reason=reason)


@transaction.atomic
def refuse_objection(*, objection: Objection, reason: str, by: User, day: date | None = None) -> Objection:
    """不予受理, with the reason the objector is told. Raises NoticeError."""
    reason = _said(reason, "不予受理的理由")
    objection = _held(objection, by, Objection.State.RECEIVED)
    because(f"不予受理异议 {objection.receipt}:{reason}")
    return _decide(objection, by, day, state=Objection.State.REFUSED, reason=reason)


@transaction.atomic
def resolve_objection(*, objection: Objection, result: str, upheld: bool, by: User, day: date | None = None) -> Objection:
    """办结: what was found, and whether the objection was right. Raises NoticeError."""
    result = _said(result, "核查结果")
    objection = _held(objection, by, Objection.State.ACCEPTED)
    because(f"办结异议 {objection.receipt}:{'成立' if upheld else '不成立'}")
    return _decide(objection, by, day, state=Objection.State.RESOLVED, result=result, upheld=upheld)


@transaction.atomic
def escalate_objections(day: date) -> int:
    """Nightly: what was not handled in its days goes a level up, with days of its own; at the city's it stays and is late. Returns how many went up."""
    because("异议逾期未办,上提一级")
    late = Objection.objects.filter(state__in=[Objection.State.RECEIVED, Objection.State.ACCEPTED], handle_due_on__lt=day)
    moved = 0
    for objection in late.exclude(level="city").select_for_update(skip_locked=True, of=("self",)).select_related("notice", "todo"):
        objection.level = rules.level_above(objection.level)
        objection.handle_due_on, objection.escalated = due_on(day), objection.escalated + 1
        if objection.todo:
            drop_todo(todo=objection.todo)
        objection.todo = _ask(objection)
        objection.save(update_fields=["level", "handle_due_on", "escalated", "todo"])
        moved += 1
    return moved
