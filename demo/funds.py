"""The demo's money: every sum of the seed to the cent, each from its source down to who got it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from accounts.models import Organization, User
from demo import golmud
from demo.credit import load_credit
from demo.fund_mistakes import load_mistakes
from demo.gates import load_gates
from demo.payouts import answer_file
from funds import services
from funds.models import BankLayout, FundAllocation, FundIndicator, PaymentBatch, Project, Source, SubsidyItem
from households.models import Household
from villages.models import Village

WAN = 10_000
# (source, category, year, document, title, 万元, issued, received, note): documents are invented and say so.
INDICATORS = (
    ("2", "special", 2016, "演示省财〔2016〕1号", "省级财政专项扶贫资金", "1165", date(2016, 3, 20), date(2016, 4, 12), "省、州分列数种子文件未给出,为演示拆分"),
    ("3", "special", 2016, "演示州财〔2016〕1号", "州级财政专项扶贫资金", "490", date(2016, 4, 8), date(2016, 4, 25), "省、州分列数种子文件未给出,为演示拆分"),
    ("4", "special", 2016, "演示市财〔2016〕1号", "市级财政扶贫专项资金", "1500", date(2016, 3, 1), date(2016, 3, 10), ""),
    ("8", "team", 2016, "演示组〔2016〕1号", "市委组织部工作队经费", "13", date(2016, 5, 5), date(2016, 5, 10), "用于工作队经费和生活"),
)  # fmt: skip
TEAM_UNITS = 9  # 22.5万 in nine parts of 2.5万 [assumed split]
INDUSTRY = ("枸杞种植", "牛羊养殖", "藜麦种植", "设施蔬菜")
PER_HOUSEHOLD = Decimal(5000)


def load_funds(villages: Sequence[Village], organizations: dict[str, Organization], random: Random) -> None:
    """After the projects of the charts: indicators, allocations, industry projects and what they paid."""
    poor = [village for village in villages if village.is_poor_village]
    special = _indicators(organizations)
    _infrastructure(special[2])
    _sector()
    _teams(organizations)
    _code_lists(organizations)
    _industry(poor, special, organizations, random)
    load_gates(villages[0], organizations, special[2])
    load_credit(villages, organizations, random)
    load_mistakes(organizations)


def _indicators(organizations: dict[str, Organization]) -> list[FundIndicator]:
    made = []
    for source, category, year, document, title, wan, issued, received, note in INDICATORS:
        made.append(FundIndicator.objects.create(
            source=source, category=category, year=year, document=document, title=title, amount=Decimal(wan) * WAN, issued_on=issued,
            received_on=received, note=note, provider=organizations["市委组织部" if category == "team" else "市财政局"], is_demo=True,
        ))  # fmt: skip
    return made


def _give(indicator: FundIndicator, project: Project, amount: Decimal, day: date) -> FundAllocation:
    return FundAllocation.objects.create(
        indicator=indicator, project=project, village=project.village, amount=amount, document="演示资金分配方案", allocated_on=day, is_demo=True
    )


def _infrastructure(city: FundIndicator) -> None:
    """904.5万 for 19 projects: whether it lies inside the 1500万 the seed does not say, so the indicator says 待核定."""
    own = FundIndicator.objects.create(
        source=Source.CITY, category="infrastructure", year=2016, document="演示市财〔2016〕2号", title="市级财政基础设施建设资金", is_demo=True,
        amount=Decimal(golmud.INFRA_YUAN), issued_on=date(2016, 3, 1), received_on=date(2016, 3, 12), counting="undecided", part_of=city,
        provider=city.provider, note="是否包含在市级扶贫专项1500万元内,待核定;未计入合计",
    )  # fmt: skip
    for project in Project.objects.filter(kind="infrastructure").order_by("code"):
        _give(own, project, project.amount, project.approved_on or date(2016, 4, 1))


def _sector() -> None:
    projects = list(Project.objects.filter(kind__in=Project.SECTOR_KINDS).order_by("code"))
    whole = FundIndicator.objects.create(
        source=Source.SECTOR, category="sector", year=2017, document="演示行业〔2017〕1号", title="行业部门项目资金", issued_on=date(2017, 1, 20),
        received_on=date(2017, 2, 10), amount=sum((project.amount for project in projects), Decimal(0)), is_demo=True,
    )  # fmt: skip
    for project in projects:
        _give(whole, project, project.amount, project.approved_on or date(2017, 3, 1))


def _teams(organizations: dict[str, Organization]) -> None:
    units = [organizations[name] for name, nature, _ in golmud.BODIES if nature in {"party", "government"}][:TEAM_UNITS]
    for number, unit in enumerate(units, start=1):
        part = FundIndicator.objects.create(
            source=Source.HOME_UNIT, category="team", year=2016, document=f"演示选派〔2016〕{number}号", title=f"{unit}工作队经费", provider=unit,
            amount=Decimal("2.5") * WAN, issued_on=date(2016, 5, 1), received_on=date(2016, 5, 15), is_demo=True,
        )  # fmt: skip
        FundAllocation.objects.create(indicator=part, organization=unit, amount=part.amount, document="演示经费通知", allocated_on=date(2016, 5, 20),
                                      purpose="驻村工作队经费", is_demo=True)  # fmt: skip
    own = FundIndicator.objects.get(source=Source.ORG_DEPARTMENT)
    FundAllocation.objects.create(indicator=own, organization=own.provider, amount=own.amount, document="演示经费通知", allocated_on=date(2016, 5, 20),
                                  purpose="解决工作队困难和生活", is_demo=True)  # fmt: skip


def _code_lists(organizations: dict[str, Organization]) -> None:
    start = date(2016, 1, 1)
    for code, name, unit, standard, every in (
        ("CY01", "产业到户补助", "户", PER_HOUSEHOLD, "year"), ("CY02", "牲畜良种补助", "只", Decimal(600), "year"),
        ("GY01", "公益性岗位补贴", "月", Decimal(1800), "month"), ("FH01", "资产收益分红", "户", None, "year"),
    ):  # fmt: skip
        SubsidyItem.objects.create(code=code, name=name, unit=unit, standard=standard, every=every, valid_from=start, basis="标准待核定")
    for name in ("农村商业银行", "邮政储蓄银行"):
        BankLayout.objects.create(bank=organizations[name])


def _industry(poor: Sequence[Village], special: Sequence[FundIndicator], organizations: dict[str, Organization], random: Random) -> None:
    """One industry project a poor village, from the three special indicators; its subsidy to the households is paid."""
    item = SubsidyItem.objects.get(code="CY01")
    maker, checker, payer = (User.objects.get(username=name) for name in ("fupin", "shenpi", "caizheng"))
    second = User.objects.get(username="fagai")
    for number, village in enumerate(poor):
        homes = list(_payable(village).values_list("pk", flat=True))
        share = special[number % 3].amount // len(poor[number % 3 :: 3]) // WAN * WAN  # whatever chance gives, no source is overdrawn
        amount = min(PER_HOUSEHOLD * len(homes) + Decimal(random.randrange(40, 70) * WAN), share)
        day = date(2017, 1, 10) + timedelta(days=3 * number)
        project = Project.objects.create(
            code=f"CY2017-{number + 1:03d}", name=f"{village.name}{INDUSTRY[number % 4]}产业项目", kind="industry", village=village, amount=amount,
            department=organizations["农牧和扶贫开发局"], source=special[number % 3].source, applied_on=day - timedelta(days=60), approved_on=day,
            approval_document=f"演示扶组〔2017〕{number + 1}号", started_on=day + timedelta(days=30), planned_finish_on=date(2017, 12, 20), state="running",
            beneficiary_households=len(homes), need="W1", benefit="入股合作社保底分红,吸纳务工", is_demo=True,
        )  # fmt: skip
        allocation = _give(special[number % 3], project, amount, day + timedelta(days=12))
        lines = [services.Wanted(pk, PER_HOUSEHOLD) for pk in homes]
        batch = services.make_batch(project=project, allocation=allocation, item=item, period_on=date(2017, 6, 1), lines=lines, by=maker,
                                    title=f"{village.name}产业到户补助")  # fmt: skip
        if number == len(poor) - 1:  # one batch waits for its checker
            continue
        for person in (checker, second)[: batch.checks_needed]:
            batch = services.check_batch(batch=batch, seen=batch.digest, by=person)
        if number == len(poor) - 2:  # one for its payer
            continue
        batch = services.pay_batch(batch=batch, seen=batch.digest, by=payer)
        failing = {2, 5} if number == 0 else set()
        if number != len(poor) - 3:  # one for its bank
            services.take_return(batch=batch, data=answer_file(batch, failing), name=f"{batch.number}回单.txt", by=payer)
        if failing:
            services.reissue(batch=batch, by=maker)
    _date_back()


def _payable(village: Village) -> "object":
    return Household.objects.active().filter(village=village).exclude(bank_account_index=None).order_by("pk")


def _date_back() -> None:
    """The demo's batches were made in the demo's days, not on the day they are loaded."""
    moment = timezone.make_aware(datetime(2017, 6, 19, 9, 30))
    for batch in PaymentBatch.objects.order_by("pk"):
        days = {"made_at": 0, "checked_at": 1, "second_checked_at": 1, "sent_at": 2, "settled_at": 4}
        fields = {name: moment + timedelta(days=later, minutes=batch.pk * 7) for name, later in days.items() if getattr(batch, name)}
        PaymentBatch.objects.filter(pk=batch.pk).update(**fields)
