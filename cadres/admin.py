"""The code lists of this room: rules of teams, the approval table of leave, kinds of allowance, who manages."""

from django.contrib import admin

from accounts.admin import CodeListAdmin, code_lists
from cadres.models import AllowanceKind, DutyBody, LeaveRule, TeamRule


@admin.register(TeamRule, site=code_lists)
class TeamRuleAdmin(CodeListAdmin):
    list_display = ["valid_from", "valid_to", "least_members", "term_years", "is_full_time", "basis", "is_assumed"]
    fields = ["valid_from", "valid_to", "least_members", "term_years", "is_full_time", "basis", "clause", "is_assumed"]
    note = "规则按生效日期适用:以前的队伍按当时的规则衡量。"


@admin.register(LeaveRule, site=code_lists)
class LeaveRuleAdmin(CodeListAdmin):
    list_display = ["group", "days_from", "days_to", "procedure_key", "informed", "valid_from", "valid_to", "is_assumed"]
    fields = ["group", "days_from", "days_to", "procedure_key", "informed", "valid_from", "valid_to", "basis", "clause", "is_assumed"]
    note = "审批流程填“办理流程”中的办件种类;备案角色用空格分开,只告知不审批。"


@admin.register(AllowanceKind, site=code_lists)
class AllowanceKindAdmin(CodeListAdmin):
    list_display = ["code", "name", "by_attendance", "is_insurance", "valid_from", "valid_to", "is_assumed"]
    fields = ["code", "name", "by_attendance", "is_insurance", "valid_from", "valid_to", "basis", "clause", "is_assumed"]


@admin.register(DutyBody, site=code_lists)
class DutyBodyAdmin(CodeListAdmin):
    list_display = ["kind", "duties", "is_main", "since_on"]
    fields = ["kind", "duties", "is_main", "since_on"]
    note = "五类责任主体;日常管理以乡镇(街道)党委为主。"
