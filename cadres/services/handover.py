"""What a posting leaves behind: open matters, the pack that goes to the successor on signature."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from cadres.models import Allowance, Cadre, Commitment, Handover, Leave, Opinion, Posting, QuarterReport, TeamExpense
from cadres.services.errors import CadresError
from core.clock import today
from core.scope import because
from workflow import services as flow
from workflow.models import Case, Todo
from workflow.services import attach, store


@dataclass(frozen=True)
class Matter:
    """One thing that is not finished, with its page."""

    kind: str
    title: str
    due_on: date | None
    url: str


def open_matters(*, posting: Posting) -> list[Matter]:
    """Open cases and todos, promises and reports, leave not returned from, unanswered opinions, unpaid items; what waits longest first."""
    cadre, village = posting.cadre, posting.village_id
    found = []
    if cadre.user_id:
        cases = Case.objects.filter(started_by_id=cadre.user_id, village_id=village, state__in=Case.RUNNING)
        found += [Matter("办件", str(case), case.due_on, case.get_absolute_url()) for case in cases[:100]]
        todos = Todo.objects.open().filter(user_id=cadre.user_id, village_id=village)
        found += [
            Matter("待办", todo.title, todo.due_on, todo.url or (todo.case.get_absolute_url() if todo.case else ""))
            for todo in todos.select_related("case")[:100]
        ]
    promised = Commitment.objects.filter(village_id=village, year=today().year).select_related("village", "cadre")
    for commitment in [row for row in promised if row.cadre_id in {None, cadre.pk}]:
        found.append(Matter("承诺", str(commitment), None, commitment.get_absolute_url()))
    reports = (
        QuarterReport.objects.filter(village_id=village)
        .exclude(state=QuarterReport.State.ACCEPTED)
        .select_related("commitment__village", "commitment__cadre")
    )
    found += [Matter("季报告", str(row), row.due_on, row.get_absolute_url()) for row in reports if row.cadre_id in {None, cadre.pk}]
    leaves = Leave.objects.filter(cadre=cadre, state=Leave.State.APPROVED, returned_on=None, starts_on__lte=today())
    found += [Matter("未销假", str(leave), leave.ends_on, leave.get_absolute_url()) for leave in leaves]
    opinions = Opinion.objects.filter(village_id=village, answer="").exclude(cadre=cadre)
    found += [Matter("群众意见", str(opinion), None, opinion.get_absolute_url()) for opinion in opinions[:50]]
    unpaid = Allowance.objects.filter(cadre=cadre, paid_on=None).select_related("kind")
    found += [Matter("未发待遇", f"{row.month_on:%Y-%m} {row.kind.name}", None, row.get_absolute_url()) for row in unpaid[:60]]
    return sorted(found, key=lambda matter: (matter.due_on is None, matter.due_on or today(), matter.kind))


@transaction.atomic
def make_handover(*, posting: Posting, successor: Cadre | None, by: User) -> Handover:
    """Make the list as it stands, as a PDF to sign; made again until it is signed."""
    from cadres.rendering import handover_pdf

    posting = Posting.objects.select_for_update(of=("self",)).select_related("cadre", "village__township").get(pk=posting.pk)
    known = Handover.objects.select_for_update().filter(posting=posting).first()
    if known and known.signed_on:
        raise CadresError("已经签字交接,不能重新生成。")
    if successor is not None and successor.pk == posting.cadre_id:
        raise CadresError("接任人不能是移交人本人。")
    because(f"工作交接 {posting.cadre.name}")
    spent = TeamExpense.objects.filter(village_id=posting.village_id).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    data = handover_pdf(posting, successor, open_matters(posting=posting), spent)
    file = store(data=data, kind="pdf", title=f"工作交接清单 {posting.cadre.name}", by=by, village_id=posting.village_id)
    handover = known or Handover(posting=posting, village_id=posting.village_id)
    handover.made_on, handover.made_by, handover.file, handover.successor = today(), by, file, successor
    handover.full_clean()
    handover.save()
    return handover


@transaction.atomic
def sign_handover(*, posting: Posting, signed_on: date, scan: Any, by: User) -> Handover:
    """Both have signed: what waited for the one now waits for the other."""
    handover = (
        Handover.objects.select_for_update(of=("self",)).select_related("posting__cadre__user", "successor__user").filter(posting=posting).first()
    )
    if handover is None or handover.successor is None:
        raise CadresError("请先生成写明接任人的交接清单。")
    if handover.signed_on:
        raise CadresError("已经签字交接。")
    if not handover.made_on <= signed_on <= today():
        raise CadresError("交接日期应在生成清单之后、今天以前。")
    because(f"签字交接 {handover.posting.cadre.name}")
    handover.signed_scan = attach(data=scan, title=f"工作交接签字件 {handover.posting.cadre.name}", by=by, village_id=handover.village_id)
    handover.signed_on = signed_on
    handover.save(update_fields=["signed_scan", "signed_on"])
    before, after = handover.posting.cadre.user, handover.successor.user
    if before is not None and after is not None:
        for todo in Todo.objects.open().filter(user=before, village_id=handover.village_id, case=None):
            flow.drop_todo(todo=todo)
            flow.open_todo(kind=todo.kind, title=todo.title, url=todo.url, due_on=todo.due_on, user=after, village_id=todo.village_id, place=todo.place,
                           note=f"由 {before.name} 移交")  # fmt: skip
    return handover
