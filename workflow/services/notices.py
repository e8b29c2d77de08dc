"""Notices: published frozen, hung out with a photo, taken down by themselves or ended early."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings as installation
from django.core.files import File
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from core import calendar, settings, walls
from core.clock import today
from core.dates import chinese_date
from core.scope import because
from villages.models import Division, Village
from workflow import notices as kinds
from workflow.models import Case, Level, NoticePosting, NoticeRecord, Objection, PublicNotice, PublicSnapshot, Todo
from workflow.rules import notices as rules
from workflow.services.errors import WorkflowError
from workflow.services.files import attach
from workflow.services.numbers import take_numbers
from workflow.services.todos import finish_todo

BATCH = 2_000
LINES, CELL = 2_000, 200  # a notice is read by people who stand before it


class NoticeError(WorkflowError):
    """What a notice refuses."""


class UnderNotice(WorkflowError):
    """A record stands in a running notice and is closed to editing."""


@dataclass(frozen=True)
class Record:
    """A record a notice is about, closed to editing while it runs; `line_key` is its line's."""

    table: str
    row_id: int
    village_id: int | None = None
    household_id: int | None = None
    line_key: str = ""


@dataclass(frozen=True)
class NoticeDraft:
    """What a notice will say. `lines` are `{"key": …, "cells": […]}` in the order of `columns`; `area` is the code prefix of a township."""

    kind: str
    title: str
    body: str
    lines: Sequence[Mapping[str, Any]]
    records: Sequence[Record]
    level: str
    starts_on: date
    columns: Sequence[kinds.NoticeColumn] = ()
    signer: str = ""
    village: Village | None = None
    area: str = ""
    days: int | None = None
    day_kind: str | None = None
    case: Case | None = None


def notice_text(*, kind: str, values: Mapping[str, Any], starts_on: date, days: int | None = None) -> tuple[str, str]:
    """Title and body of a notice of a kind, its fields filled. Raises NoticeError for a field of the wording that nobody fills."""
    declared = kinds.get(kind)
    length, day_kind = kinds.days_of(kind)
    length = days or length
    filled = {**values, "start": chinese_date(starts_on), "end": chinese_date(calendar.last_day(starts_on, length, day_kind)),
              "days": calendar.length(length, day_kind), "tel": settings.get("supervision_phone")}  # fmt: skip
    text = kinds.text_of(kind)
    unknown = rules.unknown_fields(declared.title + text, list(filled))
    if unknown:
        raise NoticeError(f"{declared.label}正文格式里的“{'、'.join(unknown)}”没有对应的内容,请系统管理员在参数中改正。")
    return rules.fill(declared.title, filled), rules.fill(text, filled)


def publish(*, by: User | None, day: date | None = None, **draft: Any) -> PublicNotice:
    """Release one notice (`NoticeDraft` says the fields). Raises NoticeError."""
    return publish_many(drafts=[NoticeDraft(**draft)], by=by, day=day)[0]


@transaction.atomic
def publish_many(*, drafts: Sequence[NoticeDraft], by: User | None, day: date | None = None) -> list[PublicNotice]:
    """Release notices in sets: frozen, numbered, their records locked, a posting expected of each village, a masked copy for the public page.

    Raises NoticeError for content that may not be hung out, a start before the release, or a record that is not there.
    """
    day = day or today()
    because(f"发布公示公告 {drafts[0].title}" if len(drafts) == 1 else f"发布 {len(drafts)} 份公示公告")
    released_at = _moment(day)
    _lock_records([record for draft in drafts for record in draft.records])
    codes = _village_codes(drafts)
    notices = [_notice(draft, day, released_at, by) for draft in drafts]
    _number(notices, day.year)
    PublicNotice.objects.bulk_create(notices, batch_size=BATCH)
    pairs = list(zip(drafts, notices, strict=True))
    NoticeRecord.objects.bulk_create(
        (NoticeRecord(notice=notice, table=record.table, row_id=record.row_id, village_id=record.village_id, household_id=record.household_id,
                      area=codes.get(record.village_id, notice.area), line_key=record.line_key)
         for draft, notice in pairs for record in draft.records),
        batch_size=BATCH,
    )  # fmt: skip
    _expect_postings([(notice, village, codes.get(village, notice.area)) for draft, notice in pairs for village in _hung_in(draft)])
    places = _places(notices)
    PublicSnapshot.objects.bulk_create((_snapshot(notice, places[notice.area]) for notice in notices), batch_size=BATCH)
    return notices


def _expect_postings(wanted: Sequence[tuple[PublicNotice, int | None, str]]) -> None:
    """A posting with its todo for each village that has to hang a notice out."""
    todos = [
        Todo(kind="notice_posting", title=f"张贴 {notice.title}"[:160], url=notice.get_absolute_url(), role=Role.VILLAGE_COMMITTEE, area=area, place=area,
             village_id=village, due_on=notice.starts_on, sorted_on=notice.starts_on)
        for notice, village, area in wanted if village
    ]  # fmt: skip
    waiting = iter(Todo.objects.bulk_create(todos, batch_size=BATCH))
    NoticePosting.objects.bulk_create(
        (NoticePosting(notice=notice, village_id=village, area=area, todo=next(waiting) if village else None) for notice, village, area in wanted),
        batch_size=BATCH,
    )


def _forget_postings(notices: Sequence[int]) -> None:
    """What was never hung out waits no longer."""
    missing = NoticePosting.objects.filter(notice__in=notices, posted_on=None).exclude(todo=None)
    Todo.objects.open().filter(pk__in=missing.values("todo")).update(done_at=timezone.now(), dropped=True)


def _moment(day: date) -> datetime:
    """Now, on the working day of this installation."""
    return datetime.combine(day, timezone.localtime().time(), timezone.get_current_timezone())


def _lock_records(records: Sequence[Record]) -> None:
    """Whoever edits one of them has finished, or waits and then finds the notice."""
    tables: dict[str, set[int]] = {}
    for record in records:
        tables.setdefault(record.table, set()).add(record.row_id)
    models = {model._meta.db_table: model for model in walls.our_models()} if tables else {}
    for table, ids in tables.items():
        found = models[table]._base_manager.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk", flat=True)
        if len(found) != len(ids):
            raise NoticeError("名单中有的记录已不存在或不在您的范围内,没有发布。请重新选择。")


def _hung_in(draft: NoticeDraft) -> list[int | None]:
    if draft.village is not None:
        return [draft.village.pk]
    villages = sorted({record.village_id for record in draft.records if record.village_id})
    return [*villages] or [None]


def _village_codes(drafts: Sequence[NoticeDraft]) -> dict[int | None, str]:
    wanted = {village for draft in drafts for village in _hung_in(draft) if village}
    return dict(Village.objects.filter(pk__in=wanted).values_list("pk", "code"))


def _notice(draft: NoticeDraft, day: date, released_at: datetime, by: User | None) -> PublicNotice:
    declared = kinds.get(draft.kind)
    length, day_kind = kinds.days_of(draft.kind)
    length, day_kind = draft.days or length, draft.day_kind or day_kind
    columns = [{"label": column.label, "kind": column.kind} for column in draft.columns or declared.columns]
    lines = [{"key": str(line["key"]), "cells": [str(cell) for cell in line["cells"]]} for line in draft.lines]
    problem = _problem(draft, columns, lines, day)
    if problem:
        raise NoticeError(problem)
    if not settings.get("notice_full_names"):
        lines = rules.masked(columns, lines)
    area = draft.village.code if draft.village else draft.area or installation.CITY_CODE
    content = {"title": draft.title, "body": draft.body, "signer": draft.signer, "columns": columns, "lines": lines}
    return PublicNotice(
        kind=draft.kind, word=declared.word, level=draft.level, village=draft.village, area=area, case=draft.case, starts_on=draft.starts_on, days=length,
        day_kind=day_kind, ends_on=calendar.last_day(draft.starts_on, length, day_kind), released_by=by, released_at=released_at,
        snapshot_sha256=rules.digest(content), is_demo=installation.DEMO_MODE, **content,
    )  # fmt: skip


def _problem(draft: NoticeDraft, columns: list[dict[str, str]], lines: list[dict[str, Any]], day: date) -> str:
    if draft.starts_on < day:
        return f"公示起始日期不能早于发布日期 {chinese_date(day)}。"
    if (draft.level == Level.VILLAGE) != (draft.village is not None):
        return "村级公示要指明村,乡镇和市级公示不指明村。"
    if draft.level == Level.TOWNSHIP and len(draft.area) != rules.LEVEL_LENGTHS[Level.TOWNSHIP]:
        return "乡镇公示要指明乡镇。"
    if len(lines) > LINES or any(len(line["cells"]) != len(columns) or any(len(cell) > CELL for cell in line["cells"]) for line in lines):
        return f"名单不超过 {LINES} 行,每行按栏目填齐,每格不超过 {CELL} 字。"
    keys = {line["key"] for line in lines}
    if len(keys) != len(lines) or any(record.line_key and record.line_key not in keys for record in draft.records):
        return "名单行的编号重复,或有记录对不上名单行。"
    return rules.forbidden_content(body=draft.body, columns=columns, lines=lines)


def _number(notices: Sequence[PublicNotice], year: int) -> None:
    """公示〔2017〕12号: one sequence a word and year, over the whole city."""
    for word in sorted({notice.word for notice in notices}):
        mine = [notice for notice in notices if notice.word == word]
        for notice, number in zip(mine, take_numbers(key=f"notice:{word}:{year}", count=len(mine)), strict=True):
            notice.number = f"{word}〔{year}〕{number}号"


def _snapshot(notice: PublicNotice, place: str) -> PublicSnapshot:
    return PublicSnapshot(
        notice=notice, token=secrets.token_urlsafe(18), number=notice.number, word=notice.word, place=place, area=notice.area,
        length_label=notice.length_label, calendar_assumed=notice.calendar_assumed,
        village=notice.village, starts_on=notice.starts_on, ends_on=notice.ends_on, sha256=notice.snapshot_sha256, released_at=notice.released_at,
        title=notice.title, body=notice.body, signer=notice.signer, columns=notice.columns, lines=rules.masked(notice.columns, notice.lines),
    )  # fmt: skip


def _places(notices: Sequence[PublicNotice]) -> dict[str, str]:
    """Where notices hold, in words, by area prefix."""
    wanted = {notice.area.ljust(12, "0"): notice.area for notice in notices}
    names = dict(Division.objects.filter(code__in=wanted).values_list("code", "name"))
    return {area: names.get(code, installation.CITY_NAME) for code, area in wanted.items()}


def line_label(notice: PublicNotice, key: str) -> str:
    """A line in the words of its notice; '' stands for the whole. Raises NoticeError for a line it does not have."""
    if not key:
        return f"整份{notice.word}"
    cells = next((line["cells"] for line in notice.lines if line["key"] == key), None)
    if cells is None:
        raise NoticeError("公示名单里没有这一行,请从名单中选择。")
    return " ".join(cell for cell in cells if cell)[:60]


def _locked(notice: PublicNotice) -> PublicNotice:
    """The notice as it stands, held until the transaction ends: its state decides what may be done."""
    return PublicNotice.objects.select_for_update().get(pk=notice.pk)


@transaction.atomic
def post_notice(*, notice: PublicNotice, place: str, posted_on: date, photo: File | bytes, by: User, village: Village | None = None,
                day: date | None = None) -> NoticePosting:  # fmt: skip
    """Record that a notice hangs, with the photo that shows it (position data removed). Raises NoticeError, WorkflowError for what is no photo."""
    day, notice = day or today(), _locked(notice)
    because(f"登记张贴 {notice.number}")
    released_on = timezone.localtime(notice.released_at).date()
    if notice.state == PublicNotice.State.WITHDRAWN:
        raise NoticeError("公示已提前结束,不用再张贴。")
    if not released_on <= posted_on <= min(day, notice.ends_on):
        raise NoticeError(f"张贴日期应在发布({chinese_date(released_on)})之后、公示截止({chinese_date(notice.ends_on)})之前,且不能晚于今天。")
    if not place.strip():
        raise NoticeError("请写明张贴地点。")
    village = village or notice.village
    rows = notice.postings.select_for_update().filter(village=village)
    if village is not None and not rows.exists():
        raise NoticeError(f"{village.name}不在这份公示的范围内。")
    posting = rows.filter(posted_on=None).first() or NoticePosting(notice=notice, village=village, area=village.code if village else notice.area)
    area = "" if village else notice.area
    posting.photo = attach(
        data=photo, title=f"{notice.number} 张贴照片", by=by, accept=("jpg",), village_id=village.pk if village else None, area=area
    )
    posting.place, posting.posted_on, posting.posted_by = place.strip(), posted_on, by
    posting.full_clean(validate_constraints=False)
    posting.save()
    if posting.todo:
        finish_todo(todo=posting.todo, by=by)
    return posting


@transaction.atomic
def take_down(*, posting: NoticePosting, taken_down_on: date, by: User, day: date | None = None) -> NoticePosting:
    """Record that the paper came off the wall. Raises NoticeError while the notice still runs, or for a day that cannot be."""
    posting = NoticePosting.objects.select_for_update().select_related("notice").get(pk=posting.pk)
    because(f"登记撤下 {posting.notice.number}")
    if posting.posted_on is None or posting.taken_down_on is not None:
        raise NoticeError("这一处没有张贴,或已登记撤下。")
    if posting.notice.runs_on(taken_down_on):
        raise NoticeError(f"公示到 {chinese_date(posting.notice.ends_on)} 期满,期满前不能撤下。")
    if not posting.posted_on <= taken_down_on <= (day or today()):
        raise NoticeError("撤下日期不能早于张贴日期,也不能晚于今天。")
    posting.taken_down_on = taken_down_on
    posting.save()
    return posting


@transaction.atomic
def end_notice(*, notice: PublicNotice, reason: str, by: User, day: date | None = None) -> PublicNotice:
    """End a running notice before its time: its records open again, and the step it served has to begin anew. Raises NoticeError."""
    notice = _locked(notice)
    if not reason.strip():
        raise NoticeError("请写明提前结束的原因。")
    if notice.state != PublicNotice.State.RUNNING:
        raise NoticeError("这份公示已经结束。")
    because(f"提前结束 {notice.number}:{reason}")
    notice.state, notice.taken_down_at, notice.end_reason = PublicNotice.State.WITHDRAWN, _moment(day or today()), reason.strip()[:200]
    notice.save(update_fields=["state", "taken_down_at", "end_reason"])
    _empty(PublicSnapshot.objects.filter(notice=notice))
    _forget_postings([notice.pk])
    return notice


def _empty(snapshots: Any) -> None:
    snapshots.update(is_current=False, title="", body="", signer="", columns=[], lines=[])


@transaction.atomic
def take_down_ended(day: date) -> int:
    """Nightly: what has run its days is over, and gone from the public pages. Returns how many."""
    because("公示期满")
    over = PublicNotice.objects.running().filter(ends_on__lt=day)
    ids = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True))
    PublicNotice.objects.filter(pk__in=ids).update(state=PublicNotice.State.ENDED, taken_down_at=_moment(day))
    _empty(PublicSnapshot.objects.filter(notice__in=ids))
    _forget_postings(ids)
    return len(ids)


def notice_problems(notice: PublicNotice, day: date, line_key: str = "") -> list[str]:
    """What still stands between a notice and the step it serves, in words; nothing when it ran its days, hung and is undisputed.

    With `line_key` only what was said against that line or the whole notice counts, and one found right keeps the line here.

    Only an objection that was taken up stops a case; one merely received has to be taken up or refused first.
    """
    if notice.state == PublicNotice.State.WITHDRAWN:
        return [f"{notice.number} 已提前结束({notice.end_reason}),应重新公示。"]
    problems = _posting_problems(notice)
    if day <= notice.ends_on:
        problems.append(f"公示到 {chinese_date(notice.ends_on)} 期满,尚未期满。")
    against = Objection.objects.filter(notice=notice)
    if line_key:
        against = against.filter(line_key__in=["", line_key])
        if line_key in upheld_lines(notice):
            problems.append("对这一户的异议已查实成立,应退回或作不通过处理。")
    states = list(against.values_list("state", flat=True))
    if waiting := states.count(Objection.State.RECEIVED):
        problems.append(f"有 {waiting} 件异议还没有决定是否受理。")
    if open_ones := states.count(Objection.State.ACCEPTED):
        problems.append(f"有 {open_ones} 件已受理的异议没有办结。")
    return problems


def _posting_problems(notice: PublicNotice) -> list[str]:
    problems, late = [], []
    by_village: dict[Any, list[NoticePosting]] = {}
    for posting in notice.postings.select_related("village"):
        by_village.setdefault(posting.village, []).append(posting)
    missing = [village for village, rows in by_village.items() if not any(row.posted_on for row in rows)]
    for village, rows in by_village.items():
        first = min((row.posted_on for row in rows if row.posted_on), default=None)
        if first and first > notice.starts_on:
            late.append(f"{village.name if village else ''}{chinese_date(first)}才张贴")
    if missing:
        names = "、".join(village.name for village in missing[:5] if village)
        problems.append(f"还没有登记张贴照片{f':{names}' if names else ''}{f'等 {len(missing)} 个村' if len(missing) > 5 else ''}。")
    if late:
        problems.append(f"张贴晚于公示起始日({';'.join(late[:5])}),实际公示不足 {notice.length_label},应提前结束后重新公示。")
    return problems


def upheld_lines(notice: PublicNotice) -> list[str]:
    """Keys of the lines an objection against was found right: the room takes them off before it goes on."""
    return sorted(set(Objection.objects.filter(notice=notice, upheld=True).exclude(line_key="").values_list("line_key", flat=True)))


def refuse_if_noticed(table: str, row_ids: Sequence[int]) -> None:
    """Every service that edits such records asks first, with their rows locked. Raises UnderNotice, which names the notice."""
    with connection.cursor() as cursor:
        cursor.execute("select number, title, ends_on from workflow_running_notice(%s, %s)", [table, list(row_ids)])
        row = cursor.fetchone()
    if row:
        raise UnderNotice(f"这条记录正在公示:《{row[1]}》({row[0]}),{chinese_date(row[2])} 期满前不能修改。确需更正的,先写明原因提前结束公示。")


def hung_outdated(postings: Any) -> Any:
    """Of some postings, those that ask for somebody: not posted while the notice runs, or still hanging after it."""
    over = PublicNotice.objects.filter(pk=OuterRef("notice")).exclude(state=PublicNotice.State.RUNNING)
    missing = postings.filter(posted_on=None).exclude(Exists(over))
    return missing | postings.filter(posted_on__isnull=False, taken_down_on=None).filter(Exists(over))
