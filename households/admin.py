"""Code lists of the register."""

from django.contrib import admin

from accounts.admin import CodeListAdmin, code_lists
from households.models import PovertyLine


@admin.register(PovertyLine, site=code_lists)
class PovertyLineAdmin(CodeListAdmin):
    list_display = ["year", "series", "area_code", "amount", "source", "is_official"]
    ordering = ["-year", "series"]
    note = "以往年度的标准改动后,按该年度计算的收入对比随之变化;改动进变更历史。"
