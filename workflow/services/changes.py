"""Change many: a preview, the change in one transaction, and its undoing while what it wrote still stands."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from core import settings
from core.scope import because
from workflow.changes_registry import Changeable, find
from workflow.models import BulkChange, BulkChangeRow
from workflow.services.errors import WorkflowError
from workflow.services.jobs import start_job

GONE = "已不在您可以修改的范围内。"


@transaction.atomic
def preview_change(*, changeable: Changeable, rows: QuerySet, value: Any, reason: str, by: User) -> BulkChange:
    """What the change would do, record by record, kept until it is confirmed. Raises WorkflowError for none or too many.

    `rows` are the rows chosen in the list, in the user's scope; records they see but may not change are listed with the reason.
    """
    limit = settings.get("change_many_limit")
    records = list(changeable.load(changeable.records(rows)).order_by("pk")[: limit + 1])
    if not records:
        raise WorkflowError("没有选中可以修改的记录。请回到列表勾选,或放宽筛选条件。")
    if len(records) > limit:
        raise WorkflowError(f"一次最多修改 {limit} 条,请缩小筛选范围后分批办理。")
    kept = changeable.keep(value)
    change = BulkChange.objects.create(owner=by, key=changeable.key, value=kept, value_label=changeable.words(kept)[:120], reason=reason[:200])
    may = set(_within(changeable, by, [record.pk for record in records]).values_list("pk", flat=True))
    BulkChangeRow.objects.bulk_create(
        [_previewed(change, changeable, record, GONE if record.pk not in may else changeable.refuse(record, kept)) for record in records],
        batch_size=1000,
    )
    return change


def _within(changeable: Changeable, by: User, pks: list[int]) -> QuerySet:
    return changeable.model._default_manager.visible_to(by, changeable.permission).filter(pk__in=pks)


def _previewed(change: BulkChange, changeable: Changeable, record: Any, refusal: str) -> BulkChangeRow:
    held = changeable.read(record)
    return BulkChangeRow(
        change=change, row_id=record.pk, village_id=getattr(record, "village_id", None), household_id=getattr(record, "household_id", None),
        label=changeable.name(record)[:120], before=held, before_label=changeable.show(record)[:120], refusal=refusal[:300],
        after_label="" if refusal else change.value_label,
    )  # fmt: skip


def _locked(change: BulkChange, by: User, state: str) -> tuple[BulkChange, Changeable]:
    """The change, locked, in the state it must be in, for its owner alone."""
    change = BulkChange.objects.select_for_update(of=("self",)).select_related("job").get(pk=change.pk)
    changeable = find(change.key)
    if change.owner_id != by.pk:
        raise WorkflowError("只能由预览的人本人办理。")
    if changeable is None or not by.may(changeable.permission):
        raise WorkflowError("您现在没有办理这项修改的权限。")
    if change.state != state:
        raise WorkflowError(f"这次批量修改{change.get_state_display()},不能重复办理。")
    return change, changeable


def _waits(change: BulkChange) -> None:
    if change.job is not None and not change.job.ended:
        raise WorkflowError("正在后台办理,请在任务中查看进度。")


def _many(change: BulkChange) -> bool:
    return change.rows.filter(refusal="").count() > settings.get("change_many_at_once")


def _later(change: BulkChange, by: User, title: str, **parameters: Any) -> BulkChange:
    change.job = start_job(kind="bulk_change", title=title, parameters={"change": change.pk, **parameters}, by=by)
    change.save(update_fields=["job"])
    return change


@transaction.atomic
def confirm_change(*, change: BulkChange, by: User) -> BulkChange:
    """Do what was previewed: at once, or as a job above so many records (`change_many_at_once`). Raises WorkflowError."""
    change, changeable = _locked(change, by, BulkChange.State.PREVIEW)
    _waits(change)
    if _many(change):
        return _later(change, by, f"批量修改:{changeable.label}")
    return apply_change(change=change, by=by)


@transaction.atomic
def apply_change(*, change: BulkChange, by: User) -> BulkChange:
    """Write the new value into every previewed record that still holds what the preview showed.

    A record changed meanwhile, gone out of reach or refused by its service stays as it is and says why.
    """
    change, changeable = _locked(change, by, BulkChange.State.PREVIEW)
    because(f"批量修改 {changeable.label}:{change.reason}")
    rows = list(change.rows.filter(refusal="").order_by("row_id"))
    records = _records(changeable, by, rows)
    for row in rows:
        row.refusal = _apply_one(changeable, records.get(row.row_id), row, change, by)
    BulkChangeRow.objects.bulk_update(rows, ["after", "refusal", "after_label"], batch_size=500)
    change.state, change.done_at = BulkChange.State.DONE, timezone.now()
    change.save(update_fields=["state", "done_at"])
    return change


def _records(changeable: Changeable, by: User, rows: list[BulkChangeRow]) -> dict[int, Any]:
    """The records, locked in one order, that the user may still change."""
    pks = [row.row_id for row in rows]
    list(_within(changeable, by, pks).order_by("pk").select_for_update().values_list("pk", flat=True))
    return {record.pk: record for record in changeable.load(_within(changeable, by, pks))}


def _apply_one(changeable: Changeable, record: Any, row: BulkChangeRow, change: BulkChange, by: User) -> str:
    """Why it was not changed, or "" when it was."""
    if record is None:
        return GONE
    held = changeable.read(record)
    if held != row.before:
        return f"预览之后已被改动,现为“{changeable.show(record)}”。"[:300]
    return _refused(lambda: setattr(row, "after", changeable.apply(record, change.value, by=by, reason=change.reason)))


def _refused(write: Callable[[], None]) -> str:
    """What a room's service refused, in its words, with nothing of this record written; "" when it was done."""
    try:
        with transaction.atomic():
            write()
    except ValidationError as error:
        return "、".join(error.messages)[:300]
    except IntegrityError:
        return "与另一条记录冲突,没有修改。"
    except Exception as error:
        if not getattr(error, "for_user", False):
            raise
        return str(error)[:300]
    return ""


@transaction.atomic
def start_undo(*, change: BulkChange, reason: str, by: User) -> BulkChange:
    """Undo at once, or as a job above so many records. Raises WorkflowError."""
    change, changeable = _locked(change, by, BulkChange.State.DONE)
    _waits(change)
    if _many(change):
        return _later(change, by, f"撤销批量修改:{changeable.label}", undo=reason)
    return undo_change(change=change, reason=reason, by=by)


@transaction.atomic
def undo_change(*, change: BulkChange, reason: str, by: User) -> BulkChange:
    """Take back what the change wrote, record by record, where it still stands; a record changed since keeps its newer state and says so."""
    change, changeable = _locked(change, by, BulkChange.State.DONE)
    if not reason.strip():
        raise WorkflowError("请写明撤销原因。")
    if change.done_at and timezone.now() > change.done_at + timedelta(days=settings.get("change_many_undo_days")):
        raise WorkflowError(f"完成已超过 {settings.get('change_many_undo_days')} 天,不能撤销。请另办一次批量修改。")
    because(f"撤销批量修改 {changeable.label}:{reason}")
    rows = list(change.rows.filter(refusal="").order_by("row_id"))
    records = _records(changeable, by, rows)
    for row in rows:
        row.refusal = _undo_one(changeable, records.get(row.row_id), row, by, reason)
        row.undone = not row.refusal
    BulkChangeRow.objects.bulk_update(rows, ["refusal", "undone"], batch_size=500)
    change.state, change.undone_at, change.undo_reason = BulkChange.State.UNDONE, timezone.now(), reason.strip()[:200]
    change.save(update_fields=["state", "undone_at", "undo_reason"])
    return change


def _undo_one(changeable: Changeable, record: Any, row: BulkChangeRow, by: User, reason: str) -> str:
    if record is None:
        return "没有撤销:" + GONE
    held, written = changeable.read(record), row.after or {}
    if any(written.get(key) != value for key, value in held.items()):
        return f"没有撤销:修改之后又有改动,现为“{changeable.show(record)}”。"[:300]
    refusal = _refused(lambda: changeable.undo(record, row.before, written, by=by, reason=reason))
    return f"没有撤销:{refusal}"[:300] if refusal else ""


def drop_old_previews() -> int:
    """Forget previews nobody has confirmed for a week. Returns how many."""
    old = BulkChange.objects.filter(state=BulkChange.State.PREVIEW, created_at__lt=timezone.now() - timedelta(days=7))
    return old.delete()[0]


def touched_households(change: BulkChange) -> list[int]:
    """The households whose records the change has written or taken back."""
    rows = change.rows.exclude(household_id=None).exclude(after=None)
    return sorted({pk for pk in rows.order_by().values_list("household_id", flat=True) if pk is not None})
