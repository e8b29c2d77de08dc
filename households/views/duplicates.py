"""The queue of people who may be registered twice: look at both side by side, decide."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.models import AccessEvent
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages, settings
from core.listing import Column, show
from core.masking import mask_id_number
from households import services
from households.filters import DuplicateFilter
from households.forms.duplicates import DuplicateForm
from households.models import DuplicatePair, Member
from households.rules.duplicates import level_of
from workflow.services import WorkflowError
from workflow.tasks import recheck

DECIDE = Permission.DUPLICATE_DECIDE


def _places(row: DuplicatePair) -> str:
    first, second = row.first.village.name, row.second.village.name
    return first if first == second else f"{first}、{second}"


DUPLICATES = listings.register(
    listings.Listing(
        key="duplicates",
        title="疑似重复",
        rows=lambda user: DuplicatePair.objects.visible_to(user).for_list(),
        columns=(
            Column("甲", "first.name"),
            Column("乙", "second.name"),
            Column("可能性", lambda row: level_of(row.score, likely=settings.get("duplicate_likely"))),
            Column("相似度", "score", "number"),
            Column("依据", "grounds", "long"),
            Column("甲户编号", lambda row: str(row.first.household)),
            Column("乙户编号", lambda row: str(row.second.household)),
            Column("乡镇", "first.village.township.name"),
            Column("村", _places),
            Column("发现日期", "found_on", "date"),
            Column("认定", "get_state_display"),
            Column("认定人", lambda row: row.decided_by.name if row.decided_by else ""),
            Column("理由", "reason", "long"),
        ),
        permission=DECIDE,
        order=("-score", "id"),
        url_name="households:duplicate",
        filters=DuplicateFilter,
        empty="没有符合条件的疑似重复。每天夜间查找一次,也可以点“现在查找”。",
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="households_duplicatepair",
    )
)


@requires(DECIDE)
@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, DUPLICATES, above="households/_duplicate_find.html")


@requires(DECIDE)
@require_POST
def duplicate_find(request: HttpRequest) -> HttpResponse:
    return redirect(services.start_search(by=request.user))


SHOWN = ("name", "sex", "birth_on", "document_kind", "relation", "ethnicity", "marital", "education", "schooling", "labour", "work_place",
         "medical_insured", "joined_on", "join_reason")  # fmt: skip


def _side_by_side(first: Member, second: Member) -> list[tuple[str, str, str, bool]]:
    """(label, one, other, whether they differ)."""
    lines = [("村", first.village.name, second.village.name), ("户编号", str(first.household), str(second.household)),
             ("户内人数", *(str(each.household.members.filter(left_on=None).count()) for each in (first, second))),
             ("证件号码", *(mask_id_number(each.id_number) or "无" for each in (first, second)))]  # fmt: skip
    for name in SHOWN:
        field = Member._meta.get_field(name)
        values = [show(getattr(each, f"get_{name}_display", lambda e=each, n=name: getattr(e, n))()) for each in (first, second)]
        lines.append((str(field.verbose_name), values[0], values[1]))
    return [(label, one, other, one != other) for label, one, other in lines if one or other]


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Both records beside each other, and the decision once."""
    pair = get_object_or_404(DuplicatePair.objects.visible_to(request.user).for_list(), pk=pk)
    form = DuplicateForm(request.POST or None, pair=pair)
    back = reverse("households:duplicate-list")

    def save(verdict: str, whole: bool, reason: str) -> str:
        if verdict == "different":
            services.judge_different(pair=pair, reason=reason, by=request.user)
        else:
            keep = pair.first if verdict == "first" else pair.second
            services.judge_same(pair=pair, keep=keep, whole=whole, reason=reason, by=request.user)
            recheck.defer(households=sorted({pair.first.household_id, pair.second.household_id}))
        return back

    note_access(request, AccessEvent.Action.OPENED, table=DuplicatePair._meta.db_table, detail=f"疑似重复 {pair}")
    context: dict[str, Any] = {"pair": pair, "lines": _side_by_side(pair.first, pair.second)}
    return pages.form_page(
        request, form, save, title=f"疑似重复 {pair}", back=back, crumbs=[(DUPLICATES.title, back)], refusal=(services.HouseholdsError, WorkflowError),
        done="认定已保存。", template="households/duplicate.html", save_label="保存认定", **context,
    )  # fmt: skip
