"""Code lists of this room."""

from django.contrib import admin

from accounts.admin import CodeListAdmin, code_lists
from funds.models import BankLayout, LoanProduct, SubsidyItem


@admin.register(SubsidyItem, site=code_lists)
class SubsidyItemAdmin(CodeListAdmin):
    list_display = ("code", "name", "unit", "standard", "every", "valid_from", "valid_to", "is_assumed")
    fields = ("code", "name", "unit", "standard", "every", "valid_from", "valid_to", "basis", "is_assumed")


@admin.register(BankLayout, site=code_lists)
class BankLayoutAdmin(CodeListAdmin):
    list_display = ("bank", "encoding", "separator", "out_columns", "back_columns", "is_assumed")
    fields = ("bank", "encoding", "separator", "out_columns", "back_columns", "success_word", "is_assumed")


@admin.register(LoanProduct, site=code_lists)
class LoanProductAdmin(CodeListAdmin):
    list_display = ("code", "name", "kind", "cap", "most_months", "subsidised", "valid_from", "valid_to", "is_assumed")
    fields = ("code", "name", "kind", "cap", "most_months", "least_age", "most_age", "subsidised", "valid_from", "valid_to", "basis", "is_assumed")
