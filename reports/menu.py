from accounts.permissions import Permission
from core import menu

menu.add("精准诊治", "六张图", "reports:charts", Permission.CHART_VIEW, order=40)
