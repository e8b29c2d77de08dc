from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from core import menu
from core.paging import capped_count
from core.views import workbench_card
from workflow.models import Alert, Draft, Job

menu.add("工作台", "工作台", "core:workbench", order=1)
menu.add("工作台", "任务", "workflow:job-list", order=20)
menu.add("工作台", "草稿", "workflow:draft-list", order=30)

menu.add("工作台", "批量修改", "workflow:change-list", Permission.HOUSEHOLD_EDIT, Permission.PAIRING_EDIT, order=25)
menu.add("责任监督", "预警", "workflow:alert-list", Permission.ALERT_VIEW, order=70)
menu.add("责任监督", "预警规则", "workflow:alert-rules", Permission.ALERT_VIEW, order=71)

SHOWN = 5
CAP = 1000


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
