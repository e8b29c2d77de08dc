"""Code lists of help: the catalogue of measures and the policies it rests on."""

from django.contrib import admin

from accounts.admin import CodeListAdmin, CodeListForm, code_lists
from assistance.forms import MeasureTypeForm
from assistance.models import MeasureType, PolicyDocument


class MeasureTypeCodeForm(CodeListForm, MeasureTypeForm):
    widths = CodeListForm.widths | MeasureTypeForm.widths


@admin.register(MeasureType, site=code_lists)
class MeasureTypeAdmin(CodeListAdmin):
    form = MeasureTypeCodeForm
    list_display = ["code", "name", "policy", "evidence", "valid_from", "valid_to"]


@admin.register(PolicyDocument, site=code_lists)
class PolicyDocumentAdmin(CodeListAdmin):
    list_display = ["layer", "number", "title", "lead_department", "valid_from", "valid_to", "is_title_assumed"]
