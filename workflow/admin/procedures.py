"""Procedures and their steps: code lists that officials edit."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.admin import CodeListAdmin, CodeListForm, code_lists
from workflow import kinds, requirements
from workflow.models import Procedure, Step, StepEvidence


@admin.register(Procedure, site=code_lists)
class ProcedureAdmin(CodeListAdmin):
    list_display = ("title", "kind", "valid_from", "valid_to", "steps", "in_use", "is_assumed")
    fields = ("key", "title", "valid_from", "valid_to", "clause", "is_assumed")
    note = "已有办件的流程不再改动,只填停用日期;新流程从次日起启用,并为它另建步骤。正在办理的按原流程办完。"

    @admin.display(description="办件种类")
    def kind(self, row: Procedure) -> str:
        return kinds.get(row.key).label

    @admin.display(description="步骤")
    def steps(self, row: Procedure) -> str:
        return " → ".join(step.title for step in row.steps.all())

    @admin.display(description="已有办件")
    def in_use(self, row: Procedure) -> bool:
        return row.first_used_on is not None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).prefetch_related("steps")

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest | None, **kwargs: Any) -> forms.Field | None:
        if db_field.name == "key":
            return forms.ChoiceField(label="办件种类", choices=[("", ""), *((kind.key, kind.label) for kind in kinds.all_kinds())])
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class StepForm(CodeListForm):
    widths = {"why": "w12", "requirements": "w12"}


@admin.register(Step, site=code_lists)
class StepAdmin(CodeListAdmin):
    form = StepForm
    list_display = ("procedure", "number", "title", "word", "role", "level", "needed", "days", "needs_signed_sheet")
    fields = (
        "procedure", "number", "code", "title", "word", "role", "level", "needed", "days", "day_kind", "return_to", "needs_signed_sheet", "requirements",
        "clause",
    )  # fmt: skip
    note = "只有还没有办件的流程可以改步骤。“办理”是只作记录、不作判断的步骤(如入户调查),可由发起人自己办;其余步骤本人和发起人都不能办。"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("procedure")

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest | None, **kwargs: Any) -> forms.Field | None:
        if db_field.name == "requirements":
            return forms.MultipleChoiceField(
                label="通过条件", choices=requirements.choices, required=False, widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "请从列表中选择。"},
            )  # fmt: skip
        if db_field.name == "code":
            return forms.SlugField(
                label="步骤代码",
                max_length=40,
                help_text="字母、数字、连字符",
                error_messages={"invalid": "步骤代码只用字母、数字、下划线和连字符。"},
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(StepEvidence, site=code_lists)
class StepEvidenceAdmin(CodeListAdmin):
    list_display = ("step", "label", "accept", "least")
    fields = ("step", "label", "accept", "least")
    note = "只有还没有办件的流程可以改材料要求。"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("step__procedure")
