"""A posting's end and a cadre's papers: the handover pack, the work diary, everything on one timeline."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from cadres import services
from cadres.forms.conduct import HandoverForm, SignedScanForm
from cadres.models import Handover, Posting
from cadres.rendering import diary_pdf
from cadres.views.attendance import may_keep, picked_month
from cadres.views.months import WRITERS
from cadres.views.records import cadre_page, visible_cadre
from core import pages
from core.clock import today
from core.listing import Column
from core.pages import Fact, Link
from workflow.services import WorkflowError

VIEW = Permission.CADRE_VIEW
REFUSALS = (services.CadresError, WorkflowError)


def _posting(request: HttpRequest, pk: int) -> Posting:
    rows = Posting.objects.select_related("cadre", "village__township", "handover__successor", "handover__file", "handover__signed_scan")
    return pages.record_or_404(rows, request.user, pk, view=VIEW)


def _may_hand_over(request: HttpRequest, posting: Posting) -> bool:
    return posting.cadre.user_id == request.user.pk or may_keep(request, posting.cadre)


OPEN_COLUMNS = (Column("类别", "kind"), Column("事项", "title", "long"), Column("期限", "due_on", "date"))


@requires(VIEW)
@require_safe
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes to the successor, as it stands today, and the pack that was signed."""
    posting = _posting(request, pk)
    made = Handover.objects.filter(posting=posting).select_related("successor", "file", "signed_scan").first()
    may = _may_hand_over(request, posting)
    links = []
    if may and (made is None or made.signed_on is None):
        links.append(Link("重新生成清单" if made else "生成交接清单", reverse("cadres:handover-create", args=[pk]), primary=made is None))
    if may and made and made.successor and made.signed_on is None:
        links.append(Link("登记签字交接", reverse("cadres:handover-sign", args=[pk]), primary=True))
    facts = [Fact("移交人", posting.cadre.name, posting.cadre.get_absolute_url()), Fact("村", posting.village.name),
             *pages.facts(posting, "role", "started_on", "ended_on")]  # fmt: skip
    if made:
        facts += [
            Fact("接任人", str(made.successor or "还没有")),
            *pages.facts(made, "made_on", "signed_on"),
            Fact("交接清单", "打开 PDF", made.file.get_absolute_url()),
        ]
        facts += [Fact("签字件", "打开", made.signed_scan.get_absolute_url())] if made.signed_scan else []
    table = pages.table("未完事项", OPEN_COLUMNS, services.open_matters(posting=posting), url=lambda row: row.url, empty="没有未完事项。")
    crumbs = [("派驻干部", reverse("cadres:list")), (posting.cadre.name, posting.cadre.get_absolute_url()), ("工作交接", "")]
    state = "已交接" if made and made.signed_on else "待签字" if made else "未生成"
    return pages.record_page(request, title=f"{posting.cadre.name}工作交接", state=state, crumbs=crumbs, links=links, facts=facts, tables=[table])


def _form(request: HttpRequest, form: Any, save: Any, title: str, posting: Posting, **more: Any) -> HttpResponse:
    back = reverse("cadres:handover", args=[posting.pk])
    crumbs = [(posting.cadre.name, posting.cadre.get_absolute_url()), ("工作交接", back)]
    return pages.form_page(request, form, save, title=title, back=back, crumbs=crumbs, refusal=REFUSALS, **more)


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def handover_create(request: HttpRequest, pk: int) -> HttpResponse:
    posting = _posting(request, pk)
    if not _may_hand_over(request, posting):
        raise PermissionDenied

    def save(successor: Any) -> str:
        services.make_handover(posting=posting, successor=successor, by=request.user)
        return reverse("cadres:handover", args=[pk])

    form = HandoverForm(request.POST if request.method == "POST" else None, posting=posting)
    return _form(
        request,
        form,
        save,
        "生成交接清单",
        posting,
        save_label="生成",
        done="已生成,请打印签字。",
        note="清单列出在办事项、承诺和季报、未发待遇、经费结余,打印后双方签字。",
    )


@requires(*WRITERS)
@require_http_methods(["GET", "POST"])
def handover_sign(request: HttpRequest, pk: int) -> HttpResponse:
    posting = _posting(request, pk)
    if not _may_hand_over(request, posting):
        raise PermissionDenied

    def save(**fields: Any) -> str:
        services.sign_handover(posting=posting, by=request.user, **fields)
        return reverse("cadres:handover", args=[pk])

    form = SignedScanForm(request.POST or None, request.FILES or None)
    return _form(
        request,
        form,
        save,
        "登记签字交接",
        posting,
        done="已交接,待办已转给接任人。",
        note="上传双方签字的清单;登记后,移交人在本村的待办转给接任人。",
    )


@requires(VIEW)
@require_safe
def diary(request: HttpRequest, pk: int) -> HttpResponse:
    """驻村日志 of a month, from the day's records, with room for a few lines."""
    cadre, month = visible_cadre(request, pk), picked_month(request)
    note_access(request, "printed", cadre, detail=f"驻村日志 {month:%Y-%m}")
    days = services.diary_days(cadre=cadre, month=month, user=request.user)
    name = f"inline; filename=diary-{cadre.code}-{month:%Y%m}.pdf"
    return HttpResponse(diary_pdf(cadre, month, days), content_type="application/pdf", headers={"Content-Disposition": name})


TIMELINE_COLUMNS = (Column("日期", "day", "date"), Column("类别", "kind"), Column("内容", "text", "long"))


@requires(VIEW)
@require_safe
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about a cadre, newest first."""
    cadre = visible_cadre(request, pk)
    year = picked_month(request).year
    rows = services.timeline(cadre=cadre, year=year, user=request.user)
    here = reverse("cadres:timeline", args=[pk])
    links = [Link("上一年", f"{here}?month={year - 1}-12")] + ([Link("下一年", f"{here}?month={year + 1}-01")] if year < today().year else [])
    table = pages.table(f"{year} 年", TIMELINE_COLUMNS, rows[: pages.LIMIT * 2], url=lambda row: row.url, empty="这一年没有记录。")
    return cadre_page(request, cadre, "动态", links=links, tables=[table])
