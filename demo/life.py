"""Household records under way in the demo: applications at every step, an exit, a removal, a watched household, comparison, handbooks."""

import io
from datetime import date, timedelta
from typing import Any

from PIL import Image, ImageDraw

from accounts.models import Organization, User
from accounts.permissions import Role
from core import clock
from core.checks.identity import make_id_number
from core.clock import today
from households import services
from households.models import CrossCheckRequest, CrossCheckResult, CrossCheckSource, HandbookIssue, Household, Proceeding
from households.rules.crosschecks import Result
from households.rules.exits import ExitItem
from households.rules.procedures import PROCEDURES
from households.rules.review import Votes
from villages.models import Village
from workflow import services as flow

Kind = Proceeding.Kind
OFFICES = {"farming": "农牧和扶贫开发局", "police": "市公安局", "housing": "市房产管理局", "vehicles": "市车辆管理所", "banks": "农村商业银行"}
PEOPLE = {Role.VILLAGE_COMMITTEE: "cunwei", Role.VILLAGE_CADRE: "shuji", Role.TOWNSHIP_CLERK: "zhuangan", Role.TOWNSHIP_CHECKER: "shenhe",
          Role.BUREAU_CLERK: "fupin", Role.BUREAU_APPROVER: "shenpi", Role.SECTOR_DEPARTMENT: "hangye"}  # fmt: skip
APPLICANTS = (
    ("韩生福", "1", date(1968, 3, 12), "01"), ("马秀英", "2", date(1972, 7, 5), "02"), ("才仁多杰", "1", date(1980, 11, 20), "07"),
    ("李长青", "1", date(1959, 1, 30), "08"), ("冶成林", "1", date(1975, 9, 9), "09"), ("赵玉兰", "2", date(1966, 6, 18), "03"),
)  # fmt: skip


def load_life(village: Village) -> None:
    """Everything of this module, in the village of the demo's village users."""
    for kind in PROCEDURES:
        services.ensure_procedure(kind)
    services.ensure_sources()
    for code, name in OFFICES.items():
        CrossCheckSource.objects.filter(code=code).update(organization=Organization.objects.get(name=name))
    _handbooks()
    office = {role: User.objects.get(username=name) for role, name in PEOPLE.items()}
    _applications(village, office)
    _exit(village, office)
    _watched(village, office)
    _ask_the_bank(village, office)


def paper(words: str) -> bytes:
    """An invented sheet as a phone would photograph it."""
    image = Image.new("RGB", (640, 860), "#f7f4ec")
    draw = ImageDraw.Draw(image)
    for line in range(14):
        draw.line((60, 150 + line * 46, 580, 150 + line * 46), fill="#c9c2b2", width=2)
    draw.ellipse((400, 690, 540, 830), outline="#a8322d", width=6)
    draw.text((60, 60), f"DEMO {sum(words.encode()) % 10_000:04d}", fill="#333333")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def _handbooks() -> None:
    """Both books in every registered household's hands."""
    rows = []
    for pk, village, code, since in Household.objects.active().values_list("pk", "village_id", "household_code", "identified_on"):
        for kind, prefix, days in ((HandbookIssue.Kind.NATIONAL, "QG", 40), (HandbookIssue.Kind.PROVINCE, "QH", 75)):
            rows.append(HandbookIssue(household_id=pk, village_id=village, kind=kind, number=f"{prefix}{code}", issued_on=since + timedelta(days=days),
                                      received_by="户主本人"))  # fmt: skip
    HandbookIssue.objects.bulk_create(rows, batch_size=2000)


def _application(number: int) -> services.HouseholdInput:
    name, sex, born, cause = APPLICANTS[number]
    head = {"name": name, "sex": sex, "birth_on": born, "relation": "01", "health": ["1"] if cause not in {"01", "02"} else ["2"], "labour": "1",
            "id_number": make_id_number("999999", born, 601 + number * 2 if sex == "1" else 602 + number * 2), "medical_insured": True,
            "ethnicity": "04" if "·" in name or len(name) > 3 else "01", "education": "2"}  # fmt: skip
    other = {"name": f"{name[0]}明{'一二三四五六'[number]}", "sex": "1", "birth_on": date(2006, 4, 2 + number), "relation": "03", "health": ["1"], "labour": "4",
             "id_number": make_id_number("999999", date(2006, 4, 2 + number), 701 + number * 2), "schooling": "03", "medical_insured": True}  # fmt: skip
    household = {"attribute": "01", "cause_main": cause, "applied_on": today(), "address": "示范一村一社", "phone": f"1380000{number:04d}"}
    return services.HouseholdInput(household=household, members=[head, other], income={"year": today().year, "a1": 4200 + 300 * number},
                                   living={"year": today().year, "water_safe": True, "domestic_power": True, "dwelling_m2": 60})  # fmt: skip


def _survey(proceeding: Proceeding, office: dict[Any, User]) -> None:
    services.record_survey(
        proceeding=proceeding, surveyed_on=today(), first_surveyor="马主任", second_surveyor="王书记", population_note="常住人口与户口一致,孩子在读小学。",
        property_note="砖木房三间,无车辆、商铺,羊十余只。", income_note="以打零工为主,年收入约五千元。", by=office[Role.VILLAGE_CADRE],
    )  # fmt: skip
    flow.advance(case=proceeding.case, by=office[Role.VILLAGE_CADRE], opinion="情况属实")


def _review(village: Village, rows: list[Proceeding], office: dict[Any, User], lost: int | None = None) -> None:
    votes = {row.pk: Votes(9, 14, 1) if number == lost else Votes(22, 1, 1) for number, row in enumerate(rows)}
    services.hold_review(village=village, kind=rows[0].kind, held_on=today(), place="村党员活动室", chair="马主任", due_count=30, present_count=24,
                         minutes=paper("minutes"), votes=votes, by=office[Role.VILLAGE_CADRE])  # fmt: skip


def _publish(village: Village, rows: list[Proceeding], step: str, by: User) -> Any:
    waiting = [row for row in services.waiting_at(village=village, kind=rows[0].kind, codes=[step], user=by) if row.pk in {each.pk for each in rows}]
    notice = services.publish_step(village=village, kind=rows[0].kind, step=step, proceedings=waiting, starts_on=today(), by=by)
    for posting in notice.postings.select_related("village"):
        flow.post_notice(notice=notice, place="村务公开栏", posted_on=today(), photo=paper(notice.number), by=by, village=posting.village)
    return notice


def _pass_notice(village: Village, rows: list[Proceeding], step: str, by: User, since: date) -> date:
    """Publish on a day, let it run, go on the day after; returns that day."""
    with clock.on(since):
        notice = _publish(village, rows, step, by)
    after = notice.ends_on + timedelta(days=1)
    with clock.on(after):
        flow.take_down_ended(after)
        waiting = [
            row for row in services.waiting_at(village=village, kind=rows[0].kind, codes=[step], user=by) if row.pk in {each.pk for each in rows}
        ]
        services.pass_notices(proceedings=waiting, by=by)
    return after


def _compare(households: list[int], office: dict[Any, User]) -> None:
    """The five offices have answered; one car is found and waived."""
    for source in CrossCheckSource.objects.filter(is_required=True):
        request = services.request_check(source=source, organization=source.organization, households=households, purpose="贫困户识别信息比对",
                                         by=office[Role.BUREAU_CLERK])  # fmt: skip
        request.results.update(result=Result.NONE, answered_by=office[Role.SECTOR_DEPARTMENT])
        CrossCheckRequest.objects.filter(pk=request.pk).update(
            state="answered", answered_on=today(), answered_by=office[Role.SECTOR_DEPARTMENT], data_on=today()
        )
        if source.code == "vehicles":
            row = request.results.order_by("line").first()
            CrossCheckResult.objects.filter(pk=row.pk).update(
                result=Result.HIT, judgement="open", found="小型轿车,2003 年登记", rule=source.veto_rules.first()
            )
            row.refresh_from_db()
            services.judge_hit(result=row, judgement="waived", reason="车辆已报废注销", evidence=paper("car"), by=office[Role.BUREAU_APPROVER])


def _ask_the_bank(village: Village, office: dict[Any, User]) -> None:
    """A request the bank has still to answer, about households nothing is running for."""
    busy = Proceeding.objects.filter(village=village).values("household_id")
    homes = Household.objects.active().filter(village=village).exclude(pk__in=busy).order_by("-pk")
    bank = CrossCheckSource.objects.get(code="banks")
    services.request_check(source=bank, organization=bank.organization, households=list(homes.values_list("pk", flat=True)[:4]),
                           purpose="建档立卡户存款复核", by=office[Role.BUREAU_CLERK])  # fmt: skip


def _applications(village: Village, office: dict[Any, User]) -> None:
    """Six applications on their way: registered ones are not added, so that 278 households stay 278."""
    committee, team = office[Role.VILLAGE_COMMITTEE], office[Role.VILLAGE_CADRE]
    rows: list[Proceeding] = []
    with clock.on(date(2017, 8, 10)):
        for number in range(6):
            rows.append(services.apply(village=village, data=_application(number), reason="农户申请", by=committee, day=today()))
        for row in rows[:5]:
            for label in ("申请书", "信息比对授权书"):
                flow.add_evidence(case=row.case, label=label, file=paper(label), by=committee)
            flow.advance(case=row.case, by=committee)
    with clock.on(date(2017, 8, 16)):
        for row in rows[:4]:
            _survey(row, office)
    with clock.on(date(2017, 8, 22)):
        _review(village, rows[:3], office, lost=2)
    day = _pass_notice(village, rows[:1], "notice", team, date(2017, 8, 23))
    with clock.on(day):
        flow.advance(case=rows[0].case, by=office[Role.TOWNSHIP_CHECKER], opinion="抽查入户,情况属实")
    with clock.on(date(2017, 9, 8)):
        _compare([rows[0].household_id], office)
        flow.advance(case=rows[0].case, by=office[Role.BUREAU_CLERK], opinion="比对无否决情形")
    _pass_notice(village, rows[:1], "second_notice", office[Role.TOWNSHIP_CLERK], date(2017, 9, 12))
    with clock.on(date(2017, 9, 26)):
        _publish(village, rows[1:2], "notice", team)


def _registered(village: Village, status: str, count: int) -> list[Household]:
    rows = Household.objects.active().filter(village=village, poverty_status=status).exclude(proceedings__outcome="running")
    return list(rows.order_by("id")[:count])


def _exit(village: Village, office: dict[Any, User]) -> None:
    """Two households on the way out: one at its checks, one before the city's decision."""
    team = office[Role.VILLAGE_CADRE]
    homes = _registered(village, "1", 2)
    if len(homes) < 2:
        return
    with clock.on(date(2017, 8, 28)):
        rows = [
            services.open_proceeding(household=home, kind=Kind.EXIT, reason="收入稳定超过标准", by=office[Role.VILLAGE_COMMITTEE]) for home in homes
        ]
        _review(village, rows, office)
    with clock.on(date(2017, 9, 1)):
        for row in rows:
            _survey(row, office)
        flow.add_evidence(case=rows[0].case, label="户主认可书(签字或手印)", file=paper("consent"), by=team)
        services.save_exit_checks(proceeding=rows[0], answers={item: (True, "入户核实") for item in ExitItem.values}, by=team)
        flow.advance(case=rows[0].case, by=team)
    day = _pass_notice(village, rows[:1], "notice", team, date(2017, 9, 2))
    with clock.on(day):
        flow.advance(case=rows[0].case, by=office[Role.TOWNSHIP_CHECKER], opinion="核查表和公示齐全")


def _watched(village: Village, office: dict[Any, User]) -> None:
    """One household that had left poverty and is watched for a sudden illness."""
    homes = _registered(village, "2", 1)
    if not homes:
        return
    with clock.on(date(2017, 9, 20)):
        row = services.open_monitoring(household=homes[0], category="1", risks=["01", "07"], source="2", warned_on=today(), reason="户主住院,务工中断",
                                       by=office[Role.VILLAGE_COMMITTEE])  # fmt: skip
        _survey(row, office)
