"""Satisfaction surveys: rounds, boxes, slips to print, paper to type in; and the phone page of who answers."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from assessments import services
from assessments.forms import ElectorateForm, IssueForm, PaperForm, RoundForm
from assessments.models import Answer, BallotBox, PaperBatch, Period, SurveyRound
from assessments.services import surveys
from assessments.views import records
from assessments.views.records import period_or_404
from cadres.models import Posting
from core import pages
from core.clock import today
from core.pdf import render_pdf

P = Permission


def _trail(period: Period, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [*records.crumbs(period)[:-1], (period.title, period.get_absolute_url()), *more]


@requires(P.ASSESSMENT_EDIT)
@require_http_methods(["GET", "POST"])
def round_create(request: HttpRequest, pk: int) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    period = period_or_404(pk)
    form = RoundForm(request.POST or None, user=request.user, initial={"opens_on": today()})

    def save(**fields: Any) -> SurveyRound:
        return surveys.open_round(period=period, by=request.user, **fields)  # type: ignore[arg-type]

    note = "每个村按贫困户代表、村干部党员和村民代表、乡镇党委各设一个票箱,每名干部的派出单位设一个票箱。"
    return pages.form_page(request, form, save, title="开启民主测评", back=period.get_absolute_url(), crumbs=_trail(period), refusal=services.AssessmentsError, note=note, save_label="开启")  # fmt: skip


@requires(P.SURVEY_EDIT)
@require_safe
def round_detail(request: HttpRequest, pk: int) -> HttpResponse:
    survey_round = get_object_or_404(SurveyRound.objects.select_related("period"), pk=pk)
    boxes = (
        BallotBox.objects.visible_to(request.user)
        .filter(survey_round=survey_round)
        .select_related("village__township", "assessment__cadre", "assessment__home_unit")
    )
    states = surveys.box_states(survey_round)
    villages: dict[Any, list[dict[str, Any]]] = {}
    for box in boxes.order_by("village__code", "group", "id"):
        state = states[box.pk]
        minimum = surveys.minimum(box.electorate)
        villages.setdefault(box.village, []).append({"box": box, "state": state, "minimum": minimum, "enough": state.cast >= minimum})
    context = {
        "round": survey_round, "villages": villages.items(), "title": str(survey_round), "crumbs": _trail(survey_round.period, (str(survey_round), "")),
        "everywhere": pages.may_everywhere(request.user, P.ASSESSMENT_EDIT), "cast": sum(state.cast for state in states.values()),
    }  # fmt: skip
    return render(request, "assessments/round.html", context)


@requires(P.ASSESSMENT_EDIT)
@require_POST
def round_close(request: HttpRequest, pk: int) -> HttpResponse:
    pages.require_everywhere(request, P.ASSESSMENT_EDIT)
    survey_round = get_object_or_404(SurveyRound.objects.select_related("period"), pk=pk)
    try:
        surveys.close_round(survey_round=survey_round, by=request.user, day=today())  # type: ignore[arg-type]
    except services.AssessmentsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已封箱,满意度得分已计入。")
    return redirect(survey_round)


def _box(request: HttpRequest, pk: int) -> BallotBox:
    rows = BallotBox.objects.visible_to(request.user).select_related("survey_round__period", "village", "assessment__cadre", "assessment__home_unit")
    return get_object_or_404(rows, pk=pk)


@requires(P.SURVEY_EDIT)
@require_safe
def box_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _box_page(request, _box(request, pk))


def _box_page(request: HttpRequest, box: BallotBox, **forms: Any) -> HttpResponse:
    state = surveys.box_states(box.survey_round)[box.pk]
    left = max(box.electorate - state.issued - state.paper, 0)
    waiting = PaperBatch.objects.filter(box=box).exclude(state=PaperBatch.State.DONE).select_related("first_by", "second_by").first()
    context: dict[str, Any] = {
        "box": box, "state": state, "minimum": surveys.minimum(box.electorate), "people": surveys.covered(box), "waiting": waiting, "left": left,
        "issue_form": IssueForm(initial={"count": left}), "electorate_form": ElectorateForm(initial={"electorate": box.electorate}),
        "title": f"{box.village.name} {box.get_group_display()}", "closed": box.survey_round.closed_on is not None,
        "crumbs": _trail(box.survey_round.period, (str(box.survey_round), box.survey_round.get_absolute_url()), (str(box), "")),
    }  # fmt: skip
    return render(request, "assessments/box.html", context | forms)


@requires(P.SURVEY_EDIT)
@require_POST
def box_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """New slips as a printed sheet. It exists on this paper alone: the secrets are not kept, so it cannot be printed twice."""
    box = _box(request, pk)
    form = IssueForm(request.POST)
    if not form.is_valid():
        return _box_page(request, box, issue_form=form)
    try:
        secrets = surveys.issue_slips(box=box, count=form.cleaned_data["count"], by=request.user)  # type: ignore[arg-type]
    except services.AssessmentsError as error:
        form.add_error("count", str(error))
        return _box_page(request, box, issue_form=form)
    response = HttpResponse(slip_sheet(box, secrets), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="slips-{box.pk}.pdf"'
    return response


def qr(address: str) -> SafeString:
    return mark_safe(segno.make(address, error="m").svg_inline(border=1, omitsize=True))  # noqa: S308


def slip_sheet(box: BallotBox, secrets: list[str]) -> bytes:
    slips = [{"qr": qr(surveys.slip_url(secret)), "secret": "-".join((secret[:5], secret[5:10], secret[10:]))} for secret in secrets]
    people = [f"{each.cadre.name}({each.get_role_display()})" for each in surveys.covered(box)]
    html = render_to_string("assessments/slips.html", {"box": box, "slips": slips, "people": people, "answers": Answer.Value.choices})
    return render_pdf(html, identifier=f"slips/{box.pk}/{secrets[0]}")


@requires(P.SURVEY_EDIT)
@require_safe
def box_ballots(request: HttpRequest, pk: int) -> HttpResponse:
    """Blank paper ballots, as many as people may still answer; they carry no number."""
    box = _box(request, pk)
    count = min(max(box.electorate - surveys.box_states(box.survey_round)[box.pk].cast, 1), 500)
    context = {"box": box, "people": surveys.covered(box), "answers": Answer.Value.choices, "slips": range(count)}
    data = render_pdf(render_to_string("assessments/paper_ballots.html", context), identifier=f"ballots/{box.pk}/{count}")
    return HttpResponse(data, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="ballots-{box.pk}.pdf"'})


@requires(P.SURVEY_EDIT)
@require_POST
def box_void(request: HttpRequest, pk: int) -> HttpResponse:
    box = _box(request, pk)
    messages.success(request, f"已作废 {surveys.void_slips(box=box, by=request.user)} 张未用的票。")  # type: ignore[arg-type]
    return redirect(box)


@requires(P.SURVEY_EDIT)
@require_POST
def box_electorate(request: HttpRequest, pk: int) -> HttpResponse:
    box = _box(request, pk)
    form = ElectorateForm(request.POST)
    if form.is_valid():
        try:
            surveys.set_electorate(box=box, electorate=form.cleaned_data["electorate"], by=request.user)  # type: ignore[arg-type]
            return redirect(box)
        except services.AssessmentsError as error:
            form.add_error("electorate", str(error))
    return _box_page(request, box, electorate_form=form)


@requires(P.SURVEY_EDIT)
@require_http_methods(["GET", "POST"])
def box_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Typing paper slips in, once each by two people."""
    box = _box(request, pk)
    people = surveys.covered(box)
    form = PaperForm(request.POST or None, people=len(people))

    def save(slips: list[list[str]]) -> BallotBox:
        batch = surveys.enter_paper(box=box, slips=slips, by=request.user)  # type: ignore[arg-type]
        words = {
            "first": "已记下,请另一个人再录一次。",
            "differs": "两次录入不一致,没有投入票箱。请核对后都重新录入。",
            "done": "两次录入一致,已投入票箱。",
        }
        (messages.error if batch.state == PaperBatch.State.DIFFERS else messages.success)(request, words[batch.state])
        return box

    names = ";".join(f"{number}. {each.cadre.name}({each.get_role_display()})" for number, each in enumerate(people, start=1))
    return pages.form_page(request, form, save, title="纸质票录入", back=box.get_absolute_url(), refusal=services.AssessmentsError, done="已录入。", save_label="提交录入",
                           crumbs=_trail(box.survey_round.period, (str(box.survey_round), box.survey_round.get_absolute_url()), (str(box), box.get_absolute_url())),
                           note=f"干部顺序:{names}")  # fmt: skip


@requires(P.SURVEY_EDIT)
@require_POST
def batch_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away entries that differ; the box's page says to begin again."""
    batch = get_object_or_404(PaperBatch.objects.visible_to(request.user).select_related("box"), pk=pk)
    try:
        surveys.drop_batch(batch=batch, by=request.user)  # type: ignore[arg-type]
    except services.AssessmentsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已清除,请两人重新录入。")
    return redirect("assessments:box-detail", pk=batch.box_id)


@never_cache
@require_http_methods(["GET", "POST"])
def ballot(request: HttpRequest, secret: str) -> HttpResponse:
    """What a slip's code opens on a phone: large type, few words, no sign-in, nothing kept of who answers."""
    plain = secret.replace("-", "")
    slip = surveys.read_slip(secret=plain, day=today())
    for person in slip.people:
        person["role"] = Posting.Role(person["role"]).label
        person["chosen"] = request.POST.get(f"p{person['id']}", "")
    context: dict[str, Any] = {
        "slip": slip,
        "secret": secret,
        "answers": Answer.Value.choices,
        "title": "满意度测评",
        "sent": False,
        "refusal": slip.refusal,
    }
    if request.method == "POST" and not slip.refusal:
        chosen = {person["id"]: person["chosen"] for person in slip.people}
        try:
            surveys.cast(secret=plain, answers=chosen, day=today())
            context["sent"] = True
        except services.BallotRefused as error:
            context["error"] = str(error)
    return render(request, "assessments/ballot.html", context)
