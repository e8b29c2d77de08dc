from typing import Any

from django.urls import reverse

from accounts.permissions import Permission
from core import menu
from core.views import workbench_card
from villages.models import AccountSheet, Grant

menu.add("精准诊治", "村", "villages:list", Permission.VILLAGE_VIEW, order=5)
menu.add("系统", "授权", "villages:grant-list", Permission.USER_VIEW, order=30)
menu.add("基础保障", "通讯录", "villages:contacts", Permission.ORGANIZATION_VIEW, order=12)
menu.add("系统", "账号表格", "villages:account-sheets", Permission.USER_VIEW, order=22)
menu.add("系统", "代办", "villages:deputy-list", order=25)
menu.add("系统", "本辖区账号", "villages:area-users", Permission.USER_RESET, order=25)


@workbench_card
def grants_ending(request: Any) -> list[dict]:
    """For who grants: what runs out within 30 days."""
    if not request.user.may(Permission.GRANT_EDIT):
        return []
    soon = list(Grant.objects.visible_to(request.user).ending_within(30).select_related("user", "division").order_by("until", "id")[:10])
    rows = [
        {"label": f"{g.user.name} {g.get_role_display()} {g.division.name}", "value": f"{g.until:%m-%d}", "url": g.user.get_absolute_url()}
        for g in soon
    ]
    if len(soon) == 10:
        rows.append({"label": "全部30天内到期的授权", "value": "", "url": reverse("villages:grant-list") + "?state=ending"})
    return [{"title": "30天内到期的授权", "rows": rows, "empty": "30天内没有到期的授权。"}]


@workbench_card
def sheets_waiting(request: Any) -> list[dict]:
    """For who grants: the spreadsheets whose roles wait."""
    if not request.user.may(Permission.GRANT_EDIT):
        return []
    waiting = AccountSheet.objects.filter(state=AccountSheet.State.WAITING).order_by("id")[:10]
    rows = [{"label": sheet.title, "value": f"{sheet.accounts} 个账号", "url": sheet.get_absolute_url()} for sheet in waiting]
    return [{"title": "待授权的账号表格", "rows": rows, "empty": ""}] if rows else []
