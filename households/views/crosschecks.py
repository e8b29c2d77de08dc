"""Comparison with other offices: requests, their lists, the answers, the hits."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import recently_confirmed, requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages
from core.pages import Fact, Link
from households import rendering, services
from households.filters import HitFilter, RequestFilter
from households.forms.crosschecks import AnswerForm, CancelForm, JudgeForm, RequestForm
from households.models import CrossCheckRequest, CrossCheckResult
from households.rules.crosschecks import Judgement, Result
from workflow.services import WorkflowError, start_job

MANAGE, ANSWER, JUDGE = Permission.CROSSCHECK_MANAGE, Permission.CROSSCHECK_ANSWER, Permission.CROSSCHECK_JUDGE
REFUSALS = (services.HouseholdsError, WorkflowError)


def _rows(user: Any) -> Any:
    counted = CrossCheckRequest.objects.visible_to(user).select_related("source", "organization")
    return counted.annotate(
        people=Count("results"), hits=Count("results", filter=Q(results__result=Result.HIT)),
        open_hits=Count("results", filter=Q(results__judgement=Judgement.OPEN)),
    )  # fmt: skip


CROSSCHECKS = listings.register(
    listings.Listing(
        key="crosschecks",
        title="信息比对",
        rows=_rows,
        columns=(
            listings.Column("函号", "number"),
            listings.Column("比对来源", "source"),
            listings.Column("承办单位", "organization.name"),
            listings.Column("人数", "people", "number"),
            listings.Column("命中", "hits", "number"),
            listings.Column("待认定", "open_hits", "number"),
            listings.Column("状态", "get_state_display"),
            listings.Column("发函日期", "sent_on", "date"),
            listings.Column("回复期限", "due_on", "date"),
            listings.Column("数据截至", "data_on", "date"),
        ),
        permission=ANSWER,
        order=("-id",),
        filters=RequestFilter,
        empty="还没有协查函。",
        primary=("发协查函", "households:crosscheck-create", MANAGE),
        count=False,
        table="households_crosscheckrequest",
    )
)
HITS = listings.register(
    listings.Listing(
        key="crosscheck-hits",
        title="比对命中",
        rows=lambda user: CrossCheckResult.objects.visible_to(user, JUDGE).filter(result=Result.HIT).select_related(
            "member", "household", "village__township", "request__source", "rule", "judged_by"
        ),
        columns=(
            listings.Column("姓名", "member.name"),
            listings.Column("户编号", lambda row: str(row.household)),
            listings.Column("乡镇", "village.township.name"),
            listings.Column("村", "village.name"),
            listings.Column("比对来源", "request.source"),
            listings.Column("查询所得", "found", "long"),
            listings.Column("否决情形", lambda row: str(row.rule or ""), "long"),
            listings.Column("认定", "get_judgement_display"),
            listings.Column("认定人", lambda row: str(row.judged_by or "")),
            listings.Column("理由", "reason", "long"),
        ),
        permission=JUDGE,
        order=("-id",),
        url_name="households:crosscheck-judge",
        filters=HitFilter,
        empty="没有符合条件的命中。",
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="households_crosscheckresult",
    )
)  # fmt: skip


@requires(ANSWER, MANAGE)
@require_safe
def crosscheck_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, CROSSCHECKS)


@requires(JUDGE)
@require_safe
def hit_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, HITS)


def _crumbs() -> list[tuple[str, str]]:
    return [("信息比对", reverse("households:crosscheck-list"))]


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def crosscheck_create(request: HttpRequest) -> HttpResponse:
    services.ensure_sources()
    form = RequestForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> str:
        made = services.request_checks(by=request.user, **fields)
        return made[0].get_absolute_url() if len(made) == 1 else reverse("households:crosscheck-list")

    return pages.form_page(
        request, form, save, title="发协查函", back=reverse("households:crosscheck-list"), crumbs=_crumbs(), refusal=REFUSALS,
        save_label="发函", done="协查函已生成,请打印盖章后送出,或通知承办单位登录办理。",
    )  # fmt: skip


def _request(request: HttpRequest, pk: int, permission: str | None = None) -> CrossCheckRequest:
    rows = CrossCheckRequest.objects.visible_to(request.user, permission).select_related("source", "organization", "sent_by", "answered_by", "reply")
    return get_object_or_404(rows, pk=pk)


HIT_COLUMNS = (listings.Column("序号", "line", "number"), listings.Column("姓名", "member.name"), listings.Column("村", "village.name"),
               listings.Column("查询所得", "found"), listings.Column("认定", "get_judgement_display"))  # fmt: skip


@requires(ANSWER, MANAGE)
@require_safe
def crosscheck(request: HttpRequest, pk: int) -> HttpResponse:
    found = _request(request, pk)
    note_access(request, "opened", found, detail=found.number)
    counts = found.results.aggregate(
        people=Count("id"), hits=Count("id", filter=Q(result=Result.HIT)), none=Count("id", filter=Q(result=Result.NONE)),
        pending=Count("id", filter=Q(result=Result.PENDING)),
    )  # fmt: skip
    manages, waits = request.user.may(MANAGE), found.state == CrossCheckRequest.State.SENT
    links = [Link("打印协查函", reverse("households:crosscheck-letter", args=[pk]))]
    if waits:
        links += [
            Link("下载清单", reverse("households:crosscheck-sheet", args=[pk])),
            Link("填报结果", reverse("households:crosscheck-answer", args=[pk]), True),
        ]
    if waits and manages:
        links.append(Link("作废", reverse("households:crosscheck-cancel", args=[pk])))
    facts = [*pages.facts(found, "source", "organization", "purpose", "sent_on", "due_on", "answered_on", "data_on"),
             Fact("盖章回函", found.reply.title if found.reply else "", found.reply.get_absolute_url() if found.reply else "")]  # fmt: skip
    tables = []
    if manages:
        hits = found.results.filter(result=Result.HIT).select_related("member", "village").order_by("line")[: pages.LIMIT]
        address = (lambda row: reverse("households:crosscheck-judge", args=[row.pk])) if request.user.may(JUDGE) else None
        tables.append(pages.table("命中", HIT_COLUMNS, hits, url=address, empty="没有命中。"))
    figures = [
        Fact("人数", str(counts["people"])),
        Fact("无记录", str(counts["none"])),
        Fact("命中", str(counts["hits"])),
        Fact("待查", str(counts["pending"])),
    ]
    return pages.record_page(
        request, title=found.number, subtitle=found.get_state_display(), crumbs=[*_crumbs(), (found.number, "")], links=links, figures=figures,
        facts=facts, tables=tables,
    )  # fmt: skip


@requires(ANSWER, MANAGE)
@require_safe
def crosscheck_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbered letter, to print and stamp: no ID numbers on it."""
    found = _request(request, pk)
    note_access(request, "printed", found, detail=f"协查函 {found.number}")
    response = HttpResponse(rendering.letter_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="letter-{found.pk}.pdf"'
    return response


@requires(ANSWER, MANAGE)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def crosscheck_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Starts the job that makes the list to fill in."""
    found = _request(request, pk)
    job = start_job(kind="crosscheck_sheet", title=f"协查清单 {found.number}", parameters={"request": found.pk}, by=request.user)
    return redirect(job)


@requires(ANSWER, MANAGE)
@require_http_methods(["GET", "POST"])
def crosscheck_answer(request: HttpRequest, pk: int) -> HttpResponse:
    found = _request(request, pk)
    form = AnswerForm(request.POST or None, request.FILES or None)

    def save(**fields: Any) -> CrossCheckRequest:
        answered = services.answer_request(request=found, by=request.user, **fields)
        more = f",文件中有 {answered.foreign} 行不在清单内,已略过" if answered.foreign else ""
        messages.info(request, f"命中 {answered.hits} 人,无记录 {answered.none} 人{more}。")
        return found

    return pages.form_page(
        request, form, save, title="填报比对结果", back=found.get_absolute_url(), crumbs=[*_crumbs(), (found.number, found.get_absolute_url())],
        refusal=REFUSALS, save_label="提交结果", done="比对结果已保存。",
    )  # fmt: skip


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def crosscheck_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = _request(request, pk, MANAGE)
    form = CancelForm(request.POST or None)

    def save(**fields: Any) -> CrossCheckRequest:
        return services.cancel_request(request=found, by=request.user, **fields)

    return pages.form_page(
        request, form, save, title="作废协查函", back=found.get_absolute_url(), crumbs=_crumbs(), refusal=REFUSALS, save_label="作废"
    )


@requires(JUDGE)
@require_http_methods(["GET", "POST"])
def crosscheck_judge(request: HttpRequest, pk: int) -> HttpResponse:
    rows = CrossCheckResult.objects.visible_to(request.user, JUDGE).filter(result=Result.HIT)
    result = get_object_or_404(rows.select_related("member", "household", "village", "request__source", "rule", "evidence"), pk=pk)
    note_access(request, "opened", result.household, detail="比对命中")
    back = reverse("households:hit-list")
    if result.judgement != Judgement.OPEN:
        facts = [Fact("姓名", result.member.name, result.household.get_absolute_url()), Fact("比对来源", str(result.request.source)),
                 Fact("查询所得", result.found, wide=True), Fact("否决情形", str(result.rule or "")), Fact("认定", result.get_judgement_display()),
                 Fact("理由", result.reason, wide=True), Fact("认定人", f"{result.judged_by} {result.judged_on}"),
                 Fact("证据", result.evidence.title if result.evidence else "", result.evidence.get_absolute_url() if result.evidence else "")]  # fmt: skip
        return pages.record_page(request, title=f"{result.member.name} 比对命中", crumbs=[("比对命中", back), (result.member.name, "")], facts=facts)
    form = JudgeForm(request.POST or None, request.FILES or None, initial={"rule": result.rule_id})

    def save(**fields: Any) -> str:
        services.judge_hit(result=result, by=request.user, **fields)
        return back

    note = f"{result.member.name}({result.village.name} {result.household}),{result.request.source}:{result.found or '命中'}。"
    return pages.form_page(
        request,
        form,
        save,
        title="认定比对命中",
        back=back,
        crumbs=[("比对命中", back)],
        refusal=REFUSALS,
        note=note,
        save_label="认定",
        done="已认定。",
    )
