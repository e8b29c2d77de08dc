"""Code lists of the register."""

from django.contrib import admin

from accounts.admin import CodeListAdmin, code_lists
from households.models import CrossCheckSource, PovertyLine, VetoRule


@admin.register(PovertyLine, site=code_lists)
class PovertyLineAdmin(CodeListAdmin):
    list_display = ["year", "series", "area_code", "amount", "source", "is_official"]
    ordering = ["-year", "series"]
    note = "以往年度的标准改动后,按该年度计算的收入对比随之变化;改动进变更历史。"


@admin.register(CrossCheckSource, site=code_lists)
class CrossCheckSourceAdmin(CodeListAdmin):
    list_display = ["code", "office", "item", "effect", "organization", "is_required", "valid_from", "valid_to"]
    note = "“识别必查”的来源,申请户逐人都要有结果才能通过信息比对。"


@admin.register(VetoRule, site=code_lists)
class VetoRuleAdmin(CodeListAdmin):
    list_display = ["code", "text", "effect", "evidence_required", "source", "is_assumed", "valid_from", "valid_to"]
