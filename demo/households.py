"""Invented households that pass every check of the register: families, conditions, three years of income.

Pure: a random source and a village's traits in, plain rows out, so that 278 and a million households are
made by the same code, in one process or in several.
"""

from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from stdnum import luhn

from demo.names import NumberSource, pick_ethnicity, pick_name, surname_of
from households.rules.income import check_income, income_totals
from households.rules.living import check_living
from households.rules.members import HouseholdFacts, MemberFacts, check_household, check_member

YEARS = (2015, 2016, 2017)
LINES = {2015: 2968, 2016: 3146, 2017: 3335}
DAY = date(2017, 9, 30)
SIZES = ((1, 20), (2, 23), (3, 24), (4, 20), (5, 9), (6, 3), (7, 1))


@dataclass(frozen=True)
class VillageTraits:
    """What of a village shapes its households."""

    code: str
    herding: bool
    groups: int
    index: int = 0


@dataclass
class Family:
    """One household and its rows by year, keyed by field names."""

    household: dict[str, Any]
    members: list[dict[str, Any]]
    living: list[dict[str, Any]] = field(default_factory=list)
    incomes: list[dict[str, Any]] = field(default_factory=list)


def sizes_for(households: int, members: int, random: Random) -> list[int]:
    """Household sizes of the register's shape that add up to exactly `members`."""
    values, weights = zip(*SIZES, strict=True)
    sizes = random.choices(values, weights, k=households)
    difference = members - sum(sizes)
    step = 1 if difference > 0 else -1
    while difference:
        position = random.randrange(households)
        if 1 <= sizes[position] + step <= 7:
            sizes[position] += step
            difference -= step
    return sizes


def _age(birth_on: date) -> int:
    return DAY.year - birth_on.year - ((DAY.month, DAY.day) < (birth_on.month, birth_on.day))


def _birth(random: Random, age: int) -> date:
    return DAY - timedelta(days=age * 365 + age // 4 + random.randrange(1, 360))


def _relations(size: int, random: Random) -> list[tuple[str, str, int]]:
    """(relation, sex, age) of a plausible family of this size; the head comes first."""
    if size == 1:
        sex = random.choice("112")
        return [("01", sex, random.choice((random.randrange(61, 84), random.randrange(45, 66), random.randrange(32, 60))))]
    head_age = random.randrange(30, 66)
    head_sex = "1" if random.random() < 0.8 else "2"
    people = [("01", head_sex, head_age)]
    single_parent = size <= 3 and random.random() < 0.22
    if not single_parent:
        people.append(("02", "2" if head_sex == "1" else "1", max(22, head_age + random.randrange(-5, 4))))
    oldest_child = max(0, min(head_age - 20, 30))
    with_elder = len(people) < size and head_age < 55 and random.random() < 0.35
    if with_elder:
        sex = random.choice("122")
        people.append(("11" if sex == "1" else "12", sex, head_age + random.randrange(20, 30)))
    son_age = -1
    while len(people) < size:
        if son_age >= 24 and len(people) + 1 <= size and not any(r == "05" for r, _, _ in people) and random.random() < 0.6:
            people.append(("05", "2", max(20, son_age - random.randrange(0, 4))))
            if len(people) < size and son_age >= 25:
                sex = random.choice("12")
                people.append(("07" if sex == "1" else "08", sex, random.randrange(0, max(1, son_age - 21))))
            continue
        sex = random.choice("12")
        age = random.randrange(0, oldest_child + 1)
        people.append(("03" if sex == "1" else "04", sex, age))
        if sex == "1":
            son_age = max(son_age, age)
    return people[:size]


def _schooling(age: int, random: Random) -> str:
    """L09 code of someone of this age who goes to school, or '01' for nobody at school."""
    if age < 3:
        return ""
    if age < 6:
        return "02" if random.random() < 0.6 else "01"
    if age < 12:
        return "03"
    if age < 15:
        return ("04", "05", "06")[age - 12]
    if age < 18:
        return ("07", "08", "09")[age - 15] if random.random() < 0.8 else ("10", "11", "12")[age - 15]
    if age < 22 and random.random() < 0.4:
        return "16"
    return "01"


def _education(age: int, random: Random) -> str:
    if age < 6:
        return "6"
    weights = (30, 45, 20, 4, 1) if age > 50 else (8, 38, 38, 11, 5)
    return random.choices("12345", weights)[0]


def _member(relation: str, sex: str, age: int, ethnicity: str, surname: str, random: Random, numbers: NumberSource) -> dict[str, Any]:
    birth_on = _birth(random, age)
    age = _age(birth_on)
    newborn = age < 1 and random.random() < 0.5
    schooling = _schooling(age, random)
    at_school = schooling not in {"", "01"}
    health = ["1"]
    if age > 15 and random.random() < (0.34 if age > 55 else 0.16):
        health = [random.choices(("2", "3", "4"), (55, 20, 25))[0]]
    disabled = "4" in health
    if age < 16 or at_school:
        labour = "4"
    elif age >= 60:
        labour = random.choice("35") if random.random() < 0.8 else "4"
    elif health != ["1"]:
        labour = random.choice("533")
    else:
        labour = "2" if random.random() < 0.15 else "1"
    working = labour in "125" and age >= 16 and random.random() < 0.5
    number = "" if newborn else numbers.next(birth_on, sex)
    return {
        "relation": relation, "sex": sex, "name": pick_name(random, ethnicity=ethnicity, sex=sex, surname=surname),
        "document_kind": "3" if newborn else "1", "id_number": number, "birth_on": birth_on, "birth_estimated": False,
        "ethnicity": ethnicity, "marital": "10" if age < 22 else "20",
        "political": "" if age < 14 else ("01" if age > 25 and random.random() < 0.06 else "13"),
        "education": "" if at_school else _education(age, random), "schooling": schooling if age < 60 else "",
        "dropout_reason": "", "health": health,
        "disability_category": random.choice("12456") if disabled else "",
        "disability_grade": random.choice("1234") if disabled else "",
        "disability_number": "", "illness_note": "",
        "labour": labour, "work_area": random.choices("1234", (50, 25, 20, 5))[0] if working else "",
        "work_place": "", "work_months": random.randrange(2, 11) if working else 0,
        "medical_insured": random.random() < 0.985, "serious_illness_insured": random.random() < 0.9,
        "commercial_insured": random.random() < 0.2,
        "pension_insured": age >= 16 and not at_school and random.random() < 0.92,
        "employee_insured": False, "low_income_support": False, "extreme_support": False,
        "medical_aid": "3" in health and random.random() < 0.7,
        "public_post": "", "public_post_months": 0, "in_service": False,
        "speaks_mandarin": ethnicity in {"01", "03"} or random.random() < 0.75, "relocated": False,
        "joined_on": birth_on if newborn else None, "join_reason": "1" if newborn else "", "left_on": None, "leave_reason": "",
    }  # fmt: skip


def _cause(members: list[dict[str, Any]], random: Random) -> str:
    """A main cause the members bear out (R10)."""
    sick = any(set(m["health"]) & {"2", "3"} for m in members)
    disabled = any("4" in m["health"] for m in members)
    students = any(m["schooling"] not in {"", "01", "02"} for m in members)
    able = sum(m["labour"] in {"1", "2"} for m in members)
    options = [("07", 16), ("09", 20), ("11", 5), ("10", 4), ("05", 4), ("04", 3), ("06", 2)]
    options += [("01", 34)] if sick else []
    options += [("02", 26)] if disabled else []
    options += [("03", 22)] if students else []
    options += [("08", 24)] if able <= 1 else []
    codes, weights = zip(*options, strict=True)
    return random.choices(codes, weights)[0]


def _living(year: int, traits: VillageTraits, size: int, base: dict[str, Any], random: Random) -> dict[str, Any]:
    improved = year >= 2016
    unsafe = base["unsafe"] and year < base["rebuilt"]
    return {
        "year": year, "cultivated_mu": base["cultivated"], "irrigated_mu": base["irrigated"], "forest_mu": Decimal(0),
        "returned_forest_mu": Decimal(0), "orchard_mu": Decimal(0), "pasture_mu": base["pasture"], "water_mu": Decimal(0),
        "production_power": improved or not traits.herding, "water_difficult": base["dry"] and not improved,
        "water_safe": improved or not base["dry"], "water_solved": improved or not base["dry"],
        "domestic_power": True, "broadcast": improved or random.random() < 0.8,
        "road_distance_km": base["distance"], "road_kind": base["road"] if not improved else max(base["road"], "2"),
        "dwelling_m2": base["dwelling"], "dwelling_unsafe": unsafe, "dwelling_grade": base["grade"] if unsafe else "B",
        "dwelling_rebuilt_year": base["rebuilt"] if base["unsafe"] and year >= base["rebuilt"] else None,
        "sanitary_toilet": improved and random.random() < 0.5, "fuel": "2" if traits.herding else base["fuel"], "fuel_name": "",
        "in_cooperative": improved and base["cooperative"], "by_enterprise": False, "by_leader": improved and base["led"],
        "industry_help": ("2" if traits.herding else "1") if improved and base["cooperative"] else "",
        "cattle": base["cattle"], "sheep": base["sheep"], "horses": 0, "camels": base["camels"], "structure": base["structure"],
        "heating": "煤炉" if base["fuel"] == "3" else "火炉", "broadband": improved and random.random() < 0.4,
    }  # fmt: skip


def _base(traits: VillageTraits, size: int, random: Random) -> dict[str, Any]:
    herding = traits.herding
    cultivated = Decimal(0) if herding else Decimal(random.randrange(2, 9) * size)
    unsafe = random.random() < 0.12
    return {
        "cultivated": cultivated, "irrigated": (cultivated * Decimal("0.8")).quantize(Decimal(1)),
        "pasture": Decimal(random.randrange(300, 4000) * size) if herding else Decimal(0),
        "dry": random.random() < 0.15, "distance": Decimal(random.randrange(1, 120)) / 10,
        "road": random.choice("1223"), "dwelling": Decimal(size * random.randrange(14, 26)),
        "unsafe": unsafe, "rebuilt": random.choice((2016, 2017, 2018)), "grade": random.choice("CD"),
        "fuel": random.choice("133"), "cooperative": random.random() < 0.45, "led": random.random() < 0.2,
        "cattle": random.randrange(0, 12) if herding else random.randrange(0, 3),
        "sheep": random.randrange(10, 120) if herding else random.randrange(0, 16),
        "camels": random.randrange(0, 4) if herding and random.random() < 0.2 else 0,
        "structure": random.choice("1233"),
    }  # fmt: skip


ITEMS = ("a1", "a2", "a3", "a4", "a5", "b1", "b2", "b3", "b4", "c1", "c2", "c3", "c4",
         "d1", "d2", "d3", "d4", "d5", "d6", "e1", "e2", "e3", "e4")  # fmt: skip


def _income(year: int, per_head: int, family: Family, traits: VillageTraits, base: dict[str, Any], random: Random) -> dict[str, Any]:
    """Items that add up to `per_head` × people exactly, each with what the checks want to see behind it."""
    members, size = family.members, len(family.members)
    target = per_head * size
    items = dict.fromkeys(ITEMS, 0)
    elders = sum(_age(m["birth_on"]) >= 62 for m in members)
    items["d4"] = min(elders * (1320 + 60 * (year - 2015)), target // 3)
    if any(m["low_income_support"] for m in members):
        items["d2"] = max(600, min(size * 1200, target // 4))
    if any(m["extreme_support"] for m in members):
        items["d3"] = max(900, min(4200, target // 3))
    if base["pasture"]:
        items["d5"] = min(int(base["pasture"]) * 2, target // 4) or 100
    left = max(target - sum(items.values()), 0)
    can_work = any(m["work_months"] for m in members)
    has_post = any(m["public_post"] for m in members)
    if has_post:
        items["a2"] = min(left // 3, 9600)
        left -= items["a2"]
    if can_work:
        items["a1"] = left * random.randrange(35, 70) // 100
        left -= items["a1"]
    if base["cooperative"] and year >= 2016:
        items["c1"] = left * random.randrange(5, 20) // 100
        left -= items["c1"]
    produce, cost = ("b2", "e2") if traits.herding or not base["cultivated"] else ("b1", "e1")
    if base["sheep"] or base["cattle"] or base["cultivated"]:
        spent = left * random.randrange(15, 45) // 100
        items[produce] += left + spent
        items[cost] += spent
    else:
        items["d6"] += left
    return {"year": year, "population": size, **{name: Decimal(value) for name, value in items.items()}, "note": ""}


def _path(status: str, random: Random) -> dict[int, int]:
    """Net income a head by year that agrees with the household's state against the working line."""
    start = random.randrange(1650, 2900)
    if status == "2":
        exit_income = int(LINES[2016] * random.uniform(1.06, 1.7))
        return {2015: start, 2016: exit_income, 2017: max(int(exit_income * random.uniform(1.02, 1.3)), LINES[2017] + 120)}
    if status == "4":
        return {2015: start, 2016: int(LINES[2016] * 1.1), 2017: int(LINES[2017] * random.uniform(0.7, 0.95))}
    if status == "3":
        return {2015: start, 2016: int(LINES[2016] * random.uniform(0.75, 0.99)), 2017: int(LINES[2017] * random.uniform(1.05, 1.5))}
    second = int(start * random.uniform(1.02, 1.18))
    return {2015: start, 2016: min(second, LINES[2016] - 60), 2017: min(int(second * random.uniform(1.0, 1.2)), LINES[2017] - 40)}


def _account(code: str) -> str:
    """A card number that no bank gives out (prefix 9900), one a household."""
    number = f"9900{code[4:16]}00"
    return number + str(luhn.calc_check_digit(number))


def make_family(traits: VillageTraits, serial: int, size: int, random: Random, numbers: NumberSource) -> Family:
    """One household of `size` people as of DAY."""
    ethnicity = pick_ethnicity(random, herding=traits.herding)
    members: list[dict[str, Any]] = []
    surname = ""
    for relation, sex, age in _relations(size, random):
        inherits = relation in {"01", "03", "04", "07", "08", "11"}
        member = _member(relation, sex, age, ethnicity, surname if inherits else "", random, numbers)
        surname = surname or surname_of(member["name"], ethnicity)
        members.append(member)
    head = members[0]
    alone_and_old = size == 1 and _age(head["birth_on"]) >= 60 and head["labour"] not in {"1", "2", "5"}
    low_income = not alone_and_old and random.random() < 0.3
    for member in members:
        member["low_income_support"], member["extreme_support"] = low_income, alone_and_old
    able = [m for m in members if m["labour"] in {"1", "2", "5"} and not m["work_months"]]
    if able and random.random() < 0.25:
        able[0]["public_post"], able[0]["public_post_months"] = ("1" if traits.herding else random.choice("2345")), 12
    status = random.choices(("1", "2", "3", "4"), (36, 38, 24, 2))[0]
    cause = _cause(members, random)
    other = [c for c in ("09", "07", "10") if c != cause and random.random() < 0.3][:2]
    confirmed = {"1": date(2016, 12, 20), "2": date(2016, 12, 20), "3": date(2017, 9, 15), "4": date(2017, 8, 31)}[status]
    household = {
        "household_code": f"{traits.code}{serial:04d}", "group_number": (serial - 1) % traits.groups + 1, "id_standard": "1",
        "identified_on": date(2015, 12, 20), "attribute": "05" if alone_and_old else "04" if low_income else "01",
        "cause_main": cause, "cause_other": other, "cause_note": "", "poverty_status": status, "status_confirmed_on": confirmed,
        "plan_exit_year": {"1": random.choice((2018, 2018, 2019)), "2": 2016, "3": 2017, "4": 2018}[status],
        "exit_year": 2016 if status in "24" else None, "return_reason": cause if status == "4" else "",
        "is_martyr_family": random.random() < 0.005, "is_only_child": False, "is_two_daughters": False,
        "phone": f"1990979{random.randrange(10_000):04d}", "bank_name": "农村商业银行",
        "bank_account": _account(f"{traits.code}{serial:04d}"), "bank_account_kind": "card",
        "address": f"{(serial - 1) % traits.groups + 1}社{serial}号", "registered_address": "", "reloc_flag": False,
        "reloc_type": "", "resettlement": "", "surveyed_by": "驻村工作队", "surveyed_on": date(2017, 9, 10),
        "ended_on": None, "end_reason": "", "warning_count": 0, "version": 1,
    }  # fmt: skip
    family = Family(household, members)
    base = _base(traits, size, random)
    path = _path(status, random)
    family.living = [_living(year, traits, size, base, random) for year in YEARS[1:]]
    family.incomes = [_income(year, path[year], family, traits, base, random) for year in YEARS]
    household["warning_count"] = count_warnings(family)
    return family


def count_warnings(family: Family) -> int:
    """What the entry screen would count for the newest year: the same rules, on the same values."""
    members = [facts_of(MemberFacts, row) for row in family.members]
    found = check_household(facts_of(HouseholdFacts, family.household), members, today=DAY)
    for member in members:
        found += check_member(member, head=members[0], today=DAY)
    living, income, before = family.living[-1], family.incomes[-1], family.incomes[-2]
    found += check_living(living, population=len(members))
    previous = income_totals(before, len(members)).per_capita
    found += check_income(income, members=members, living=living, year_end=DAY, previous=previous)
    return sum(problem.level == "warning" for problem in found)


@cache
def _names(kind: type) -> frozenset[str]:
    return frozenset(field.name for field in fields(kind))


def facts_of(kind: type, row: dict[str, Any]) -> Any:
    """A generated row as the rules want it."""
    names = _names(kind)
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items() if name in names})
