"""The versions of the alert rules, edited by officials."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin import CodeListAdmin, code_lists
from core import pages
from workflow import services
from workflow.forms import AlertRuleForm
from workflow.models import AlertRule


@admin.register(AlertRule, site=code_lists)
class AlertRuleAdmin(CodeListAdmin):
    """Versions of the alert rules: a room brings the rule, officials its numbers."""

    list_display = ["code", "title", "severity", "parameter_words", "version", "valid_from", "valid_to", "is_assumed"]
    ordering = ["code", "-version"]

    @admin.display(description="参数")
    def parameter_words(self, rule: AlertRule) -> str:
        return rule.parameter_words

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("", view(require_safe(self.changelist_view)), name="workflow_alertrule_changelist"),
            path("<int:pk>/change/", view(require_http_methods(["GET", "POST"])(self.change_view)), name="workflow_alertrule_change"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        rules = self.get_queryset(request).order_by(*self.ordering)
        shown = pages.table("", self.columns(), rules, url=lambda rule: self.url("change", rule.pk), empty="还没有规则。")
        return pages.record_page(request, title="预警规则", crumbs=[*self.crumbs()[:1], ("预警规则", "")], tables=[shown])

    def change_view(self, request: HttpRequest, pk: int, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        rule = get_object_or_404(AlertRule, pk=pk)
        form = AlertRuleForm(request.POST or None, rule=rule)

        def save(why: str, **fields: Any) -> str:
            services.change_rule(rule=rule, by=request.user, reason=why, **fields)
            return self.url("changelist")

        note = f"{rule.code} {rule.title},第 {rule.version} 版,{rule.valid_from} 起。保存后从施行日期起用新版本,已发现的预警仍按发现时的版本说明。"
        return pages.form_page(request, form, save, title=f"修改 {rule.code} {rule.title}", back=self.url("changelist"), crumbs=self.crumbs(),
                               refusal=services.WorkflowError, note=note)  # fmt: skip
