"""Loads the Golmud demo: every exact figure of the seed that these rooms hold, from rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from accounts.models import Organization, User
from assistance.models import (
    ExitNeed,
    Helper,
    HelpUnit,
    Leader,
    LeaderVillage,
    Measure,
    MeasureType,
    Pairing,
    PolicyDocument,
    UnitVillage,
    Wish,
)
from assistance.rules import ANSWERS
from cadres.models import Cadre, Posting
from core.clock import today
from core.scope import acting_as_system
from demo import assessments as demo_assessments
from demo import cadres as demo_cadres
from demo import golmud
from demo.alerts import find_and_judge, plant
from demo.bulk import VillageOrder, copy_households, light_load
from demo.cadres_year import papers_of_the_year
from demo.complaints import load_complaints, load_corrections, load_sample
from demo.fund_mistakes import load_clues
from demo.funds import load_funds
from demo.households import VillageTraits
from demo.life import load_life
from demo.names import pick_name
from demo.notices import load_notices, load_regulations
from demo.people import DEMO_USERS, PASSWORD
from demo.years import load_years
from funds.models import Project, Source
from households.models import Household, PovertyLine
from reports.services import release_charts
from villages.models import Division, Grant, Village, VillageGroup, VillageYear

STARTED = date(2016, 1, 15)
LIGHT_FROM = 5_000
VILLAGE_SIZE = 400
Say = Callable[[str], None]


class DemoError(Exception):
    """Base for expected refusals; str() is shown to the user."""


@dataclass
class World:
    """What the steps of the load hand to each other."""

    random: Random
    divisions: dict[str, Division] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    villages: list[Village] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    groups: dict[int, list[int]] = field(default_factory=dict)


def load_demo(*, households: int | None = None, seed: int = 2017, say: Say = lambda text: None, workers: int = 2) -> None:
    """The demo in one transaction, as the owner. With `households` the register grows in the same shape.

    Raises DemoError when there are villages already.
    """
    if Village.objects.exists():
        raise DemoError("库中已有数据,没有载入演示数据。要重新载入,请先停止服务并删除数据目录。")
    world = World(Random(seed))
    with acting_as_system(reason="载入演示数据"):
        _divisions(world)
        _organizations(world)
        _lines_and_catalogues(world)
        _villages(world, households or golmud.HOUSEHOLDS)
        say("正在生成农户…")
        _households(world, households or golmud.HOUSEHOLDS, say, workers)
        _users(world)
        core = world.villages[: len(golmud.VILLAGES)]
        _village_years(world, core)
        _cadres(world, core)
        _leaders_and_units(world, core)
        _pairings(world, core)
        _measures(world, core)
        _wishes_and_needs(world, core)
        _projects(world, core)
        load_regulations()
        load_funds(core, world.organizations, world.random)
        load_life(core[0])
        load_complaints(core)
        load_corrections(core[0])
        load_sample(core[0])
        if (households or golmud.HOUSEHOLDS) < LIGHT_FROM:
            load_years(core)
        load_notices(core)
        if (households or golmud.HOUSEHOLDS) < LIGHT_FROM:  # a big register waits for the night
            plant()
            find_and_judge()
            load_clues(world.organizations)
        demo_assessments.load(world.random)
        say("正在发布贫困村的六张图…")
        for village in core:
            if village.is_poor_village:
                release_charts(village=village, day=today(), by=None)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    say("演示数据已载入。")


def is_loaded() -> bool:
    """Whether there is anything to show."""
    return Village.objects.exists()


def _divisions(world: World) -> None:
    parent = None
    for level, (code, name) in enumerate((golmud.PROVINCE, golmud.PREFECTURE, golmud.CITY), start=1):
        parent, _ = Division.objects.get_or_create(code=code, defaults={"name": name, "level": level, "parent": parent})
        world.divisions[code] = parent
    for code, name, _ in golmud.TOWNSHIPS:
        world.divisions[code], _ = Division.objects.get_or_create(code=code, defaults={"name": name, "level": 4, "parent": parent})


def _organizations(world: World) -> None:
    def add(name: str, **fields: Any) -> Organization:
        world.organizations[name] = Organization.objects.create(name=name, **fields)
        return world.organizations[name]

    for name, nature, level in golmud.BODIES:
        add(name, nature=nature, level=level)
    merged = world.organizations["农牧和扶贫开发局"]
    merged.valid_from, merged.posts_authorized, merged.posts_filled = golmud.MERGED_ON, 46, 43
    merged.save()
    for name in golmud.PREDECESSORS:
        merged.predecessors.add(add(name, nature="government", valid_from=date(2002, 1, 1), valid_to=golmud.MERGED_ON))
    for code, name, committee in golmud.TOWNSHIPS:
        office = add(name, nature="township", level="township", area_code=code[:9], phone=f"0979-8{code[6:9]}01{code[-1]}",
                     parent=world.organizations.get(committee))  # fmt: skip
        if committee:
            Division.objects.filter(code=code).update(work_committee=office.parent)


def _lines_and_catalogues(world: World) -> None:
    for series, rows in golmud.LINES:
        for year, amount in rows:
            PovertyLine.objects.create(year=year, series=series, amount=amount, source="见领域资料,文号待核实")
    PolicyDocument.objects.create(layer=1, number=1, title="格尔木市脱贫攻坚实施方案")
    for number, name in enumerate(golmud.ACTION_PLANS, start=1):
        PolicyDocument.objects.create(layer=7, number=number, title=f"格尔木市{name}脱贫攻坚行动计划")
    for number, name in enumerate(golmud.SPECIAL_PLANS, start=1):
        PolicyDocument.objects.create(layer=10, number=number, title=f"格尔木市{name}扶贫专项方案")
    for code, name, examples, causes, evidence in golmud.MEASURE_TYPES:
        MeasureType.objects.create(code=code, name=name, examples=examples, causes=causes.split(), evidence=evidence)


def _villages(world: World, households: int) -> None:
    wanted = list(golmud.VILLAGES)
    serials: dict[str, int] = {}
    extra = max(0, -(-households // VILLAGE_SIZE) - len(wanted)) if households > golmud.HOUSEHOLDS else 0
    wanted += [(_extra_town(world, number), f"扩展{number + 1}村", number % 3 != 0, number % 2 == 0, 4, 0) for number in range(extra)]
    for town, name, poor, herding, groups, weight in wanted:
        serials[town] = serials.get(town, 900) + 1
        township = world.divisions[f"{town}000"]
        division = Division.objects.create(code=f"{town}{serials[town]:03d}", name=name, level=5, parent=township)
        village = Village.objects.create(
            division=division, township=township, code=division.code, name=name, is_poor_village=poor, is_demo=True,
            poor_since=2015 if poor else None, kind=Village.Kind.HERDING if herding else Village.Kind.FARMING,
        )  # fmt: skip
        world.villages.append(village)
        world.weights.append(weight)
        world.groups[village.pk] = [
            VillageGroup.objects.create(village=village, name=f"{'一二三四五六'[n]}社", number=n + 1).pk for n in range(groups)
        ]


def _extra_town(world: World, number: int) -> str:
    """Invented towns of a large register, 99 villages each, codes 632801 5xx."""
    code = f"632801{501 + number // 99}"
    if f"{code}000" not in world.divisions:
        world.divisions[f"{code}000"] = Division.objects.create(
            code=f"{code}000", name=f"演示乡{number // 99 + 1}", level=4, parent=world.divisions[golmud.CITY[0]]
        )
    return code


def _shares(total: int, weights: list[int], least: int = 1) -> list[int]:
    """Whole shares of a total by weight, each at least `least`, adding up exactly."""
    shares = [max(least, total * weight // sum(weights)) for weight in weights]
    position = 0
    while sum(shares) != total:
        step = 1 if sum(shares) < total else -1
        if shares[position] + step >= least:
            shares[position] += step
        position = (position + 1) % len(shares)
    return shares


def _households(world: World, households: int, say: Say, workers: int) -> None:
    members = golmud.MEMBERS if households == golmud.HOUSEHOLDS else round(households * golmud.MEMBERS / golmud.HOUSEHOLDS)
    weights = world.weights if households <= golmud.HOUSEHOLDS else [w * 10 or VILLAGE_SIZE for w in world.weights]
    per_village = _shares(households, weights)
    people = _shares(members, per_village, least=1)
    people = [min(max(count, home), home * 7) for count, home in zip(people, per_village, strict=True)]
    people[0] += members - sum(people)
    orders, first_household, first_member = [], 1, 1
    for index, village in enumerate(world.villages):
        groups = world.groups[village.pk]
        traits = VillageTraits(village.code, village.kind == Village.Kind.HERDING, len(groups), index)
        orders.append(VillageOrder(traits, village.pk, tuple(groups), per_village[index], people[index], first_household, first_member,
                                   (first_household - 1) * 2 + 1, (first_household - 1) * 3 + 1, world.random.randrange(2**31)))  # fmt: skip
        first_household += per_village[index]
        first_member += people[index]

    def progress(done: int) -> None:
        say(f"已写入 {done:,} 户")

    if households >= LIGHT_FROM:
        with light_load():
            copy_households(orders, workers=workers, progress=progress)
    else:
        copy_households(orders)


def _users(world: World) -> None:
    committee = Organization.objects.create(name="示范一村村委会", nature="village_committee", level="village", area_code="632801100901")
    world.organizations[committee.name] = committee
    hashed = make_password(PASSWORD)
    for person in DEMO_USERS:
        user = User.objects.create(username=person.username, name=person.name, organization=world.organizations[person.organization],
                                   password=hashed, must_change_password=False, password_changed_at=timezone.now())  # fmt: skip
        division = world.divisions.get(person.area) or Division.objects.get(code=person.area)
        areas = [division]
        if person.role == "work_committee":
            areas = list(Division.objects.filter(work_committee=user.organization))
        for area in areas:
            Grant.objects.create(user=user, role=person.role, division=area, area=area.prefix, since=STARTED, reason="演示授权")


def _name(world: World, sex: str) -> str:
    return pick_name(world.random, ethnicity=world.random.choices(("01", "03", "04", "02"), (60, 15, 15, 10))[0], sex=sex)


def _village_years(world: World, villages: list[Village]) -> None:
    rows = []
    for village in villages:
        random = world.random
        homes = village.households.count()
        total = max(homes * random.randrange(6, 11), 80)
        population = round(total * 3.2)
        herding = village.kind == Village.Kind.HERDING
        for year in (2015, 2016, 2017):
            better = year - 2015
            rows.append(VillageYear(
                village=village, year=year, households_total=total, population_total=population, rural_population=round(population * 0.96),
                low_income_households=round(homes * 0.4), low_income_population=round(homes * 1.1),
                extreme_support_households=round(homes * 0.08), extreme_support_population=round(homes * 0.09),
                minority_population=round(population * (0.95 if herding else 0.45)), women=round(population * 0.49),
                disabled=round(population * 0.03), workforce=round(population * 0.55), migrant_workers=round(population * (0.12 + 0.02 * better)),
                area_mu=Decimal(0 if herding else total * 14), pasture_mu=Decimal(total * 1800 if herding else 0),
                centre_distance_km=Decimal(random.randrange(20, 900)) / 10, paved_road=better >= 1 or not herding, bus=better == 2 and not herding,
                domestic_power=True, production_power=better >= 1, broadband=better >= 1, broadcast=better >= 1,
                safe_water_households=total if better == 2 else round(total * (0.8 + 0.1 * better)), unsafe_dwellings=max(0, round(homes * (0.1 - 0.04 * better))),
                clinics=1, doctors=1 if better else 0, culture_room=better >= 1, service_centre=better == 2 or random.random() < 0.4,
                school_access=True, dropouts=0, cooperatives=1 + better, cooperative_poor_households=round(homes * (0.2 + 0.2 * better)),
                collective_income_wan=Decimal(random.randrange(0, 60) + 30 * better) / 10, mutual_fund_wan=Decimal(50 if village.is_poor_village else 0),
                leading_industry="牛羊养殖" if herding else random.choice(("枸杞种植", "藜麦种植", "设施蔬菜")),
            ))  # fmt: skip
    VillageYear.objects.bulk_create(rows)


def _cadres(world: World, villages: list[Village]) -> None:
    poor = [village for village in villages if village.is_poor_village]
    units = [world.organizations[name] for name, nature, _ in golmud.BODIES if nature in {"party", "government"}]
    counts = [3 if number < golmud.CADRES - 2 * len(poor) else 2 for number in range(len(poor))]
    serial = 0
    for village, count in zip(poor, counts, strict=True):
        for place in range(count):
            serial += 1
            sex = "1" if world.random.random() < 0.75 else "2"
            cadre = Cadre.objects.create(code=f"P{serial:04d}", name=_name(world, sex), sex=sex, home_unit=units[serial % len(units)],
                                         post=world.random.choice(("科员", "副主任科员", "主任科员", "副科长")),
                                         is_party_member=place == 0 or world.random.random() < 0.7, is_demo=True)  # fmt: skip
            role = (Posting.Role.FIRST_SECRETARY, Posting.Role.MEMBER, Posting.Role.MEMBER)[place]
            Posting.objects.create(cadre=cadre, village=village, role=role, started_on=STARTED + timedelta(days=45), document="下派文件(演示)",
                                   term_until_on=date(2018, 2, 28))  # fmt: skip
    first = Cadre.objects.get(code="P0001")
    first.user = User.objects.get(username="shuji")
    first.name, first.sex = first.user.name, "1"
    first.save()
    Cadre.objects.filter(working_since_on=None).update(working_since_on=date(2006, 7, 1))
    demo_cadres.place_villages(villages, world.random)
    demo_cadres.bodies_and_rules(world.organizations, lambda: _name(world, world.random.choice("112")))
    demo_cadres.attendance_year(world.random)
    demo_cadres.some_actions()
    demo_cadres.trainings_and_promises(world.random)
    papers_of_the_year(Random(1709), commuter=demo_cadres.COMMUTER, nominal=demo_cadres.NOMINAL)


def _unit_names() -> dict[str, list[tuple[str, str, str]]]:
    """(name, nature, level) of the 140 linked units, by kind; the numbered ones are plainly invented."""
    known = [name for name, nature, level in golmud.BODIES if nature in {"party", "government"} and level == "city"]
    admin = [(name, "", "") for name in known]
    admin += [(f"市属事业单位{n}", "institution", "city") for n in range(1, golmud.UNITS["admin"] - len(admin) + 1)]
    return {
        "admin": admin,
        "military_police": [(f"驻格部队{n}(演示)", "military", "city") for n in range(1, golmud.UNITS["military_police"] + 1)],
        "enterprise": [(f"演示企业{n}公司", "enterprise", "city") for n in range(1, golmud.UNITS["enterprise"] + 1)],
    }


def _leaders_and_units(world: World, villages: list[Village]) -> None:
    poor = [village for village in villages if village.is_poor_village]
    posts = ("市委常委", "市人大常委会副主任", "副市长", "市政协副主席", "市委委员")
    for number in range(golmud.LEADERS):
        post = ("市委书记", "市长")[number] if number < 2 else posts[number % len(posts)]
        leader = Leader.objects.create(
            name=_name(world, "1" if number % 4 else "2"), post=post, organization=world.organizations["市委"], is_demo=True
        )
        LeaderVillage.objects.create(leader=leader, village=poor[number % len(poor)], started_on=STARTED)
    serial = 0
    for nature, names in _unit_names().items():
        for name, kind, level in names:
            body = world.organizations.get(name) or Organization.objects.create(name=name, nature=kind, level=level)
            unit = HelpUnit.objects.create(organization=body, nature=nature, joined_on=STARTED)
            UnitVillage.objects.create(unit=unit, village=villages[serial % len(villages)], started_on=STARTED)
            serial += 1


def _pairings(world: World, villages: list[Village]) -> None:
    units_by_village: dict[int, list[HelpUnit]] = {}
    for link in UnitVillage.objects.select_related("unit"):
        units_by_village.setdefault(link.village_id, []).append(link.unit)
    homes = list(Household.objects.filter(village__in=villages).order_by("village_id", "id").values_list("pk", "village_id"))
    if len(homes) > golmud.HOUSEHOLDS:
        homes = homes[: golmud.HOUSEHOLDS]
    helpers, pairs = [], []
    for number in range(golmud.HELPERS):
        household, village = homes[number % len(homes)]
        helpers.append(Helper(name=_name(world, world.random.choice("112")), unit=world.random.choice(units_by_village[village]),
                              post="干部职工", is_demo=True))  # fmt: skip
        pairs.append((household, village, number < len(homes)))
    helpers = Helper.objects.bulk_create(helpers)
    Pairing.objects.bulk_create(
        Pairing(helper=helper, household_id=household, village_id=village, is_main=main, started_on=STARTED + timedelta(days=60))
        for helper, (household, village, main) in zip(helpers, pairs, strict=True)
    )
    person = User.objects.get(username="bangfu")
    Helper.objects.filter(pk=helpers[0].pk).update(user=person, name=person.name)


CONTENTS = {
    "M10": "发放产业到户资金,入股合作社", "M20": "参加转移就业技能培训", "M21": "聘为生态管护员", "M30": "资产收益分红",
    "M40": "落实教育资助", "M50": "资助参保并签约家庭医生", "M60": "纳入低保兜底", "M70": "实施危旧房改造", "M80": "落实草原生态奖补",
    "M90": "发放扶贫小额信贷", "M95": "参加政策宣讲和五星级文明户评选", "M99": "结对干部慰问帮扶",
}  # fmt: skip


def _measures(world: World, villages: list[Village]) -> None:
    types = list(MeasureType.objects.all())
    rows = []
    homes = Household.objects.filter(village__in=villages).order_by("id")
    for home in homes.values_list("pk", "village_id", "cause_main", "attribute", "poverty_status"):
        pk, village, cause, attribute, status = home
        chosen = [t for t in types if cause in t.causes][:2] or [types[0]]
        if attribute in {"04", "05"}:
            chosen.append(next(t for t in types if t.code == "M60"))
        chosen += world.random.sample(types, world.random.randrange(0, 2))
        for kind in dict.fromkeys(chosen):
            planned = date(2016, world.random.randrange(2, 13), world.random.randrange(1, 28))
            done = status == "2" or world.random.random() < 0.6
            rows.append(Measure(
                household_id=pk, village_id=village, measure_type=kind, content=CONTENTS[kind.code], planned_on=planned,
                given_on=min(planned + timedelta(days=world.random.randrange(20, 200)), date(2017, 9, 25)) if done else None,
                amount=Decimal(world.random.randrange(5, 64) * 100) if kind.code in {"M10", "M30", "M40", "M60"} else None,
                state="done" if done else world.random.choice(("running", "planned")), result="已见效" if done and status == "2" else "",
            ))  # fmt: skip
    Measure.objects.bulk_create(rows, batch_size=2000)


WISHES = {"01": "W4", "02": "W4", "03": "W3", "04": "W8", "05": "W1", "06": "W1", "07": "W2", "08": "W7", "09": "W6", "10": "W1", "11": "W1"}


GAPS = {
    "N01": "通村路还有两公里未硬化", "N02": "部分户冬季取水不便", "N03": "生产用电容量不足", "N04": "还有危房未改造", "N05": "边远社没有宽带",
    "N06": "文化活动室未建成", "N07": "村医只有一名", "N08": "幼儿入园要到镇上", "N09": "办公场所需要维修", "N10": "集体经济收入低",
}  # fmt: skip


def _wishes_and_needs(world: World, villages: list[Village]) -> None:
    rows = []
    answers: dict[tuple[int, str], Measure] = {}
    for measure in Measure.objects.filter(village__in=villages).select_related("measure_type").order_by("id"):
        answers.setdefault((measure.household_id, measure.measure_type.code), measure)
    homes = Household.objects.filter(village__in=villages).order_by("id")
    for pk, village, cause, status in homes.values_list("pk", "village_id", "cause_main", "poverty_status"):
        aspects = {WISHES.get(cause, "W1"), world.random.choice(Wish.Aspect.values)}
        rows += [
            Wish(household_id=pk, village_id=village, aspect=aspect, recorded_on=date(2016, 4, 10),
                 state="met" if status == "2" else world.random.choice(("running", "open", "met")))
            for aspect in sorted(aspects)
        ]  # fmt: skip
    for wish in rows:
        found = next((answers[wish.household_id, code] for code in ANSWERS[wish.aspect] if (wish.household_id, code) in answers), None)
        wish.measure = found
        if found is not None:
            wish.state = "met" if found.state == "done" else "running"
        elif wish.state != "open":
            wish.result = "由帮扶责任人协调解决" if wish.state == "met" else "正在联系"
    Wish.objects.bulk_create(rows, batch_size=2000)
    needs = []
    for village in villages:
        if not village.is_poor_village:
            continue
        for aspect in ExitNeed.Aspect.values:
            if world.random.random() < 0.55:
                state = world.random.choice(("met", "met", "running", "open"))
                needs.append(ExitNeed(village=village, aspect=aspect, gap=GAPS[aspect], state=state, target_on=date(2017, 12, 31), recorded_on=date(2016, 4, 10),
                                      result="已建成并验收" if state == "met" else ""))  # fmt: skip
    ExitNeed.objects.bulk_create(needs)


def _projects(world: World, villages: list[Village]) -> None:
    poor = [village for village in villages if village.is_poor_village]
    bureau = world.organizations["农牧和扶贫开发局"]
    amounts = [
        Decimal(share * 5_000)
        for share in _shares(golmud.INFRA_YUAN // 5_000, [world.random.randrange(20, 80) for _ in range(golmud.INFRA_PROJECTS)])
    ]
    for number, amount in enumerate(amounts):
        village = poor[number % len(poor)]
        finished = world.random.random() < 0.6
        start = date(2016, world.random.randrange(4, 11), 1)
        Project.objects.create(
            code=f"JC2016-{number + 1:03d}", name=f"{village.name}{golmud.INFRA_NAMES[number % len(golmud.INFRA_NAMES)]}项目", kind="infrastructure",
            village=village, department=bureau, source=Source.CITY, amount=amount, approved_on=start - timedelta(days=40), started_on=start,
            planned_finish_on=start + timedelta(days=300), finished_on=min(start + timedelta(days=260), date(2017, 9, 20)) if finished else None,
            state="accepted" if finished else "running", beneficiary_households=village.households.count(), is_demo=True,
        )  # fmt: skip
    for number in range(golmud.DEPT_PROJECTS):
        kind, name, department = golmud.DEPT_PROJECT_KINDS[number % 4]
        village = poor[(number * 5) % len(poor)]
        start = date(2017, world.random.randrange(3, 8), 10)
        finished = number % 3 == 0
        Project.objects.create(
            code=f"HY2017-{number + 1:03d}", name=f"{village.name}{name}项目", kind=kind, village=village, source=Source.SECTOR,
            department=world.organizations[department], amount=Decimal(world.random.randrange(12, 90) * 10_000), approved_on=start - timedelta(days=30),
            started_on=start, planned_finish_on=start + timedelta(days=160), finished_on=date(2017, 9, 15) if finished else None,
            state="finished" if finished else "running", beneficiary_households=village.households.count(), is_demo=True,
        )  # fmt: skip
