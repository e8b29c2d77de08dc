"""Workbooks in and out: upload, what each column is, what the check found, the second person, the result, undoing."""

import json
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import recently_confirmed, requires
from accounts.models import AccessEvent
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import settings
from core.listing import Column
from households import services
from households.filters import ReentryFilter
from households.forms import ColumnsForm, ImportForm, OpinionForm, UndoForm
from households.models import ImportBatch, Reentry
from households.sheets.columns import PARTS, TITLES
from households.sheets.writing import template
from workflow.forms import ExportForm
from workflow.services import start_job

State = ImportBatch.State
CHECKS, CONFIRMS = Permission.HOUSEHOLD_IMPORT, Permission.HOUSEHOLD_IMPORT_CONFIRM
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MIME = {"xlsx": XLSX, "xls": "application/vnd.ms-excel", "csv": "text/csv"}
SHOWN = 100

IMPORTS = listings.register(
    listings.Listing(
        key="household-imports", title="表格导入", permission=CHECKS,
        rows=lambda user: ImportBatch.objects.visible_to(user).select_related("made_by", "confirmed_by").defer("report"),
        columns=(
            Column("批次号", "number"), Column("用途", "get_purpose_display"), Column("说明", "comment", "long"),
            Column("状态", "get_state_display"), Column("新增户", lambda row: _count(row, "created"), "number"),
            Column("修改户", lambda row: _count(row, "updated"), "number"), Column("错误", lambda row: row.counts.get("errors"), "number"),
            Column("上传人", "made_by.name"), Column("上传时间", "made_at"), Column("复核人", "confirmed_by.name"),
        ),
        order=("-id",), url_name="households:import-detail", primary=("上传表格", "households:import-create", CHECKS),
        empty="还没有导入过表格。先下载模板,填好后上传;国家系统的导出表也可以直接上传。", count=False, table="households_importbatch",
    )
)  # fmt: skip
REENTRIES = listings.register(
    listings.Listing(
        key="household-reentries", title="待回录清单", permission=CHECKS,
        rows=lambda user: Reentry.objects.visible_to(user, CHECKS).select_related("household", "village", "batch", "done_by"),
        columns=(
            Column("户编号", "household.household_code"), Column("村", "village.name"), Column("对象", "subject"), Column("项目", "item"),
            Column("国家系统", "theirs", "long"), Column("本系统(应录入)", "ours", "long"), Column("核对批次", "batch.number"),
            Column("回录日期", "done_on", "date"), Column("回录人", "done_by.name"),
        ),
        order=("batch_id", "place"), filters=ReentryFilter, export_permission=Permission.HOUSEHOLD_EXPORT, table="households_reentry",
        empty="没有待回录的内容。上传国家系统的最新导出表,用途选“与国家系统核对”。",
    )
)  # fmt: skip


def _count(batch: ImportBatch, action: str) -> int | None:
    return batch.counts.get("household", {}).get(action)


def _batch(request: HttpRequest, pk: int, permission: str | None = None) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(request.user, permission).select_related("made_by", "confirmed_by", "undone_by", "job")
    return get_object_or_404(rows, pk=pk)


def _start(batch: ImportBatch, kind: str, title: str, by: Any, **parameters: Any) -> None:
    batch.job = start_job(kind=kind, title=f"{title} {batch.number}", parameters={"batch": batch.pk, **parameters}, by=by)
    ImportBatch.objects.filter(pk=batch.pk).update(job=batch.job)


@requires(CHECKS, CONFIRMS)
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, IMPORTS, above="households/_import_ways.html", may_import=request.user.may(CHECKS),
                                   may_export_register=request.user.may(Permission.HOUSEHOLD_EXPORT))  # fmt: skip


@requires(CHECKS)
@require_http_methods(["GET", "POST"])
def import_create(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        upload = values.pop("file")
        try:
            batch = services.receive(data=upload.read(), title=upload.name, by=request.user, **values)
        except services.HouseholdsError as error:
            form.add_error("file", str(error))
        else:
            _start(batch, "household_check", "检查表格", request.user)
            return redirect(batch)
    crumbs = [(IMPORTS.title, reverse("households:import-list")), ("上传表格", "")]
    note = "上传后先检查,不会写入。检查结果列出将新增、修改、不变的户和全部错误,由另一位同事复核后才导入。"
    return render(request, "core/form.html", {"form": form, "title": "上传表格", "crumbs": crumbs, "note": note, "save_label": "上传并检查",
                                              "cancel_url": reverse("households:import-list")})  # fmt: skip


@requires(CHECKS)
@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(template(), content_type=XLSX)
    response["Content-Disposition"] = "attachment; filename*=UTF-8''%E5%BB%BA%E6%A1%A3%E7%AB%8B%E5%8D%A1%E5%AF%BC%E5%85%A5%E6%A8%A1%E6%9D%BF.xlsx"
    return response


@requires(CHECKS, CONFIRMS)
@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    note_access(request, AccessEvent.Action.OPENED, batch, detail=f"表格导入 {batch.number}")
    report = json.loads(batch.report) if batch.report else {}
    own = batch.made_by_id == request.user.pk
    waiting = batch.job is not None and not batch.job.ended
    changed, start = report.get("changed", []), _place(request)
    context = {
        "batch": batch, "report": report, "own": own, "waiting": waiting, "title": f"表格导入 {batch.number}",
        "crumbs": [(IMPORTS.title, reverse("households:import-list")), (batch.number, "")],
        "lines": [(TITLES[part], batch.counts[part]) for part in PARTS if part in batch.counts],
        "errors": report.get("errors", [])[:SHOWN], "changed": changed[start : start + SHOWN], "created": report.get("created", [])[:SHOWN],
        "more": start + SHOWN if len(changed) > start + SHOWN else 0, "start": start, "changed_total": len(changed),
        "refusal": services.may_confirm(batch, request.user) if request.user.may(CONFIRMS) else "no",
        "to_store": sum(_count(batch, action) or 0 for action in ("created", "updated")),
        "may_undo": batch.state == State.DONE and (own or services.may_confirm(batch, request.user) == ""),
    }  # fmt: skip
    return render(request, "households/import_detail.html", context)


def _place(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isdigit() and len(text) < 7 else 0


@requires(CHECKS)
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column is what: proposed from headings and from what the organization said before."""
    batch = _batch(request, pk)
    headings, seen = [], set()
    for sheet, found in batch.headings.items():
        for text, key in found:
            if text not in seen:
                seen.add(text)
                headings.append((sheet, text, key))
    form = ColumnsForm(request.POST or None, headings=headings[:200])
    if request.method == "POST" and form.is_valid():
        try:
            services.say_columns(batch=batch, chosen=form.chosen(), by=request.user)
        except services.HouseholdsError as error:
            form.add_error(None, str(error))
        else:
            _start(batch, "household_check", "检查表格", request.user)
            return redirect(batch)
    crumbs = [(IMPORTS.title, reverse("households:import-list")), (batch.number, batch.get_absolute_url()), ("列对应", "")]
    note = "系统按标题认出的列已选好。没认出的请指明;指明的会为本单位记住,下次自动用上。"
    return render(request, "core/form.html", {"form": form, "title": "列对应", "crumbs": crumbs, "note": note, "save_label": "保存并重新检查",
                                              "cancel_url": batch.get_absolute_url()})  # fmt: skip


@requires(CHECKS, CONFIRMS)
@require_safe
def import_file(request: HttpRequest, pk: int, which: str) -> HttpResponse:
    """The workbook as it came, or with its errors marked; who may see the batch may have it, and it is written down."""
    batch = _batch(request, pk)
    file = {"original": batch.file, "marked": batch.annotated}.get(which)
    if not file:
        raise Http404
    note_access(
        request, AccessEvent.Action.EXPORTED, batch, detail=f"{batch.number} {'原表' if which == 'original' else '标注错误的表'}", purpose="表格导入"
    )
    kind = batch.kind if which == "original" else "xlsx"
    name = batch.title.rsplit(".", 1)[0] + ("" if which == "original" else "-标注错误") + f".{kind}"
    response = FileResponse(file.open(), content_type=MIME[kind], as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _act(request: HttpRequest, batch: ImportBatch, action: Any, done: str = "", **values: Any) -> HttpResponse:
    try:
        action(batch=batch, by=request.user, **values)
    except services.HouseholdsError as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, done)
    return redirect(batch)


@requires(CHECKS)
@require_POST
def import_submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, _batch(request, pk), services.submit, "已提交复核。", valid_only="valid_only" in request.POST)


@requires(CHECKS)
@require_POST
def import_recheck(request: HttpRequest, pk: int) -> HttpResponse:
    def again(*, batch: ImportBatch, by: Any) -> None:
        _start(services.check_again(batch=batch, by=by), "household_check", "检查表格", by)

    return _act(request, _batch(request, pk), again)


@requires(CHECKS)
@require_POST
def import_drop(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, _batch(request, pk), services.drop, "已放弃,没有写入任何内容。")


@requires(CONFIRMS)
@require_POST
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person passes it, and the import starts as its maker; or sends it back with a reason."""
    batch = _batch(request, pk, CONFIRMS)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        messages.error(request, "复核意见不超过200字,不能有控制字符。")
        return redirect(batch)
    if "back" in request.POST:
        return _act(request, batch, services.send_back, "已退回上传人。", **form.cleaned_data)

    def begin(*, batch: ImportBatch, by: Any, opinion: str) -> None:
        _start(services.confirm(batch=batch, opinion=opinion, by=by), "household_import", "表格导入", batch.made_by)

    return _act(request, batch, begin, "已复核通过,正在导入。", **form.cleaned_data)


@requires(CHECKS, CONFIRMS)
@require_POST
def import_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Once more after an import that was interrupted: it had left nothing."""

    def again(*, batch: ImportBatch, by: Any) -> None:
        services.resume(batch=batch, by=by)
        _start(batch, "household_import", "表格导入", batch.made_by)

    return _act(request, _batch(request, pk), again)


@requires(CHECKS, CONFIRMS)
@require_http_methods(["GET", "POST"])
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.may_undo(batch=batch, by=request.user)
        except services.HouseholdsError as error:
            form.add_error(None, str(error))
        else:
            _start(batch, "household_undo", "撤销表格导入", request.user, **form.cleaned_data)
            return redirect(batch)
    crumbs = [(IMPORTS.title, reverse("households:import-list")), (batch.number, batch.get_absolute_url()), ("撤销导入", "")]
    note = "整批撤销:新增的户删去,修改过的恢复到导入之前,历史里两次都留下。导入之后有人改过其中任何一户,就不能整批撤销。"
    return render(request, "core/form.html", {"form": form, "title": "撤销导入", "crumbs": crumbs, "note": note, "save_label": "撤销整批导入",
                                              "cancel_url": batch.get_absolute_url()})  # fmt: skip


# --- 待回录 ----------------------------------------------------------------------------------------------------
@requires(CHECKS)
@require_safe
def reentry_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, REENTRIES, above="households/_reentries.html", mark_rows=_to_mark(request))


def _to_mark(request: HttpRequest) -> list[Reentry]:
    """The first lines of the list as it is filtered that are not done."""
    rows, _ = listings.filtered(REENTRIES, request.user, request.GET, request)
    return list(rows.filter(done_on=None).order_by("batch_id", "place")[:SHOWN])


@requires(CHECKS)
@require_POST
def reentry_mark(request: HttpRequest) -> HttpResponse:
    """Lines that are in the national system now."""
    chosen = [int(text) for text in request.POST.getlist("line") if text.isdigit() and len(text) < 18][:SHOWN]
    lines = list(Reentry.objects.visible_to(request.user, CHECKS).filter(pk__in=chosen))
    done = services.mark_reentered(lines=lines, by=request.user)
    messages.success(request, f"已标记 {done} 项为已回录。") if done else messages.error(request, "请先勾选已回录的项。")
    return redirect(f"{reverse('households:reentry-list')}?{request.POST.get('query', '')[:500]}".replace("\n", "").replace("\r", ""))


# --- the whole register --------------------------------------------------------------------------------------------
@requires(Permission.HOUSEHOLD_EXPORT)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def register_export(request: HttpRequest) -> HttpResponse:
    """Asks the purpose, then exports every household in reach in the form that can be imported again."""
    form = ExportForm(request.POST or None, protected=settings.get("export_password"))
    if request.method == "POST" and form.is_valid():
        return redirect(services.start_register_export(by=request.user, **form.cleaned_data))
    crumbs = [("建档立卡户", reverse("households:list")), ("导出全库", "")]
    note = "导出您范围内全部在册户及其成员、生产生活条件和收入,可修改后再导入。含完整证件号码,导出会记入查阅记录。"
    return render(request, "core/form.html", {"form": form, "title": "导出全库", "crumbs": crumbs, "note": note, "save_label": "开始导出",
                                              "cancel_url": reverse("households:list")})  # fmt: skip
