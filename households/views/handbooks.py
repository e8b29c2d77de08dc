"""Handbooks handed out: the list, a household's own, and what is done with them."""

from collections.abc import Callable
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import listing as listings
from core import pages
from core.listing import Column
from core.pages import Link
from households import services
from households.filters import HandbookFilter
from households.forms.handbooks import EndHandbookForm, IssueForm, ReplaceForm
from households.models import HandbookIssue, Household, Member
from households.views.records import household_page, visible_household
from workflow.services import WorkflowError

VIEW, EDIT = Permission.HOUSEHOLD_VIEW, Permission.HOUSEHOLD_EDIT


def _rows(user: Any) -> Any:
    heads = Member.objects.filter(household_id=OuterRef("household_id"), relation="01", left_on=None)
    rows = HandbookIssue.objects.visible_to(user).select_related("household", "village__township")
    return rows.annotate(head_name=Subquery(heads.values("name")[:1]))


HANDBOOKS = listings.register(
    listings.Listing(
        key="handbooks",
        title="手册发放",
        rows=_rows,
        columns=(
            Column("户主", "head_name"),
            Column("户编号", "household.household_code"),
            Column("乡镇", "village.township.name"),
            Column("村", "village.name"),
            Column("手册", "get_kind_display", "long"),
            Column("手册编号", "number"),
            Column("发放日期", "issued_on", "date"),
            Column("领取人", "received_by"),
            Column("现状", "state_label"),
            Column("作废日期", "ended_on", "date"),
        ),
        permission=VIEW,
        order=("-issued_on", "-id"),
        filters=HandbookFilter,
        row_url=lambda row: reverse("households:handbooks", args=[row.household_id]),
        empty="没有符合条件的手册。在户页面的“手册”里登记发放。",
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="households_handbookissue",
    )
)
COLUMNS = (
    Column("手册", "get_kind_display"),
    Column("编号", "number"),
    Column("发放日期", "issued_on", "date"),
    Column("领取人", "received_by"),
    Column("发放人", "issued_by"),
    Column("现状", "state_label"),
    Column("作废日期", "ended_on", "date"),
    Column("补发前手册", lambda row: row.replaces.number if row.replaces else ""),
)


@requires(VIEW)
@require_safe
def handbook_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, HANDBOOKS)


@requires(VIEW)
@require_safe
def household_handbooks(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk)
    rows = list(household.handbooks.select_related("issued_by", "replaces", "signature").order_by("ended_on", "kind", "-issued_on"))
    may = household.is_registered and household.ended_on is None and pages.may_change(Household.objects.all(), request.user, pk, EDIT)

    def links(row: HandbookIssue) -> list[Link]:
        found = [Link("领取签字", row.signature.get_absolute_url())] if row.signature else []
        if may and not row.ended_on:
            found += [
                Link("补发", reverse("households:handbook-replace", args=[row.pk])),
                Link("作废", reverse("households:handbook-end", args=[row.pk])),
            ]
        return found

    issue = [Link("登记发放", reverse("households:handbook-create", args=[pk]))] if may else []
    table = pages.table("手册发放", COLUMNS, rows, row_links=links, links=issue, empty="还没有发放手册。")
    return household_page(request, pk, "households:handbooks", "households/handbooks.html", tables=[table], prints=_prints(request, household))


_print_links: list[tuple[str, str, str]] = []


def add_print(label: str, url_name: str, permission: str) -> None:
    """The room that prints handbooks adds its pages here."""
    if (label, url_name, permission) not in _print_links:
        _print_links.append((label, url_name, permission))


def _prints(request: HttpRequest, household: Household) -> list[Link]:
    if not household.is_registered:
        return []
    return [Link(label, reverse(name, args=[household.pk])) for label, name, permission in _print_links if request.user.may(permission)]  # type: ignore[union-attr]


def _form(request: HttpRequest, form: Any, save: Callable[..., Any], household: Household, title: str, **more: Any) -> HttpResponse:
    back = reverse("households:handbooks", args=[household.pk])

    def saved(**fields: Any) -> str:
        save(**fields)
        return back

    crumbs = [("手册发放", reverse("households:handbook-list")), (str(household), household.get_absolute_url()), ("手册", back)]
    refusal = (services.HouseholdsError, WorkflowError)
    return pages.form_page(request, form, saved, title=title, back=back, crumbs=crumbs, refusal=refusal, **more)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def handbook_create(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk, EDIT)
    head = household.members.filter(relation="01", left_on=None).first()
    form = IssueForm(request.POST or None, request.FILES or None, initial={"received_by": head.name if head else ""})

    def save(**fields: Any) -> None:
        services.issue_handbook(household=household, by=request.user, **fields)

    return _form(request, form, save, household, "登记手册发放", save_label="登记发放", done="已登记发放。")


def _issue(request: HttpRequest, pk: int) -> tuple[HandbookIssue, Household]:
    issue = get_object_or_404(HandbookIssue.objects.visible_to(request.user, EDIT), pk=pk)
    return issue, visible_household(request, issue.household_id)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def handbook_end(request: HttpRequest, pk: int) -> HttpResponse:
    issue, household = _issue(request, pk)
    form = EndHandbookForm(request.POST or None)

    def save(**fields: Any) -> None:
        services.end_handbook(issue=issue, by=request.user, **fields)

    return _form(request, form, save, household, "手册作废", note=str(issue), save_label="登记作废", done="已登记作废。")


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def handbook_replace(request: HttpRequest, pk: int) -> HttpResponse:
    issue, household = _issue(request, pk)
    form = ReplaceForm(request.POST or None, request.FILES or None, initial={"received_by": issue.received_by})

    def save(**fields: Any) -> None:
        services.replace_handbook(issue=issue, by=request.user, **fields)

    return _form(request, form, save, household, "补发手册", note=f"原手册:{issue}。", save_label="补发", done="已登记补发,原手册作废。")
