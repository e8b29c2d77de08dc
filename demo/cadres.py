"""The cadres' year in the demo: expected days, check-ins, leave, spot checks, and a few who are to be found out."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Organization, User
from cadres import rules
from cadres.models import (
    BodyMeeting,
    BodyMember,
    Cadre,
    CadreAction,
    Commitment,
    CommitmentItem,
    Correction,
    DutyTurn,
    Honour,
    LeadingBody,
    Leave,
    Posting,
    Presence,
    PresencePosition,
    Secondment,
    SpotCheck,
    TrainingAttendance,
    TrainingSession,
)
from cadres.services import load_standard_rows, settle_days
from core.clock import today
from villages.models import Village

SINCE = date(2016, 10, 1)
POSITIONS_SINCE = 45  # days back for which the demo keeps positions
# Who is to be found: lives in town and drives in; two on one telephone; hardly ever there; never visits anybody.
COMMUTER, SHARED, NOMINAL, IDLE = "P0012", ("P0020", "P0021"), "P0031", "P0008"
WORKS = ("入户走访核对收入", "协助春耕备耕", "核对医保参保名单", "整理贫困户档案", "查看项目施工", "组织村民开会", "协调饮水管网维修", "宣讲扶贫政策",
         "草场管护巡查", "帮助联系务工", "排查住房安全", "村级公示张贴")  # fmt: skip
TRIPS = ("市农牧和扶贫开发局参加培训", "市委组织部开会", "到市水利局对接项目", "州里参加观摩")


def place_villages(villages: list[Village], random: Random) -> None:
    """Invented points around the city: check-ins need something to be near to."""
    for number, village in enumerate(villages):
        village.longitude = Decimal(f"{94.2 + 0.11 * (number % 12) + random.random() / 50:.6f}")
        village.latitude = Decimal(f"{36.15 + 0.07 * (number % 7) + random.random() / 50:.6f}")
    Village.objects.bulk_update(villages, ["longitude", "latitude"])


def attendance_year(random: Random) -> None:
    """A year of days for every posting, from what the demo's people did."""
    postings = list(Posting.objects.filter(ended_on=None).select_related("cadre", "village").order_by("cadre__code"))
    day_kinds = dict(rules.kinds(SINCE, today()))
    leaves, presences, positions = [], [], []
    for number, posting in enumerate(postings):
        away = _leaves_of(posting, postings, random, day_kinds)
        leaves += away
        made, placed = _check_ins(posting, away, random, day_kinds, number)
        presences += made
        positions += placed
    Leave.objects.bulk_create(leaves)
    presences = Presence.objects.bulk_create(presences, batch_size=2000)
    PresencePosition.objects.bulk_create(
        PresencePosition(presence=presences[index], village_id=presences[index].village_id, point=point, accuracy_m=accuracy)
        for index, point, accuracy in _indexed(presences, positions)
    )
    _spot_checks(postings, random, day_kinds)
    ids = [posting.cadre_id for posting in postings]
    settle_days(cadres=ids, since=SINCE, until=rules.month_span(today() + timedelta(days=62))[1], today=today(), reason="演示考勤")
    _corrections(postings, random)
    settle_days(cadres=ids, since=SINCE, until=today(), today=today(), reason="演示考勤更正")


def _indexed(presences: list[Presence], positions: list[tuple[UUID, str, int]]) -> Any:
    by_key = {presence.key: index for index, presence in enumerate(presences)}
    return ((by_key[key], point, accuracy) for key, point, accuracy in positions)


def _leaves_of(posting: Posting, postings: list[Posting], random: Random, day_kinds: dict[date, str]) -> list[Leave]:
    """Seven or so a year, none overlapping; the one still out today is part of the picture."""
    found: list[Leave] = []
    cursor = SINCE + timedelta(days=random.randrange(5, 40))
    mates = [each.cadre for each in postings if each.village_id == posting.village_id and each.cadre_id != posting.cadre_id]
    while cursor < today() - timedelta(days=12):
        kind = random.choices("PSYBRT", (20, 10, 14, 30, 16, 10))[0]
        length = {"P": random.randrange(1, 4), "S": random.randrange(1, 6), "Y": random.randrange(3, 6), "B": random.randrange(1, 4),
                  "R": 1, "T": random.randrange(2, 4)}[kind]  # fmt: skip
        ends = cursor + timedelta(days=length - 1)
        late = random.random() < 0.07
        found.append(_leave(posting, kind, cursor, ends, day_kinds, random, mates, cleared=ends + timedelta(days=4 if late else 1)))
        cursor = ends + timedelta(days=random.randrange(20, 70))
    return found


def _leave(
    posting: Posting, kind: str, starts: date, ends: date, day_kinds: dict[date, str], random: Random, mates: list[Cadre], *, cleared: date | None
) -> Leave:
    reasons = {"P": "家中有事", "S": "身体不适就医", "Y": "带薪年休假", "B": random.choice(TRIPS), "R": "到乡镇送资料", "T": "轮休"}
    span = [starts + timedelta(days=n) for n in range((ends - starts).days + 1)]
    return Leave(
        cadre=posting.cadre, posting=posting, village_id=posting.village_id, kind=kind, starts_on=starts, planned_until_on=ends, ends_on=ends,
        workdays=sum(1 for day in span if day_kinds.get(day) == "W"), reason=reasons[kind],
        destination="格尔木市区" if kind in "BRT" else "西宁" if kind in "SY" else "", for_village=kind == "B",
        substitute=random.choice(mates) if mates and kind in "PSY" else None, state=Leave.State.APPROVED, approved_on=starts - timedelta(days=1),
        returned_on=ends + timedelta(days=1) if cleared else None, cleared_on=cleared, applied_by=posting.cadre.user, applied_on=starts - timedelta(days=2),
    )  # fmt: skip


def _check_ins(posting: Posting, leaves: list[Leave], random: Random, day_kinds: dict[date, str], number: int) -> tuple[list[Presence], list[Any]]:
    code = posting.cadre.code
    away = {leave.starts_on + timedelta(days=n): leave.kind for leave in leaves for n in range((leave.ends_on - leave.starts_on).days + 1)}
    device = f"{(number if code != SHARED[1] else number - 1) * 7919 + 17:016x}"
    there = 0.55 if code == NOMINAL else 0.99
    zone = timezone.get_current_timezone()
    presences, positions = [], []
    for day, kind in day_kinds.items():
        rests = kind != "W" and random.random() > (0.0 if code == COMMUTER else 0.18)
        if rests or random.random() > there:
            continue
        on_trip = away.get(day)
        if on_trip and not (code == NOMINAL and on_trip == "B"):
            continue
        if code == COMMUTER:
            hour, distance = random.choice((9, 10, 11, 14)), random.randrange(2_000, 7_500)
        else:
            hour, distance = random.choice((7, 7, 8, 8, 18, 19, 20, 21)), random.randrange(20, 3_500)
        if code == SHARED[1]:
            hour = 8
        state = random.choices(("given", "refused", "unavailable"), (88, 4, 8))[0]
        if code == COMMUTER and random.random() < 0.35:
            state, distance = "given", random.randrange(24_000, 61_000)
        counts = distance <= 8_000 or state != "given"
        key = UUID(int=random.getrandbits(128), version=4)
        at = datetime.combine(day, time(hour, random.randrange(60)), tzinfo=zone)
        presences.append(Presence(
            cadre=posting.cadre, posting=posting, village_id=posting.village_id, day_on=day, kind=Presence.Kind.CHECK_IN, counts=counts,
            witness="position" if counts and state == "given" else "", note=random.choice(WORKS), at=at, is_late=random.random() < 0.06, key=key,
            device=device, position=state, distance_m=distance if state == "given" else None, entered_by=posting.cadre.user,
        ))  # fmt: skip
        if state == "given" and (today() - day).days <= POSITIONS_SINCE:
            north = Decimal(distance) / 111_000
            positions.append((key, f"{posting.village.longitude},{posting.village.latitude + north:.6f}", random.randrange(8, 60)))
    return presences, positions


def _spot_checks(postings: list[Posting], random: Random, day_kinds: dict[date, str]) -> None:
    workdays = [day for day, kind in day_kinds.items() if kind == "W"]
    seen = set(Presence.objects.filter(counts=True).values_list("cadre_id", "day_on"))
    away = [(leave.cadre_id, leave.starts_on, leave.ends_on) for leave in Leave.objects.all()]
    checker = User.objects.get(username="shenhe")
    checks, turns = [], []
    for posting in postings:
        for day in sorted(random.sample(workdays, 14)):
            excused = any(cadre == posting.cadre_id and starts <= day <= ends for cadre, starts, ends in away)
            result = "present" if (posting.cadre_id, day) in seen else "excused" if excused else "absent"
            checks.append(SpotCheck(cadre=posting.cadre, posting=posting, village_id=posting.village_id, day_on=day, result=result, checked_by=checker,
                                    means=random.choice(("phone", "phone", "on_site")), on_duty_turn=True,
                                    note="电话无人接听,村里反映不在" if result == "absent" else ""))  # fmt: skip
            turns.append(DutyTurn(cadre=posting.cadre, posting=posting, village_id=posting.village_id, day_on=day))
    for number, posting in enumerate(postings):
        ahead = [today() + timedelta(days=n) for n in range(9, 32) if rules.day_kind(today() + timedelta(days=n)) == "W"]
        turns += [DutyTurn(cadre=posting.cadre, posting=posting, village_id=posting.village_id, day_on=day) for day in ahead[number % 3 :: 3]]
    SpotCheck.objects.bulk_create(checks)
    DutyTurn.objects.bulk_create(turns)


def _corrections(postings: list[Posting], random: Random) -> None:
    from cadres.models import AttendanceDay

    checker = User.objects.get(username="shenhe")
    absent = list(AttendanceDay.objects.filter(code="A").exclude(cadre__code=NOMINAL).order_by("day_on", "id")[:400])
    for day in random.sample(absent, min(18, len(absent))):
        Correction.objects.create(cadre_id=day.cadre_id, posting_id=day.posting_id, village_id=day.village_id, day_on=day.day_on, was="A", code="B",
                                  reason="参加市里会议,会议签到表已补交", corrected_by=checker)  # fmt: skip


def bodies_and_rules(organizations: dict[str, Organization], name: Any) -> None:
    """The leading group with two heads, the headquarters, their meetings; who manages; the rules of teams; secondments."""
    load_standard_rows()
    for kind, title, heads in (("leading_group", "扶贫开发领导小组", ("市委书记", "市长")), ("headquarters", "扶贫攻坚指挥部", ("市委副书记",))):
        body = LeadingBody.objects.create(kind=kind, name=title, organization=organizations[title], document="成立文件(演示)",
                                          established_on=date(2015, 12, 1), is_demo=True)  # fmt: skip
        for place, posts in (
            ("head", heads),
            ("deputy", ("副市长", "市委组织部部长")),
            ("member", ("农牧和扶贫开发局局长", "市财政局局长", "市发展和改革委员会主任")),
        ):
            for post in posts:
                BodyMember.objects.create(body=body, name=name(), post=post, place=place, since_on=body.established_on)
        for number in range(6):
            BodyMeeting.objects.create(body=body, met_on=date(2016, 3, 10) + timedelta(days=90 * number), subject=f"第{number + 1}次会议:研究脱贫攻坚重点工作",
                                       decisions="听取各乡镇、行业部门工作情况汇报,研究项目安排和驻村干部管理。")  # fmt: skip
    for number in range(5):
        unit = organizations[("市财政局", "市水利局", "市交通运输局", "市公安局", "市文体广电局")[number]]
        Secondment.objects.create(name=name(), home_unit=unit, post="副科级领导干部(新提任)", host=organizations["农牧和扶贫开发局"], host_post="挂职扶贫专干",
                                  started_on=date(2017, 3, 1), ended_on=date(2017, 6, 30), months=4, document="挂职文件(演示)",
                                  appraisal="挂职期间表现良好,完成挂职任务。", is_demo=True)  # fmt: skip


def some_actions() -> None:
    for code, kind, reason in ((NOMINAL, "talk", "驻村天数不足,在岗抽查两次不在岗"), (COMMUTER, "talk", "群众反映早出晚归,不在村住宿")):
        cadre = Cadre.objects.get(code=code)
        CadreAction.objects.create(cadre=cadre, village=cadre.postings.get().village, kind=kind, done_on=date(2017, 7, 12), reason=reason,
                                   unit_told_on=date(2017, 7, 14), recorded_by=User.objects.get(username="zuzhibu"))  # fmt: skip


def trainings_and_promises(random: Random) -> None:
    """24 trainings with 20 or more each, commitments signed, honours with one promotion."""
    postings = list(Posting.objects.filter(ended_on=None).select_related("cadre").order_by("cadre__code"))
    host = Organization.objects.get(name="市委组织部")
    modes = ("induction", "rotation", "visit", "practice")
    titles = {"induction": "驻村干部岗前培训", "rotation": "扶贫政策专题轮训", "visit": "外县市观摩集训", "practice": "产业项目实践验训"}
    for number in range(24):
        mode, day = modes[number % 4], date(2016, 3, 15) + timedelta(days=22 * number)
        session = TrainingSession.objects.create(mode=mode, title=f"{titles[mode]}第{number // 4 + 1}期", starts_on=day, ends_on=day, hours=8, place="市委党校",
                                                 organizer=host, document="《第一书记和扶贫干部培训方案》", is_demo=True)  # fmt: skip
        TrainingAttendance.objects.bulk_create(
            TrainingAttendance(session=session, cadre=posting.cadre, village_id=posting.village_id, means="list")
            for place, posting in enumerate(postings) if (place + number) % 40 < 20 + number % 3
        )  # fmt: skip
    texts = ("每户每季至少走访一次", "协调落实一个产业项目", "组织技能培训两期", "完善贫困户档案")
    for posting in postings:
        commitment = Commitment.objects.create(
            village_id=posting.village_id, cadre=posting.cadre, year=2017, state="signed", signed_on=date(2017, 1, 20), is_demo=True
        )
        CommitmentItem.objects.bulk_create(
            CommitmentItem(
                commitment=commitment, village_id=posting.village_id, number=n, text=text, measure="列入月计划,逐项销号", due_quarter=n, weight=25
            )
            for n, text in enumerate(texts, start=1)
        )
    best = postings[2]
    Honour.objects.create(
        cadre=best.cadre, village_id=best.village_id, kind="promotion", awarded_on=date(2017, 6, 20), title="提任副科级领导职务", is_demo=True
    )
