"""Job pages, files, drafts, and the door of every export."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import recently_confirmed
from accounts.services import note_access
from core import listing as listings
from core import settings
from workflow import services
from workflow.forms import ExportForm
from workflow.models import Attachment, Draft, Job


@login_required
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    jobs = Job.objects.visible_to(request.user).select_related("result").order_by("-id")[:100]
    return render(request, "workflow/job_list.html", {"jobs": jobs, "running": any(not job.ended for job in jobs)})


@login_required
@require_safe
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    job = Job.objects.visible_to(request.user).select_related("result").filter(pk=pk).first()
    if job is None:
        return _refuse(request, Job, pk)
    template = "workflow/_job.html" if request.htmx else "workflow/job_detail.html"  # type: ignore[attr-defined]
    return render(request, template, _job_context(job))


def _job_context(job: Job) -> dict[str, Any]:
    expired = _expired(job.result)
    return {"job": job, "expired": expired, "has_password": services.PASSWORD_ONCE in job.parameters and not expired}


@login_required
@require_POST
def job_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the password that was made for a workbook, once; it is not kept afterwards."""
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("result"), pk=pk)
    try:
        password = services.take_password(job=job, by=request.user)
    except services.WorkflowError as error:
        messages.error(request, str(error))
        return redirect(job)
    return render(request, "workflow/job_detail.html", _job_context(job) | {"has_password": False, "password": password})


def _refuse(request: HttpRequest, model: type[Model], pk: int) -> HttpResponse:
    """Not there for this user, and written down: somebody may be trying another's link. An exception would undo the writing."""
    row = pk if pk < 2**63 else None
    note_access(request, "refused", table=model._meta.db_table, detail=f"打开不在本人名下的{model._meta.verbose_name} {row or ''}")
    return render(request, "404.html", status=404)


@login_required
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    try:
        services.cancel_job(job=job, by=request.user)
        messages.success(request, "已请求取消。")
    except services.WorkflowError as error:
        messages.error(request, str(error))
    return redirect(job)


def _expired(attachment: Attachment | None) -> bool:
    return bool(attachment and attachment.expires_at and attachment.expires_at < timezone.now())


MIME = {"jpg": "image/jpeg", "pdf": "application/pdf", "txt": "application/octet-stream",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip


@login_required
@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """A file, to whom its record is visible; downloads are in the access log."""
    file = Attachment.objects.visible_to(request.user).filter(pk=pk).first()
    if file is None:
        return _refuse(request, Attachment, pk)
    if _expired(file):
        return render(request, "workflow/expired.html", {"file": file, "title": "文件已到期"}, status=410)
    note_access(request, "exported" if file.kind == "xlsx" else "opened", file, detail=file.title)
    name = file.title if file.title.endswith(f".{file.kind}") else f"{file.title}.{file.kind}"
    response = FileResponse(file.file.open(), content_type=MIME[file.kind], as_attachment=file.kind in {"xlsx", "txt"}, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@recently_confirmed
@require_http_methods(["GET", "POST"])
def export_start(request: HttpRequest, key: str) -> HttpResponse:
    """Asks the purpose, then starts a job that exports exactly the list that was shown."""
    try:
        listing = listings.get(key)
    except KeyError as error:
        raise Http404 from error
    if not listing.export_permission or not request.user.may(listing.export_permission):
        raise PermissionDenied
    query = (request.POST.get("query") or request.GET.get("query") or "")[:2000].replace("\0", "")
    form = ExportForm(request.POST or None, protected=services.wants_password(listing))
    if request.method == "POST" and form.is_valid():
        return redirect(services.start_export(listing=listing, query=query, by=request.user, **form.cleaned_data))
    context = {"listing": listing, "form": form, "query": query, "hours": settings.get("export_hours")}
    return render(request, "workflow/export.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, form: str) -> HttpResponse:
    """The server-side draft of one form: GET gives it, POST keeps it, POST with `drop` forgets it."""
    if request.method == "GET":
        found = Draft.objects.visible_to(request.user).filter(form=form).first()
        return JsonResponse({"data": found.as_dict() if found else None})
    if "drop" in request.POST:
        services.drop_draft(form=form, by=request.user)
        return JsonResponse({"saved_at": None})
    data: dict[str, Any] = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    try:
        saved = services.save_draft(form=form, data=data, label=request.POST.get("draft_label", ""), by=request.user)
    except services.WorkflowError as error:
        return JsonResponse({"error": str(error)}, status=413)
    return JsonResponse({"saved_at": timezone.localtime(saved.updated_at).strftime("%H:%M")})


@login_required
@require_safe
def draft_list(request: HttpRequest) -> HttpResponse:
    drafts = Draft.objects.visible_to(request.user).defer("data").order_by("-updated_at")[:100]
    return render(request, "workflow/draft_list.html", {"drafts": drafts})
