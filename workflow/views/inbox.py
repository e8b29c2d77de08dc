"""The inbox: what waits for me, what is late, what I started, what I have done, what I was told."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.clock import today
from core.listing import Column, Listing, render_listing
from workflow import services
from workflow.models import Case, Message, Todo


def _term(todo: Todo) -> str:
    if todo.due_on is None:
        return ""
    late = (today() - todo.due_on).days
    return f"{todo.due_on} 超期 {late} 天" if late > 0 else f"{todo.due_on}"


TODO_COLUMNS = (
    Column("事项", "title", "long"),
    Column("期限", _term),
    Column("村", "village.name"),
    Column("产生时间", "created_at"),
    Column("说明", "note", "long"),
)
ORDER = ("sorted_on", "id")


def _todos(user: Any) -> Any:
    return Todo.objects.waiting_for(user).select_related("village")


TABS = {
    "waiting": Listing("inbox-waiting", "待我办", _todos, TODO_COLUMNS, "", order=ORDER, url_name="workflow:todo", empty="现在没有等您办理的事项。"),
    "late": Listing("inbox-late", "已超期", lambda user: _todos(user).overdue(today()), TODO_COLUMNS, "", order=ORDER, url_name="workflow:todo", empty="没有超期的事项。"),
    "started": Listing(
        "inbox-started", "我发起的", lambda user: Case.objects.filter(started_by=user).select_related("village", "step"),
        (Column("办件", "title", "long"), Column("编号", "number"), Column("村", "village.name"), Column("状态", "get_state_display", "status"),
         Column("当前步骤", "step.title"), Column("期限", "due_on", "date"), Column("发起时间", "started_at")),
        "", order=("-id",), empty="您还没有发起过办件。", url_name="workflow:case",
    ),
    "done": Listing(
        "inbox-done", "我办过的", lambda user: Todo.objects.filter(done_by=user).select_related("village"),
        (Column("事项", "title", "long"), Column("村", "village.name"), Column("办结时间", "done_at")), "", order=("-id",), empty="您还没有办过事项。", url_name="workflow:todo",
    ),
    "messages": Listing(
        "inbox-messages", "消息", lambda user: Message.objects.visible_to(user),
        (Column("内容", "text", "long"), Column("时间", "created_at"), Column("状态", lambda message: "已读" if message.read_at else "未读")),
        "", order=("-id",), empty="没有消息。", url_name="workflow:message",
    ),
}  # fmt: skip


@login_required
@require_safe
def inbox(request: HttpRequest, tab: str = "waiting") -> HttpResponse:
    chosen = tab if tab in TABS else "waiting"
    here = [(listing.title, reverse("workflow:inbox-tab", args=[key]), key == chosen) for key, listing in TABS.items()]
    return render_listing(request, TABS[chosen], above="workflow/_tabs.html", tabs=here, may_mark_read=chosen == "messages")


@login_required
@require_safe
def todo(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens what waits, and remembers that it was opened."""
    found = get_object_or_404(Todo.objects.visible_to(request.user).select_related("case"), pk=pk)
    if found.done_at is None:
        services.see_todo(todo=found, by=request.user)
    return redirect(found.url or found.case.get_absolute_url())


@login_required
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    services.read_messages(by=request.user, message=found)
    return redirect(found.url or reverse("workflow:inbox-tab", args=["messages"]))


@login_required
@require_POST
def messages_read(request: HttpRequest) -> HttpResponse:
    services.read_messages(by=request.user)
    return redirect("workflow:inbox-tab", "messages")
