from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.permissions import Permission
from cadres.models import Posting
from core import menu
from core.clock import today
from core.views import workbench_card
from villages.models import Village

menu.add("责任监督", "派驻干部", "cadres:list", Permission.CADRE_VIEW, order=10)
menu.add("责任监督", "今日驻村", "cadres:my-day", Permission.CADRE_SELF, order=1)
menu.add("责任监督", "今日在岗", "cadres:today", Permission.CADRE_VIEW, order=5)
menu.add("责任监督", "请销假", "cadres:leave-list", Permission.CADRE_VIEW, order=12)
menu.add("责任监督", "考勤月报", "cadres:month-list", Permission.CADRE_VIEW, order=14)
menu.add("责任监督", "考勤通报", "cadres:bulletin", Permission.CADRE_VIEW, order=15)
menu.add("基础保障", "领导机构", "cadres:body-list", Permission.CADRE_VIEW, order=20)
menu.add("基础保障", "挂职锻炼", "cadres:secondment-list", Permission.CADRE_VIEW, order=24)
menu.add("基础保障", "干部培训", "cadres:training-list", Permission.CADRE_VIEW, order=26)
menu.add("基础保障", "干部选派", "cadres:nomination-list", Permission.CADRE_UNIT, Permission.CADRE_EDIT, order=22)
menu.add("基础保障", "培训覆盖", "cadres:training-coverage", Permission.CADRE_VIEW, order=27)
menu.add("基础保障", "宣传宣讲", "cadres:publicity-list", Permission.CADRE_VIEW, order=29)
menu.add("基础保障", "待遇发放", "cadres:allowance-list", Permission.CADRE_VIEW, Permission.CADRE_UNIT, order=30)
menu.add("基础保障", "工作队经费", "cadres:expense-list", Permission.CADRE_VIEW, order=31)
menu.add("责任监督", "群众意见", "cadres:opinion-list", Permission.ATTENDANCE_EDIT, order=19)
menu.add("责任监督", "年承诺", "cadres:commitment-list", Permission.CADRE_VIEW, order=17)
menu.add("责任监督", "季报告", "cadres:report-list", Permission.CADRE_VIEW, order=18)
menu.add("责任监督", "走读、挂名认定", "cadres:sign-list", Permission.CADRE_VIEW, order=16)
SHOWN = 10


@workbench_card
def villages_without_first_secretary(request: Any) -> list[dict]:
    """For who posts cadres: poor villages where nobody is first secretary today."""
    if not request.user.may(Permission.CADRE_EDIT):
        return []
    held = Posting.objects.active_on(today()).filter(village_id=OuterRef("pk"), role=Posting.Role.FIRST_SECRETARY)
    villages = Village.objects.visible_to(request.user, Permission.CADRE_EDIT).filter(is_poor_village=True).exclude(Exists(held))
    found = list(villages.select_related("township").order_by("code")[: SHOWN + 1])
    rows = [{"label": f"{village.township.name} {village.name}", "value": "缺", "url": village.get_absolute_url()} for village in found[:SHOWN]]
    if len(found) > SHOWN:
        rows.append({"label": f"还有更多,只列前{SHOWN}个村", "value": "", "url": reverse("villages:list") + "?poor=True"})
    return [{"title": "没有第一书记的贫困村", "rows": rows, "empty": "贫困村都有在任的第一书记。"}]
