from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from accounts.services import soon_dormant
from core import menu
from core import settings as parameters
from core.views import workbench_card

menu.add("基础保障", "单位", "accounts:organization-list", Permission.ORGANIZATION_VIEW, order=10)
menu.add("系统", "用户", "accounts:user-list", Permission.USER_VIEW, order=20)
menu.add("系统", "查阅记录", "accounts:access-list", Permission.ACCESS_LOG_VIEW, order=40)
menu.add("系统", "代码表和参数", "codes:index", Permission.SETTING_EDIT, order=60)

SHOWN = 10


@workbench_card
def unused_accounts(request: Any) -> list[dict]:
    """For who looks after users: the accounts that will be closed soon because nobody signs in."""
    if not request.user.may(Permission.USER_EDIT):
        return []
    soon = list(soon_dormant()[: SHOWN + 1])
    if not soon:
        return []
    days = parameters.get("dormant_days")
    now = timezone.now()
    rows = [
        {"label": f"{user.name}({user.username})", "value": f"{max(0, days - (now - user.used_at).days)} 天后停用", "url": user.get_absolute_url()}  # type: ignore[attr-defined]
        for user in soon[:SHOWN]
    ]
    if len(soon) > SHOWN:
        rows.append({"label": "全部久未登录的账号", "value": "", "url": reverse("accounts:user-list") + "?active=dormant"})
    return [{"title": "久未登录、将停用的账号", "rows": rows, "empty": ""}]
