"""Printing a household's handbook, and a village's as one file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.guards import recently_confirmed, requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import pages
from core.clock import today
from households.models import Household
from households.views.records import visible_household
from reports import services
from reports.forms import HandbookForm
from reports.handbooks.books import TITLES
from reports.handbooks.render import render as render_book
from villages.models import Village
from workflow.services import start_job

REVEAL = Permission.PERSON_REVEAL
NOTE = "手册按系统今天的记录打印,空白处用于手写。"


@requires(Permission.HOUSEHOLD_VIEW)
@require_http_methods(["GET", "POST"])
def handbook(request: HttpRequest, pk: int) -> HttpResponse:
    """One household's handbook as PDF; numbers in full take the permission, a purpose and a recent sign-in."""
    household = visible_household(request, pk)
    may_reveal = pages.may_change(Household.objects.all(), request.user, pk, REVEAL)
    form = HandbookForm(request.POST or None, may_reveal=may_reveal)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["full"]:
            return recently_confirmed(_printed)(request, household, form)
        return _printed(request, household, form)
    back = reverse("households:handbooks", args=[pk])
    crumbs = [("建档立卡户", reverse("households:list")), (str(household), household.get_absolute_url()), ("手册", back), ("打印", "")]
    context = {"form": form, "title": "打印手册", "crumbs": crumbs, "cancel_url": back, "save_label": "打印", "note": NOTE}
    return render(request, "core/form.html", context)


def _printed(request: HttpRequest, household: Household, form: HandbookForm) -> HttpResponse:
    kind, full, purpose = (form.cleaned_data[name] for name in ("kind", "full", "purpose"))
    try:
        content = services.handbook_content(household=household, kind=kind, day=today(), full=full)
    except services.ReportsError as error:
        form.add_error(None, str(error))
        context = {"form": form, "title": "打印手册", "crumbs": [], "cancel_url": household.get_absolute_url(), "save_label": "打印"}
        return render(request, "core/form.html", context)
    detail = f"《{TITLES[kind]}》{'完整号码' if full else '号码打码'}"
    note_access(request, "printed", household, detail=detail, purpose=purpose)
    response = HttpResponse(render_book(kind, content), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{kind}-{household.household_code}.pdf"'
    return response


@requires(Permission.HOUSEHOLD_EXPORT)
@require_http_methods(["GET", "POST"])
def village_handbooks(request: HttpRequest, pk: int) -> HttpResponse:
    """All handbooks of a village as one file: a job."""
    village = get_object_or_404(Village.objects.visible_to(request.user, Permission.HOUSEHOLD_EXPORT), pk=pk)
    form = HandbookForm(request.POST or None, may_reveal=pages.may_change(Village.objects.all(), request.user, pk, REVEAL))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["full"]:
            return recently_confirmed(_started)(request, village, form)
        return _started(request, village, form)
    crumbs = [("村", reverse("villages:list")), (village.name, village.get_absolute_url()), ("打印手册", "")]
    context = {"form": form, "title": f"{village.name} 全村手册", "crumbs": crumbs, "cancel_url": village.get_absolute_url(), "save_label": "开始生成",
               "note": f"全村在册户的手册合成一个 PDF 文件,在“任务”里看进度和下载。{NOTE}"}  # fmt: skip
    return render(request, "core/form.html", context)


def _started(request: HttpRequest, village: Village, form: Any) -> HttpResponse:
    data = form.cleaned_data
    parameters = {"village": village.pk, "kind": data["kind"], "full": data["full"], "purpose": data["purpose"]}
    title = f"{village.name}《{TITLES[data['kind']]}》"
    return redirect(start_job(kind="handbooks", title=title, parameters=parameters, by=request.user))
