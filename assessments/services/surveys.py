"""Satisfaction surveys: rounds and their boxes, one-time slips, votes by phone, paper entered twice, sealing the boxes."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from accounts.models import User
from assessments.models import Answer, BallotBox, PaperBatch, Period, Span, SurveyRound
from assessments.rules.survey import minimum_answers
from assessments.services import scoring
from assessments.services.errors import AssessmentsError, BallotRefused, Frozen
from core import settings as parameters
from core.scope import because
from households.models import Household

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
SECRET_LENGTH = 14  # 69 bits: not to be guessed over the network
REFUSALS = {
    "unknown": "没有这张测评票。请扫描票上的二维码,或向工作人员重新领票。",
    "used": "这张测评票已经用过,一张票只能投一次。",
    "void": "这张测评票已作废,请向工作人员重新领票。",
    "late": "这次测评已经截止。",
    "early": "这次测评还没有开始。",
    "incomplete": "请给每一位干部选一个答案。",
    "full": "这个票箱的票数已满,不能再投。",
}


def _call(function: str, *values: Any) -> Any:
    """One of the definer functions: the application has no other way to slips."""
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {function}({', '.join(['%s'] * len(values))})", list(values))
        return cursor.fetchall()


def digest(secret: str) -> str:
    """All that is kept of a slip's secret."""
    return hashlib.sha256(f"331/{secret.strip().lower()}".encode()).hexdigest()


@transaction.atomic
def open_round(*, period: Period, opens_on: date, closes_on: date, by: User | None) -> SurveyRound:
    """A round with a box for every village and group, and one for each cadre's home unit."""
    period = Period.objects.select_for_update().get(pk=period.pk)
    if period.state == Period.State.FROZEN:
        raise Frozen("等次已定,不能再开测评。")
    if period.rounds.filter(closed_on=None).exists():
        raise AssessmentsError("上一轮测评还没有封箱。")
    because("开启民主测评")
    found = SurveyRound(period=period, number=period.rounds.count() + 1, opens_on=opens_on, closes_on=closes_on)
    found.full_clean()
    found.save()
    villages = set(Span.objects.filter(assessment__period=period).values_list("village_id", flat=True))
    homes = dict(Household.objects.filter(village__in=villages, ended_on=None).values_list("village_id").annotate(n=Count("pk")).order_by())
    size: dict[str, Callable[[int], int | None]] = {
        BallotBox.Group.POOR: homes.get,
        BallotBox.Group.VILLAGE: lambda _: parameters.get("survey_village_people"),
        BallotBox.Group.TOWNSHIP: lambda _: parameters.get("survey_township_people"),
    }
    boxes = [
        BallotBox(survey_round=found, village_id=pk, group=group, electorate=count(pk) or 0)
        for pk in sorted(villages)
        for group, count in size.items()
    ]
    boxes += [BallotBox(survey_round=found, village_id=each.village_id, group=BallotBox.Group.UNIT, assessment=each,
                        electorate=parameters.get("survey_unit_people")) for each in period.assessments.order_by("pk")]  # fmt: skip
    BallotBox.objects.bulk_create(boxes, batch_size=1000)
    return found


@dataclass(frozen=True)
class BoxState:
    issued: int
    used: int
    paper: int

    @property
    def cast(self) -> int:
        return self.used + self.paper


def box_states(survey_round: SurveyRound) -> dict[int, BoxState]:
    """How far each box is, by its id; never what is in it."""
    return {pk: BoxState(*counts) for pk, *counts in _call("assessments_box_counts", survey_round.pk)}


@transaction.atomic
def set_electorate(*, box: BallotBox, electorate: int, by: User) -> BallotBox:
    """Correct how many people a box is for, as long as nobody has answered."""
    box = BallotBox.objects.select_for_update().get(pk=box.pk)
    if box_states(box.survey_round)[box.pk].cast:
        raise AssessmentsError("已有人投票,应评人数不能再改。")
    if not 0 <= electorate <= 5000:
        raise AssessmentsError("应评人数应在 0 到 5000 之间。")
    because("更正应评人数")
    box.electorate = electorate
    box.save()
    return box


@transaction.atomic
def issue_slips(*, box: BallotBox, count: int, by: User | None) -> list[str]:
    """The secrets of new slips, for printing at once: only their hashes are kept. Raises AssessmentsError."""
    if not 1 <= count <= 500:
        raise AssessmentsError("一次可发 1 到 500 张票。")
    made = ["".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH)) for _ in range(count)]
    answer = _call("assessments_issue", box.pk, [digest(secret) for secret in made])[0][0]
    if answer == "late":
        raise AssessmentsError("这轮测评已封箱,不能再发票。")
    if answer == "full":
        raise AssessmentsError("票数不能多于应评人数。票遗失的,先作废未用的票,再重新发。")
    return made


@transaction.atomic
def void_slips(*, box: BallotBox, by: User) -> int:
    """Make every unused slip of a box worthless; returns how many."""
    return _call("assessments_void", box.pk)[0][0]


def slip_url(secret: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}/assessments/ballot/{secret}/"


@dataclass(frozen=True)
class Slip:
    """What the holder sees. `refusal` is '' for a slip that is good."""

    refusal: str
    title: str
    village: str
    people: list[dict[str, Any]]


def read_slip(*, secret: str, day: date) -> Slip:
    status, title, village, people = _call("assessments_slip", digest(secret), day)[0]
    found = json.loads(people) if isinstance(people, str) else people
    return Slip("" if status == "open" else REFUSALS[status], title or "", village or "", found or [])


def cast(*, secret: str, answers: dict[int, str], day: date) -> None:
    """Drop a slip into its box. No user is needed or known. Raises BallotRefused."""
    with transaction.atomic():
        status = _call("assessments_cast", digest(secret), day, json.dumps({str(pk): value for pk, value in answers.items()}))[0][0]
    if status != "cast":
        raise BallotRefused(REFUSALS[status])


def covered(box: BallotBox) -> list[Any]:
    """The assessments a box is about."""
    if box.assessment_id:
        return [box.assessment]
    found = box.survey_round.period.assessments.filter(spans__village_id=box.village_id).select_related("cadre").distinct()
    return list(found.order_by("pk"))


def parse_slips(text: str, people: int) -> list[list[str]]:
    """Typed slips, a line each, a digit a cadre: 1 满意 2 基本满意 3 不满意 4 不了解. Raises AssessmentsError naming the line."""
    values = dict(zip("1234", Answer.Value.values, strict=True))
    slips = []
    for number, line in enumerate(text.split("\n"), start=1):
        marks = [mark for mark in line if not mark.isspace() and mark not in ",,、"]
        if not marks:
            continue
        if len(marks) != people or any(mark not in values for mark in marks):
            raise AssessmentsError(f"第 {number} 行应为 {people} 个数字,每个是 1、2、3、4 之一。")
        slips.append([values[mark] for mark in marks])
    if not slips:
        raise AssessmentsError("请录入票面。")
    if len(slips) > 500:
        raise AssessmentsError("一次最多录入 500 张。")
    return slips


@transaction.atomic
def enter_paper(*, box: BallotBox, slips: list[list[str]], by: User) -> PaperBatch:
    """Type paper slips in. The first entry waits for a second person's; equal ones (in any order) go into the box.

    Raises AssessmentsError for the same person twice, BallotRefused for more slips than people. Entries that differ are kept apart.
    """
    people = [each.pk for each in covered(box)]
    if any(len(slip) != len(people) for slip in slips):
        raise AssessmentsError(f"每张票应有 {len(people)} 个答案。")
    entry = [dict(zip(map(str, people), slip, strict=True)) for slip in slips]
    if box.survey_round.closed_on:
        raise BallotRefused(REFUSALS["late"])
    BallotBox.objects.select_for_update().get(pk=box.pk)
    waiting = PaperBatch.objects.select_for_update(of=("self",)).filter(box=box).exclude(state=PaperBatch.State.DONE).first()
    if waiting is None:
        return PaperBatch.objects.create(box=box, village_id=box.village_id, slips=len(entry), first_by=by, first=entry)
    if waiting.first_by_id == by.pk:
        raise AssessmentsError("第二次录入要由另一个人进行。")
    waiting.second_by, waiting.second, waiting.state = by, entry, PaperBatch.State.DIFFERS
    waiting.save()
    status = _call("assessments_deposit", waiting.pk)[0][0]
    if status not in {"cast", "differs"}:
        raise BallotRefused(REFUSALS.get(status, "纸质票没有投入票箱。"))
    waiting.refresh_from_db()
    return waiting


@transaction.atomic
def drop_batch(*, batch: PaperBatch, by: User) -> None:
    """Throw away two entries that differ, so that both begin again."""
    batch = PaperBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == PaperBatch.State.DONE:
        raise AssessmentsError("已投入票箱的票不能撤回。")
    batch.delete()


@transaction.atomic
def close_round(*, survey_round: SurveyRound, by: User | None, day: date) -> SurveyRound:
    """Seal the boxes: no vote after it, and only now the counts are seen. Raises AssessmentsError for paper half entered."""
    survey_round = SurveyRound.objects.select_for_update().get(pk=survey_round.pk)
    if survey_round.closed_on:
        raise AssessmentsError("这轮测评已经封箱。")
    waiting = PaperBatch.objects.filter(box__survey_round=survey_round).exclude(state=PaperBatch.State.DONE).count()
    if waiting:
        raise AssessmentsError(f"还有 {waiting} 批纸质票没有录完。")
    because("封箱")
    survey_round.closed_on, survey_round.closed_by = day, by
    survey_round.save()
    scoring.refresh(period=survey_round.period)
    return survey_round


def minimum(electorate: int) -> int:
    """How many valid answers a box needs on its own."""
    return minimum_answers(electorate)
