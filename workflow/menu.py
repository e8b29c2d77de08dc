from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from core import menu
from core.clock import today
from core.context import top_mark
from core.paging import capped_count
from core.views import workbench_card
from workflow.models import Alert, Draft, Job, Todo

menu.add("工作台", "工作台", "core:workbench", order=1)
menu.add("工作台", "待办", "workflow:inbox", order=10)
menu.add("工作台", "任务", "workflow:job-list", order=20)
menu.add("工作台", "草稿", "workflow:draft-list", order=30)
menu.add("精准诊治", "公示公告", "workflow:notice-list", Permission.NOTICE_VIEW, order=60)
menu.add("系统", "制度文件", "workflow:regulation-list", Permission.REGULATION_VIEW, order=50)

menu.add("工作台", "批量修改", "workflow:change-list", Permission.REGISTER_EDIT, Permission.PAIRING_EDIT, order=25)
menu.add("责任监督", "预警", "workflow:alert-list", Permission.ALERT_VIEW, order=70)
menu.add("责任监督", "预警规则", "workflow:alert-rules", Permission.ALERT_VIEW, order=71)

SHOWN = 5
CAP = 1000


MANY = 99


@top_mark
def waiting(request: Any) -> dict:
    """How many things wait for the person, counted no further than needed."""
    count = Todo.objects.waiting_for(request.user).values("pk")[: MANY + 1].count()
    return {"label": "待办", "count": f"{MANY}+" if count > MANY else str(count or ""), "url": reverse("workflow:inbox")}


@workbench_card
def waits_for_me(request: Any) -> list[dict]:
    """What is due first, and how much of it is late."""
    mine = Todo.objects.waiting_for(request.user)
    rows = [{"label": todo.title, "value": _term(todo), "url": todo.get_absolute_url()} for todo in mine.order_by("sorted_on", "id")[:SHOWN]]
    if not rows:
        return []
    late = mine.overdue(today()).values("pk")[: MANY + 1].count()
    if late:
        shown = f"{MANY}+ 件" if late > MANY else f"{late} 件"
        rows.append({"label": "已超期", "value": shown, "url": reverse("workflow:inbox-tab", args=["late"])})
    return [{"title": "等您办理", "rows": rows}]


def _term(todo: Todo) -> str:
    if todo.due_on is None:
        return ""
    return f"超期 {(today() - todo.due_on).days} 天" if todo.due_on < today() else f"{todo.due_on:%m-%d} 到期"


@workbench_card
def own_work(request: Any) -> list[dict]:
    """What everyone left half done: drafts, and jobs that wait or run."""
    drafts = Draft.objects.visible_to(request.user).defer("data").order_by("-updated_at")[:SHOWN]
    running = Job.objects.visible_to(request.user).filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).order_by("-id")[:SHOWN]
    cards = [
        ("草稿", [{"label": draft.label or "未命名草稿", "value": f"{timezone.localtime(draft.updated_at):%m-%d %H:%M}", "url": reverse("workflow:draft-list")}
                for draft in drafts]),
        ("进行中的任务", [{"label": job.title, "value": job.get_state_display(), "url": job.get_absolute_url()} for job in running]),
    ]  # fmt: skip
    return [{"title": title, "rows": rows} for title, rows in cards if rows]


@workbench_card
def alerts_to_judge(request: Any) -> list[dict]:
    """For who judges alerts: how many wait in their area, the newest first."""
    if not request.user.may(Permission.ALERT_JUDGE):
        return []
    rows = Alert.objects.visible_to(request.user, Permission.ALERT_JUDGE).filter(state=Alert.State.OPEN)
    number = capped_count(rows, CAP, ["-id"])
    lines = [{"label": "待核", "value": f"{CAP}+" if number > CAP else str(number), "url": reverse("workflow:alert-list") + "?state=open"}]
    first = rows.select_related("rule").order_by("-id")[:SHOWN] if number else []
    lines += [{"label": alert.title, "value": alert.rule.title, "url": alert.get_absolute_url()} for alert in first]
    return [{"title": "待核的预警", "rows": lines}]
