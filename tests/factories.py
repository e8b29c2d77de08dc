"""The small world of the tests: two townships, three villages, one person a role."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import factory

from accounts.models import Organization, User
from accounts.permissions import Role
from assistance.models import Helper, HelpUnit, Leader, MeasureType, Pairing
from cadres.models import Cadre, Posting
from core.checks.identity import make_id_number
from funds.models import FundAllocation, FundIndicator, Project, SubsidyItem
from households.models import Household, Income, Living, Member
from villages.models import Division, Grant, Village, VillageGroup

START = date(2016, 1, 1)


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"测试单位{n}")
    nature = Organization.Nature.GOVERNMENT


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"测试员{n}")
    must_change_password = False
    password = "!"


class HouseholdFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Household

    household_code = factory.LazyAttributeSequence(lambda o, n: f"{o.village.code}{n % 10000:04d}")
    identified_on = date(2015, 12, 31)
    attribute = "01"
    cause_main = "07"


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    village = factory.SelfAttribute("household.village")
    number = factory.Sequence(lambda n: n % 100 + 1)
    name = factory.Sequence(lambda n: f"张测{'一二三四五六七八九十'[n % 10]}")
    sex = "1"
    birth_on = date(1970, 1, 1)
    relation = "01"
    health = ["1"]
    labour = "1"
    id_number = factory.Sequence(lambda n: make_id_number("999999", date(1970, 1, 1), (n * 2 + 1) % 1000))


class IncomeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Income

    village = factory.SelfAttribute("household.village")
    year = 2017
    population = 1


class LivingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Living

    village = factory.SelfAttribute("household.village")
    year = 2017


@dataclass
class World:
    """`villages[0]` and `[1]` lie in the first township, `[2]` in the second; people by role, all in the first."""

    city: Division
    townships: list[Division]
    villages: list[Village]
    people: dict[str, User] = field(default_factory=dict)


CITY_WIDE = {
    Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.CITY_LEADER, Role.BUREAU_CLERK, Role.BUREAU_APPROVER,
    Role.ORG_DEPARTMENT, Role.FINANCE, Role.SECTOR_DEPARTMENT, Role.DISCIPLINE, Role.HELPER, Role.BANK, Role.UNIT_LIAISON,
}  # fmt: skip
VILLAGE_WIDE = {Role.VILLAGE_CADRE, Role.VILLAGE_COMMITTEE}


def grant(user: User, role: str, division: Division, **fields: Any) -> Grant:
    return Grant.objects.create(user=user, role=role, division=division, area=division.prefix, **{"since": START, **fields})


def make_divisions() -> tuple[Division, list[Division]]:
    province = Division.objects.create(code="630000000000", name="青海省", level=1)
    prefecture = Division.objects.create(code="632800000000", name="海西州", level=2, parent=province)
    city = Division.objects.create(code="632801000000", name="格尔木市", level=3, parent=prefecture)
    townships = [
        Division.objects.create(code=code, name=name, level=4, parent=city)
        for code, name in (("632801100000", "郭勒木德镇"), ("632801200000", "大格勒乡"))
    ]
    return city, townships


def make_village(township: Division, serial: int, name: str, **fields: Any) -> Village:
    code = f"{township.code[:9]}{serial:03d}"
    division = Division.objects.create(code=code, name=name, level=5, parent=township)
    village = Village.objects.create(division=division, township=township, code=code, name=name, **fields)
    VillageGroup.objects.create(village=village, name="一社", number=1)
    VillageGroup.objects.create(village=village, name="二社", number=2)
    return village


def make_world() -> World:
    city, townships = make_divisions()
    villages = [
        make_village(townships[0], 901, "示范一村", is_poor_village=True, poor_since=2015),
        make_village(townships[0], 902, "示范二村", is_poor_village=True, poor_since=2015),
        make_village(townships[1], 903, "样例三村"),
    ]
    world = World(city, townships, villages)
    for role in Role.values:
        user = UserFactory(username=role, name=Role(role).label[:20])
        area = city if role in CITY_WIDE else villages[0].division if role in VILLAGE_WIDE else townships[0]
        grant(user, role, area)
        world.people[role] = user
    world.people["stranger"] = UserFactory(username="stranger", name="无授权人")
    return world


class CadreFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Cadre

    code = factory.Sequence(lambda n: f"P{n + 1:05d}")
    name = factory.Sequence(lambda n: f"李驻{'一二三四五六七八九十'[n % 10]}")
    sex = "1"
    home_unit = factory.SubFactory(OrganizationFactory)


class PostingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Posting

    cadre = factory.SubFactory(CadreFactory)
    role = "member"
    started_on = START


class HelpUnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HelpUnit

    organization = factory.SubFactory(OrganizationFactory)
    nature = "admin"
    joined_on = START


class HelperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Helper

    name = factory.Sequence(lambda n: f"王帮{'一二三四五六七八九十'[n % 10]}")
    unit = factory.SubFactory(HelpUnitFactory)


class PairingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pairing

    helper = factory.SubFactory(HelperFactory)
    village = factory.SelfAttribute("household.village")
    started_on = START


class LeaderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Leader

    name = factory.Sequence(lambda n: f"赵联{'一二三四五六七八九十'[n % 10]}")
    post = "副市长"


class MeasureTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MeasureType

    code = factory.Sequence(lambda n: f"M{n % 90 + 10}")
    name = factory.Sequence(lambda n: f"措施{n}")


class ProjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Project

    code = factory.Sequence(lambda n: f"CS-{n:04d}")
    name = factory.Sequence(lambda n: f"测试项目{n}")
    kind = "road"
    department = factory.SubFactory(OrganizationFactory)
    source = "4"
    approved_on = START


def make_attendance(posting: Posting, user: User) -> None:
    """A record of every kind a posting leaves behind: leave, a monthly report with its line."""
    from cadres.models import AttendanceLine, AttendanceMonth, Leave

    here = {"cadre": posting.cadre, "posting": posting, "village": posting.village}
    day = date(2017, 9, 4)
    Leave.objects.create(**here, kind="P", starts_on=day, planned_until_on=day, ends_on=day, workdays=1, reason="事", state="approved",
                         applied_by=user, applied_on=day)  # fmt: skip
    month = AttendanceMonth.objects.create(village=posting.village, month_on=date(2017, 8, 1), due_on=date(2017, 9, 5))
    counts = ("required", "actual", "business", "reported", "personal", "sick", "paid", "absent", "open_days", "checks", "checks_present")
    AttendanceLine.objects.create(**here, month=month, codes="N" * 31, **dict.fromkeys(counts, 0))
    from cadres.models import (
        Allowance,
        AllowanceKind,
        BodyMember,
        Commitment,
        CommitmentItem,
        LeadingBody,
        Nomination,
        Opinion,
        Publicity,
        QuarterReport,
        Secondment,
        Sign,
        TeamExpense,
        TrainingSession,
    )  # fmt: skip

    office = Organization.objects.order_by("pk").first() or OrganizationFactory()
    TrainingSession.objects.create(mode="visit", title="观摩", starts_on=day, ends_on=day, place="市委党校", organizer=office, recorded_by=user)
    commitment = Commitment.objects.create(village=posting.village, cadre=posting.cadre, year=2017, state="signed", signed_on=day)
    CommitmentItem.objects.create(
        commitment=commitment, village=posting.village, number=1, text="走访", measure="每月一次", due_quarter=4, weight=100
    )
    QuarterReport.objects.create(commitment=commitment, village=posting.village, cadre=posting.cadre, year=2017, quarter=2, due_on=day)
    Sign.objects.create(cadre=posting.cadre, village=posting.village, kind="idle", grounds="核实", proposed_on=day, statement_due_on=day)
    unit = posting.cadre.home_unit
    Publicity.objects.create(village=posting.village, kind="talk", held_on=day, place="村委会", topic="政策宣讲", reached=30)
    Nomination.objects.create(unit=unit, village=posting.village, role="member", name="张推荐", sex="1", working_since_on=START, reason="能吃苦", recommended_on=day,
                              recommended_by=user, state="sent", document="文件", sent_on=day, report_by_on=day)  # fmt: skip
    Secondment.objects.create(name="李挂职", home_unit=unit, post="副局长", host=office, started_on=day)
    body, _ = LeadingBody.objects.get_or_create(kind="leading_group", ended_on=None, defaults={"name": "扶贫开发领导小组", "established_on": day})
    BodyMember.objects.get_or_create(body=body, name="组长", post="书记", place="head", since_on=day)
    kind, _ = AllowanceKind.objects.get_or_create(code="border", defaults={"name": "艰苦边远地区工资水平补差", "valid_from": START})
    Allowance.objects.create(cadre=posting.cadre, village=posting.village, unit=unit, kind=kind, month_on=date(2017, 8, 1), days=20)
    TeamExpense.objects.create(village=posting.village, source="units", use="office", spent_on=day, amount=Decimal(500), text="购置办公用品")
    Opinion.objects.create(village=posting.village, channel="gathering", content="常来走访", received_on=day)


class IndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FundIndicator

    document = factory.Sequence(lambda n: f"测财〔2017〕{n}号")
    title = "扶贫专项资金"
    source = "4"
    year = 2017
    amount = Decimal(100_000)
    issued_on = date(2017, 1, 10)
    received_on = date(2017, 1, 20)


def make_allocation(village: Village, *, amount: Decimal | int = 100_000, indicator: FundIndicator | None = None, **fields: Any) -> FundAllocation:
    """An approved project with money allocated to it."""
    project = ProjectFactory(
        village=village, amount=amount, state="running", started_on=date(2017, 3, 1), planned_finish_on=date(2017, 12, 1), **fields
    )
    return FundAllocation.objects.create(
        indicator=indicator or IndicatorFactory(amount=amount), project=project, village=village, amount=amount, document="测分〔2017〕1号",
        allocated_on=date(2017, 2, 1),
    )  # fmt: skip


def make_item(**fields: Any) -> SubsidyItem:
    return SubsidyItem.objects.create(**{"code": "T1", "name": "产业到户补助", "standard": None, "valid_from": START} | fields)


def make_payees(village: Village, count: int) -> list[Household]:
    """Households with an account each, and a head."""
    found = []
    for number in range(count):
        household = HouseholdFactory(
            village=village, bank_name="农村商业银行", bank_account=f"62284800000000{village.pk % 1000:03d}{number:02d}"[:19]
        )
        MemberFactory(household=household, name=f"张收{'一二三四五六七八九十'[number % 10]}")
        found.append(household)
    return found
