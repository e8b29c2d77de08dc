from accounts.permissions import Permission
from core import menu

menu.add("基础保障", "单位", "accounts:organization-list", Permission.ORGANIZATION_VIEW, order=10)
menu.add("系统", "用户", "accounts:user-list", Permission.USER_VIEW, order=20)
menu.add("系统", "查阅记录", "accounts:access-list", Permission.ACCESS_LOG_VIEW, order=40)
menu.add("系统", "代码表和参数", "codes:index", Permission.SETTING_EDIT, order=60)
