from typing import Any

from django.urls import reverse
from django.utils import timezone

from core import menu
from core.views import workbench_card
from workflow.models import Draft, Job

menu.add("工作台", "工作台", "core:workbench", order=1)
menu.add("工作台", "任务", "workflow:job-list", order=20)
menu.add("工作台", "草稿", "workflow:draft-list", order=30)

SHOWN = 5


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
