"""Workbooks into the register: received, checked, confirmed by a second person, stored all or nothing, undone as a whole."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings as environment
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, Role
from core import files, scope, settings
from core.clock import today
from core.listing import show
from core.scope import because
from households.models import ColumnMapping, Household, ImportBatch, Reentry
from households.services.errors import HouseholdsError
from households.services.rows import write
from households.sheets import reading
from households.sheets.checking import CREATED, UPDATED, Check, Checked, Plan, Row
from households.sheets.columns import FIELDS, HOUSEHOLD, MASKS, MEMBER, Column, by_key, heading
from households.sheets.register import Register
from households.sheets.tables import INDEX, Found, Reading, read_file
from households.sheets.writing import annotated
from workflow import services as flow

Progress = Callable[[int, int, str], None]
State = ImportBatch.State
LISTED = 20_000
STALE = "检查之后,系统里这些户的数据又有变动,与复核时看到的不同,没有写入任何内容。请上传人重新检查、再次提交复核。"


class ImportRefused(HouseholdsError):
    """An import that was not carried out; nothing was written."""


def silent(done: int, total: int, message: str = "") -> None:
    """No progress to tell."""


# --- receiving -----------------------------------------------------------------------------------------------
@transaction.atomic
def receive(*, data: bytes, title: str, comment: str, year: int, by: User | None, blank_clears: bool = False,
            purpose: str = ImportBatch.Purpose.IMPORT) -> ImportBatch:  # fmt: skip
    """Keep a workbook that was handed in. Raises ImportRefused for a file that cannot be read."""
    try:
        kind = reading.checked(data)
    except reading.FileError as error:
        raise ImportRefused(str(error)) from error
    batch = ImportBatch(
        number=_next_number(), title=title[:120], kind=kind, comment=comment, year=year, made_by=by, organization=by.organization if by else None,
        blank_clears=blank_clears, purpose=purpose, size=len(data),
    )  # fmt: skip
    because(f"上传表格:{comment}")
    batch.file.name, batch.sha256 = _kept(batch, data, kind)
    batch.save()
    return batch


def _kept(batch: ImportBatch, data: bytes, kind: str) -> tuple[str, str]:
    """Store content by its hash; its name and digest."""
    name, digest = files.content_name(data, kind=kind)
    storage = batch.file.storage
    return (name if storage.exists(name) else storage.save(name, ContentFile(data))), digest


def _next_number() -> str:
    """DR and the year's running number. The wall hides other people's batches, so the database counts."""
    with connection.cursor() as cursor:
        cursor.execute("select households_next_batch_number(%s)", [today().year])
        return str(cursor.fetchone()[0])


def content_of(batch: ImportBatch) -> bytes:
    """The workbook as it came."""
    with batch.file.open() as file:
        return bytes(file.read())


# --- checking ------------------------------------------------------------------------------------------------
def known_columns(by: User | None) -> dict[str, str]:
    """What the person's organization said of headings."""
    rows = ColumnMapping.objects.filter(organization=by.organization if by else None)
    return dict(rows.values_list("heading", "column"))


def check_data(
    data: bytes, kind: str, *, user: Any, year: int, day: date, blank_clears: bool = False, compare: bool = False, lock: bool = False,
    chosen: dict[str, str] | None = None, progress: Progress = silent,
) -> tuple[Reading, Checked]:  # fmt: skip
    """Read and check a file that passed `reading.checked`. `user` None is an operator: everything. Writes nothing."""
    progress(0, 0, "正在读取表格")
    try:
        read = read_file(data, kind, chosen=chosen, year=year)
    except reading.FileError as error:
        raise ImportRefused(str(error)) from error
    check = Check(
        read.sheets, Register(user, lock=lock), today=day, demo=environment.DEMO_MODE, blank_clears=blank_clears, compare=compare,
        progress=lambda done, total: progress(done, total, f"已检查 {done:,} 户"),
    )  # fmt: skip
    return read, check.run()


def check_batch(*, batch: ImportBatch, by: Any, progress: Progress = silent) -> ImportBatch:
    """The check of a kept workbook, and what it found: the job behind the page."""
    data = content_of(batch)
    compare = batch.purpose == ImportBatch.Purpose.COMPARE
    read, checked = check_data(
        data, batch.kind, user=by, year=batch.year, day=today(), blank_clears=batch.blank_clears or compare, compare=compare,
        chosen=known_columns(by), progress=progress,
    )  # fmt: skip
    batch.headings = _headings(read)
    batch.villages = sorted(checked.villages)
    if read.lacking and not read.sheets.homes:
        batch.state, batch.counts, batch.report = State.COLUMNS, {}, json.dumps({"remarks": read.lacking}, ensure_ascii=False)
        batch.save()
        return batch
    errors = [*_lacking(read), *checked.errors]
    batch.counts = checked.counts | {"errors": len(errors), "refused": len(checked.refused), "warnings": checked.warnings, "rows": read.sheets.rows}
    batch.report = json.dumps(_report(checked, errors, _village_names(checked)), ensure_ascii=False)
    batch.plan_sha256, batch.state = checked.digest(), State.CHECKED
    batch.needs_city = len(checked.to_write) > settings.get("import_city_households") or len(_townships(batch.villages)) > 1
    batch.annotated.name = ""
    if errors and not compare:
        progress(0, 0, "正在标注错误")
        batch.annotated.name, _ = _kept(batch, annotated(data, batch.kind, errors), "xlsx")
    because("检查表格")
    batch.save()
    if compare:
        _list_reentries(batch, checked)
    return batch


def _townships(villages: list[int]) -> set[str]:
    from villages.models import Village

    return {code[:9] for code in Village.objects.filter(pk__in=villages).values_list("code", flat=True)}


def _lacking(read: Reading) -> list[Found]:
    return [Found(layout.sheet, layout.heading_row + 1, "", "", "没有户编号、表内户号或户主证件号码列,这张表没有读入。", "key")
            for layout in read.layouts if not layout.is_keyed]  # fmt: skip


def _headings(read: Reading) -> dict[str, Any]:
    """Per sheet: each heading and the column it was taken for ('' for none)."""
    found: dict[str, Any] = {}
    for layout in read.layouts:
        found[layout.sheet] = [
            [text, layout.columns[position][0].key if position in layout.columns else ""] for position, text in enumerate(layout.headings) if text
        ]
    for sheet, headings in read.unknown.items():
        found[sheet] = [[text, ""] for text in headings]
    return found


def _village_names(checked: Checked) -> dict[int, str]:
    from villages.models import Village

    return dict(Village.objects.filter(pk__in=checked.villages).values_list("pk", "name"))


def _report(checked: Checked, errors: list[Found], villages: dict[int, str]) -> dict[str, Any]:
    changed: list[list[Any]] = []
    created: list[list[Any]] = []
    for plan in checked.to_write:
        if plan.action == CREATED and len(created) < LISTED:
            created.append([villages.get(plan.village_id, ""), plan.code, plan.head, len(plan.members), plan.warnings])
        elif plan.action == UPDATED and len(changed) < LISTED:
            changed += [[villages.get(plan.village_id, ""), plan.code, plan.head, *change] for change in changes(plan)]
    return {
        "errors": [[e.sheet, e.row, e.column, e.value, e.message, e.code] for e in errors[:LISTED]],
        "remarks": checked.remarks[:200], "changed": changed, "created": created,
    }  # fmt: skip


WORDS = {"living": "生产生活条件", "income": "收入"}


def changes(plan: Plan) -> list[tuple[str, str, str, str]]:
    """(whose, what, from, to) of every change to a household, in words; numbers masked."""
    found = []
    for part, row in plan.rows():
        of = "户" if part == HOUSEHOLD else str(row.record[INDEX[MEMBER]["name"]]) if part == MEMBER else f"{row.record[0]}年{WORDS[part]}"
        if row.pk is None:
            found.append((of, "新增", "", "成员" if part == MEMBER else "一行"))
            continue
        for name in row.changed:
            found.append(
                (
                    of,
                    by_key()[f"{part}.{name}"].label,
                    in_words(part, name, old_value(part, row, name)),
                    in_words(part, name, new_value(part, row, name)),
                )
            )
    return found


def old_value(part: str, row: Row, name: str) -> Any:
    return row.before[INDEX[part][name]] if row.before is not None else None


def new_value(part: str, row: Row, name: str) -> Any:
    return row.record[INDEX[part][name]]


def in_words(part: str, name: str, value: Any) -> str:
    """A value as a page shows it."""
    column: Column = by_key()[f"{part}.{name}"]
    if value in (None, "", ()):
        return "空"
    if name in MASKS:
        return str(MASKS[name](value))
    labels = dict(column.choices)
    if isinstance(value, tuple):
        return "、".join(labels.get(code, code) for code in value)
    return labels.get(str(value), show(value)) if labels else show(value)


# --- columns people named --------------------------------------------------------------------------------------
@transaction.atomic
def say_columns(*, batch: ImportBatch, chosen: dict[str, str], by: User) -> None:
    """What headings mean, remembered for the organization; '' forgets what was said."""
    batch = _own(batch, by, {State.COLUMNS, State.CHECKED, State.RETURNED})
    for text, key in chosen.items():
        rows = ColumnMapping.objects.filter(organization=by.organization, heading=heading(text)[:80])
        if not key:
            rows.delete()
        elif not rows.update(column=key, said_by=by):
            ColumnMapping.objects.create(organization=by.organization, heading=heading(text)[:80], column=key, said_by=by)
    batch.state = State.CHECKING
    batch.save()


# --- the second person ------------------------------------------------------------------------------------------
def _locked(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update().get(pk=batch.pk)


def _own(batch: ImportBatch, by: User, states: set[str]) -> ImportBatch:
    batch = _locked(batch)
    if batch.made_by_id != by.pk:
        raise ImportRefused("只有上传人可以这样做。")
    if batch.state not in states:
        raise ImportRefused(f"这个批次现在是“{batch.get_state_display()}”,不能这样做。")
    return batch


@transaction.atomic
def check_again(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Back to the start of a check: after a refusal, or an import that was interrupted."""
    batch = _own(batch, by, {State.CHECKED, State.RETURNED, State.COLUMNS, State.CHECKING, State.CONFIRMED})
    if batch.job and not batch.job.ended:
        raise ImportRefused("任务还在处理,请稍候。")
    if batch.todo:
        flow.drop_todo(todo=batch.todo)
    batch.state, batch.confirmed_by, batch.confirmed_at = State.CHECKING, None, None
    batch.save()
    return batch


@transaction.atomic
def submit(*, batch: ImportBatch, valid_only: bool, by: User) -> ImportBatch:
    """Ask a second person to confirm. With errors in it a file goes on only when its maker takes the valid households alone."""
    batch = _own(batch, by, {State.CHECKED, State.RETURNED})
    counts = batch.counts
    if batch.purpose != ImportBatch.Purpose.IMPORT:
        raise ImportRefused("核对批次只用来比较,不导入。")
    if counts.get("errors") and not valid_only:
        raise ImportRefused(f"还有 {counts['errors']} 处错误。请改好后重新上传,或选“只导入无误的户”。")
    if not sum(counts[HOUSEHOLD][action] for action in (CREATED, UPDATED)):
        raise ImportRefused("没有要新增或修改的户,不需要导入。")
    because("提交复核")
    batch.valid_only, batch.state, batch.submitted_at, batch.opinion = valid_only, State.SUBMITTED, timezone.now(), ""
    role, area = (Role.BUREAU_APPROVER, environment.CITY_CODE) if batch.needs_city else (Role.TOWNSHIP_CHECKER, min(_townships(batch.villages)))
    batch.todo = flow.open_todo(kind="household-import", title=f"复核表格导入 {batch.number}:{batch.comment}", url=batch.get_absolute_url(),
                                role=role, area=area, without=[by.pk])  # fmt: skip
    batch.save()
    return batch


def may_confirm(batch: ImportBatch, user: Any) -> str:
    """'' when this person may confirm this batch, else why not."""
    if batch.made_by_id == user.pk:
        return "上传人不能复核自己的批次,请由另一位同事复核。"
    reach = scope.reach(user, Permission.HOUSEHOLD_IMPORT_CONFIRM)
    if batch.needs_city and not reach.everything:
        return f"超过 {settings.get('import_city_households')} 户,须由市级复核。"
    if not reach.everything and not set(batch.villages) <= reach.villages:
        return "有的村不在您的复核范围内。"
    return ""


def _to_confirm(batch: ImportBatch, by: User) -> ImportBatch:
    batch = _locked(batch)
    refusal = may_confirm(batch, by)
    if refusal:
        raise ImportRefused(refusal)
    if batch.state != State.SUBMITTED:
        raise ImportRefused(f"这个批次现在是“{batch.get_state_display()}”,不能复核。")
    return batch


@transaction.atomic
def confirm(*, batch: ImportBatch, opinion: str, by: User) -> ImportBatch:
    """The second person agrees; the door then starts the import as its maker."""
    batch = _to_confirm(batch, by)
    because(f"复核通过:{opinion}" if opinion else "复核通过")
    batch.state, batch.confirmed_by, batch.confirmed_at, batch.opinion = State.CONFIRMED, by, timezone.now(), opinion
    batch.save()
    _answered(batch, by, f"{batch.number} 已由 {by.name} 复核通过,开始导入。")
    return batch


@transaction.atomic
def send_back(*, batch: ImportBatch, opinion: str, by: User) -> ImportBatch:
    """The second person does not agree, and says why."""
    if not opinion.strip():
        raise ImportRefused("退回要写明原因。")
    batch = _to_confirm(batch, by)
    because(f"退回:{opinion}")
    batch.state, batch.opinion = State.RETURNED, opinion
    batch.save()
    _answered(batch, by, f"{batch.number} 被 {by.name} 退回:{opinion}")
    return batch


def _answered(batch: ImportBatch, by: User, text: str) -> None:
    if batch.todo:
        flow.finish_todo(todo=batch.todo, by=by)
    if batch.made_by:
        flow.notify(users=[batch.made_by], text=text, url=batch.get_absolute_url())


@transaction.atomic
def drop(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Give a batch up before it is imported."""
    batch = _own(batch, by, {State.COLUMNS, State.CHECKED, State.RETURNED, State.SUBMITTED, State.CHECKING})
    because("放弃导入")
    if batch.todo:
        flow.drop_todo(todo=batch.todo)
    batch.state = State.DROPPED
    batch.save()
    return batch


@transaction.atomic
def resume(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Whether a confirmed import that ended without storing anything may be started again. Raises ImportRefused."""
    batch = _locked(batch)
    if batch.state != State.CONFIRMED or (batch.job and not batch.job.ended):
        raise ImportRefused("这个批次不需要重新导入。")
    if by.pk != batch.made_by_id and may_confirm(batch, by):
        raise ImportRefused("只有上传人和复核人可以重新导入。")
    return batch


def may_undo(*, batch: ImportBatch, by: User) -> None:
    """Raises ImportRefused for who neither brought nor could have confirmed the batch, and for one that is not stored."""
    if batch.state != State.DONE:
        raise ImportRefused(f"这个批次现在是“{batch.get_state_display()}”,不能撤销。")
    if by.pk != batch.made_by_id and may_confirm(batch, by):
        raise ImportRefused("只有上传人和复核人可以撤销。")


# --- the import -------------------------------------------------------------------------------------------------
@transaction.atomic
def carry_out(*, batch: ImportBatch, by: Any, progress: Progress = silent) -> dict[str, Any]:
    """Store what was confirmed, in one transaction: killed at any moment it leaves nothing, and can be repeated.

    Checks the file again under lock; what differs from the confirmed plan is refused. Raises ImportRefused.
    """
    batch = _locked(batch)
    if batch.state != State.CONFIRMED:
        raise ImportRefused(f"这个批次现在是“{batch.get_state_display()}”,不能导入。")
    _, checked = check_data(
        content_of(batch), batch.kind, user=by, year=batch.year, day=today(), blank_clears=batch.blank_clears, lock=True,
        chosen=known_columns(by), progress=progress,
    )  # fmt: skip
    if checked.digest() != batch.plan_sha256 or (checked.errors and not batch.valid_only):
        raise ImportRefused(STALE)
    result = store(checked, reason=f"表格导入 {batch.number}:{batch.comment}", day=today(), progress=progress)
    _stored(batch, result)
    return result


def store(checked: Checked, *, reason: str, day: date, progress: Progress = silent) -> dict[str, Any]:
    """Write a check's plans in the caller's transaction. Raises ImportRefused for what the database itself refuses."""
    because(reason)
    try:
        flow.refuse_if_noticed(Household._meta.db_table, [plan.pk for plan in checked.to_write if plan.pk])
    except flow.UnderNotice as error:
        raise ImportRefused(str(error)) from error
    try:
        with connection.cursor() as cursor:
            cursor.execute("set constraints all deferred")
            cursor.execute("select pg_current_xact_id()::text::bigint")
            number = cursor.fetchone()[0]
            first = _last_event(cursor, number)
            write(checked.to_write, today=day, progress=progress)
            cursor.execute("set constraints all immediate")
            last = _last_event(cursor, number)
    except IntegrityError as error:
        raise ImportRefused(_refusal(error)) from error
    return {"counts": checked.counts, "transaction": number, "first_event": first + 1, "last_event": last}


def _last_event(cursor: Any, number: int) -> int:
    cursor.execute("select coalesce(max(id), 0) from core_event where transaction = %s", [number])
    return int(cursor.fetchone()[0])


def _stored(batch: ImportBatch, result: dict[str, Any]) -> None:
    """The batch as carried out: where in the trail its changes stand."""
    batch.state, batch.imported_at, batch.counts = State.DONE, timezone.now(), batch.counts | result["counts"]
    batch.transaction, batch.first_event, batch.last_event = result["transaction"], result["first_event"], result["last_event"]
    batch.save()


REFUSALS = {
    "member_id_number_unique_while_active": "有证件号码刚刚被登记到另一户,没有写入任何内容。请重新检查。",
    "household_bank_account_unique_while_active": "有银行账号已登记在其他户名下(可能在其他乡镇),没有写入任何内容。请核对账号。",
    "households_household_household_code_key": "有户编号已被占用(可能在其他乡镇),没有写入任何内容。新户请不填户编号。",
    "household_has_a_head": "有一户没有户主,没有写入任何内容。请重新检查。",
}


def _refusal(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", "") or ""
    return REFUSALS.get(name, f"数据库不接受其中的内容({name}),没有写入任何内容。请重新检查,仍不行请联系管理员。")


# --- the difference with the national system -----------------------------------------------------------------------
def _list_reentries(batch: ImportBatch, checked: Checked) -> None:
    """待回录: what the national system does not say as this register does, in the order of its screens."""
    Reentry.objects.filter(batch=batch).delete()
    rows: list[Reentry] = []

    def add(plan: Plan, subject: str, item: str, theirs: str, ours: str, member: int | None = None) -> None:
        rows.append(Reentry(batch=batch, household_id=plan.pk, village_id=plan.village_id, member_id=member, place=len(rows) + 1,
                            subject=subject[:60], item=item[:60], theirs=theirs[:200], ours=ours[:200]))  # fmt: skip

    for plan in sorted(checked.plans, key=lambda plan: (plan.village_id, plan.pk or 0)):
        if plan.pk is None:
            continue
        for part, row in plan.rows():
            if row.pk is None:
                continue
            of = (
                f"{plan.head} 户"
                if part == HOUSEHOLD
                else str(row.record[INDEX[MEMBER]["name"]])
                if part == MEMBER
                else f"{row.record[0]}年{WORDS[part]}"
            )
            for name in sorted(row.changed, key=FIELDS[part].index):
                add(plan, of, by_key()[f"{part}.{name}"].label, in_words(part, name, new_value(part, row, name)),
                    in_words(part, name, old_value(part, row, name)), row.pk if part == MEMBER else None)  # fmt: skip
        for row in plan.members:
            if row.line is None and row.record[INDEX[MEMBER]["left_on"]] is None:
                add(plan, str(row.record[INDEX[MEMBER]["name"]]), "成员", "没有此人", "在册", row.pk)
    _missing_there(batch, checked, rows)
    Reentry.objects.bulk_create(rows, batch_size=2000)
    batch.counts |= {"reentries": len(rows)}
    ImportBatch.objects.filter(pk=batch.pk).update(counts=batch.counts)


def _missing_there(batch: ImportBatch, checked: Checked, rows: list[Reentry]) -> None:
    """Households of the file's villages that the national system does not have."""
    there = {plan.pk for plan in checked.plans if plan.pk}
    for pk, village in (
        Household.objects.active().filter(village_id__in=checked.villages).order_by("village_id", "pk").values_list("pk", "village_id")
    ):
        if pk not in there:
            rows.append(
                Reentry(
                    batch=batch, household_id=pk, village_id=village, place=len(rows) + 1, subject="整户", item="整户", theirs="没有此户", ours="在册"
                )
            )


@transaction.atomic
def mark_reentered(*, lines: list[Reentry], by: User) -> int:
    """已回录: these lines are in the national system now. Returns how many were not marked before."""
    because("标记已回录")
    return Reentry.objects.filter(pk__in=[line.pk for line in lines], done_on=None).update(done_by=by, done_on=today())


# --- for an operator on the server -----------------------------------------------------------------------------------
def import_file(*, data: bytes, title: str, day: date, only_check: bool, mark: bool) -> tuple[dict[str, Any], list[Found], bytes]:
    """Check, and store when nothing is wrong: counts, errors, and the marked workbook when it is asked for.

    The operator's import is kept as a batch too, so that it can be undone. In the caller's transaction.
    """
    try:
        kind = reading.checked(data)
    except reading.FileError as error:
        raise ImportRefused(str(error)) from error
    read, checked = check_data(data, kind, user=None, year=day.year, day=day, lock=not only_check)
    if read.lacking and not read.sheets.homes:
        raise ImportRefused("".join(read.lacking))
    errors = [*_lacking(read), *checked.errors]
    marked = annotated(data, kind, errors) if mark and errors else b""
    if not only_check and not errors and checked.to_write:
        batch = receive(data=data, title=title, comment="服务器命令导入", year=day.year, by=None)
        batch.plan_sha256, batch.villages, batch.headings = checked.digest(), sorted(checked.villages), _headings(read)
        batch.counts = checked.counts | {"errors": 0, "refused": 0, "warnings": checked.warnings, "rows": read.sheets.rows}
        _stored(batch, store(checked, reason=f"表格导入 {batch.number}:{title}", day=day))
    return checked.counts, errors, marked
