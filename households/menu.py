from accounts.permissions import Permission
from core import menu

menu.add("精准诊治", "建档立卡户", "households:list", Permission.HOUSEHOLD_VIEW, order=10)
menu.add("精准诊治", "新建户", "households:create", Permission.HOUSEHOLD_EDIT, order=11)
