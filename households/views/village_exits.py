"""A poor village's exit: the list, a village's standing with the ten items, and what the steps record."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column
from core.pages import Fact, Link
from households import services
from households.filters import VillageExitFilter
from households.forms.proceedings import DocumentForm
from households.forms.village_exits import VillageChecksForm, VillageNoticeForm, VillageStartForm
from households.models import VillageExit
from households.rules.village_exits import TESTS, VillageItem
from villages.models import Village, VillageYear
from villages.services import VillagesError
from villages.views.records import village_page, visible_village
from workflow.services import WorkflowError, may_decide

REFUSALS = (services.HouseholdsError, WorkflowError, VillagesError)

EXITS = listings.register(
    listings.Listing(
        key="village-exits",
        title="贫困村退出",
        rows=lambda user: VillageExit.objects.visible_to(user).for_list(),
        columns=(
            Column("村", "village.name"),
            Column("乡镇", "village.township.name"),
            Column("退出年度", lambda row: str(row.year)),
            Column("办件编号", "case.number"),
            Column("进度", "state_label"),
            Column("本步期限", lambda row: row.case.due_on if row.outcome == "running" else None, "date"),
            Column("未脱贫人口", "poor_population", "number"),
            Column("农业户籍人口", "rural_population", "number"),
            Column("贫困发生率", "rate"),
            Column("开始日期", "started_on", "date"),
            Column("办结日期", "closed_on", "date"),
            Column("终止原因", "closed_reason", "long"),
        ),
        permission=Permission.VILLAGE_VIEW,
        order=("-id",),
        filters=VillageExitFilter,
        empty="没有符合条件的退出事项。村的退出从村页面的“退出”开始。",
        export_permission=Permission.VILLAGE_VIEW,
        table="households_villageexit",
    )
)
CRUMB = ("贫困村退出", "households:village-exit-list")


@requires(Permission.VILLAGE_VIEW)
@require_safe
def village_exit_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, EXITS)


class _Item:
    def __init__(self, item: VillageItem, met: bool | None, words: str) -> None:
        self.label, self.test, self.words = item.label, TESTS[item], words
        self.state = {True: "达标", False: "不达标", None: "待核实"}[met]


ITEM_COLUMNS = (Column("指标", "label"), Column("要求", "test", "long"), Column("年度情况所示", "state"), Column("依据", "words", "long"))
CASE_COLUMNS = (Column("办件编号", "case.number"), Column("退出年度", lambda row: str(row.year)), Column("进度", "state_label"),
                Column("贫困发生率", "rate"), Column("开始日期", "started_on", "date"), Column("终止原因", "closed_reason", "long"))  # fmt: skip


@requires(Permission.VILLAGE_VIEW)
@require_safe
def village_exit(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the village is from leaving: the rate and the ten items of its newest year, and its cases."""
    village = visible_village(request, pk)
    year = (
        VillageYear.objects.filter(village=village, year__lte=today().year).order_by("-year").values_list("year", flat=True).first() or today().year
    )
    standing = services.village_standing(village, year)
    may = pages.may_change(Village.objects.all(), request.user, pk, Permission.VILLAGE_EDIT)
    problem = services.exit_problem(village, year)
    rows = list(VillageExit.objects.visible_to(request.user).for_list().filter(village=village))
    running = any(row.outcome == "running" for row in rows)
    start = [Link("申请退出", reverse("households:village-exit-start", args=[pk]), primary=True)] if may and not problem and not running else []
    shown = [Fact("贫困发生率", standing.rate), Fact("未脱贫人口", f"{standing.poor:,}", unit="人"),
             Fact(f"{year}年农业户籍人口", f"{standing.rural:,}", unit="人"), Fact("标准", f"不高于 {standing.limit}%")]  # fmt: skip
    lacking = [words for words in (problem, standing.problem) if words]
    items = [_Item(item, standing.suggestions[item].met, standing.suggestions[item].words) for item in VillageItem]
    tables = [pages.table("退出办件", CASE_COLUMNS, rows, url=lambda row: row.get_absolute_url(), empty="没有退出办件。"),
              pages.table(f"{year}年退出指标", ITEM_COLUMNS, items)]  # fmt: skip
    return village_page(request, village, "退出", links=start, figures=shown, tables=tables,
                        facts=[Fact("现在还差", ";".join(lacking) or "发生率达标,十项指标在办件中逐项核实。", wide=True)])  # fmt: skip


@requires(Permission.VILLAGE_EDIT)
@require_http_methods(["GET", "POST"])
def village_exit_start(request: HttpRequest, pk: int) -> HttpResponse:
    village = visible_village(request, pk, edit=Permission.VILLAGE_EDIT)
    form = VillageStartForm(request.POST or None, initial={"year": today().year})
    back = reverse("households:village-exit", args=[pk])

    def save(**fields: Any) -> VillageExit:
        return services.open_village_exit(village=village, by=request.user, **fields)

    return pages.form_page(
        request, form, save, title="申请退出", back=back, refusal=REFUSALS, save_label="申请退出", done="已开始办理,请填写退出指标、上传申请书后提交。",
        crumbs=[("村", reverse("villages:list")), (village.name, village.get_absolute_url())],
    )  # fmt: skip


# --- what the steps record ------------------------------------------------------------------------
def _exit(request: HttpRequest, pk: int) -> VillageExit:
    rows = VillageExit.objects.visible_to(request.user).select_related("village__township", "case__step")
    return get_object_or_404(rows, pk=pk)


def _step_page(request: HttpRequest, row: VillageExit, form: Any, save: Any, title: str, **more: Any) -> HttpResponse:
    if request.method == "POST" and not may_decide(row.case, request.user):
        raise PermissionDenied
    return pages.form_page(
        request, form, save, title=title, back=row.get_absolute_url(), refusal=REFUSALS,
        crumbs=[(CRUMB[0], reverse(CRUMB[1])), (row.case.number, row.get_absolute_url())], **more,
    )  # fmt: skip


@requires(Permission.VILLAGE_VIEW)
@require_http_methods(["GET", "POST"])
def village_checks(request: HttpRequest, pk: int) -> HttpResponse:
    row = _exit(request, pk)
    stored = {check.item: check for check in row.checks.select_related("file")}
    standing = services.village_standing(row.village, row.year)
    form = VillageChecksForm(request.POST or None, request.FILES or None, stored=stored, suggested=standing.suggestions)

    def save(**_: Any) -> VillageExit:
        services.save_village_checks(village_exit=row, answers=form.answers(), by=request.user)
        return row

    return _step_page(request, row, form, save, "退出指标核查表", template="households/village_checks.html", done="核查表已保存。", standing=standing)


@requires(Permission.VILLAGE_VIEW)
@require_http_methods(["GET", "POST"])
def village_document(request: HttpRequest, pk: int) -> HttpResponse:
    row = _exit(request, pk)
    form = DocumentForm(request.POST or None, initial={"document_number": row.document_number})
    form.fields["document_number"].label = "核查文号"

    def save(**fields: Any) -> VillageExit:
        return services.set_village_document(village_exit=row, by=request.user, **fields)

    return _step_page(request, row, form, save, "核查文号")


@requires(Permission.VILLAGE_VIEW)
@require_http_methods(["GET", "POST"])
def village_notice(request: HttpRequest, pk: int) -> HttpResponse:
    row = _exit(request, pk)
    form = VillageNoticeForm(request.POST or None)

    def save(**fields: Any) -> Any:
        return services.publish_village_exit(village_exit=row, by=request.user, **fields)

    word = "公告" if row.case.step and row.case.step.code == "announcement" else "公示"
    return _step_page(request, row, form, save, f"发布退出{word}", save_label="发布", done="已发布,请打印张贴并上传照片。")
