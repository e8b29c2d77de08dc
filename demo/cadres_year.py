"""The cadres' promises, papers and money in the demo: filed months, reports, allowances, expenses, opinions, selection, one sign confirmed."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts.models import Organization, User
from cadres import rules, services
from cadres.models import (
    Allowance,
    AllowanceKind,
    AttendanceDay,
    AttendanceLine,
    AttendanceMonth,
    Cadre,
    Commitment,
    CommitmentItem,
    Leave,
    Nomination,
    Opinion,
    Posting,
    Presence,
    Publicity,
    QuarterProgress,
    QuarterReport,
    Sign,
    TeamExpense,
    TrainingNeed,
)
from cadres.services.months import Line, digest
from core import scoring_inputs
from core.clock import on, today
from villages.models import Village

MONTHS = [date(2016, 10, 1), date(2016, 11, 1), date(2016, 12, 1), *(date(2017, month, 1) for month in range(1, 9))]
WORK = ("逐户核对收入和政策落实;配合乡镇完成动态管理;调解草场纠纷 2 起。", "走访贫困户,协调饮水管网维修;组织党员学习。", "推进合作社分红,完善户档案;宣讲医保、教育政策。",
        "协助项目施工和验收,联系务工岗位;排查住房安全。")  # fmt: skip
LATE_VILLAGES = 2  # how many hand a month in late


def filed_months(random: Random) -> None:
    """Every month to August is filed; the last month of one village is on its way through the approvals."""
    villages = list(Village.objects.filter(postings__isnull=False).distinct().order_by("code"))
    own = Posting.objects.get(cadre__code="P0001").village
    for month in MONTHS:
        lines: dict[int, list[Line]] = defaultdict(list)
        for line in services.month_lines(villages=[village.pk for village in villages], month=month):
            lines[line.village_id].append(line)
        due = services.due_day(month)
        rows = [AttendanceMonth(village=village, month_on=month, due_on=due) for village in villages if lines[village.pk]]
        AttendanceMonth.objects.bulk_create(rows)
        AttendanceLine.objects.bulk_create(
            AttendanceLine(month=row, main_work=random.choice(WORK), **vars(line)) for row in rows for line in lines[row.village_id]
        )
        for number, row in enumerate(rows):
            if row.village_id == own.pk and month == MONTHS[-1]:
                continue
            late = number in random.sample(range(len(rows)), LATE_VILLAGES)
            row.submitted_on = due + timedelta(days=random.randrange(1, 6)) if late else due - timedelta(days=random.randrange(4))
            row.state, row.closed_days, row.filed_on = AttendanceMonth.State.FILED, True, row.submitted_on + timedelta(days=4)
            row.content_sha256 = digest(row)
        AttendanceMonth.objects.bulk_update(
            [row for row in rows if row.filed_on], ["submitted_on", "state", "closed_days", "filed_on", "content_sha256"]
        )
    with on(services.due_day(MONTHS[-1]) - timedelta(days=1)):
        services.submit_month(month=AttendanceMonth.objects.get(village=own, month_on=MONTHS[-1]), by=User.objects.get(username="shuji"))


def allowances(random: Random) -> None:
    """Due by the filed lines, paid by the home units for all but the last two months; everyone insured, two about to end."""
    kinds = list(AllowanceKind.objects.filter(is_insurance=False))
    insurance = AllowanceKind.objects.get(code="insurance")
    reporter = User.objects.get(username="zuzhibu")
    rates = {kind.pk: Decimal(650 - 250 * number) for number, kind in enumerate(kinds)}
    rows = []
    for line in AttendanceLine.objects.filter(month__state="filed", actual__gt=0).select_related("month", "cadre"):
        month = line.month.month_on
        paid = (line.month.filed_on or today()) + timedelta(days=random.randrange(3, 15)) if month <= MONTHS[-3] else None
        rows += [
            Allowance(cadre=line.cadre, village_id=line.village_id, unit_id=line.cadre.home_unit_id, kind=kind, month_on=month, days=line.actual, paid_on=paid,
                      amount=rates[kind.pk] if paid else None, reported_by=reporter if paid else None, is_demo=True)
            for kind in kinds
        ]  # fmt: skip
    for number, cadre in enumerate(Cadre.objects.order_by("code")):
        since = date(2016, 10, 12) if number in {4, 17} else date(2017, 3, 1)
        village = cadre.postings.values_list("village_id", flat=True)[0]
        rows.append(Allowance(cadre=cadre, village_id=village, unit_id=cadre.home_unit_id, kind=insurance, month_on=since.replace(day=1), paid_on=since,
                              amount=Decimal(120), policy_number=f"演示保单{number + 1:04d}", insured_until_on=since.replace(year=since.year + 1),
                              reported_by=reporter, is_demo=True))  # fmt: skip
    Allowance.objects.bulk_create(rows)


def promises(random: Random) -> None:
    """Each team has its commitment too; two quarters are reported with the system's numbers and checked, a few late."""
    texts = ("为群众办实事不少于 6 件", "壮大村集体经济", "落实到户产业项目", "开展政策宣讲不少于 12 次")
    for village in Village.objects.filter(postings__isnull=False).distinct().order_by("code"):
        team = Commitment.objects.create(
            village=village, year=2017, state="signed", signed_on=date(2017, 1, 18), posted_on=date(2017, 1, 20), is_demo=True
        )
        CommitmentItem.objects.bulk_create(
            CommitmentItem(commitment=team, village=village, number=number, text=text, measure="分工到人,按季对账", due_quarter=number, weight=25)
            for number, text in enumerate(texts, start=1)
        )
    Commitment.objects.filter(posted_on=None, state="signed").update(posted_on=date(2017, 1, 22))
    commitments = list(Commitment.objects.filter(year=2017).select_related("village", "cadre").prefetch_related("items"))
    team_of: dict[int, list[int]] = defaultdict(list)
    for posting in Posting.objects.filter(ended_on=None):
        team_of[posting.village_id].append(posting.cadre_id)
    everyone = sorted(cadre for cadres in team_of.values() for cadre in cadres)
    for quarter in (1, 2):
        first, last = services.quarter_span(2017, quarter)
        found = [(entry, entry.compute(everyone, first, last)) for entry in scoring_inputs.all_inputs()]
        due, reports = services.quarter_due(2017, quarter), []
        late = set(random.sample(range(len(commitments)), 3))
        for number, commitment in enumerate(commitments):
            whose = [commitment.cadre_id] if commitment.cadre_id else team_of[commitment.village_id]
            numbers = []
            for entry, values in found:
                known = [values[cadre] for cadre in whose if cadre in values and values[cadre].value is not None]
                if known:
                    total = sum((value.value for value in known if value.value is not None), Decimal())
                    words = known[0].words if len(known) == 1 else f"{len(known)} 人合计"
                    numbers.append({"key": entry.key, "label": entry.label, "value": f"{total:f}", "unit": entry.unit, "words": words})
            sent = due + timedelta(days=random.randrange(1, 8)) if number in late else due - timedelta(days=random.randrange(6))
            reports.append(QuarterReport(
                commitment=commitment, village_id=commitment.village_id, cadre_id=commitment.cadre_id, year=2017, quarter=quarter, state="accepted", due_on=due,
                submitted_on=sent, numbers=numbers, problems="个别贫困户内生动力不足,饮水管网冬季易冻。", next_plan="继续逐户走访,落实产业项目和医保缴费。", is_demo=True,
            ))  # fmt: skip
        QuarterReport.objects.bulk_create(reports)
        QuarterProgress.objects.bulk_create(
            QuarterProgress(report=report, village_id=report.village_id, item=item, percent=100 if item.due_quarter <= quarter else 25 * quarter,
                            note="已完成" if item.due_quarter <= quarter else "按计划推进")
            for report in reports for item in report.commitment.items.all()
        )  # fmt: skip


SPENT = {TeamExpense.Source.UNITS: Decimal(225_000), TeamExpense.Source.ORG_DEPARTMENT: Decimal(130_000)}
USES = (
    ("office", "购置打印机和办公用品"),
    ("living", "冬季取暖用煤"),
    ("living", "灶具和被褥"),
    ("travel", "下乡租车和燃油"),
    ("equipment", "维修驻村宿舍"),
    ("activity", "村民文化活动"),
)


def expenses(random: Random) -> None:
    """What the teams' money was spent on: within what was raised."""
    villages = list(Village.objects.filter(postings__isnull=False).distinct().order_by("code"))
    writer, rows = User.objects.get(username="zuzhibu"), []
    for source, raised in SPENT.items():
        share = raised / len(villages)
        for village in villages:
            provider = None if source == TeamExpense.Source.ORG_DEPARTMENT else village.postings.order_by("pk").first().cadre.home_unit
            for use, text in random.sample(USES, 3):
                rows.append(TeamExpense(village=village, source=source, provider=provider, use=use, text=text, recorded_by=writer, is_demo=True,
                                        spent_on=date(2017, random.randrange(1, 9), random.randrange(1, 28)),
                                        amount=(share * random.randrange(18, 31) / 100).quantize(Decimal(1))))  # fmt: skip
    TeamExpense.objects.bulk_create(rows)


OPINIONS = (
    ("gathering", "王书记常来走访,帮我家联系了务工,希望再办一期技能培训。", "已列入第四季度培训计划。"),
    ("box", "队里有人白天来晚上走,住在城里。", ""),
    ("box", "饮水管冬天老冻,反映过几次。", "已协调水利局维修,10 月底前完成。"),
    ("visit", "宣讲的医保政策听不太懂,希望用藏语再讲一次。", ""),
)


def opinions_and_publicity(random: Random) -> None:
    villages = list(Village.objects.filter(postings__isnull=False).distinct().order_by("code"))
    answerer = User.objects.get(username="shenhe")
    for number, village in enumerate(villages):
        channel, content, answer = OPINIONS[number % len(OPINIONS)]
        day = date(2017, 9, 2) + timedelta(days=number)
        Opinion.objects.create(village=village, channel=channel, content=content, received_on=day, answer=answer, answered_on=day + timedelta(days=6) if answer else None,
                               answered_by=answerer if answer else None, is_demo=True)  # fmt: skip
    Publicity.objects.bulk_create(
        Publicity(village=village, kind=random.choice(("talk", "meeting", "material")), held_on=date(2017, month, random.randrange(3, 27)), place="村委会会议室",
                  topic=random.choice(("医保、养老政策", "扶贫小额信贷政策", "移风易俗和“五星级”文明户创建", "草原生态奖补政策")), reached=random.randrange(25, 90), is_demo=True)
        for village in villages for month in (2, 4, 6, 8)
    )  # fmt: skip
    for cadre, topic, mode in zip(Cadre.objects.order_by("code")[:6], ("产业项目管理", "合作社财务", "藏语基础", "扶贫政策", "村级账务", "档案整理"),
                                  ("practice", "rotation", "induction", "rotation", "practice", "visit"), strict=True):  # fmt: skip
        TrainingNeed.objects.create(
            cadre=cadre, village=cadre.postings.first().village, topic=topic, mode=mode, noted_on=date(2017, 9, 5), is_demo=True
        )


def selection() -> None:
    """Two recommendations: one waits for the organization department, one for the day of reporting."""
    unit = Organization.objects.get(name="市水利局")
    person = {
        "sex": "1",
        "post": "科员",
        "is_party_member": True,
        "party_joined_on": date(2009, 7, 1),
        "working_since_on": date(2006, 7, 1),
        "health": "good",
    }
    services.recommend(unit=unit, by=User.objects.get(username="zuzhibu"), name="马国强", role="member", reason="熟悉农村水利,能吃苦", **person)
    village = Village.objects.filter(postings__isnull=False).order_by("-code").first()
    Nomination.objects.create(unit=unit, village=village, name="李雪梅", role="member", reason="做过乡镇工作", recommended_on=date(2017, 9, 4), state="sent",
                              document="下派文件(演示)", sent_on=date(2017, 9, 25), report_by_on=date(2017, 10, 10), recommended_by=User.objects.get(username="zuzhibu"), is_demo=True, **person | {"sex": "2"})  # fmt: skip


def signs(commuter: str, nominal: str) -> None:
    """The commuter is proposed and not yet heard; who was hardly there was heard and is confirmed."""
    proposer = User.objects.get(username="shenhe")
    with on(date(2017, 9, 28)):
        services.propose_sign(
            cadre=Cadre.objects.get(code=commuter),
            kind="commuting",
            grounds="8月签到均在 9 时至 15 时,多次定位在城区,群众反映早出晚归。",
            by=proposer,
        )
    cadre = Cadre.objects.get(code=nominal)
    Sign.objects.create(cadre=cadre, village=cadre.postings.first().village, kind="nominal", grounds="6、7月缺勤较多,抽查两次不在岗。", proposed_on=date(2017, 8, 7),
                        proposed_by=proposer, statement="家中有病人,未及时请假,今后改正。", stated_on=date(2017, 8, 10), statement_due_on=date(2017, 8, 12),
                        state="confirmed", decided_on=date(2017, 8, 18), is_demo=True)  # fmt: skip


# Who is away on the demo's day, and why: (cadre, kind, days back it began, days ahead it ends, reason); the last one has not come back.
AWAY = (("P0005", "Y", 3, 9, "带薪年休假"), ("P0017", "S", 2, 1, "身体不适就医"), ("P0023", "B", 0, 0, "到市水利局对接饮水项目"), ("P0029", "R", 0, 0, "到乡镇送资料"),
        ("P0027", "P", 6, -4, "家中有事"))  # fmt: skip


def away_today() -> None:
    """A few are on leave on the demo's day: what they had checked in meanwhile did not happen."""
    for code, kind, back, ahead, reason in AWAY:
        posting = Posting.objects.select_related("cadre").get(cadre__code=code, ended_on=None)
        starts, ends = today() - timedelta(days=back), today() + timedelta(days=ahead)
        last = today() if ahead < 0 else ends
        days = {"cadre": posting.cadre, "day_on__gte": starts, "day_on__lte": last}
        AttendanceDay.objects.filter(**days).update(presence=None)
        Presence.objects.filter(**days).delete()
        Leave.objects.filter(cadre=posting.cadre, ends_on__gte=starts).delete()
        Leave.objects.create(cadre=posting.cadre, posting=posting, village_id=posting.village_id, kind=kind, starts_on=starts, planned_until_on=ends, ends_on=ends,
                             workdays=rules.workdays(starts, ends), reason=reason, destination="格尔木市区", for_village=kind == "B", state="approved",
                             approved_on=starts, applied_on=starts)  # fmt: skip
        services.settle_days(cadres=[posting.cadre_id], since=starts, until=last, today=today())


def papers_of_the_year(random: Random, *, commuter: str, nominal: str) -> None:
    """All of it, in the order one thing needs the other."""
    filed_months(random)
    away_today()
    allowances(random)
    promises(random)
    expenses(random)
    opinions_and_publicity(random)
    selection()
    signs(commuter, nominal)
    services.open_duties(day=today())
