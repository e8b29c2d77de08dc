"""The clerk's entry screen: new, change, and what happens when two save the same household."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import requires
from accounts.models import AccessEvent
from accounts.permissions import Permission
from accounts.services import note_access, shortened
from core.checks.identity import parse_id_number
from core.checks.problems import CheckError
from core.clock import today
from core.listing import show
from households import services
from households.forms import EntryForm, MemberForm, masked
from households.models import Household, Member
from households.views.records import may_write, visible_household
from workflow.models import Draft
from workflow.services import drop_draft
from workflow.tasks import recheck

NEW_DRAFT = "household-new"


def draft_name(household: Household | None) -> str:
    return f"household-{household.pk}" if household else NEW_DRAFT


def from_draft(request: HttpRequest, name: str) -> QueryDict | None:
    """The draft of this form as form data, when the user asks to go on with it."""
    draft = Draft.objects.visible_to(request.user).filter(form=name).first()
    if draft is None or request.GET.get("draft") != "1":
        return None
    data = QueryDict(mutable=True)
    for name, values in draft.as_dict().items():
        data.setlist(name, values)
    return data


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def chosen_year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdigit() and 2010 <= int(text[:5]) <= today().year else today().year


def entry_screen(request: HttpRequest, entry: EntryForm, household: Household | None, *, draft_form: str = "", **extra: Any) -> HttpResponse:
    """The entry screen around a form: a new household, an application, or a stored one."""
    draft_form = draft_form or draft_name(household)
    draft = Draft.objects.visible_to(request.user).filter(form=draft_form).defer("data").first()
    blank = entry.members.empty_form
    crumbs = [("建档立卡户", reverse("households:list")), *([(str(household), household.get_absolute_url())] if household else []),
              ("修改" if household else "新建户", "")]  # fmt: skip
    context = {
        "entry": entry, "household": household, "year": entry.year, "blank": blank, "crumbs": crumbs,
        "title": f"修改 {household}" if household else "新建户",
        "draft": draft if request.method == "GET" and request.GET.get("draft") != "1" else None,
        "draft_name": draft_form, "version": household.version if household else "",
    }  # fmt: skip
    return render(request, "households/entry.html", context | extra)


@requires(Permission.REGISTER_EDIT)
@require_http_methods(["GET", "POST"])
def household_create(request: HttpRequest) -> HttpResponse:
    draft = from_draft(request, NEW_DRAFT) if request.method == "GET" else None
    data = request.POST if request.method == "POST" else draft
    initial = {"village": request.GET.get("village"), "identified_on": today(), "status_confirmed_on": today()}
    if not str(initial["village"] or "").isdigit():
        initial.pop("village")
    entry = EntryForm(user=request.user, today=today(), year=chosen_year(request), data=data, initial=initial)
    if request.method == "POST" and entry.is_valid():
        try:
            household = services.save_household(
                household=None, village=entry.household.cleaned_data["village"], data=entry.to_input(None), by=request.user, today=today()
            )
        except services.HouseholdsError as error:
            entry.household_errors.append(str(error))
        else:
            drop_draft(form=NEW_DRAFT, by=request.user)
            return _saved(request, household, entry)
    return entry_screen(request, entry, None)


def _saved(request: HttpRequest, household: Household, entry: EntryForm) -> HttpResponse:
    recheck.defer(households=[household.pk])
    words = f"已保存,户编号 {household.household_code}。" if household.is_registered else "申请资料已保存。"
    if entry.warning_list:
        words += f"有 {len(entry.warning_list)} 处待核对,见户页面。"
    messages.success(request, words)
    if "save_next" in request.POST:
        return redirect(f"{reverse('households:create')}?village={household.village_id}")
    return redirect(household)


@requires(Permission.HOUSEHOLD_EDIT)
@require_http_methods(["GET", "POST"])
def household_edit(request: HttpRequest, pk: int) -> HttpResponse:
    household = visible_household(request, pk, Permission.HOUSEHOLD_EDIT)
    if not may_write(request.user, household) and not household.ended_on:
        return redirect("households:correction-request", pk=pk)
    if household.ended_on:
        messages.error(request, "这一户已退出登记,不能修改。")
        return redirect(household)
    if request.method == "GET":
        note_access(request, AccessEvent.Action.OPENED, household, detail="修改档案")
    draft = from_draft(request, draft_name(household)) if request.method == "GET" else None
    entry = EntryForm(user=request.user, today=today(), year=chosen_year(request), household=household,
                      data=request.POST if request.method == "POST" else draft)  # fmt: skip
    if request.method == "POST" and entry.is_valid():
        try:
            saved = services.save_household(
                household=household, village=household.village, data=entry.to_input(_version(request)), by=request.user, today=today()
            )
        except services.StaleVersion as stale:
            return _conflict(request, entry, stale.household)
        except services.HouseholdsError as error:
            entry.household_errors.append(str(error))
        else:
            drop_draft(form=draft_name(household), by=request.user)
            return _saved(request, saved, entry)
    return entry_screen(request, entry, household)


def _conflict(request: HttpRequest, entry: EntryForm, stored: Household) -> HttpResponse:
    """Both versions side by side; what was typed stays in the form, and saving again is a decision."""
    differences = _differences(entry, stored)
    return entry_screen(request, entry, stored, conflict=differences, version=stored.version)


def _label(form: Any, name: str, value: Any) -> str:
    choices = dict(getattr(form.fields[name], "choices", ()) or ()) if not hasattr(value, "pk") else {}
    if isinstance(value, list):
        return "、".join(str(choices.get(item, item)) for item in value) or "空"
    return str(choices.get(value, "") or show(value) or "空")


def _differences(entry: EntryForm, stored: Household) -> list[tuple[str, str, str]]:
    """(what, stored, typed) of every field that differs from what somebody else saved."""
    found = []
    for name in entry.household.Meta.fields:
        theirs, mine = getattr(stored, name), entry.household.cleaned_data.get(name)
        if (theirs or None) != (mine or None):
            theirs, mine = masked(name, theirs), masked(name, mine)
            found.append((str(entry.household.fields[name].label), _label(entry.household, name, theirs), _label(entry.household, name, mine)))
    members = {member.pk: member for member in stored.members.all()}
    for form in entry.active_members:
        member = members.pop(form.cleaned_data.get("id") or 0, None)
        who = form.cleaned_data.get("name", "")
        if member is None:
            found.append((f"成员 {who}", "没有", "新增"))
            continue
        for name in MemberForm.Meta.fields:
            theirs, mine = getattr(member, name), form.cleaned_data.get(name)
            if (theirs or None) != (mine or None):
                theirs, mine = masked(name, theirs), masked(name, mine)
                found.append((f"{who} {form.fields[name].label}", _label(form, name, theirs), _label(form, name, mine)))
    found += [(f"成员 {member.name}", "已由同事增加", "您的表单中没有,保存时保留") for member in members.values()]
    return found


@requires(Permission.HOUSEHOLD_EDIT)
@require_POST
def check_number(request: HttpRequest) -> JsonResponse:
    """Answers while typing: is this ID number well-formed, and is its owner registered somewhere already."""
    from django.conf import settings

    text = request.POST.get("number", "")[:60]
    own = request.POST.get("household", "")
    try:
        number = parse_id_number(text, today=today(), demo=settings.DEMO_MODE).number
    except CheckError as error:
        return JsonResponse({"level": "error", "message": str(error)})
    household = int(own) if own.isdigit() and len(own) < 12 else None
    where = services.where_registered(number, user=request.user, exclude_household=household)
    if where:
        _note_number(request, number)
        return JsonResponse({"level": "error", "message": where})
    former = Member.objects.visible_to(request.user).filter(id_number_index=_index(number)).exclude(left_on=None).first()
    if former:
        _note_number(request, number)
    return JsonResponse({"level": "warning", "message": f"此人曾登记,{former.left_on}减少({former.get_leave_reason_display()})。"} if former else {})


def _note_number(request: HttpRequest, number: str) -> None:
    """Learning that a number is registered is a search for its owner."""
    note_access(request, AccessEvent.Action.SEARCHED, table=Member._meta.db_table, detail=f"核对证件号码 {shortened(number)}")


def _index(number: str) -> str | None:
    from core import crypto

    return crypto.blind_index(number, "id_number")


@requires(Permission.HOUSEHOLD_EDIT)
@require_POST
def village_groups(request: HttpRequest) -> JsonResponse:
    """The groups of a village, when another village is chosen on the entry screen."""
    from villages.models import VillageGroup

    village = request.POST.get("village", "")
    groups = VillageGroup.objects.visible_to(request.user, Permission.HOUSEHOLD_EDIT)
    rows = groups.filter(village_id=int(village)) if village.isdigit() and len(village) < 12 else groups.none()
    return JsonResponse({"groups": [{"id": group.pk, "name": group.name} for group in rows]})
