from typing import Any

from django.urls import reverse

from accounts.permissions import Permission
from core import menu
from core.paging import capped_count
from core.views import workbench_card
from households.models import DuplicatePair, Household
from villages.views.records import add_count, add_tab

menu.add("精准诊治", "建档立卡户", "households:list", Permission.HOUSEHOLD_VIEW, order=10)
menu.add("精准诊治", "受理农户申请", "households:apply", Permission.HOUSEHOLD_EDIT, order=12)
menu.add("精准诊治", "识别退出办理", "households:proceeding-list", Permission.HOUSEHOLD_VIEW, order=13)
menu.add("精准诊治", "新建户", "households:create", Permission.REGISTER_EDIT, order=11)

menu.add("精准诊治", "手册发放", "households:handbook-list", Permission.HOUSEHOLD_VIEW, order=16)
menu.add("精准诊治", "信息更正", "households:correction-list", Permission.HOUSEHOLD_VIEW, order=17)
menu.add("责任监督", "抽样核查", "households:sample-list", Permission.QUALITY_SAMPLE, order=72)
menu.add("责任监督", "信访件", "households:complaint-list", Permission.COMPLAINT_VIEW, order=70)
menu.add("精准诊治", "信息比对", "households:crosscheck-list", Permission.CROSSCHECK_ANSWER, Permission.CROSSCHECK_MANAGE, order=14)
menu.add("精准诊治", "比对命中", "households:hit-list", Permission.CROSSCHECK_JUDGE, order=15)
menu.add("精准诊治", "表格导入导出", "households:import-list", Permission.HOUSEHOLD_IMPORT, Permission.HOUSEHOLD_IMPORT_CONFIRM, order=18)
menu.add("精准诊治", "待回录清单", "households:reentry-list", Permission.HOUSEHOLD_IMPORT, order=19)

menu.add("精准诊治", "疑似重复", "households:duplicate-list", Permission.DUPLICATE_DECIDE, order=18)
menu.add("精准诊治", "贫困村退出", "households:village-exit-list", Permission.VILLAGE_VIEW, order=16)
add_tab("退出", Permission.VILLAGE_VIEW, lambda village: reverse("households:village-exit", args=[village.pk]), order=26)
menu.add("精准诊治", "人员变动", "households:change-list", Permission.HOUSEHOLD_VIEW, order=16)
menu.add("精准诊治", "动态管理年度", "households:window-list", Permission.HOUSEHOLD_VIEW, order=17)
add_tab("人员变动", Permission.HOUSEHOLD_VIEW, lambda village: reverse("households:change-list") + f"?village={village.pk}", order=24)

add_count("households", "members", "households_poor")
add_tab("办理", Permission.HOUSEHOLD_VIEW, lambda village: reverse("households:village-work", args=[village.pk]), order=22)
add_tab("户", Permission.HOUSEHOLD_VIEW, lambda village: reverse("households:list") + f"?village={village.pk}", order=20)

CAP, SHOWN = 1000, 5


@workbench_card
def households_to_check(request: Any) -> list[dict]:
    """For who keeps the register: households whose last save left findings to check."""
    if not request.user.may(Permission.REGISTER_EDIT):
        return []
    rows = Household.objects.visible_to(request.user, Permission.REGISTER_EDIT).active().filter(warning_count__gt=0)
    number = capped_count(rows, CAP)
    first = rows.select_related("village").order_by("village_id", "id")[:SHOWN] if number else []
    lines = [{"label": "户数", "value": f"{CAP}+" if number > CAP else str(number), "url": reverse("households:list") + "?state=warnings"}]
    lines += [
        {"label": f"{home.village.name} {home.household_code}", "value": f"{home.warning_count} 处", "url": home.get_absolute_url()} for home in first
    ]
    return [{"title": "有待核对的户", "rows": lines}]


@workbench_card
def looks_registered_twice(request: Any) -> list[dict]:
    """For who decides: pairs that wait, the likeliest first."""
    if not request.user.may(Permission.DUPLICATE_DECIDE):
        return []
    rows = DuplicatePair.objects.visible_to(request.user).waiting()
    number = capped_count(rows, CAP)
    if not number:
        return []
    lines = [{"label": "待认定", "value": f"{CAP}+ 对" if number > CAP else f"{number} 对", "url": reverse("households:duplicate-list")}]
    lines += [
        {"label": str(pair), "value": f"{pair.score} 分", "url": pair.get_absolute_url()} for pair in rows.for_list().order_by("-score", "id")[:3]
    ]
    return [{"title": "疑似重复", "rows": lines}]
