"""The "331" assessments of the demo: a finished year from paper records, and a running one over the cadres' own days."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import Organization, User
from accounts.permissions import Role
from assessments import services
from assessments.models import (
    Answer,
    Assessment,
    BallotBox,
    BonusClaim,
    BonusKind,
    Entry,
    Opinion,
    PaperBatch,
    Period,
    SiteSheet,
    SurveyRound,
    VetoFinding,
    VetoKind,
)
from assessments.rules import standard
from assessments.services import appeals, entries, periods, schemes, scoring, surveys, waiting
from core import scoring_inputs
from core.clock import today
from villages.models import Division, Grant

FIRST, SECOND = (date(2016, 3, 1), date(2016, 9, 30)), (date(2016, 10, 1), date(2017, 9, 30))
GENEROUS, STRICT = "632801101", "632801201"  # one township scores high, one low: the reviewer's screen is to show it
JUDGED = {"B1": ("5", "组织生活、班子运行台账"), "B3": ("6", "措施和项目进度台账"), "B5": ("4", "宣讲和代办记录"), "B7": ("2", "信息报送登记")}
REPORT = "本人自驻村以来,吃住在村,逐户走访,协助村党支部开展精准识别和政策宣传,推动帮扶项目落实,按年承诺逐项办理。存在产业带动还不够稳的问题,下一步重点抓好合作社分红和务工对接。"
GOOD, FAIR = ("吃住在村,工作扎实,群众认可。", "履职到位,同意评定意见。"), ("能够履职,走访入户还需加强。", "基本完成任务,纪律意识有待提高。")


class Load:
    """What the steps share: the people who score and review, a random source, how able each cadre is."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.department = User.objects.get(username="zuzhibu")
        self.second = _user("zuzhibu2", "白组织", "市委组织部", Role.ORG_DEPARTMENT, Division.objects.get(code="632801000000"))
        self.checkers = {"632801100": User.objects.get(username="shenhe")}
        self.clerks = {"632801100": User.objects.get(username="zhuangan")}
        names = {"632801101": ("才审核", "仁专干"), "632801200": ("魏审核", "孔专干"), "632801201": ("曹审核", "严专干")}
        for code, (checker, clerk) in names.items():
            town = Division.objects.get(code=f"{code}000")
            self.checkers[code] = _user(f"shenhe{code[-3:]}", checker, town.name, Role.TOWNSHIP_CHECKER, town)
            self.clerks[code] = _user(f"zhuangan{code[-3:]}", clerk, town.name, Role.TOWNSHIP_CLERK, town)
        self.skill: dict[int, float] = {}

    def skill_of(self, each: Assessment) -> float:
        """0 to 1; the few at the bottom and at the top are what makes a spread."""
        if each.cadre_id not in self.skill:
            self.skill[each.cadre_id] = 0.93 if each.cadre_user_id else min(max(self.random.gauss(0.8, 0.16), 0.3), 0.99)
        return self.skill[each.cadre_id]

    def checker(self, each: Assessment) -> User:
        return self.checkers[each.village.code[:9]]

    def clerk(self, each: Assessment) -> User:
        return self.clerks[each.village.code[:9]]


def _user(username: str, name: str, organization: str, role: str, area: Division) -> User:
    """Somebody of another township or office; nobody signs in as them."""
    user = User.objects.create(username=username, name=name, organization=Organization.objects.filter(name=organization).first(), password="!",
                               must_change_password=False, password_changed_at=timezone.now())  # fmt: skip
    Grant.objects.create(user=user, role=role, division=area, area=area.prefix, since=date(2016, 1, 15), reason="演示授权")
    return user


def load(random: Random) -> None:
    """The scheme, the finished year, the running one."""
    work = Load(random)
    scheme = schemes.draft_standard(by=work.department, day=date(2016, 2, 20))
    scheme = schemes.adopt_scheme(scheme=scheme, by=work.department, day=date(2016, 2, 25))
    _finished(work, _open(work, scheme, "2016", "2016年度考核", FIRST, date(2016, 10, 8)))
    _running(work, _open(work, scheme, "2017", "2017年度考核", SECOND, date(2017, 9, 10)))


def _open(work: Load, scheme: Any, code: str, title: str, days: tuple[date, date], opened: date) -> Period:
    return periods.open_period(code=code, title=title, scheme=scheme, since=days[0], until=days[1], report_due_on=opened + timedelta(days=15),
                               scoring_due_on=opened + timedelta(days=30), review_due_on=opened + timedelta(days=40), by=work.department, day=opened)  # fmt: skip


def _people(period: Period) -> list[Assessment]:
    return list(period.assessments.select_related("cadre", "village__township", "home_unit", "period").order_by("cadre__code"))


# --- what people put in ---------------------------------------------------------------------------
def _fill(work: Load, people: list[Assessment], *, judged: set[int]) -> None:
    """Facts of paper records where the system holds none, and the judged points of those who are scored."""
    period = people[0].period
    cadres = [each.cadre_id for each in people]
    known: dict[str, Any] = {}
    for key in standard.INPUT_LABELS:
        try:
            known[key] = scoring_inputs.get(key).compute(cadres, period.since, period.until)
        except KeyError:
            known[key] = {}
    pairs = [item.inputs for item in standard.ITEMS if item.kind == "ratio"]
    rows = []
    for each in people:
        for key, (value, details) in _paper(work, each).items():
            together = next((keys for keys in pairs if key in keys), (key,))
            if not all(each.cadre_id in known[part] and known[part][each.cadre_id].value is not None for part in together):
                rows.append(Entry(assessment=each, village_id=each.village_id, kind=Entry.Kind.INPUT, key=key, value=value, words="乡镇纸质台账",
                                  details=details, entered_by=work.checker(each), subject_id=each.cadre_user_id))  # fmt: skip
        if each.pk in judged:
            rows += _judged(work, each)
    Entry.objects.bulk_create(rows, batch_size=2000)


def _judged(work: Load, each: Assessment) -> list[Entry]:
    bias = {GENEROUS: 0.12, STRICT: -0.1}.get(each.village.code[:9], 0.0)
    rows = []
    for code, (most, words) in JUDGED.items():
        share = min(max(work.skill_of(each) + bias + work.random.uniform(-0.08, 0.08), 0.2), 1)
        points = (Decimal(most) * Decimal(f"{share:.2f}") * 2).quantize(Decimal(1)) / 2
        rows.append(Entry(assessment=each, village_id=each.village_id, kind=Entry.Kind.JUDGED, key=code, value=points, words=words,
                          entered_by=work.checker(each), subject_id=each.cadre_user_id))  # fmt: skip
    return rows


def _paper(work: Load, each: Assessment) -> dict[str, tuple[Decimal, list[dict[str, Any]]]]:
    """A cadre's facts as a township's books have them, month by month where they are so kept."""
    skill, random = work.skill_of(each), work.random
    months, cursor = [], each.period.since
    while cursor <= min(each.period.until, today()):
        months.append(cursor)
        cursor = (cursor + timedelta(days=32)).replace(day=1)
    required = [20 - (month.month in {2, 10}) * 3 for month in months]
    actual = [min(max(round(due * (0.62 + 0.44 * skill) + random.uniform(-2.5, 2)), 0), 27) for due in required]
    quarters = max(len(months) // 3, 1)
    homes = max(each.village.households.count(), 1)
    visited = min(round(homes * quarters * min(0.5 + 0.55 * skill + random.uniform(-0.1, 0.1), 1)), homes * quarters)
    slips = lambda most: Decimal(sum(random.random() > skill + 0.08 for _ in range(most)))  # noqa: E731
    sessions, promises = len(months) + 1, 5

    def by_month(words: str, numbers: list[int]) -> tuple[Decimal, list[dict[str, Any]]]:
        details = [{"label": f"{month.year}年{month.month}月{words} {number} 天", "day": month.isoformat(), "amount": str(number)}
                   for month, number in zip(months, numbers, strict=True)]  # fmt: skip
        return Decimal(sum(numbers)), details

    return {
        "days_in_village": by_month("实际驻村", actual), "days_required": by_month("应驻村", required),
        "duty_absences": (slips(3), []), "late_returns": (slips(3), []), "unreported_trips": (slips(1), []), "late_reports": (slips(4), []),
        "sessions_held": (Decimal(sessions), []), "sessions_attended": (Decimal(sessions) - slips(3), []),
        "homes_to_visit": (Decimal(homes * quarters), []), "homes_visited": (Decimal(visited), []),
        "commitments_due": (Decimal(promises), []), "commitments_done": (Decimal(promises) - slips(2), []),
    }  # fmt: skip


def _sheets(work: Load, period: Period, people: list[Assessment], day: date) -> None:
    """The assessment group's visit to every village: meeting, ledger, homes."""
    rows = []
    for village in {each.village_id: each.village for each in people}.values():
        files = work.random.randrange(20, 60)
        wrong = work.random.choices((0, 1, 2, 3), (55, 25, 14, 6))[0]
        shared: dict[str, Any] = {"period": period, "village": village, "entered_by": work.department}
        rows += [
            SiteSheet(kind="meeting", held_on=day, people=work.random.randrange(14, 32), words="听取述职,现场测评。", **shared),
            SiteSheet(kind="ledger", held_on=day, people=3, files_checked=files, errors_found=wrong, words="抽查户档案和考勤、走访台账。", **shared),
            SiteSheet(kind="interview", held_on=day, people=5, words="随机入户,核实走访和政策落实。", **shared),
        ]
        day += timedelta(days=work.random.choice((0, 0, 1)))
    SiteSheet.objects.bulk_create(rows)


def _vote(work: Load, period: Period, people: list[Assessment], opens: date) -> None:
    """A sealed round with paper and phone slips; one group of one village stays too small, as happens."""
    survey_round = services.open_round(period=period, opens_on=opens, closes_on=opens + timedelta(days=5), by=work.department)
    by_village: dict[int, list[Assessment]] = {}
    for each in people:
        by_village.setdefault(each.village_id, []).append(each)
    skills = {each.pk: work.skill_of(each) for each in people}
    rows, batches = [], []
    for box in BallotBox.objects.filter(survey_round=survey_round).select_related("village"):
        about = [box.assessment_id] if box.assessment_id else [each.pk for each in by_village[box.village_id]]
        turnout = min(box.electorate, max(surveys.minimum(box.electorate) + 1, round(box.electorate * work.random.uniform(0.5, 0.95))))
        town = box.village.code[:9]
        batches.append(PaperBatch(box=box, village_id=box.village_id, slips=turnout, first_by=work.clerks[town], second_by=work.checkers[town],
                                  state=PaperBatch.State.DONE))  # fmt: skip
        for pk in about:
            skill = skills[pk]
            weights = (0.42 + 0.58 * skill, 0.42 * (1.05 - skill) + 0.04, 0.5 * (1 - skill) ** 2, 0.05)
            rows += [Answer(box=box, assessment_id=pk, value=value) for value in work.random.choices(Answer.Value.values, weights, k=turnout)]
    PaperBatch.objects.bulk_create(batches)
    work.random.shuffle(rows)
    Answer.objects.bulk_create(rows, batch_size=5000)
    SurveyRound.objects.filter(pk=survey_round.pk).update(closed_on=opens + timedelta(days=6), closed_by=work.department)


def _claim(
    work: Load, each: Assessment, kind: str, level: str, fact: str, document: str, day: date, *, accept: bool | None, reason: str = ""
) -> None:
    row = BonusKind.objects.get(scheme=each.period.scheme_id, code=kind)
    claim = BonusClaim.objects.create(
        assessment=each, village_id=each.village_id, kind=row, level=level, fact=fact, fact_key=entries.fact_key(fact, document), document=document,
        issued_on=day, certified_by=row.certifier, claimed_by=work.checker(each), reason=reason, decided_by=None if accept is None else work.department,
        state=BonusClaim.State.CLAIMED if accept is None else BonusClaim.State.ACCEPTED if accept else BonusClaim.State.REFUSED,
    )  # fmt: skip
    if accept is None:
        waiting.wait_for_claim(claim)


def _veto(work: Load, each: Assessment, code: str, words: str, day: date, *, confirm: bool | None, statement: str = "", reason: str = "") -> None:
    finding = VetoFinding.objects.create(
        assessment=each, village_id=each.village_id, kind=VetoKind.objects.get(scheme=each.period.scheme_id, code=code), found_on=day, words=words,
        proposed_by=work.checker(each), statement=statement, reason=reason, decided_by=None if confirm is None else work.department,
        state=VetoFinding.State.PROPOSED if confirm is None else VetoFinding.State.CONFIRMED if confirm else VetoFinding.State.DISMISSED,
    )  # fmt: skip
    if confirm is None:
        waiting.wait_for_finding(finding)


def _opinions(work: Load, people: list[Assessment], day: date) -> None:
    rows = []
    for each in people:
        for number, body in enumerate(Opinion.Body.values):
            text = (GOOD if work.skill_of(each) > 0.72 else FAIR)[number % 2]
            rows.append(Opinion(assessment=each, village_id=each.village_id, body=body, text=text, given_on=day + timedelta(days=number * 3),
                                entered_by=work.checker(each) if number < 2 else work.department))  # fmt: skip
    Opinion.objects.bulk_create(rows)


# --- the finished year ----------------------------------------------------------------------------
def _finished(work: Load, period: Period) -> None:
    people = _people(period)
    _sheets(work, period, people, date(2016, 10, 17))
    _fill(work, people, judged={each.pk for each in people})
    _vote(work, period, people, date(2016, 10, 20))
    ranked = sorted(people, key=work.skill_of)
    worst, best = ranked[:4], ranked[::-1]
    _veto(
        work,
        worst[0],
        "V1",
        "9月三次夜查不在村,群众反映长期走读。",
        date(2016, 10, 18),
        confirm=True,
        statement="因家中有事。",
        reason="查实,签到位置与住宿登记不符。",
    )
    _veto(work, worst[1], "V3", "8月15日至19日无故缺勤。", date(2016, 10, 18), confirm=True, reason="考勤表、走访核实属实。")
    _veto(work, worst[2], "V6", "群众来信反映优亲厚友。", date(2016, 10, 19), confirm=False, statement="名单经民主评议。", reason="经查不属实。")
    _claim(work, best[0], "honour", "province", "全省脱贫攻坚先进个人", "青扶组〔2016〕18号", date(2016, 9, 1), accept=True, reason="文件齐全。")
    _claim(
        work,
        best[0],
        "honour",
        "city",
        "全市脱贫攻坚先进个人(同一事迹)",
        "青扶组〔2016〕18号",
        date(2016, 7, 1),
        accept=True,
        reason="同一事项,只计最高。",
    )
    _claim(work, best[1], "model", "prefecture", "牧业合作社分红做法全州推广", "西扶办简报第9期", date(2016, 8, 12), accept=True, reason="简报可查。")
    _claim(work, best[2], "result", "city", "饮水工程提前完工受通报", "格水〔2016〕22号", date(2016, 9, 9), accept=True, reason="通报属实。")
    _claim(work, best[5], "honour", "city", "单位年度先进", "单位内部表彰", date(2016, 8, 1), accept=False, reason="单位内部表彰,不属市级以上。")
    _opinions(work, people, date(2016, 10, 24))
    for each in people:
        each.report, each.reported_on, each.reported_by = REPORT, date(2016, 10, 14), each.cadre_user or work.clerk(each)
        each.scored_by, each.scored_on, each.reviewed_by, each.reviewed_on = (
            work.checker(each),
            date(2016, 10, 28),
            work.department,
            date(2016, 11, 3),
        )
        each.stage = Assessment.Stage.REVIEWED
    Assessment.objects.bulk_update(people, ["report", "reported_on", "reported_by", "scored_by", "scored_on", "reviewed_by", "reviewed_on", "stage"])
    scoring.refresh(period=period)
    Period.objects.filter(pk=period.pk).update(state=Period.State.PUBLISHED, published_on=date(2016, 11, 7), publish_until_on=date(2016, 11, 11))
    period.refresh_from_db()
    periods.freeze(period=period, by=work.department, day=date(2016, 11, 14))
    _afterwards(work, period, best, worst)


def _afterwards(work: Load, period: Period, best: list[Assessment], worst: list[Assessment]) -> None:
    """Two appeals, one upheld; and what the grades were used for."""
    from assessments.models import Appeal

    for each, grounds, upheld, answer in (
        (best[8], "5月参加州级培训7天应计驻村,月报漏记。", True, "核对培训签到,属实,补记驻村天数。"),
        (worst[1], "8月缺勤系口头请假。", False, "口头请假不符合请销假制度,维持原结果。"),
    ):
        score = periods.newest_score(each)
        assert score is not None
        filer = each.cadre_user or work.clerk(each)
        row = Appeal.objects.create(
            assessment=each, village_id=each.village_id, score=score, filed_on=date(2016, 11, 18), filed_by=filer, grounds=grounds
        )
        if upheld:
            entry = Entry.objects.filter(assessment=each, key="days_in_village").first()
            if entry is not None and entry.value is not None:
                entry.value += 7
                entry.details = [*entry.details, {"label": "补记5月培训 7 天", "day": "2016-05-01", "amount": "7"}]
                entry.save()
        appeals.decide_appeal(appeal=row, upheld=upheld, answer=answer, by=work.second, day=date(2016, 11, 25))
    for each, kind, words in ((best[0], "promotion", "提任副科级领导职务"), (best[1], "honour", "推荐为全市优秀第一书记"), (worst[0], "recall", "召回,派出单位另派"),
                              (worst[2], "warning", "组织部约谈")):  # fmt: skip
        appeals.record_use(assessment=each, kind=kind, used_on=date(2016, 12, 20), words=words, by=work.department)
    own = next((each for each in _people(period) if each.cadre_user_id), None)
    if own is not None:
        appeals.confirm(assessment=own, by=own.cadre_user, day=date(2016, 11, 17))


# --- the running year -----------------------------------------------------------------------------
def _running(work: Load, period: Period) -> None:
    people = _people(period)
    _sheets(work, period, people, date(2017, 9, 14))
    own = [each for each in people if each.cadre_user_id]
    waiting = [each for each in people if each.village.code.startswith("632801100") and not each.cadre_user_id][
        -4:
    ]  # the demo's checker scores these
    reported = [each for each in people if each not in own]
    scored = [each for each in reported if each not in waiting]
    _fill(work, people, judged={each.pk for each in scored})
    _vote(work, period, people, date(2017, 9, 18))
    ranked = sorted(scored, key=work.skill_of)
    _claim(
        work,
        ranked[-1],
        "result",
        "prefecture",
        "村集体收入突破十万元受州通报",
        "西农〔2017〕31号",
        date(2017, 8, 20),
        accept=True,
        reason="通报属实。",
    )
    _claim(work, ranked[-2], "model", "city", "“支部+合作社”做法全市推广", "格组通〔2017〕12号", date(2017, 7, 8), accept=None)
    _claim(work, ranked[-3], "honour", "province", "全省优秀驻村干部", "青组〔2017〕40号", date(2017, 6, 28), accept=None)
    _claim(work, ranked[-4], "honour", "city", "朋友圈点赞最多", "无", date(2017, 5, 4), accept=False, reason="无表彰决定。")
    _veto(work, ranked[0], "V4", "季报告中走访户次与入户核实不符。", date(2017, 9, 20), confirm=None, statement="统计口径理解有误。")
    scoring.refresh(period=period)
    for each in reported:
        services.submit_report(assessment=each, text=REPORT, by=work.clerk(each), day=date(2017, 9, 21))
    ready = [each for each in scored if not _lacks(each)]
    for each in ready:
        services.finish_scoring(assessment=each, opinion="同意。", by=work.checker(each))
    for each in ready[::3]:
        services.review(assessment=each, opinion="复核无误。", by=work.department)
    _opinions(work, [each for each in ready if each.pk % 2], date(2017, 9, 22))
    scoring.refresh(period=period)


def _lacks(each: Assessment) -> bool:
    each.refresh_from_db(fields=["card"])
    return any(code[0] in "AB" for code in each.card.get("missing", []))
