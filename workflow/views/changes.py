"""Change many: from a list's selection to the value, the preview, the change, and its undoing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import listing as listings
from core import pages
from core.listing import Column, show
from core.pages import Fact, Link
from core.paging import capped_count
from workflow import changes_registry as registry
from workflow import services
from workflow.forms import ChangeForm, UndoForm
from workflow.models import BulkChange, BulkChangeRow
from workflow.tasks import recheck

CRUMB = ("批量修改", "workflow:change-list")
CAP = 1000


@login_required
@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """One's own bulk changes, the newest first."""
    columns = [
        Column("修改项", lambda change: _label(change)), Column("新值", "value_label"), Column("原因", "reason", "long"),
        Column("状态", "get_state_display", "status"), Column("发起时间", "created_at", "date"),
    ]  # fmt: skip
    changes = BulkChange.objects.visible_to(request.user).order_by("-id")[: pages.LIMIT]
    table = pages.table("", columns, changes, url=lambda change: change.get_absolute_url(),
                        empty="还没有批量修改。在农户、村或结对列表中勾选记录后,选择要修改的内容。")  # fmt: skip
    return pages.record_page(request, title=CRUMB[0], crumbs=[(CRUMB[0], "")], tables=[table])


def _label(change: BulkChange) -> str:
    changeable = registry.find(change.key)
    return changeable.label if changeable else change.key


@login_required
@require_http_methods(["GET", "POST"])
def change_create(request: HttpRequest, key: str) -> HttpResponse:
    """Asks the new value and the reason for the rows chosen in a list, and goes to the preview."""
    changeable = registry.find(key)
    if changeable is None:
        raise Http404
    if not request.user.may(changeable.permission):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    form = ChangeForm(request.POST or None, changeable=changeable, user=request.user, selection=sent)
    listing = listings.get(changeable.listing_key)
    rows = listings.chosen(listing, request.user, sent)

    def save(value: Any, reason: str, **_: Any) -> BulkChange:
        return services.preview_change(changeable=changeable, rows=rows, value=value, reason=reason, by=request.user)

    back = reverse(changeable.list_url) + (f"?{sent.get('query')}" if sent.get("query") else "")
    number = capped_count(rows.order_by(), CAP)
    chosen = f"{CAP}+" if number > CAP else str(number)
    note = f"在“{listing.title}”中选中 {chosen} 行。下一步逐条预览,确认之前不会改动。{changeable.note}"
    return pages.form_page(request, form, save, title=changeable.label, back=back, crumbs=[(listing.title, back)], refusal=services.WorkflowError,
                           done="请逐条核对后确认。", note=note, save_label="预览")  # fmt: skip


def _change(request: HttpRequest, pk: int) -> BulkChange:
    return get_object_or_404(BulkChange.objects.visible_to(request.user).select_related("job"), pk=pk)


@login_required
@require_safe
def change_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview, and afterwards what was done and what was not."""
    change = _change(request, pk)
    rows = BulkChangeRow.objects.filter(change=change).select_related("village").order_by("id")
    running = change.job is not None and not change.job.ended
    todo, refused = rows.filter(refusal="").count(), rows.exclude(refusal="").count()
    facts = [Fact("新值", change.value_label), Fact("原因", change.reason, wide=True), Fact("发起时间", show(change.created_at)),
             Fact("完成时间", show(change.done_at)), Fact("撤销", f"{show(change.undone_at)} {change.undo_reason}".strip(), wide=True)]  # fmt: skip
    done = change.state != BulkChange.State.PREVIEW
    titles = (
        ("已撤销", "没有撤销、没有修改") if change.state == BulkChange.State.UNDONE else ("已修改", "没有修改") if done else ("将要修改", "不修改")
    )
    tables = [_rows(f"{titles[0]}({todo} 条)", rows.filter(refusal=""), todo), _rows(f"{titles[1]}({refused} 条)", rows.exclude(refusal=""), refused)]
    links = [Link("查看任务进度", change.job.get_absolute_url(), primary=True)] if running and change.job else []
    if change.state == BulkChange.State.DONE and todo and not running:
        links.append(Link("撤销", reverse("workflow:change-undo", args=[pk])))
    return pages.record_page(
        request, title=_label(change), state=change.get_state_display(), crumbs=[(CRUMB[0], reverse(CRUMB[1])), (_label(change), "")], links=links,
        facts=facts, tables=tables if refused else tables[:1], template="workflow/change.html", change=change, todo=todo,
        may_confirm=change.state == BulkChange.State.PREVIEW and bool(todo) and not running,
    )  # fmt: skip


ROW_COLUMNS = (
    Column("记录", "label"),
    Column("村", "village.name"),
    Column("改前", "before_label"),
    Column("改后", "after_label"),
    Column("说明", "refusal", "long"),
)


def _rows(title: str, rows: Any, number: int) -> pages.Table:
    more = f"只列出前 {pages.LIMIT} 条,共 {number} 条。" if number > pages.LIMIT else ""
    return pages.table(title, ROW_COLUMNS, rows[: pages.LIMIT], empty="没有记录。", more=more)


def _written(change: BulkChange) -> str:
    """Has the alerts of what was written at once asked again, and says where the change stands."""
    if change.job is not None and not change.job.ended:
        return "已转为后台任务,可以离开本页,完成后在任务中查看。"
    recheck.defer(households=services.touched_households(change))
    return f"{_label(change)}:{change.get_state_display()}。"


@login_required
@require_POST
def change_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    change = _change(request, pk)
    try:
        messages.success(request, _written(services.confirm_change(change=change, by=request.user)))
    except services.WorkflowError as error:
        messages.error(request, str(error))
    return redirect(change)


@login_required
@require_http_methods(["GET", "POST"])
def change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the change back where what it wrote still stands."""
    change = _change(request, pk)

    def save(reason: str) -> BulkChange:
        undone = services.start_undo(change=change, reason=reason, by=request.user)
        _written(undone)
        return undone

    crumbs = [(CRUMB[0], reverse(CRUMB[1])), (_label(change), change.get_absolute_url())]
    note = f"把“{change.value_label}”改回原来的值。修改之后又有改动的记录保持现状,并逐条说明。"
    return pages.form_page(request, UndoForm(request.POST or None), save, title=f"撤销:{_label(change)}", back=change.get_absolute_url(),
                           crumbs=crumbs, refusal=services.WorkflowError, done="已办理撤销。", note=note, save_label="撤销")  # fmt: skip
