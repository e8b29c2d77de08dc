from django.urls import reverse

from accounts.permissions import Permission
from core import menu
from villages.views.records import add_count, add_tab

menu.add("精准诊治", "建档立卡户", "households:list", Permission.HOUSEHOLD_VIEW, order=10)
menu.add("精准诊治", "新建户", "households:create", Permission.HOUSEHOLD_EDIT, order=11)

add_count("households", "members", "households_poor")
add_tab("户", Permission.HOUSEHOLD_VIEW, lambda village: reverse("households:list") + f"?village={village.pk}", order=20)
