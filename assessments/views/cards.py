"""One assessment: its card, what each point came from, and everything that is put into it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from accounts.services import note_access
from assessments import services
from assessments.forms import (
    AppealAnswerForm,
    BonusForm,
    CorrectionForm,
    DecisionForm,
    ExcuseForm,
    OpinionForm,
    ReportForm,
    ScoringForm,
    UseForm,
    VetoForm,
)
from assessments.models import Appeal, Assessment, BonusClaim, Entry, Score, ScoreUse, VetoFinding
from assessments.rules import standard
from assessments.views import records
from assessments.views.records import SORTS, assessment_or_404
from core import pages
from core.clock import today
from core.listing import Column
from workflow.services import WorkflowError, attach

P = Permission
REFUSALS: Any = (services.AssessmentsError, WorkflowError)


def _form(request: HttpRequest, assessment: Assessment, form: Any, save: Any, title: str, **more: Any) -> HttpResponse:
    trail = [
        *records.crumbs(assessment.period)[:-1],
        (assessment.period.title, assessment.period.get_absolute_url()),
        (assessment.cadre.name, assessment.get_absolute_url()),
    ]
    return pages.form_page(request, form, save, title=title, back=assessment.get_absolute_url(), crumbs=trail, refusal=REFUSALS, **more)  # type: ignore[arg-type]


def _home(request: HttpRequest, assessment: Assessment) -> str:
    """Back to the reviewer's screen where one came from there, with the same person open; else to the card."""
    sort = request.GET.get("from", "")
    if sort not in SORTS:
        return assessment.get_absolute_url()
    return f"{reverse('assessments:review', args=[assessment.period_id])}?sort={sort}&a={assessment.pk}"


def _after(assessment: Assessment) -> Assessment:
    services.refresh_after(assessment.period)
    return assessment


@requires(P.ASSESSMENT_VIEW)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = assessment_or_404(request, pk)
    note_access(request, "opened", assessment)
    old = _earlier(request, assessment)
    context = records.card_context(assessment, request.user) | {  # type: ignore[arg-type]
        "title": assessment.cadre.name, "crumbs": records.crumbs(assessment.period)[:-1] + [(assessment.period.title, assessment.period.get_absolute_url()), (assessment.cadre.name, "")],
        "scores": Score.objects.filter(assessment=assessment).select_related("made_by"), "uses": ScoreUse.objects.filter(assessment=assessment),
        "appeals": Appeal.objects.filter(assessment=assessment).select_related("filed_by", "decided_by"), "history": history(assessment, request.user),
    }  # fmt: skip
    if old is not None:
        context |= {"old": old, "rights": {}}
    return render(request, "assessments/detail.html", context)


def _earlier(request: HttpRequest, assessment: Assessment) -> Score | None:
    """An earlier frozen version asked for: the card as it was then, to read only."""
    wanted = request.GET.get("version", "")
    if not wanted.isdigit() or len(wanted) > 4:
        return None
    old = Score.objects.filter(assessment=assessment, version=int(wanted)).first()
    if old is not None:
        assessment.card, assessment.total, assessment.grade, assessment.rank = old.card or assessment.card, old.total, old.grade, old.rank
    return old


def history(assessment: Assessment, user: Any) -> pages.Table:
    """The same cadre's grades across the years, in whatever village the user may see."""
    rows = (
        Assessment.objects.visible_to(user, P.ASSESSMENT_VIEW)
        .filter(cadre=assessment.cadre_id)
        .select_related("period", "home_unit")
        .order_by("-period__since")
    )
    from assessments.views.periods import grade_label

    columns = (Column("考核期", "period.title"), Column("日常考勤管理", "attendance", "money"), Column("履职情况", "duty", "money"), Column("满意度测评", "satisfaction", "money"),
               Column("加分", "bonus", "money"), Column("总分", "total", "money"), Column("名次", "rank", "number"), Column("等次", grade_label))  # fmt: skip
    return pages.table("历年考核", columns, rows[:20], url=lambda row: row.get_absolute_url())


@requires(P.ASSESSMENT_VIEW)
@require_safe
def line(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Where the points of one indicator came from, down to the day."""
    return line_page(request, assessment_or_404(request, pk), code, back="")


def line_page(request: HttpRequest, assessment: Assessment, code: str, back: str) -> HttpResponse:
    found = next((each for each in assessment.card.get("lines", []) if each["code"] == code), None)
    if found is None:
        raise Http404
    columns = (
        Column("日期", lambda row: row["day"]),
        Column("事项", lambda row: row["label"], "long"),
        Column("计入", lambda row: row["amount"], "number"),
    )
    tables = [
        pages.table(f"{source['label']}:{source['value'] or '无数据'} {source['unit']}", columns, source["evidence"], url=lambda row: row["url"],
                    empty=source["words"] or "没有明细。", more=source["words"])
        for source in found["sources"]
    ]  # fmt: skip
    if found["inputs"].get("satisfied") is not None:
        counts = [{"day": label, "label": f"{found['inputs'][key]} 票", "amount": ""} for key, label in ANSWERS]
        tables.append(pages.table("各答案票数", (Column("答案", lambda row: row["day"]), Column("票数", lambda row: row["label"])), counts))
    facts = [
        pages.Fact("满分", found["max"]), pages.Fact("得分", found["points"] or "未齐"), pages.Fact("扣分", found["lost"] or ""),
        pages.Fact("说明", found["words"], wide=True), pages.Fact("算式", formula_words(found), wide=True),
    ]  # fmt: skip
    title = f"{assessment.cadre.name} {found['code']} {found['title']}"
    trail = (
        records.crumbs(assessment.period, assessment, title)
        if not back
        else [("我的考核", reverse("assessments:own")), (assessment.period.title, back), (title, "")]
    )
    return pages.record_page(request, title=title, crumbs=trail, facts=facts, tables=tables)


ANSWERS = (("satisfied", "满意"), ("basic", "基本满意"), ("unsatisfied", "不满意"), ("unknown", "不了解"))
WORDS = (
    {key: label for key, (label, _) in standard.INPUT_LABELS.items()}
    | dict(ANSWERS)
    | {"valid": "有效票", "judged": "评分人评定", "excused": "本期不适用", "survey": "测评"}
)


def formula_words(found: dict[str, Any]) -> str:
    """The formula with Chinese names."""
    text = found["formula"]
    for key in sorted(WORDS, key=len, reverse=True):
        text = text.replace(key, WORDS[key])
    return (
        text.replace(" * ", " × ")
        .replace(" / ", " ÷ ")
        .replace("min(", "取小(")
        .replace("max(", "取大(")
        .replace(" if ", ",当 ")
        .replace(" else ", ",否则 ")
    )


@requires(P.ASSESSMENT_SCORE)
@require_http_methods(["GET", "POST"])
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """The township's scoring: what people judge, and facts no room of the system holds."""
    assessment = assessment_or_404(request, pk, act=P.ASSESSMENT_SCORE)
    form = ScoringForm(request.POST or None, assessment=assessment)

    def save(**_: Any) -> Assessment:
        judged = {indicator.code for indicator in form.judged}
        for key, value, words in form.given():
            if key in judged:
                services.judge(assessment=assessment, code=key, points=value, words=words, by=request.user)  # type: ignore[arg-type]
            else:
                services.enter_input(assessment=assessment, key=key, value=value, words=words, by=request.user)  # type: ignore[arg-type]
        return _after(assessment)

    note = "系统已有的数据自动计分,这里只填须由人评定的指标和系统没有记录的数据。每一项都要写依据。"
    return _form(request, assessment, form, save, f"{assessment.cadre.name} 评分", note=note, done="评分已保存。")


@requires(P.SURVEY_EDIT)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A self-report that came on paper, typed in by the township."""
    rows = Assessment.objects.visible_to(request.user, P.SURVEY_EDIT).select_related("cadre", "village", "period", "case")
    assessment = get_object_or_404(rows, pk=pk)
    form = ReportForm(request.POST or None, initial={"text": assessment.report})

    def save(text: str) -> str:
        services.submit_report(assessment=assessment, text=text, by=request.user, day=today())  # type: ignore[arg-type]
        return assessment.get_absolute_url() if request.user.may(P.ASSESSMENT_VIEW) else assessment.period.get_absolute_url()  # type: ignore[union-attr]

    trail = [*records.crumbs(assessment.period)[:-1], (assessment.period.title, assessment.period.get_absolute_url())]
    return pages.form_page(request, form, save, title=f"{assessment.cadre.name} 述职代录", back=assessment.period.get_absolute_url(), crumbs=trail, refusal=REFUSALS,
                           note="本人已交纸质述职报告的,由乡镇录入。", save_label="提交述职", done="述职已提交。")  # type: ignore[arg-type]  # fmt: skip


def _back(request: HttpRequest, assessment: Assessment) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else assessment.get_absolute_url()


def _text(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\0", "")[:500]


ACTS: dict[str, tuple[Any, str]] = {
    "finish": (lambda a, text, by: services.finish_scoring(assessment=a, opinion=text, by=by), "评分已提交复核。"),
    "confirm": (lambda a, text, by: services.review(assessment=a, opinion=text, by=by), "已复核。"),
    "return": (lambda a, text, by: services.send_back(assessment=a, reason=text, by=by), "已退回。"),
    "comment": (lambda a, text, by: services.comment(assessment=a, text=text, by=by), "已批注。"),
    "choose": (lambda a, text, by: services.choose(assessment=a, reason=text, by=by), "已记录研究意见。"),
}
PERMISSIONS = {"finish": (P.ASSESSMENT_SCORE,), "confirm": (P.ASSESSMENT_REVIEW,), "return": (P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW),
               "comment": (P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW), "choose": (P.ASSESSMENT_REVIEW,)}  # fmt: skip


@requires(P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, return, comment: from the card or from the reviewer's screen, and back to where one was."""
    assessment = assessment_or_404(request, pk)
    what = request.POST.get("act", "")
    if not any(records.may(request.user, assessment, permission) for permission in PERMISSIONS.get(what, PERMISSIONS["comment"])):
        raise PermissionDenied
    if what not in ACTS:
        messages.error(request, "没有选择办理事项。")
        return redirect(_back(request, assessment))
    action, done = ACTS[what]
    try:
        action(assessment, _text(request), request.user)
    except (*REFUSALS,) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{assessment.cadre.name}:{done}")
    return redirect(_back(request, assessment))


@requires(P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def excuse(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Say that an indicator does not apply; sent again for one that is excused, it counts again."""
    assessment = assessment_or_404(request, pk)
    if not any(records.may(request.user, assessment, permission) for permission in (P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW)):
        raise PermissionDenied
    line_of = next((each for each in assessment.card.get("lines", []) if each["code"] == code and each["part"] != "C"), None)
    if line_of is None:
        raise Http404
    if Entry.objects.filter(assessment=assessment, kind=Entry.Kind.EXCUSED, key=code).exists() and request.method == "POST":
        try:
            services.drop_excuse(assessment=assessment, code=code, by=request.user)  # type: ignore[arg-type]
            _after(assessment)
        except (*REFUSALS,) as error:
            messages.error(request, str(error))
        return redirect(assessment)
    form = ExcuseForm(request.POST or None)

    def save(words: str) -> Assessment:
        services.excuse(assessment=assessment, code=code, words=words, by=request.user)  # type: ignore[arg-type]
        return _after(assessment)

    return _form(request, assessment, form, save, f"{code} {line_of['title']} 不适用", save_label="免计")


def _proof(request: HttpRequest, assessment: Assessment, upload: Any, title: str) -> Any:
    return attach(data=upload, title=title, by=request.user, village_id=assessment.village_id) if upload else None  # type: ignore[arg-type]


@requires(P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def bonus_create(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = assessment_or_404(request, pk, act=P.ASSESSMENT_SCORE)
    form = BonusForm(request.POST or None, request.FILES or None, user=request.user, scheme_id=assessment.period.scheme_id)

    def save(proof: Any, **fields: Any) -> Assessment:
        services.claim_bonus(assessment=assessment, by=request.user, proof=_proof(request, assessment, proof, f"{fields['fact']} 证明材料"), **fields)  # type: ignore[arg-type]
        return assessment

    return _form(
        request,
        assessment,
        form,
        save,
        "申报加分",
        save_label="申报",
        done="已申报,等组织部认定。",
        note="同一事项在几级受表彰的,可分级申报,只按最高一级计分。",
    )


def _claim(request: HttpRequest, pk: int) -> BonusClaim:
    rows = BonusClaim.objects.visible_to(request.user, P.ASSESSMENT_REVIEW).select_related(
        "assessment__cadre", "assessment__period__scheme", "assessment__village", "kind", "proof"
    )
    return get_object_or_404(rows, pk=pk)


@requires(P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def bonus_decide(request: HttpRequest, pk: int) -> HttpResponse:
    claim = _claim(request, pk)
    form = DecisionForm(request.POST or None, yes="认定", no="不予认定")

    def save(accept: str, reason: str) -> str:
        services.decide_bonus(claim=claim, accept=accept == "yes", reason=reason, by=request.user)  # type: ignore[arg-type]
        return _home(request, _after(claim.assessment))

    note = f"{claim.kind.title}:{claim.fact}({claim.get_level_display()},{claim.document},{claim.issued_on:%Y-%m-%d},{claim.certified_by})。认定条件:{claim.kind.criterion}"
    return _form(request, claim.assessment, form, save, f"认定加分 {claim.fact}", note=note, save_label="提交认定")


@requires(P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def veto_create(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = assessment_or_404(request, pk)
    if not any(records.may(request.user, assessment, permission) for permission in (P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW)):
        raise PermissionDenied
    form = VetoForm(request.POST or None, request.FILES or None, user=request.user, scheme_id=assessment.period.scheme_id)

    def save(proof: Any, **fields: Any) -> Assessment:
        services.propose_veto(assessment=assessment, by=request.user, proof=_proof(request, assessment, proof, "否决情形材料"), **fields)  # type: ignore[arg-type]
        return assessment

    return _form(request, assessment, form, save, "提出否决情形", save_label="提出", done="已提出,等查实。", note="由本人申辩、另一人查实后才生效。")


@requires(P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def veto_decide(request: HttpRequest, pk: int) -> HttpResponse:
    rows = VetoFinding.objects.visible_to(request.user, P.ASSESSMENT_REVIEW).select_related(
        "assessment__cadre", "assessment__period__scheme", "assessment__village", "kind"
    )
    finding = get_object_or_404(rows, pk=pk)
    form = DecisionForm(request.POST or None, yes="查实", no="不成立")

    def save(accept: str, reason: str) -> str:
        services.decide_veto(finding=finding, confirm=accept == "yes", reason=reason, by=request.user)  # type: ignore[arg-type]
        return _home(request, _after(finding.assessment))

    note = f"{finding.kind.title}({finding.kind.get_effect_display()}):{finding.words}。本人申辩:{finding.statement or '没有'}。"
    return _form(request, finding.assessment, form, save, f"查实 {finding.kind.title}", note=note, save_label="提交")


@requires(P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = assessment_or_404(request, pk)
    if not any(records.may(request.user, assessment, permission) for permission in (P.ASSESSMENT_SCORE, P.ASSESSMENT_REVIEW)):
        raise PermissionDenied
    form = OpinionForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Assessment:
        services.give_opinion(assessment=assessment, by=request.user, **fields)  # type: ignore[arg-type]
        return assessment

    return _form(request, assessment, form, save, "登记鉴定意见", note="意见会原样印在鉴定挂图上。")


@requires(P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def appeal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Appeal.objects.visible_to(request.user, P.ASSESSMENT_REVIEW).select_related(
        "assessment__cadre", "assessment__period__scheme", "assessment__village"
    )
    appeal = get_object_or_404(rows, pk=pk)
    form = AppealAnswerForm(request.POST or None, assessment=appeal.assessment)

    def save(upheld: str, answer: str, **_: Any) -> Assessment:
        services.decide_appeal(
            appeal=appeal,
            upheld=upheld == "yes",
            answer=answer,
            by=request.user,
            day=today(),
            corrections=form.changed(),  # type: ignore[arg-type]
        )
        return appeal.assessment

    note = f"申诉理由:{appeal.grounds}。申诉成立的,在下面改正评定分和纸质台账数据;系统中的记录先到原处更正。原来的一版保留可查。"
    return _form(request, appeal.assessment, form, save, "答复申诉", note=note, save_label="答复", done="已答复。")


@requires(P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def rescore(request: HttpRequest, pk: int) -> HttpResponse:
    """A further version of a frozen score, with its reason."""
    assessment = assessment_or_404(request, pk, act=P.ASSESSMENT_REVIEW)
    form = CorrectionForm(request.POST or None, assessment=assessment)

    def save(reason: str, **_: Any) -> Assessment:
        services.rescore(assessment=assessment, reason=reason, by=request.user, corrections=form.changed())  # type: ignore[arg-type]
        return assessment

    return _form(
        request,
        assessment,
        form,
        save,
        "更改定分",
        note="改正评定分和纸质台账数据,系统中的记录先到原处更正;按更正后的数据另立一版,原来的一版保留可查。",
        save_label="另立新版",
        done="已另立新版。",
    )


@requires(P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def use_create(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = assessment_or_404(request, pk, act=P.ASSESSMENT_REVIEW)
    form = UseForm(request.POST or None, user=request.user)

    def save(**fields: Any) -> Assessment:
        services.record_use(assessment=assessment, by=request.user, **fields)  # type: ignore[arg-type]
        return assessment

    return _form(request, assessment, form, save, "登记结果运用")
