"""Accounts by spreadsheet: template, check, create with printed slips; and the roles it asks for, granted by somebody else."""

import base64
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import recently_confirmed, requires
from accounts.permissions import Permission
from core import content, pages, settings
from core import listing as listings
from core.forms import LineField, UploadField
from core.listing import Column
from core.masking import mask_phone
from core.pages import Link
from core.pdf import render_pdf
from core.workbooks import WorkbookError, template
from villages.models import AccountSheet
from villages.services import VillagesError
from villages.services import account_sheets as sheets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100
SMALL = 2 * content.MEGABYTE
ROW = (
    Column("用户名", "username"), Column("姓名", "name"), Column("单位", "organization_name"), Column("职务", "post"),
    Column("联系电话", lambda account: mask_phone(account.phone)), Column("申请的角色", "role_label"), Column("截止日期", "until"),
)  # fmt: skip
PROBLEM = (
    Column("行", lambda problem: problem.row or "", "number"), Column("列", "column"), Column("填写的内容", "value", "long"),
    Column("怎么改", "words", "long"),
)  # fmt: skip


class SheetForm(forms.Form):
    file = UploadField(label="填好的表格", accept=(content.WORKBOOK,), help_text=f".xlsx,不超过 2 MB,最多 {sheets.MOST} 行。")
    widths = {"file": "w6"}

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > SMALL:
            raise forms.ValidationError("文件超过 2 MB。请只保留填写的内容,或分成几张表。")
        return upload


class DecideForm(forms.Form):
    granted = forms.ChoiceField(
        label="办理", choices=[("yes", "全部授权"), ("no", "不予授权")], widget=forms.RadioSelect, error_messages={"required": "请选择。"}
    )
    reason = LineField(label="依据", max_length=200, error_messages={"required": "请填写。"})
    widths = {"reason": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [("账号表格", reverse("villages:account-sheets")), (title, "")]


SHEETS = listings.register(
    listings.Listing(
        key="account-sheets",
        title="账号表格",
        rows=lambda user: (
            AccountSheet.objects.select_related("made_by", "decided_by") if user.may(Permission.USER_VIEW) else AccountSheet.objects.none()
        ),
        columns=(
            Column("表格", "title"), Column("账号数", "accounts", "number"), Column("上传人", "made_by.name"), Column("上传时间", "made_at"),
            Column("状态", "get_state_display"), Column("办理人", "decided_by.name"), Column("依据", "reason"),
        ),
        permission=Permission.USER_VIEW,
        order=("-id",),
        empty="还没有用表格建立过账号。",
        primary=("用表格建立账号", "villages:account-sheet-new", Permission.USER_EDIT),
        table="villages_accountsheet",
    )
)  # fmt: skip


@requires(Permission.USER_VIEW)
@require_safe
def sheet_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, SHEETS)


@requires(Permission.USER_EDIT)
@require_safe
def sheet_template(request: HttpRequest) -> HttpResponse:
    return HttpResponse(template("账号", sheets.HEADINGS), content_type=XLSX,
                        headers={"Content-Disposition": "attachment; filename*=UTF-8''%E8%B4%A6%E5%8F%B7%E8%A1%A8%E6%A0%BC%E6%A8%A1%E6%9D%BF.xlsx"})  # fmt: skip


@never_cache
@requires(Permission.USER_EDIT)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def sheet_new(request: HttpRequest) -> HttpResponse:
    """Check a sheet and show what it would do; the accounts are made when that is confirmed."""
    if "checked" in request.POST:
        return _create(request)
    form = SheetForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            accounts, problems = sheets.check_sheet(upload.read())
        except WorkbookError as error:
            form.add_error("file", str(error))
        else:
            return _show_check(request, upload.name, accounts, problems)
    return _form(request, form)


def _form(request: HttpRequest, form: forms.Form) -> HttpResponse:
    context = {
        "form": form,
        "title": "用表格建立账号",
        "crumbs": _crumbs("用表格建立账号"),
        "save_label": "上传核对",
        "cancel_url": reverse("villages:account-sheets"),
    }
    return render(request, "villages/account_sheet_form.html", context)


def _show_check(request: HttpRequest, name: str, accounts: list[Any], problems: list[Any]) -> HttpResponse:
    shown = [pages.table("", PROBLEM, problems[:SHOWN]) if problems else pages.table("", ROW, accounts)]
    context: dict[str, Any] = {
        "problems": len(problems),
        "accounts": len(accounts),
        "roles": sum(bool(account.role) for account in accounts),
        "shown": SHOWN,
    }
    if not problems:
        context["checked"] = sheets.sealed(accounts, title=name, by=request.user)
    return pages.record_page(request, title="核对结果", crumbs=_crumbs("核对结果"), tables=shown, template="villages/account_sheet_check.html",
                             again=reverse("villages:account-sheet-new"), **context)  # fmt: skip


def _create(request: HttpRequest) -> HttpResponse:
    try:
        accounts, title = sheets.unsealed(request.POST["checked"], by=request.user)
        sheet, codes = sheets.create_accounts(accounts=accounts, title=title, by=request.user)
    except VillagesError as error:
        form = SheetForm(label_suffix="")
        form.errors["file"] = form.error_class([str(error)])
        return _form(request, form)
    address = request.build_absolute_uri(reverse("accounts:use-code"))
    slips = [{"account": account, "code": codes[account.username]} for account in accounts]
    days = settings.get("first_code_days")
    html = render_to_string(
        "villages/account_slips.html", {"slips": slips, "address": address, "until": timezone.now() + timezone.timedelta(days=days)}
    )
    pdf = base64.b64encode(render_pdf(html, identifier=f"account-sheet/{sheet.pk}")).decode()
    return pages.record_page(request, title="账号已建立", crumbs=_crumbs("账号已建立"), template="villages/account_sheet_done.html",
                             sheet=sheet, pdf=pdf, days=days)  # fmt: skip


@requires(Permission.USER_VIEW)
@require_safe
def sheet_detail(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = get_object_or_404(AccountSheet.objects.select_related("made_by", "decided_by"), pk=pk)
    columns = (Column("姓名", "user.name"), Column("用户名", "user.username"), Column("单位", "user.organization.name"),
               Column("角色", "get_role_display"), Column("范围", "division.name"), Column("截止日期", lambda row: row.until or "长期"))  # fmt: skip
    rows = sheet.requests.select_related("user__organization", "division")
    table = pages.table("申请的角色", columns, rows, url=lambda row: row.user.get_absolute_url(), empty="表里没有申请角色。")
    waits = sheet.state == AccountSheet.State.WAITING and request.user.may(Permission.GRANT_EDIT)
    links = [Link("办理授权", reverse("villages:account-sheet-decide", args=[pk]), primary=True)] if waits else []
    facts = pages.facts(sheet, "made_by", "made_at", "accounts", "decided_by", "decided_at", "reason")
    return pages.record_page(
        request, title=sheet.title, crumbs=_crumbs(sheet.title), state=sheet.get_state_display(), links=links, facts=facts, tables=[table]
    )


@requires(Permission.GRANT_EDIT)
@require_http_methods(["GET", "POST"])
def sheet_decide(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = get_object_or_404(AccountSheet, pk=pk)
    form = DecideForm(request.POST or None)

    def save(granted: str, reason: str) -> AccountSheet:
        return sheets.decide_sheet(sheet=sheet, granted=granted == "yes", reason=reason, by=request.user)

    return pages.form_page(
        request, form, save, title="办理授权", back=sheet.get_absolute_url(), crumbs=[*_crumbs(sheet.title)[:1], (sheet.title, sheet.get_absolute_url())],
        refusal=VillagesError, done="已办理。", save_label="办理", note=f"表里申请了 {sheet.requests.count()} 项角色,授权从今天起;有一项不能授权,就都不授权。",
    )  # fmt: skip
