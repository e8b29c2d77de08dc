"""Projects on their way through the six gates: one through all of them by six users, one before the bureau, one before the township."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import Organization, User
from core import clock
from demo.life import paper
from demo.payouts import answer_file
from funds import services
from funds.models import Acceptance, Asset, Beneficiary, BudgetLine, Contract, FundIndicator, Performance, ProgressReport, Project, SubsidyItem
from funds.services.gates import start_gate
from households.models import Household
from villages.models import Village
from workflow import services as flow
from workflow.models import Case, Decision, Step

STARTERS = {1: "cunwei", 2: "zhuangan", 3: "fupin", 4: "hangye", 5: "fagai", 6: "shuji"}
DECIDERS = {"township_checker": ("shenhe",), "bureau_approver": ("shenpi",), "city_leader": ("lingdao",), "finance": ("caizheng", "fagai")}
OPINIONS = {
    "township_checker": "已到村核实,同意。",
    "bureau_approver": "材料齐全,同意。",
    "city_leader": "同意实施。",
    "finance": "资金有来源,同意。",
}
EACH, HEADS = Decimal(6_000), 6


def load_gates(village: Village, organizations: dict[str, Organization], money: FundIndicator) -> None:
    """In the village of the demo's village users, on the days it would have happened."""
    services.install_procedures()
    _whole_way(_project(village, organizations, "LG2017-001", f"{village.name}良种羊引进项目", date(2017, 7, 3)), organizations, money)
    second = _project(village, organizations, "LG2017-002", f"{village.name}枸杞烘干房项目", date(2017, 8, 14))
    for number, day in ((1, date(2017, 8, 15)), (2, date(2017, 8, 29))):
        _through(second, number, day)
    with clock.on(date(2017, 9, 20)):
        Performance.objects.create(project=second, village=village, target="烘干房投用,枸杞增值", indicator="年烘干量(吨)", planned=40)
        _start(second, 3)
    third = _project(village, organizations, "LG2017-003", f"{village.name}藜麦初加工项目", date(2017, 9, 18))
    with clock.on(date(2017, 9, 25)):
        _start(third, 1)


def _project(village: Village, organizations: dict[str, Organization], code: str, name: str, day: date) -> Project:
    by = User.objects.get(username="cunwei")
    with clock.on(day):
        project = services.save_project(
            project=Project(is_demo=True), by=by, code=code, name=name, kind="industry", village=village, department=organizations["农牧和扶贫开发局"],
            source="4", amount=EACH * HEADS, applied_on=day, need="W1", benefit="到户实施,村集体统一供种和销售", content="按户引进,统一防疫",
            beneficiary_households=HEADS, planned_finish_on=date(2017, 11, 30),
        )  # fmt: skip
        for home in Household.objects.active().filter(village=village).exclude(bank_account_index=None).order_by("pk")[:HEADS]:
            services.add_part(part=Beneficiary(project=project), by=by, household=home, benefit="良种补助", recorded_on=day)
        services.add_part(part=BudgetLine(project=project), by=by, source="4", content="到户补助", amount=project.amount)
    return project


def _start(project: Project, number: int) -> Case:
    by = User.objects.get(username=STARTERS[number])
    case = start_gate(project=project, number=number, by=by).case
    for wanted in case.step.wanted.all():
        flow.add_evidence(case=case, label=wanted.label, file=paper(wanted.label), by=by)
    return case


def _through(project: Project, number: int, day: date) -> None:
    with clock.on(day):
        case = _start(project, number)
        for step in Step.objects.filter(procedure=case.procedure).order_by("number"):
            names = [name for name in DECIDERS[step.role] if name != STARTERS[number]]
            for name in names[: step.needed]:
                case = Case.objects.get(pk=case.pk)
                by = User.objects.get(username=name)
                flow.decide(case=case, step_id=case.step_id, version=case.version, result="pass", opinion=OPINIONS[step.role], by=by)
    # The opinions were given on the demo's days, not on the day they are loaded.
    Decision.objects.filter(case=case).update(at=timezone.make_aware(datetime(day.year, day.month, day.day, 16, 30)))
    project.refresh_from_db()


def _cooperative(village: Village) -> Organization:
    name = f"{village.name}养殖专业合作社(演示)"
    return Organization.objects.get_or_create(name=name, defaults={"nature": "enterprise", "level": "township"})[0]


def _whole_way(project: Project, organizations: dict[str, Organization], money: FundIndicator) -> None:
    people = {name: User.objects.get(username=name) for name in (*STARTERS.values(), "shenpi", "caizheng")}
    clerk = people["fupin"]
    _noticed(project, "before", date(2017, 7, 4), people["shuji"])
    _through(project, 1, date(2017, 7, 18))
    _through(project, 2, date(2017, 7, 20))
    services.add_part(part=Performance(project=project), by=clerk, target="六户户均引进良种羊十只", indicator="引进良种羊(只)", planned=Decimal(60))
    _through(project, 3, date(2017, 7, 25))
    services.save_project(project=project, by=clerk, approval_document="演示扶组〔2017〕31号")
    _through(project, 4, date(2017, 7, 31))
    with clock.on(date(2017, 8, 2)):
        given = services.allocate(indicator=money, project=project, amount=project.amount, document="演示扶组〔2017〕32号",
                                  allocated_on=date(2017, 8, 2), by=people["caizheng"], is_demo=True)  # fmt: skip
        services.add_part(part=Contract(project=project), by=clerk, number="LGHT2017-001", contractor=_cooperative(project.village), amount=project.amount,
                          method="village", signed_on=date(2017, 8, 2), declared=True)  # fmt: skip
        services.save_project(project=project, by=clerk, started_on=date(2017, 8, 2))
    _through(project, 5, date(2017, 8, 7))
    with clock.on(date(2017, 8, 9)):
        homes = list(project.beneficiaries.order_by("household_id").values_list("household_id", flat=True))
        lines = [services.Wanted(pk, EACH, Decimal(10)) for pk in homes]
        batch = services.make_batch(project=project, allocation=given, item=SubsidyItem.objects.get(code="CY02"), period_on=date(2017, 8, 1), lines=lines,
                                    by=clerk, title=f"{project.village.name}良种羊引进补助")  # fmt: skip
        batch = services.check_batch(batch=batch, seen=batch.digest, by=people["shenpi"])
        batch = services.pay_batch(batch=batch, seen=batch.digest, by=people["caizheng"])
    with clock.on(date(2017, 8, 11)):
        services.take_return(batch=batch, data=answer_file(batch, set(), "20170811"), name=f"{batch.number}回单.txt", by=people["caizheng"])
    for percent, day in ((40, date(2017, 8, 15)), (100, date(2017, 8, 30))):
        with clock.on(day):
            services.add_part(part=ProgressReport(project=project), by=people["shuji"], reported_on=day, percent=percent, note="按户引进,已验收入圈",
                              upload=paper("progress"))  # fmt: skip
    _finish(project, clerk, people["shuji"])


def _finish(project: Project, clerk: User, cadre: User) -> None:
    with clock.on(date(2017, 9, 1)):
        services.save_project(project=project, by=clerk, finished_on=date(2017, 8, 30), state=Project.State.FINISHED)
    _noticed(project, "after", date(2017, 9, 2), cadre)
    with clock.on(date(2017, 9, 18)):
        services.add_part(part=Acceptance(project=project), by=clerk, accepted_on=date(2017, 9, 18), result="passed", members="乡镇、村两委、驻村工作队",
                          note="六户六十只,与清单一致", upload=paper("acceptance"))  # fmt: skip
        project.refresh_from_db()
        services.add_part(part=Asset(project=project), by=clerk, name="良种羊六十只", kind="household", value=project.amount, owner="六户受益户",
                          keeper="村两委", handed_over_on=date(2017, 9, 18), registered_on=date(2017, 9, 18))  # fmt: skip
        performance = Performance.objects.get(project=project)
        services.add_part(part=performance, by=clerk, reached=Decimal(60), score=Decimal(93), evaluated_on=date(2017, 9, 19), note="全部到户")
        for part in project.beneficiaries.all():
            services.add_part(part=part, by=clerk, amount=EACH)
    _through(project, 6, date(2017, 9, 22))


def _noticed(project: Project, stage: str, day: date, by: User) -> None:
    """Published, hung out with a photo, taken down when its days are over."""
    with clock.on(day):
        notice = services.publish_notice(project=project, stage=stage, by=by).notice
        flow.post_notice(notice=notice, place="村委会公开栏", posted_on=day, photo=paper("notice"), by=by, day=day)
    notice.refresh_from_db()
    flow.take_down_ended(date.fromordinal(notice.ends_on.toordinal() + 1))
    project.refresh_from_db()
