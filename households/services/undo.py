"""An import taken back as a whole: what the trail says was there before is put back, what the import made is removed.

The trail keeps both the import and its undoing. Nothing is taken back once somebody has worked on a household since.
"""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.scope import because
from households.models import Household, ImportBatch, Income, Living, Member
from households.services.errors import HouseholdsError
from households.services.imports import Progress, silent
from households.services.register import refresh_grams

TABLES: tuple[Any, ...] = (Household, Member, Living, Income)
NAMES = [model._meta.db_table for model in TABLES]
NAMED = 5


class UndoRefused(HouseholdsError):
    """An import that cannot be taken back; nothing was changed."""


def _span(batch: ImportBatch) -> list[int | None]:
    """Where in the trail the import's own changes stand."""
    return [batch.transaction, batch.first_event, batch.last_event]


def touched_since(batch: ImportBatch) -> list[str]:
    """Codes of households that somebody changed after this import (a few of them)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with ours as (select household_id, max(id) as last from core_event "
            'where transaction = %s and id between %s and %s and "table" = any(%s) group by household_id) '
            "select h.household_code from ours join households_household h on h.id = ours.household_id where exists ("
            "select from core_event e where e.household_id = ours.household_id and e.id > ours.last "
            'and e."table" = any(%s)) order by 1 limit %s',
            [*_span(batch), NAMES, NAMES, NAMED],
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def undo(*, batch: ImportBatch, reason: str, by: Any, progress: Progress = silent) -> ImportBatch:
    """Raises UndoRefused when a household was changed since, or another record already rests on one."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != ImportBatch.State.DONE:
        raise UndoRefused(f"这个批次现在是“{batch.get_state_display()}”,不能撤销。")
    if not reason.strip():
        raise UndoRefused("请写明撤销原因。")
    ids = _households(batch)
    list(Household.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    changed = touched_since(batch)
    if changed:
        raise UndoRefused(f"导入之后有人修改过其中的户({'、'.join(changed)}…),不能整批撤销。请逐户更正。")
    because(f"撤销表格导入 {batch.number}:{reason}")
    try:
        _take_back(batch, ids, progress)
    except IntegrityError as error:
        raise UndoRefused("其中有的户已有帮扶、走访等记录,不能整批撤销。请逐户更正或退出登记。") from error
    batch.state, batch.undone_by, batch.undone_at, batch.undo_reason = ImportBatch.State.UNDONE, by, timezone.now(), reason[:200]
    batch.save()
    return batch


def _households(batch: ImportBatch) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute('select distinct household_id from core_event where transaction = %s and id between %s and %s and "table" = any(%s)',
                       [*_span(batch), NAMES])  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def _take_back(batch: ImportBatch, ids: list[int], progress: Progress) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")
        for step, model in enumerate((Income, Living, Member), start=1):
            progress(step, 5, f"正在撤销{model._meta.verbose_name}")
            _remove(cursor, model, batch)
            _restore(cursor, model, batch)
        progress(4, 5, "正在撤销户")
        cursor.execute("delete from households_namegram where household_id = any(%s)", [ids])
        _remove(cursor, Household, batch)
        _restore(cursor, Household, batch)
        cursor.execute("set constraints all immediate")
    refresh_grams(list(Household.objects.filter(pk__in=ids).values_list("pk", flat=True)))


def _remove(cursor: Any, model: Any, batch: ImportBatch) -> None:
    table = model._meta.db_table
    cursor.execute(
        f"delete from {table} where id in (select row_id from core_event where transaction = %s and id between %s and %s and \"table\" = %s and action = 'I')",
        [*_span(batch), table],
    )


def _restore(cursor: Any, model: Any, batch: ImportBatch) -> None:
    """Columns the import changed get back what the trail says stood there, ciphertext as it was."""
    table = model._meta.db_table
    left_out = {"id", "version", "updated_at"}
    columns = [f.column for f in model._meta.concrete_fields if not getattr(f, "generated", False) and f.column not in left_out]
    sets = [f'"{column}" = case when e.before ? \'{column}\' then r."{column}" else t."{column}" end' for column in columns]
    if model is Household:
        sets += ["version = t.version + 1", "updated_at = now()"]
    heads = (" and not (r.relation = '01' and r.left_on is null)", " and r.relation = '01' and r.left_on is null")
    for condition in heads if model is Member else ("",):
        # Who stops being head is written before who becomes it again.
        source = f"jsonb_populate_record(null::{table}, to_jsonb(old) || e.before)"
        cursor.execute(
            f"update {table} t set {', '.join(sets)} from core_event e join {table} old on old.id = e.row_id cross join lateral {source} r "
            f"where e.transaction = %s and e.id between %s and %s and e.\"table\" = %s and e.action = 'U' and t.id = e.row_id{condition}",
            [*_span(batch), table],
        )
