"""The leading bodies with their members and meetings, who is answerable for what, and 挂职锻炼: kept by the organization department."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from cadres import services
from cadres.forms import MeetingForm, MemberEndForm, MemberForm, SecondmentForm
from cadres.models import BodyMeeting, BodyMember, DutyBody, LeadingBody, Secondment
from core import listing as listings
from core import pages
from core.listing import Column, Listing
from core.pages import Link

VIEW, EDIT = Permission.CADRE_VIEW, Permission.CADRE_EDIT
SECONDMENTS = listings.register(
    Listing(
        key="secondments", title="挂职锻炼", rows=lambda user: Secondment.objects.visible_to(user).select_related("home_unit", "host"),
        columns=(Column("姓名", "name"), Column("新任职务", "post"), Column("派出单位", "home_unit.name"), Column("挂职单位", "host.name"),
                 Column("期限(月)", "months", "number"), Column("起始", "started_on", "date"), Column("结束", "ended_on", "date"), Column("文号", "document")),
        permission=VIEW, order=("started_on", "id"), empty="没有挂职锻炼。", primary=("登记挂职", "cadres:secondment-create", EDIT), export_permission=VIEW,
        table="cadres_secondment", url_name="cadres:secondment-detail",
    )
)  # fmt: skip


@requires(VIEW)
@require_safe
def secondment_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, SECONDMENTS)


def _secondment(request: HttpRequest, pk: int) -> Secondment:
    return pages.record_or_404(Secondment.objects.select_related("home_unit", "host"), request.user, pk, view=VIEW)


@requires(VIEW)
@require_safe
def secondment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    secondment = _secondment(request, pk)
    links = [Link("修改", reverse("cadres:secondment-edit", args=[pk]), primary=True)] if pages.may_everywhere(request.user, EDIT) else []
    names = ("home_unit", "post", "host", "host_post", "started_on", "months", "ended_on", "document", "appraisal")
    crumbs = [("挂职锻炼", reverse("cadres:secondment-list")), (secondment.name, "")]
    return pages.record_page(request, title=secondment.name, crumbs=crumbs, links=links, facts=pages.facts(secondment, *names))


def _edit_secondment(request: HttpRequest, secondment: Secondment, title: str) -> HttpResponse:
    pages.require_everywhere(request, EDIT)
    form = SecondmentForm(request.POST or None, instance=secondment, user=request.user)

    def save(**fields: Any) -> Secondment:
        return services.save_secondment(secondment=secondment, by=request.user, **fields)

    back = reverse("cadres:secondment-list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=[("挂职锻炼", back)], refusal=services.CadresError)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def secondment_create(request: HttpRequest) -> HttpResponse:
    return _edit_secondment(request, Secondment(), "登记挂职")


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def secondment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit_secondment(request, _secondment(request, pk), "修改挂职")


MEMBER_COLUMNS = (
    Column("姓名", "name"),
    Column("职务", "post"),
    Column("担任", "get_place_display"),
    Column("起始", "since_on", "date"),
    Column("截止", "until_on", "date"),
)
MEETING_COLUMNS = (Column("会议日期", "met_on", "date"), Column("议题", "subject", "long"), Column("议定事项", "decisions", "long"))
DUTY_COLUMNS = (Column("责任主体", "get_kind_display"), Column("管理职责", "duties", "long"), Column("日常管理为主", "is_main", "yes"))


@requires(VIEW)
@require_safe
def body_list(request: HttpRequest) -> HttpResponse:
    """The leading group with its two heads and the headquarters, each with members and meetings; who manages the cadres."""
    edits, tables = pages.may_everywhere(request.user, EDIT), []
    ends = (lambda row: [] if row.until_on else [Link("卸任", reverse("cadres:member-end", args=[row.pk]))]) if edits else None
    for body in LeadingBody.objects.visible_to(request.user).filter(ended_on=None).order_by("kind"):
        members = sorted(body.members.all(), key=lambda row: (row.until_on is not None, list(BodyMember.Place.values).index(row.place), row.pk))
        add = [Link("增加成员", reverse("cadres:body-member", args=[body.pk]))] if edits else []
        meet = [Link("登记会议", reverse("cadres:body-meeting", args=[body.pk]))] if edits else []
        tables.append(pages.table(f"{body.name}:成员", MEMBER_COLUMNS, members, row_links=ends, links=add))
        tables.append(pages.table(f"{body.name}:会议", MEETING_COLUMNS, body.meetings.all()[: pages.LIMIT], links=meet))
    tables.append(pages.table("派驻干部管理责任(市委牵头抓总)", DUTY_COLUMNS, DutyBody.objects.visible_to(request.user)))
    return pages.record_page(request, title="领导机构", crumbs=[("领导机构", "")], tables=tables)


def _form(request: HttpRequest, form: Any, save: Any, title: str, **more: Any) -> HttpResponse:
    back = reverse("cadres:body-list")
    return pages.form_page(request, form, save, title=title, back=back, crumbs=[("领导机构", back)], refusal=services.CadresError, **more)


def _body(request: HttpRequest, pk: int) -> LeadingBody:
    pages.require_everywhere(request, EDIT)
    return pages.record_or_404(LeadingBody.objects.filter(ended_on=None), request.user, pk, view=VIEW)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def body_member(request: HttpRequest, pk: int) -> HttpResponse:
    body = _body(request, pk)
    form = MemberForm(request.POST or None, instance=BodyMember(body=body), user=request.user)

    def save(**fields: Any) -> LeadingBody:
        return services.add_member(body=body, by=request.user, **fields).body

    return _form(request, form, save, f"{body.name}:增加成员")


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    pages.require_everywhere(request, EDIT)
    member = pages.record_or_404(BodyMember.objects.select_related("body"), request.user, pk, view=VIEW)

    def save(until_on: date) -> LeadingBody:
        return services.end_member(member=member, until_on=until_on, by=request.user).body

    return _form(request, MemberEndForm(request.POST or None), save, f"{member.name}卸任", save_label="卸任")


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def body_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    body = _body(request, pk)
    form = MeetingForm(request.POST or None, instance=BodyMeeting(body=body), user=request.user)

    def save(**fields: Any) -> LeadingBody:
        return services.record_meeting(body=body, by=request.user, **fields).body

    return _form(request, form, save, f"{body.name}:登记会议")
