"""Wall charts: what the sheet of a cadre says, its versions, its files."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from assessments.models import AppraisalChart, Assessment, BonusClaim, Opinion, Period, Score
from assessments.rendering.wall_chart import ChartLine, WallChart
from assessments.rules.grades import label
from assessments.rules.scheme import PARTS
from assessments.rules.standard import PART_TITLES
from assessments.services.errors import NotReady
from assessments.services.schemes import as_rules
from cadres.models import Posting
from core.dates import chinese_date
from core.scope import because
from workflow.models import Attachment
from workflow.services import store


def charts_of(assessments: Iterable[Assessment], *, day: date) -> list[WallChart]:
    """The sheets of these assessments as they stand: the newest frozen score, or the card so far, marked as a draft."""
    people = list(assessments)
    ids = [each.pk for each in people]
    scores: dict[int, Score] = {}
    for score in Score.objects.filter(assessment__in=ids).order_by("version"):
        scores[score.assessment_id] = score
    opinions: dict[int, dict[str, Opinion]] = defaultdict(dict)
    for opinion in Opinion.objects.filter(assessment__in=ids):
        opinions[opinion.assessment_id][opinion.body] = opinion
    postings: dict[int, Posting] = {}
    for posting in Posting.objects.filter(cadre__in=[each.cadre_id for each in people]).order_by("started_on"):
        postings[posting.cadre_id] = posting
    schemes = {each.period_id: as_rules(each.period.scheme) for each in {each.period_id: each for each in people}.values()}
    return [_chart(each, scores.get(each.pk), opinions[each.pk], postings.get(each.cadre_id), schemes[each.period_id], day) for each in people]


def _chart(each: Assessment, score: Score | None, opinions: dict[str, Opinion], posting: Posting | None, scheme: Any, day: date) -> WallChart:
    source: Any = score or each
    card = source.card or {"lines": [], "bonus": [], "vetoes": []}
    lines = card["lines"]
    sums = dict(zip(PARTS, (source.attendance, source.duty, source.satisfaction), strict=True))
    levels = dict(BonusClaim.Level.choices)
    draft = score is None
    people = each.period.assessments.exclude(rank=None).count()
    return WallChart(
        city=settings.CITY_NAME, period=each.period.title, number=number_of(each), version=f"第 {score.version} 版" if score else "过程稿",
        day=chinese_date(day), name=each.cadre.name, unit=each.home_unit.name, post=each.cadre.post, role=str(each.get_role_display()),
        place=f"{each.village.township.name}{each.village.name}", term=_term(each, posting), total="未齐" if source.total is None else f"{source.total:.2f}",
        grade="未定" if draft else label(source.grade, scheme, institution=each.is_institution), rank="" if source.rank is None or draft else f"{source.rank} / {people}",
        attendance=[_line(line) for line in lines if line["part"] == "A"], duty=[_line(line) for line in lines if line["part"] == "B"],
        months=_months(lines), parts=[(part, PART_TITLES[part], None if sums[part] is None else float(sums[part]), float(scheme.weights[part])) for part in PARTS],
        groups=_groups(lines), bonus=[(f"{levels.get(each['level'], '')} {each['fact']}", f"+{float(each['points']):g}") for each in card["bonus"]],
        vetoes=[veto["title"] for veto in card["vetoes"]], commitments=_commitments(lines), is_demo=each.is_demo, is_draft=draft,
        opinions=[(str(label_), *((opinions[body].text, chinese_date(opinions[body].given_on)) if body in opinions else ("", ""))) for body, label_ in Opinion.Body.choices],
        check_url=f"{settings.PUBLIC_BASE_URL}/assessments/check/{number_of(each)}/",
    )  # fmt: skip


def number_of(each: Assessment) -> str:
    """The chart's number: period and cadre; the version stands beside it."""
    return f"JD{each.period.code}-{each.cadre.code}"


def _term(each: Assessment, posting: Posting | None) -> str:
    if posting is None:
        return f"期内 {each.days_served} 天"
    return f"{posting.started_on:%Y-%m-%d} 起" + (f"至 {posting.ended_on:%Y-%m-%d}" if posting.ended_on else "") + f",期内 {each.days_served} 天"


def _line(line: dict[str, Any]) -> ChartLine:
    points = line["points"]
    share = None if points is None else float(points) / float(line["max"])
    shown = "不适用" if not line["applies"] else "未齐" if points is None else f"{float(points):g}"
    return ChartLine(line["code"], line["title"], shown, f"{float(line['max']):g}", line["words"], share)


def _months(lines: list[dict[str, Any]]) -> list[tuple[str, float, float]]:
    """Days in the village and days required by month, as far as the evidence says."""
    sources = {source["key"]: source for line in lines for source in line["sources"]}
    done, due = (defaultdict(float), defaultdict(float))  # type: ignore[var-annotated]
    for key, found in (("days_in_village", done), ("days_required", due)):
        for each in sources.get(key, {}).get("evidence", []):
            if each["day"] and each["amount"]:
                found[each["day"][:7]] += float(each["amount"])
    return [(f"{int(month[5:])}月", done[month], due[month]) for month in sorted({*done, *due})][-12:]


def _groups(lines: list[dict[str, Any]]) -> list[tuple[str, float | None, float, str]]:
    found = []
    for line in lines:
        if line["part"] != "C" or "valid" not in line["inputs"]:
            continue
        mean = None if line["points"] is None else round(100 * float(line["points"]) / float(line["max"]), 1)
        inputs = line["inputs"]
        words = f"有效 {inputs['valid']} 票 / 应评 {inputs['electorate']} 人"
        if inputs.get("satisfied") is not None:
            words += f",满意 {inputs['satisfied']}、基本满意 {inputs['basic']}、不满意 {inputs['unsatisfied']}"
        found.append((line["title"], mean, float(line["max"]), words))
    return found


def _commitments(lines: list[dict[str, Any]]) -> str:
    line = next((each for each in lines if "commitments_due" in each["inputs"]), None)
    if line is None or line["inputs"].get("commitments_done") is None:
        return "未登记"
    return f"年承诺 {line['inputs']['commitments_due']} 项,完成 {line['inputs']['commitments_done']} 项"


def people_of(period: Period) -> Any:
    """Everybody of a period with what a sheet needs."""
    return period.assessments.select_related("cadre", "village__township", "home_unit", "period__scheme").order_by("village__code", "cadre__code")


@transaction.atomic
def keep_chart(*, assessment: Assessment, data: bytes, by: User, day: date) -> AppraisalChart:
    """Keep the sheet of a frozen score: one a score version. Raises NotReady for a score that is not frozen."""
    version = Score.objects.filter(assessment=assessment).aggregate(last=Max("version"))["last"]
    if version is None:
        raise NotReady([f"{assessment.cadre.name}的等次还没有确定。"])
    kept = AppraisalChart.objects.filter(assessment=assessment, version=version).first()
    if kept is not None:
        return kept
    because("制作鉴定挂图")
    file: Attachment = store(
        data=data, kind="pdf", title=f"鉴定挂图 {assessment.cadre.name} {assessment.period.title}", by=by, village_id=assessment.village_id
    )
    return AppraisalChart.objects.create(assessment=assessment, village_id=assessment.village_id, version=version, number=f"{number_of(assessment)}-{version}",
                                         released_on=day, released_by=by, file=file)  # fmt: skip
