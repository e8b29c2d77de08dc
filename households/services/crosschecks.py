"""Comparison with other offices' records: requests made, lists answered, hits judged (`domain.md` §3.3). Every write.

An office either fills the list prepared for it, or hands in its own records, in which everybody on the list is looked for by ID
number. Either way everybody on the list gets a result: 逐人逐项.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import Organization, User
from core import crypto
from core.checks.identity import normalise
from core.clock import today
from core.masking import mask_id_number
from core.scope import because
from households.models import CrossCheckRequest, CrossCheckResult, CrossCheckSource, Household, Member, Proceeding, VetoRule
from households.rules import crosschecks as rules
from households.rules.crosschecks import Judgement, Result
from households.services.errors import HouseholdsError
from households.sheets import reading
from workflow import services as flow
from workflow.models import Case

BATCH = 5_000
ANSWER_DAYS = 10  # calendar days an office has by default [assumed]
NUMBER_HEADINGS = ("证件号码", "身份证号码", "身份证号", "公民身份号码", "身份证", "证件号")
RESULT_HEADINGS = ("结果", "查询结果", "比对结果")
NOTE_HEADINGS = ("说明", "查询所得", "备注", "情况说明")
LINE_HEADINGS = ("序号",)
HIT_WORDS = {"命中", "有", "有记录", "是"}
NONE_WORDS = {"无记录", "无", "没有", "否", "未命中"}


def ensure_sources() -> None:
    """Set up sources and veto rules the first time they are needed; officials change the rows from then on."""
    if CrossCheckSource.objects.exists():
        return
    because("设立默认比对来源和否决情形(待核定)")
    since = date(2014, 1, 1)
    made = {
        row.code: CrossCheckSource.objects.create(
            code=row.code,
            office=row.office,
            item=row.item,
            effect=row.effect,
            needs_number=row.needs_number,
            is_required=row.is_required,
            valid_from=since,
        )
        for row in rules.SOURCES
    }
    VetoRule.objects.bulk_create(
        VetoRule(code=code, text=text, effect=effect, evidence_required=evidence, source=made.get(source), valid_from=since)
        for code, text, effect, evidence, source in rules.VETO_RULES
    )


@transaction.atomic
def request_check(*, source: CrossCheckSource, organization: Organization, households: Sequence[int], purpose: str, due_on: date | None = None,
                  by: User, day: date | None = None) -> CrossCheckRequest:  # fmt: skip
    """Send an office a numbered request about every active member of these households. Raises HouseholdsError for nobody to ask about."""
    day = day or today()
    members = list(
        Member.objects.active()
        .filter(household_id__in=households)
        .order_by("village_id", "household_id", "number")
        .values_list("pk", "household_id", "village_id")
    )
    if not members:
        raise HouseholdsError("所选的户没有在册成员,没有可比对的人。")
    if due_on is not None and due_on < day:
        raise HouseholdsError("回复期限不能早于发函日期。")
    because(f"发出协查函 {source}")
    (serial,) = flow.take_numbers(key=f"crosscheck:{day.year}", count=1)
    number = f"协查〔{day.year}〕{serial}号"
    request = CrossCheckRequest.objects.create(
        number=number,
        source=source,
        organization=organization,
        purpose=purpose,
        sent_on=day,
        due_on=due_on or day + timedelta(days=ANSWER_DAYS),
        sent_by=by,
    )
    CrossCheckResult.objects.bulk_create(
        (CrossCheckResult(request=request, line=line, member_id=member, household_id=household, village_id=village)
         for line, (member, household, village) in enumerate(members, start=1)),
        batch_size=BATCH,
    )  # fmt: skip
    return request


@transaction.atomic
def request_checks(*, sources: Iterable[CrossCheckSource], scope: str, township: Any = None, organization: Organization | None = None, due_on: date,
                   purpose: str, by: User) -> list[CrossCheckRequest]:  # fmt: skip
    """One request to each source's office about the households that wait for their comparison, or about the whole register."""
    rows = Household.objects.visible_to(by, "crosscheck_manage")
    rows = rows.active() if scope == "registered" else rows.filter(proceedings__in=Proceeding.objects.at_step("comparison"), ended_on=None)
    if township is not None:
        rows = rows.filter(village__township=township)
    households = list(rows.order_by("village_id", "id").values_list("pk", flat=True).distinct())
    if not households:
        raise HouseholdsError("没有符合条件的户:现在没有户在信息比对环节。" if scope != "registered" else "所选范围没有在册户。")
    made = []
    for source in sources:
        office = organization or source.organization
        if office is None:
            raise HouseholdsError(f"{source.office}还没有设定承办单位。")
        made.append(request_check(source=source, organization=office, households=households, purpose=purpose, due_on=due_on, by=by))
    return made


@transaction.atomic
def cancel_request(*, request: CrossCheckRequest, reason: str, by: User) -> CrossCheckRequest:
    """A request sent in error; its open lines no longer hold anybody up."""
    request = CrossCheckRequest.objects.select_for_update().get(pk=request.pk)
    if request.state != CrossCheckRequest.State.SENT:
        raise HouseholdsError("只有待回复的协查函可以作废。")
    because(f"协查函作废:{reason}")
    request.state = CrossCheckRequest.State.CANCELLED
    request.save(update_fields=["state"])
    request.results.filter(result=Result.PENDING).delete()
    return request


# --- answering ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Answered:
    """What an answer brought: persons hit, persons with nothing on record, lines of the file that name nobody asked about."""

    hits: int
    none: int
    foreign: int


@dataclass(frozen=True)
class _Columns:
    number: int | None = None
    line: int | None = None
    result: int | None = None
    note: int | None = None


def _place(headings: Sequence[Any], names: Iterable[str]) -> int | None:
    cleaned = [str(cell or "").strip() for cell in headings]
    return next((cleaned.index(name) for name in names if name in cleaned), None)


def _table(data: bytes) -> tuple[_Columns, list[str], list[list[Any]]]:
    """The heading row (found among the first twenty), and what stands under it. Raises HouseholdsError."""
    try:
        grid = next(grid for grid in reading.grids(data, reading.checked(data)) if not grid.hidden)
    except reading.FileError as error:
        raise HouseholdsError(str(error)) from error
    except StopIteration as error:
        raise HouseholdsError("表格里没有可见的工作表。") from error
    for position, row in enumerate(grid.rows[:20]):
        columns = _Columns(_place(row, NUMBER_HEADINGS), _place(row, LINE_HEADINGS), _place(row, RESULT_HEADINGS), _place(row, NOTE_HEADINGS))
        if columns.number is not None or (columns.line is not None and columns.result is not None):
            return columns, [str(cell or "").strip() for cell in row], grid.rows[position + 1 :]
    raise HouseholdsError("没有找到“证件号码”一列,也不是本系统的协查清单。请检查表头。")


@transaction.atomic
def answer_request(*, request: CrossCheckRequest, data: bytes, data_on: date, reply: Any = None, by: User) -> Answered:
    """Take an office's answer: the prepared list filled in (序号 and 结果), or its own records (looked through by ID number).

    Nobody stays without a result: in an office's own records, who is not found has none. Raises HouseholdsError, nothing is
    stored then, for a list with an empty or unreadable result, or a file without a column to match by.
    """
    request = CrossCheckRequest.objects.select_for_update().get(pk=request.pk)
    if request.state != CrossCheckRequest.State.SENT:
        raise HouseholdsError("这份协查函已回复或已作废。")
    if data_on > today():
        raise HouseholdsError("数据截至日期不能晚于今天。")
    columns, headings, rows = _table(data)
    because(f"回复协查函 {request.number}")
    if columns.line is not None and columns.result is not None:
        answered = _take_list(request, columns, rows, by)
    else:
        answered = _look_through(request, columns, headings, rows, by)
    if reply:
        request.reply = flow.attach(data=reply, title=f"{request.number} 回函", by=by)
    request.state, request.answered_on, request.answered_by, request.data_on = CrossCheckRequest.State.ANSWERED, today(), by, data_on
    request.save()
    return answered


def _take_list(request: CrossCheckRequest, columns: _Columns, rows: list[list[Any]], by: User) -> Answered:
    assert columns.line is not None and columns.result is not None
    results = {row.line: row for row in request.results.all()}
    seen: set[int] = set()
    problems = []
    foreign = 0
    for offset, cells in enumerate(rows, start=2):
        line, word = _whole(cells[columns.line]), str(cells[columns.result] or "").strip()
        if line is None and not word:
            continue
        result = results.get(line or 0)
        if result is None:
            foreign += 1
            continue
        if line in seen:
            problems.append(f"第 {offset} 行:序号 {line} 重复")
            continue
        seen.add(result.line)
        if word not in HIT_WORDS | NONE_WORDS:
            problems.append(f"第 {offset} 行(序号 {line}):结果“{word[:10]}”应填“无记录”或“命中”")
            continue
        result.result = Result.HIT if word in HIT_WORDS else Result.NONE
        result.judgement = Judgement.OPEN if result.result == Result.HIT else ""
        result.found = str(cells[columns.note] or "").strip()[:300] if columns.note is not None else ""
        result.answered_by = by
    missing = sorted(set(results) - seen)
    if missing:
        problems.append(f"还有 {len(missing)} 人没有结果,如序号 {missing[0]}")
    if problems:
        raise HouseholdsError("没有保存,请改正后重新上传:" + ";".join(problems[:20]) + ("……" if len(problems) > 20 else "。"))
    _mark_rule(request, list(results.values()))
    CrossCheckResult.objects.bulk_update(results.values(), ["result", "judgement", "found", "answered_by", "rule"], batch_size=BATCH)
    hits = sum(row.result == Result.HIT for row in results.values())
    return Answered(hits, len(results) - hits, foreign)


def _whole(value: Any) -> int | None:
    text = str(value if value is not None else "").strip().removesuffix(".0")
    return int(text) if text.isdigit() and len(text) < 9 else None


def _look_through(request: CrossCheckRequest, columns: _Columns, headings: list[str], rows: list[list[Any]], by: User) -> Answered:
    """Everybody on the list is looked for in an office's own records: set-based, by the keyed digest of the number."""
    assert columns.number is not None
    details = [position for position, heading in enumerate(headings) if heading and position != columns.number][:6]
    damaged, records = 0, []
    for cells in rows:
        value = cells[columns.number] if columns.number < len(cells) else None
        if value in (None, ""):
            continue
        if isinstance(value, float):  # a spreadsheet made a number of it: its last digits are gone
            damaged += 1
            continue
        index = crypto.blind_index(normalise(str(value)), "id_number")
        words = ";".join(
            f"{headings[position]} {cells[position]}" for position in details if position < len(cells) and cells[position] not in (None, "")
        )
        records.append((index, words[:300]))
    if damaged:
        raise HouseholdsError(f"有 {damaged} 行证件号码是数字格式,末几位已被表格软件改成 0,无法比对。请把这一列设为文本后重新导出。")
    with connection.cursor() as cursor:
        cursor.execute("create temporary table office_records (index text, words text) on commit drop")
        with cursor.copy("copy office_records from stdin") as copy:
            for record in records:
                copy.write_row(record)
        cursor.execute("create index on office_records (index)")
        cursor.execute("analyze office_records")
        cursor.execute(
            "update households_crosscheckresult r set result = 'hit', judgement = 'open', found = o.words, answered_by_id = %s, rule_id = %s "
            "from households_member m, (select index, min(words) as words from office_records group by index) o "
            "where r.request_id = %s and r.member_id = m.id and m.id_number_index = o.index",
            [by.pk, _rule_id(request), request.pk],
        )
        hits = cursor.rowcount
        cursor.execute(
            "update households_crosscheckresult set result = 'none', answered_by_id = %s where request_id = %s and result = 'pending'",
            [by.pk, request.pk],
        )
        none = cursor.rowcount
        cursor.execute("drop table office_records")
    return Answered(hits, none, max(0, len(records) - hits))


def _rule_id(request: CrossCheckRequest) -> int | None:
    return VetoRule.objects.filter(source=request.source, valid_to=None).values_list("pk", flat=True).first()


def _mark_rule(request: CrossCheckRequest, rows: list[CrossCheckResult]) -> None:
    rule = _rule_id(request)
    for row in rows:
        row.rule_id = rule if row.result == Result.HIT else None


# --- judging --------------------------------------------------------------------------------------
@transaction.atomic
def judge_hit(
    *, result: CrossCheckResult, judgement: str, reason: str, evidence: Any = None, rule: VetoRule | None = None, by: User
) -> CrossCheckResult:
    """Confirm a hit, or waive it with reason and evidence (an old car of no value). Raises HouseholdsError."""
    result = CrossCheckResult.objects.select_for_update().get(pk=result.pk)
    if result.result != Result.HIT:
        raise HouseholdsError("只有命中的结果需要认定。")
    if result.judgement != Judgement.OPEN:
        raise HouseholdsError(f"这项命中已认定为{result.get_judgement_display()}。")
    if judgement not in {Judgement.CONFIRMED, Judgement.WAIVED}:
        raise HouseholdsError("请选择属实或豁免。")
    if by.pk == result.answered_by_id:
        raise HouseholdsError("录入比对结果的人不能认定自己录入的命中,请由另一人办理。")
    if judgement == Judgement.WAIVED and not evidence:
        raise HouseholdsError("豁免要上传证据。")
    because(f"认定比对命中:{reason}"[:500])
    if evidence:
        result.evidence = flow.attach(data=evidence, title="比对认定证据", by=by, village_id=result.village_id, household_id=result.household_id)
    result.judgement, result.reason, result.judged_by, result.judged_on = judgement, reason, by, today()
    result.rule = rule or result.rule
    result.save()
    return result


# --- what rests on it -----------------------------------------------------------------------------
def comparison_of(household: Household) -> dict[str, int]:
    """Counts over the latest result of every present person and item of a household, and what no office was asked yet."""
    people = list(household.members.filter(left_on=None).values_list("pk", flat=True))
    required = CrossCheckSource.objects.filter(is_required=True).valid_on(today())
    rows = (
        CrossCheckResult.objects.filter(member__in=people)
        .order_by("member_id", "request__source_id", "-request_id")
        .distinct("member_id", "request__source_id")
        .values_list("member_id", "request__source_id", "result", "judgement", "rule__effect", "request__source__effect")
    )
    counts = {"people": len(people), "unasked": 0, "pending": 0, "open_hits": 0, "confirmed_vetoes": 0}
    asked = set()
    for member, source, result, judgement, rule_effect, source_effect in rows:
        asked.add((member, source))
        counts["pending"] += result == Result.PENDING
        counts["open_hits"] += judgement == Judgement.OPEN
        counts["confirmed_vetoes"] += judgement == Judgement.CONFIRMED and (rule_effect or source_effect) == rules.Effect.VETO
    counts["unasked"] = len({(member, source.pk) for member in people for source in required} - asked)
    return counts


def comparison_lacks(case: Case) -> list[str]:
    """What a case still lacks at its comparison."""
    proceeding = Proceeding.objects.select_related("household").filter(case=case).first()
    return rules.comparison_lacks(**comparison_of(proceeding.household)) if proceeding else []


def request_lines(request: CrossCheckRequest) -> list[dict[str, Any]]:
    """The prepared list: only the columns the office needs, the ID number only where it must have it."""
    rows = request.results.select_related("member", "village").order_by("line")
    found = []
    for row in rows:
        number = row.member.id_number if request.source.needs_number else mask_id_number(row.member.id_number)
        found.append({"序号": row.line, "姓名": row.member.name, "证件号码": number, "村": row.village.name, "结果": "", "说明": ""})
    return found
