from django.urls import reverse

from accounts.permissions import Permission
from core import menu
from villages.views.records import add_tab

menu.add("联动帮扶", "项目", "funds:project-list", Permission.PROJECT_VIEW, order=50)
add_tab("项目", Permission.PROJECT_VIEW, lambda village: reverse("funds:village", args=[village.pk]), order=40)
