"""The six charts: which villages have them, what is missing, a release, its files, its posting, its check page."""

from typing import Any

from django.contrib import messages
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core.clock import today
from reports import services
from reports.forms import FullNameForm, PostingForm
from reports.models import ChartRelease, FullNamePermission
from reports.six_charts.messages import NUMERALS, TITLES
from villages.models import Village
from workflow.services import WorkflowError, attach, start_job


def _newest(field: str) -> Subquery:
    releases = ChartRelease.objects.filter(village_id=OuterRef("pk")).order_by("-version")
    return Subquery(releases.values(field)[:1])


def _rows(user: Any) -> Any:
    villages = Village.objects.visible_to(user, Permission.CHART_VIEW).select_related("township")
    return villages.annotate(version=_newest("version"), data_on=_newest("data_on"), posted_on=_newest("posted_on"))


CHARTS = listings.register(
    listings.Listing(
        key="charts",
        title="六张图",
        rows=_rows,
        columns=(
            listings.Column("村", "name"),
            listings.Column("乡镇", "township.name"),
            listings.Column("贫困村", "is_poor_village"),
            listings.Column("版次", lambda row: f"第{row.version}版" if row.version else "未发布"),
            listings.Column("数据日期", "data_on", "date"),
            listings.Column("张贴日期", "posted_on", "date"),
        ),
        permission=Permission.CHART_VIEW,
        order=("code",),
        export_permission=Permission.CHART_VIEW,
        row_url=lambda row: reverse("reports:village-charts", args=[row.pk]),
        empty="您的范围内没有村。",
    )
)


@requires(Permission.CHART_VIEW)
@require_safe
def chart_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, CHARTS, may_release=request.user.may(Permission.CHART_RELEASE), above="reports/_release_many.html")


@requires(Permission.CHART_RELEASE)
@require_POST
def release_many(request: HttpRequest) -> HttpResponse:
    """A job for every poor village in reach (or the one township's)."""
    villages = Village.objects.visible_to(request.user, Permission.CHART_RELEASE).filter(is_poor_village=True)
    ids = list(villages.order_by("code").values_list("pk", flat=True)[:500])
    if not ids:
        messages.error(request, "您的范围内没有贫困村。")
        return redirect("reports:charts")
    return redirect(start_job(kind="six_charts", title=f"发布 {len(ids)} 个村的六张图", parameters={"villages": ids}, by=request.user))


def _village(request: HttpRequest, pk: int, permission: str) -> Village:
    return get_object_or_404(Village.objects.visible_to(request.user, permission).select_related("township"), pk=pk)


@requires(Permission.CHART_VIEW)
@require_safe
def village_charts(request: HttpRequest, pk: int) -> HttpResponse:
    village = _village(request, pk, Permission.CHART_VIEW)
    releases = ChartRelease.objects.visible_to(request.user).filter(village=village).select_related("released_by").order_by("-version")[:30]
    may_release = Village.objects.visible_to(request.user, Permission.CHART_RELEASE).filter(pk=pk).exists()
    context = {
        "village": village, "releases": releases, "missing": services.missing(village, today())[:50], "may_release": may_release,
        "title": f"{village.name} 六张图", "crumbs": [("六张图", reverse("reports:charts")), (village.name, "")],
        "kinds": list(zip(NUMERALS, TITLES, strict=True)),
        "permissions": FullNamePermission.objects.visible_to(request.user).filter(village=village)[:5],
    }  # fmt: skip
    return render(request, "reports/village_charts.html", context)


@requires(Permission.CHART_RELEASE)
@require_POST
def release_create(request: HttpRequest, pk: int) -> HttpResponse:
    village = _village(request, pk, Permission.CHART_RELEASE)
    try:
        release = services.release_charts(village=village, day=today(), by=request.user)
    except services.ReportsError as error:
        messages.error(request, str(error))
        return redirect("reports:village-charts", pk=pk)
    messages.success(request, f"已发布第 {release.version} 版。")
    return redirect(release)


@requires(Permission.CHART_RELEASE)
@require_http_methods(["GET", "POST"])
def full_names(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the decision that a village's wall may show full names, with its legal ground."""
    village = _village(request, pk, Permission.CHART_RELEASE)
    form = FullNameForm(request.POST or None, user=request.user)
    back = reverse("reports:village-charts", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            services.permit_full_names(village=village, by=request.user, **form.cleaned_data)
        except services.ReportsError as error:
            form.add_error("valid_to", str(error))
        else:
            messages.success(request, "已登记实名公开批准,下一版起生效。")
            return redirect(back)
    crumbs = [("六张图", reverse("reports:charts")), (village.name, back), ("实名公开批准", "")]
    context = {"form": form, "title": f"{village.name} 实名公开批准", "crumbs": crumbs, "cancel_url": back, "save_label": "登记批准"}
    return render(request, "core/form.html", context)


def _release(request: HttpRequest, pk: int, permission: str = Permission.CHART_VIEW) -> ChartRelease:
    releases = ChartRelease.objects.visible_to(request.user, permission).select_related("village", "village__township", "photo")
    return get_object_or_404(releases, pk=pk)


@requires(Permission.CHART_VIEW)
@require_http_methods(["GET", "POST"])
def release_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The release with its sheets and files; whoever may release also records that it hangs."""
    release = _release(request, pk)
    may_release = Village.objects.visible_to(request.user, Permission.CHART_RELEASE).filter(pk=release.village_id).exists()
    form = PostingForm(request.POST or None, request.FILES or None, today=today())
    if request.method == "POST" and may_release and form.is_valid() and _record(request, release, form):
        return redirect(release)
    sheets = [(NUMERALS[chart.number - 1], chart) for chart in release.charts.order_by("number")]
    context = {
        "release": release, "form": form, "may_release": may_release, "sheets": sheets, "title": f"{release.village.name} 六张图第 {release.version} 版",
        "crumbs": [("六张图", reverse("reports:charts")), (release.village.name, reverse("reports:village-charts", args=[release.village_id])), (f"第 {release.version} 版", "")],
        "may_work": request.user.may(Permission.PERSON_REVEAL),
    }  # fmt: skip
    return render(request, "reports/release_detail.html", context)


def _record(request: HttpRequest, release: ChartRelease, form: PostingForm) -> bool:
    upload = form.cleaned_data["photo"]
    try:
        photo = attach(data=upload, title=f"{release} 张贴照片", by=request.user, accept=("jpg",), village_id=release.village_id) if upload else None
        services.record_posting(release=release, posted_on=form.cleaned_data["posted_on"], photo=photo, by=request.user)
    except (services.ReportsError, WorkflowError) as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "已登记张贴。")
    return True


@requires(Permission.CHART_VIEW)
@require_safe
def release_pdf(request: HttpRequest, pk: int, edition: str, paper: str) -> HttpResponse:
    """The file of a release: public editions are kept, a work edition is drawn for whoever asks, with the name across it."""
    release = _release(request, pk)
    try:
        if edition == "work":
            _release(request, pk, Permission.PERSON_REVEAL)
            data = services.work_pdf(release=release, paper=paper, user_name=request.user.name)
            note_access(request, "printed", release, detail=f"六张图工作版 {paper}")
            response = HttpResponse(data, content_type="application/pdf")
            response["Content-Disposition"] = f'inline; filename="{release.number}-{paper}.pdf"'
            return response
        file = services.public_file(release=release, paper=paper, by=request.user)
    except services.ReportsError as error:
        messages.error(request, str(error))
        return redirect(release)
    return FileResponse(file.file.open(), content_type="application/pdf", filename=file.title)


@require_safe
def release_check(request: HttpRequest, number: str) -> HttpResponse:
    """Where the poster's code leads, without signing in: is this the current version."""
    with connection.cursor() as cursor:
        cursor.execute("select * from reports_release_status(%s)", [number])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    names = ("village", "version", "data_on", "newest", "posted_on", "taken_down_on")
    return render(request, "reports/release_check.html", {"number": number, **dict(zip(names, row, strict=True))})
