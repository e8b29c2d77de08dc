"""Quality samples: the list, drawing one, its calls and what they say."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages
from core.masking import mask_phone
from core.pages import Fact
from households import services
from households.forms.sampling import CallForm, DrawForm
from households.models import Member
from households.models.sampling import Sample, SampleCall

PERMISSION = Permission.QUALITY_SAMPLE

SAMPLES = listings.register(
    listings.Listing(
        key="samples",
        title="抽样核查",
        rows=lambda user: Sample.objects.visible_to(user),
        columns=(
            listings.Column("编号", "number"),
            listings.Column("范围", "area_name"),
            listings.Column("抽取对象", "get_frame_display", "long"),
            listings.Column("对象总数", "population", "number"),
            listings.Column("样本数", "size", "number"),
            listings.Column("置信度(%)", "confidence", "number"),
            listings.Column("允许误差(%)", "margin", "number"),
            listings.Column("抽取日期", "drawn_on", "date"),
        ),
        permission=PERMISSION,
        order=("-id",),
        empty="还没有抽过样本。",
        primary=("抽取样本", "households:sample-create", PERMISSION),
        url_name="households:sample",
        table="households_sample",
    )
)
CALLS = (
    listings.Column("次序", "rank", "number"),
    listings.Column("户", lambda row: row.head or str(row.household)),
    listings.Column("村", "village.name"),
    listings.Column("回访", "get_reached_display"),
    listings.Column("回访日期", "called_on", "date"),
    listings.Column("认定", "outcome"),
    listings.Column("回访人", lambda row: str(row.called_by or "")),
)


@requires(PERMISSION)
@require_safe
def sample_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, SAMPLES)


def _crumbs() -> list[tuple[str, str]]:
    return [("抽样核查", reverse("households:sample-list"))]


@requires(PERMISSION)
@require_http_methods(["GET", "POST"])
def sample_create(request: HttpRequest) -> HttpResponse:
    form = DrawForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Sample:
        return services.draw_sample(by=request.user, **fields)

    return pages.form_page(
        request, form, save, title="抽取样本", back=reverse("households:sample-list"), crumbs=_crumbs(), refusal=services.HouseholdsError,
        save_label="抽取", done="已抽取,请逐户电话回访。",
    )  # fmt: skip


@requires(PERMISSION)
@require_safe
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Sample.objects.visible_to(request.user).select_related("drawn_by"), pk=pk)
    note_access(request, "opened", found, detail=found.number)
    result, again = services.sample_result(found), services.draw_again(found)
    figures = [
        Fact(f"{result.error}率", "" if result.rate is None else f"{result.rate}", unit="%"),
        Fact(f"{found.confidence}% 置信区间", f"{result.low}–{result.high}" if result.asked else "", unit="%"),
        Fact("已回访", f"{result.asked}", unit=f"/ {found.size} 户"), Fact("联系不上", str(result.unreachable), unit="户"),
    ]  # fmt: skip
    facts = [
        Fact("范围", found.area_name), Fact("抽取对象", found.get_frame_display()), Fact("对象总数", str(found.population), unit="户"),
        Fact("允许误差", f"±{found.margin}%"), Fact("抽取日期、抽取人", f"{found.drawn_on} {found.drawn_by or ''}"), Fact("随机种子", found.seed),
        Fact("对象名单摘要(SHA-256)", found.frame_sha256, wide=True),
        Fact("怎样重抽", "把“种子:户编号”逐户计算 SHA-256,按结果从小到大排列,取前面的户(没有户编号的用“S”加记录号);区间按威尔逊公式计算。", wide=True),
        Fact("重抽核对", again or "现在重抽,与保存的样本一致。", wide=True),
    ]  # fmt: skip
    rows = list(found.calls.select_related("household", "village", "called_by").order_by("rank")[: pages.LIMIT])
    heads = dict(
        Member.objects.filter(household__in=[row.household_id for row in rows], relation="01").order_by("left_on").values_list("household_id", "name")
    )
    for row in rows:
        row.head = heads.get(row.household_id, "")
    more = f"只列出前 {pages.LIMIT} 户。" if found.size > pages.LIMIT else ""
    table = pages.table("样本户", CALLS, rows, url=lambda row: row.get_absolute_url(), more=more)
    return pages.record_page(
        request, title=f"抽样核查 {found.number}", crumbs=[*_crumbs(), (found.number, "")], figures=figures, facts=facts, tables=[table]
    )


@requires(PERMISSION)
@require_http_methods(["GET", "POST"])
def sample_call(request: HttpRequest, pk: int) -> HttpResponse:
    rows = SampleCall.objects.visible_to(request.user, PERMISSION).select_related("sample", "household__village")
    call = get_object_or_404(rows.filter(sample__in=Sample.objects.visible_to(request.user)), pk=pk)
    form = CallForm(request.POST or None, call=call)
    if request.method == "GET":
        note_access(request, "opened", call, detail=f"抽样回访 {call.sample.number}")

    def save(**fields: Any) -> Sample:
        return services.record_call(call=call, by=request.user, **fields).sample

    head = call.household.members.filter(relation="01").order_by("left_on").first()
    note = f"{call.village.name} {head.name if head else ''},电话 {mask_phone(call.household.phone) or '没有登记'}。完整号码在户页面“显示完整信息”里查看。"
    return pages.form_page(
        request, form, save, title=f"电话回访 {call.household}", back=call.sample.get_absolute_url(),
        crumbs=[*_crumbs(), (call.sample.number, call.sample.get_absolute_url())], refusal=services.HouseholdsError, note=note, save_label="登记回访",
        done="已登记回访。",
    )  # fmt: skip
