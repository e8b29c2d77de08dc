"""Signed paper: the form of a step printed prefilled, and the scan of it that comes back."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict

import segno
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts.models import User
from core.clock import today
from core.pages import Table
from core.pdf import render_pdf
from core.scope import because
from workflow import kinds
from workflow.models import Case, Signature, SignedSheet, Step
from workflow.services.errors import NotYours, StaleCase, WorkflowError
from workflow.services.files import attach


class Signed(TypedDict, total=False):
    """One signature as read off the paper: `party` and `name` (or seal), `means`, whether the person can write, the witness, the day."""

    party: str
    name: str
    means: str
    can_sign: bool
    witness: str
    signed_on: date


def _content(case: Case, step: Step) -> dict[str, Any]:
    """What the form says, without who prints it and when: its digest binds the paper to it."""
    view = kinds.get(case.kind).subject(case)
    return {
        "case": case.number, "title": case.title, "procedure": case.procedure.title, "step": step.title, "round": case.round,
        "facts": [(fact.label, f"{fact.value}{fact.unit}") for fact in view.facts],
        "tables": [(table.title, [column.label for column in table.columns], _cells(table)) for table in view.tables],
    }  # fmt: skip


def _pairs(facts: list[tuple[str, str]]) -> list[tuple[tuple[str, str], tuple[str, str] | None]]:
    """Two facts a row; a long one has a row of its own."""
    rows: list[tuple[tuple[str, str], tuple[str, str] | None]] = []
    held: tuple[str, str] | None = None
    for fact in facts:
        if len(fact[1]) > 20:
            rows += ([(held, None)] if held else []) + [(fact, None)]
            held = None
        elif held is None:
            held = fact
        else:
            rows.append((held, fact))
            held = None
    return rows + ([(held, None)] if held else [])


def _cells(table: Table) -> list[list[str]]:
    return [[text for _, text in line["cells"]] for line in table.lines]


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def sheet_changed(sheet: SignedSheet) -> bool:
    """Whether the subject says something else now than on the printed form."""
    return sheet.round == sheet.case.round and _digest(_content(sheet.case, sheet.step)) != sheet.content_sha256


@transaction.atomic
def print_sheet(*, case: Case, step: Step, by: User) -> tuple[SignedSheet, bytes]:
    """The step's form as PDF: facts prefilled, blanks for signature, seal and thumbprint, its number and digest.

    Printing the same content again gives the same sheet. Raises WorkflowError unless the step is the current one.
    """
    if case.step_id != step.pk:
        raise WorkflowError("只能打印当前步骤的表。")
    content = _content(case, step)
    digest = _digest(content)
    because(f"打印{step.title}签字表")
    try:
        with transaction.atomic():
            sheet, _ = SignedSheet.objects.get_or_create(case=case, step=step, round=case.round, content_sha256=digest, defaults={"printed_by": by})
    except IntegrityError as error:  # printed by a colleague at the same moment, in a transaction of another reach
        raise WorkflowError("另一位同事正在打印同一张表,请再试一次。") from error
    earlier = case.decisions.filter(round=case.round).select_related("step", "user", "on_behalf_of").order_by("id")
    mark = f"{case.number} 第{case.round}轮 {step.title} {digest}"
    code = segno.make(mark, error="m").svg_inline(scale=1.6, border=0)
    html = render_to_string(
        "workflow/sheet.html",
        {
            "case": case,
            "step": step,
            "content": content,
            "pairs": _pairs(content["facts"]),
            "sheet": sheet,
            "decisions": earlier,
            "code": mark_safe(code),
            "day": today(),
        },  # noqa: S308 — drawn by segno
    )
    return sheet, render_pdf(html, identifier=mark)


@transaction.atomic
def take_scan(*, sheet: SignedSheet, file: Any, signatures: Sequence[Signed], by: User) -> SignedSheet:
    """File the scan or photo of a signed sheet with the signatures on it.

    Raises WorkflowError: no signature named, a scan that is none, a sheet filed already, of an earlier round or step, a person who
    cannot write without thumbprint and witness, a signature dated after today.
    """
    from workflow.services.cases import file_place, takes_part

    sheet = SignedSheet.objects.select_for_update(of=("self",)).select_related("case__procedure", "step").get(pk=sheet.pk)
    case = sheet.case
    if not takes_part(case, by):
        raise NotYours("您不参与这个办件,不能回传签字表。")
    if sheet.attachment_id is not None:
        raise WorkflowError("这张签字表已经回传过了。内容有变动的,请重新打印签字。")
    if case.step_id != sheet.step_id or case.round != sheet.round:
        raise StaleCase("这张签字表是以前的步骤或轮次的,请重新打印签字。")
    if not signatures:
        raise WorkflowError("请至少登记一个签字、盖章或手印。")
    because(f"回传{sheet.step.title}签字表")
    for each in signatures:
        row = Signature(sheet=sheet, **{"signed_on": today(), **each})
        if row.signed_on > today():
            raise WorkflowError("签字日期不能晚于今天。")
        if not row.can_sign and (row.means != Signature.Means.THUMBPRINT or not row.witness):
            raise WorkflowError(f"{row.name}不会写字的,应按手印,并填见证人。")
        row.full_clean(exclude=["sheet"])
        row.save()
    sheet.attachment = attach(data=file, title=f"{sheet.step.title}签字表 {case.number}", by=by, **file_place(case))
    sheet.scanned_at, sheet.scanned_by = timezone.now(), by
    sheet.save(update_fields=["attachment", "scanned_at", "scanned_by"])
    return sheet
