"""公示公告: the list, a notice's page, its paper, where it hangs, its early end."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages, scope
from core.clock import today
from core.listing import Column
from core.pages import Fact, Link
from villages.models import Village
from workflow import notices as kinds
from workflow import rendering, services
from workflow.filters import NoticeFilter, PostingFilter
from workflow.forms import EndNoticeForm, PostingForm, TakeDownForm
from workflow.models import NoticePosting, Objection, PublicNotice

TABS = (("公示公告", "workflow:notice-list"), ("张贴情况", "workflow:posting-list"), ("异议", "workflow:objection-list"))


def tabs(here: str) -> list[tuple[str, str, bool]]:
    return [(label, reverse(name), name == here) for label, name in TABS]


def _rows(user: Any) -> Any:
    waiting = NoticePosting.objects.filter(notice=OuterRef("pk"), posted_on=None)
    objections = Objection.objects.filter(notice=OuterRef("pk")).order_by().values("notice")
    open_ones = objections.filter(state__in=[Objection.State.RECEIVED, Objection.State.ACCEPTED]).annotate(n=Count("pk")).values("n")
    rows = (
        PublicNotice.objects.visible_to(user)
        .select_related("public")
        .defer("body", "lines", "columns", "public__body", "public__lines", "public__columns")
    )
    return rows.annotate(unposted=Exists(waiting), objected=Subquery(open_ones))


def _hung(notice: Any) -> str:
    if not notice.unposted:
        return "已张贴"
    return "未张贴" if notice.state == PublicNotice.State.RUNNING else "未张贴就结束"


NOTICES = listings.register(
    listings.Listing(
        key="notices",
        title="公示公告",
        rows=_rows,
        columns=(
            Column("编号", "number"),
            Column("标题", "title", "long"),
            Column("类别", lambda row: kinds.label(row.kind)),
            Column("范围", "public.place"),
            Column("起始日期", "starts_on", "date"),
            Column("截止日期", "ends_on", "date"),
            Column("状态", "get_state_display", "status"),
            Column("张贴", _hung),
            Column("未办结异议", lambda row: row.objected or 0, "number"),
        ),
        permission=Permission.NOTICE_VIEW,
        order=("-starts_on", "-id"),
        filters=NoticeFilter,
        empty="没有符合条件的公示公告。公示公告在各项业务办到公示一步时发布。",
        export_permission=Permission.NOTICE_VIEW,
        url_name="workflow:notice-detail",
        table="workflow_publicnotice",
    )
)


@requires(Permission.NOTICE_VIEW)
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, NOTICES, tabs=tabs("workflow:notice-list"), above="workflow/_tabs.html")


def notice_or_404(request: HttpRequest, pk: int, permission: str = "") -> PublicNotice:
    """404 for a notice out of reach, 403 for one the user reads and may not act on."""
    rows = PublicNotice.objects.visible_to(request.user).select_related("village__township", "public", "released_by")
    notice = get_object_or_404(rows, pk=pk)
    if permission and not may(request.user, notice, permission):
        raise PermissionDenied
    return notice


def may(user: Any, notice: PublicNotice, permission: str) -> bool:
    """Whether the user may act on this notice: posting is every concerned village's, all else is for who governs its whole area."""
    if permission == Permission.NOTICE_POST:
        return user.may(permission) and PublicNotice.objects.visible_to(user, permission).filter(pk=notice.pk).exists()
    return user.may(permission) and scope.reach(user, permission).governs(notice.area)


def crumbs(notice: PublicNotice | None = None) -> list[tuple[str, str]]:
    found = [("公示公告", reverse("workflow:notice-list"))]
    return [*found, (notice.number, notice.get_absolute_url())] if notice else found


def _links(request: HttpRequest, notice: PublicNotice) -> list[Link]:
    user, day, running = request.user, today(), notice.state == PublicNotice.State.RUNNING
    found = []
    if running and may(user, notice, Permission.NOTICE_POST):
        found.append(Link("登记张贴", reverse("workflow:notice-post", args=[notice.pk]), primary=True))
    found += [Link(f"打印 {paper}", reverse("workflow:notice-print", args=[notice.pk, paper])) for paper in rendering.PAPERS]
    if notice.word == "公示" and notice.state != PublicNotice.State.WITHDRAWN and day >= notice.starts_on and user.may(Permission.NOTICE_POST):
        found.append(Link("登记异议", reverse("workflow:objection-create", args=[notice.pk])))
    if running and may(user, notice, Permission.NOTICE_END):
        found.append(Link("提前结束", reverse("workflow:notice-end", args=[notice.pk])))
    return found


POSTING_COLUMNS = (
    Column("村", lambda row: row.village.name if row.village else "—"),
    Column("张贴地点", "place"),
    Column("张贴日期", "posted_on", "date"),
    Column("登记人", "posted_by"),
    Column("撤下日期", "taken_down_on", "date"),
    Column("情况", lambda row: posting_state(row)),
)
OBJECTION_COLUMNS = (
    Column("回执编号", "receipt"),
    Column("针对", "line_label"),
    Column("渠道", "get_channel_display"),
    Column("收到日期", "received_on", "date"),
    Column("办理级别", "get_level_display"),
    Column("办理期限", "handle_due_on", "date"),
    Column("状态", "get_state_display", "status"),
)


def posting_state(posting: NoticePosting) -> str:
    if posting.taken_down_on:
        return "已撤下"
    running = posting.notice.state == PublicNotice.State.RUNNING
    if posting.posted_on is None:
        return "公示中未张贴" if running else "没有张贴"
    return "张贴中" if running else "期满未撤下"


def _posting_links(user: Any) -> Any:
    may_post = user.may(Permission.NOTICE_POST)

    def links(posting: NoticePosting) -> list[Link]:
        found = [Link("照片", posting.photo.get_absolute_url())] if posting.photo else []
        over = posting.notice.state != PublicNotice.State.RUNNING and posting.posted_on and not posting.taken_down_on
        return [*found, Link("登记撤下", reverse("workflow:posting-down", args=[posting.pk]))] if over and may_post else found

    return links


def _tables(request: HttpRequest, notice: PublicNotice) -> list[pages.Table]:
    user, shown = request.user, notice.lines[: pages.LIMIT]
    columns = [
        Column(column["label"], lambda line, n=n: line["cells"][n], "number" if column["kind"] in {"number", "money"} else "text")
        for n, column in enumerate(notice.columns)
    ]
    more = f"只列前 {pages.LIMIT} 行,共 {len(notice.lines)} 行;打印件是全的。" if len(notice.lines) > pages.LIMIT else ""
    postings = (
        NoticePosting.objects.visible_to(user)
        .filter(notice=notice)
        .select_related("village", "posted_by", "photo", "notice")
        .order_by("village_id", "id")
    )
    objections = Objection.objects.visible_to(user).filter(notice=notice).order_by("-received_on", "-id")
    found = [
        pages.table("名单", columns, shown, empty="没有名单。", more=more),
        pages.table("张贴", POSTING_COLUMNS, postings[: pages.LIMIT], row_links=_posting_links(user), empty="没有张贴。"),
    ]
    if notice.word == "公示":
        found.append(
            pages.table("异议", OBJECTION_COLUMNS, objections[: pages.LIMIT], url=lambda row: row.get_absolute_url(), empty="没有收到异议。")
        )
    return found


@requires(Permission.NOTICE_VIEW)
@require_safe
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    notice = notice_or_404(request, pk)
    note_access(request, "opened", notice, detail=notice.number)
    facts = [
        Fact("类别", kinds.label(notice.kind)), Fact("范围", notice.public.place),
        Fact("公示期", f"{notice.starts_on} 至 {notice.ends_on}({notice.length_label})"),
        Fact("发布人", str(notice.released_by or "系统")), *pages.facts(notice, "released_at", "taken_down_at"),
        Fact("内容摘要", notice.snapshot_sha256[:16]), Fact("公开页", "打开公开页" if notice.public.is_current else "已撤下", notice.public.get_absolute_url()),
    ]  # fmt: skip
    context = {"notice": notice, "problems": services.notice_problems(notice, today()), "assumed": notice.calendar_assumed}
    return pages.record_page(
        request, title=notice.title, subtitle=notice.number, state=notice.get_state_display(), crumbs=[*crumbs(), (notice.number, "")],
        links=_links(request, notice), facts=facts, tables=_tables(request, notice), template="workflow/notice_detail.html", **context,
    )  # fmt: skip


@requires(Permission.NOTICE_VIEW)
@require_safe
def notice_print(request: HttpRequest, pk: int, paper: str) -> HttpResponse:
    """The paper that is hung out: A4 for the file, A3 to be read from a few steps away."""
    if paper not in rendering.PAPERS:
        raise Http404
    notice = notice_or_404(request, pk)
    note_access(request, "printed", notice, detail=f"{notice.number} {paper}")
    response = HttpResponse(rendering.notice_pdf(notice, paper=paper), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="notice-{notice.pk}-{paper}.pdf"'
    return response


def _form(request: HttpRequest, form: Any, save: Any, title: str, notice: PublicNotice, **more: Any) -> HttpResponse:
    back = more.pop("back", notice.get_absolute_url())
    return pages.form_page(request, form, save, title=title, back=back, crumbs=crumbs(notice), refusal=services.WorkflowError, **more)


@requires(Permission.NOTICE_POST)
@require_http_methods(["GET", "POST"])
def notice_post(request: HttpRequest, pk: int) -> HttpResponse:
    notice = notice_or_404(request, pk, Permission.NOTICE_POST)
    mine = Village.objects.visible_to(request.user, Permission.NOTICE_POST)
    villages = mine.filter(pk__in=notice.postings.exclude(village=None).values("village"))
    form = PostingForm(request.POST or None, request.FILES or None, villages=villages)

    def save(**fields: Any) -> PublicNotice:
        services.post_notice(notice=notice, by=request.user, **fields)
        return notice

    note = f"{notice.title}({notice.number}),{notice.starts_on} 至 {notice.ends_on}。请拍清公示全貌和张贴地点。"
    return _form(request, form, save, "登记张贴", notice, note=note, save_label="登记张贴", done="已登记张贴。")


@requires(Permission.NOTICE_END)
@require_http_methods(["GET", "POST"])
def notice_end(request: HttpRequest, pk: int) -> HttpResponse:
    notice = notice_or_404(request, pk, Permission.NOTICE_END)
    form = EndNoticeForm(request.POST or None)

    def save(reason: str) -> PublicNotice:
        return services.end_notice(notice=notice, reason=reason, by=request.user)

    note = f"{notice.title}({notice.number})到 {notice.ends_on} 期满。提前结束后公开页立即撤下,名单中的记录可以修改。"
    return _form(request, form, save, "提前结束公示", notice, note=note, save_label="提前结束", done="公示已提前结束。")


POSTINGS = listings.register(
    listings.Listing(
        key="notice-postings",
        title="公示张贴情况",
        rows=lambda user: (
            NoticePosting.objects.visible_to(user)
            .filter(Q(posted_on__isnull=False) | Q(notice__state=PublicNotice.State.RUNNING))
            .select_related("notice", "village__township")
            .defer("notice__body", "notice__lines", "notice__columns")
        ),
        columns=(
            Column("公示", "notice.number"),
            Column("标题", "notice.title", "long"),
            Column("乡镇", lambda row: row.village.township.name if row.village else ""),
            Column("村", lambda row: row.village.name if row.village else ""),
            Column("公示截止", "notice.ends_on", "date"),
            Column("张贴地点", "place"),
            Column("张贴日期", "posted_on", "date"),
            Column("撤下日期", "taken_down_on", "date"),
            Column("情况", posting_state),
        ),
        permission=Permission.NOTICE_VIEW,
        order=("-id",),
        filters=PostingFilter,
        empty="没有符合条件的张贴。",
        export_permission=Permission.NOTICE_VIEW,
        table="workflow_noticeposting",
    )
)


@requires(Permission.NOTICE_VIEW)
@require_safe
def posting_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, POSTINGS, tabs=tabs("workflow:posting-list"), above="workflow/_tabs.html")


@requires(Permission.NOTICE_POST)
@require_http_methods(["GET", "POST"])
def posting_down(request: HttpRequest, pk: int) -> HttpResponse:
    rows = NoticePosting.objects.visible_to(request.user, Permission.NOTICE_POST).select_related("notice", "village")
    posting = get_object_or_404(rows, pk=pk)
    form = TakeDownForm(request.POST or None)

    def save(**fields: Any) -> PublicNotice:
        return services.take_down(posting=posting, by=request.user, **fields).notice

    note = f"{posting.notice.title}({posting.notice.number}),{posting.village or ''}{posting.place}。"
    return _form(request, form, save, "登记撤下", posting.notice, note=note, save_label="登记撤下", done="已登记撤下。")
