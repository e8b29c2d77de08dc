"""The check of a file: what would be created, changed, unchanged and refused, by the same rules as the entry screen.

Everything is read in sets first; then each household is looked at once, without a query. Nothing is written.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from datetime import date
from operator import itemgetter
from typing import Any

from django.db import models

from core.checks.accounts import parse_bank_account
from core.checks.identity import parse_disability_number, parse_id_number
from core.checks.problems import CheckError, Problem
from households.rules.codes import Relation
from households.rules.income import check_income
from households.rules.living import check_living
from households.rules.members import HouseholdFacts, MemberFacts, check_household, check_member
from households.sheets.columns import FIELDS, HOUSEHOLD, INCOME, LIVING, MEMBER, MODELS, PARTS
from households.sheets.register import Register, Stored, StoredMember, head_of
from households.sheets.tables import INDEX, Found, Home, Line, Record, Sheets

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
Values = dict[str, Any]


def _default(part: str, name: str) -> Any:
    model_field: Any = MODELS[part]._meta.get_field(name)
    value = model_field.get_default()
    if isinstance(value, list):
        return tuple(value)
    return "" if value is None and isinstance(model_field, models.CharField | models.TextField) else value


DEFAULTS: dict[str, Record] = {part: tuple(_default(part, name) for name in FIELDS[part]) for part in PARTS}
NEEDED = {
    HOUSEHOLD: ("id_standard", "identified_on", "attribute", "cause_main", "poverty_status"),
    MEMBER: ("name", "relation", "sex", "birth_on", "document_kind", "ethnicity", "labour"),
}
_member_facts = itemgetter(*(INDEX[MEMBER][f.name] for f in dataclass_fields(MemberFacts)))
_household_facts = itemgetter(*(INDEX[HOUSEHOLD][f.name] for f in dataclass_fields(HouseholdFacts)))
_M, _H = INDEX[MEMBER], INDEX[HOUSEHOLD]
NUMBER, SEX, BIRTH, DOCUMENT, NAME, RELATION, LEFT = (
    _M[name] for name in ("id_number", "sex", "birth_on", "document_kind", "name", "relation", "left_on")
)
CARD, ORDER = _M["disability_number"], _M["number"]


@dataclass(slots=True)
class Row:
    """A row as it will stand: its values, the fields that change, and its line in the file (None for one that only stays)."""

    pk: int | None
    record: Record
    changed: tuple[str, ...]
    line: Line | None
    before: Record | None = None


@dataclass(slots=True)
class Plan:
    """What becomes of one household."""

    home: Home
    action: str
    village_id: int
    pk: int | None
    code: str
    household: Row
    members: list[Row]
    living: list[Row]
    incomes: list[Row]
    warnings: int = 0

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Every row that is created or changed, with its part."""
        for part, rows in ((HOUSEHOLD, [self.household]), (MEMBER, self.members), (LIVING, self.living), (INCOME, self.incomes)):
            for row in rows:
                if row.pk is None or row.changed:
                    yield part, row

    @property
    def head(self) -> str:
        return next((row.record[NAME] for row in self.members if row.record[RELATION] == Relation.HEAD and not row.record[LEFT]), "")


@dataclass
class Checked:
    """The answer of a check."""

    plans: list[Plan] = field(default_factory=list)
    refused: list[Home] = field(default_factory=list)
    errors: list[Found] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    warnings: int = 0
    villages: set[int] = field(default_factory=set)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many households and rows of each part would be created, updated, stay."""
        found = {part: Counter({CREATED: 0, UPDATED: 0, UNCHANGED: 0}) for part in PARTS}
        for plan in self.plans:
            found[HOUSEHOLD][plan.action] += 1
            for part, rows in ((MEMBER, plan.members), (LIVING, plan.living), (INCOME, plan.incomes)):
                for row in rows:
                    if row.line is not None:
                        found[part][CREATED if row.pk is None else UPDATED if row.changed else UNCHANGED] += 1
        return {part: dict(counter) for part, counter in found.items()}

    @property
    def to_write(self) -> list[Plan]:
        return [plan for plan in self.plans if plan.action != UNCHANGED]

    def digest(self) -> str:
        """Changes with what would be done: a confirmed plan is carried out as it was seen, or not at all."""
        lines = []
        for plan in self.plans:
            if plan.action == UPDATED:
                changes = [(part, row.pk, [(name, row.record[INDEX[part][name]]) for name in row.changed]) for part, row in plan.rows()]
                lines.append(repr((plan.home.key, plan.pk, changes)))
            elif plan.action == CREATED:
                lines.append(f"{plan.home.key} {plan.village_id} {len(plan.members)}")
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


class Check:
    """One check of what a file says against the register."""

    def __init__(self, sheets: Sheets, register: Register, *, today: date, demo: bool, blank_clears: bool = False, compare: bool = False,
                 progress: Callable[[int, int], None] | None = None) -> None:  # fmt: skip
        self.sheets, self.register, self.today, self.demo, self.blank_clears = sheets, register, today, demo, blank_clears
        self.compare = compare  # only what differs is asked for, not whether it could be stored
        self.progress = progress or (lambda done, total: None)
        self.checked = Checked(errors=sheets.errors, remarks=sheets.remarks)
        self.taken: dict[str, tuple[Home, Line]] = {}
        self.accounts: dict[str, Home] = {}
        self.matched: dict[int, Home] = {}
        self.heads: dict[tuple[Any, ...], int] | None = None

    def run(self) -> Checked:
        homes = list(self.sheets.homes.values())
        number, account = NUMBER, _H["bank_account"]
        self.register.look_up(
            homes,
            lambda home: [line.record[number] for line in home.members] or [home.head_id],
            [home.household.record[account] for home in homes if home.household and home.household.record and home.household.record[account]],
        )
        for done, home in enumerate(homes, start=1):
            plan = self._one(home)
            if plan is None or (home.bad and not self.compare):
                self.checked.refused.append(home)
            else:
                self.checked.plans.append(plan)
                self.checked.villages.add(plan.village_id)
                self.checked.warnings += plan.warnings
            if done % 500 == 0:
                self.progress(done, len(homes))
        refused = [home for home in homes if home.bad]
        if refused and not self.compare:  # a household may turn out bad when a later one claims the same number
            bad = {id(home) for home in refused}
            self.checked.plans = [plan for plan in self.checked.plans if id(plan.home) not in bad]
            self.checked.refused = refused
        return self.checked

    # --- one household ---------------------------------------------------------------------------------
    def refuse(self, home: Home, line: Line | None, key: str, message: str, code: str, value: str = "") -> None:
        home.bad = True
        at = line or home.place
        self.checked.errors.append(at.table.found(at.row, key, message, code, value))

    def _one(self, home: Home) -> Plan | None:
        stored = self._stored(home)
        if home.bad and stored is None and not home.household:
            return None
        village_id = self._village(home, stored)
        if village_id is None:
            return None
        household = self._household(home, stored, village_id)
        members = self._members(home, stored)
        if not members:
            self.refuse(home, None, "member.name", "这一户没有成员,至少要有户主一人。", "members")
            return None
        living = self._yearly(LIVING, home.living, stored.living if stored else {})
        incomes = self._incomes(home, stored, members)
        plan = Plan(home, CREATED, village_id, None, (stored.code or "") if stored else home.code, household, members, living, incomes)
        if stored is not None:
            plan.pk, plan.action = stored.pk, UPDATED if any(True for _ in plan.rows()) else UNCHANGED
            number = self.register.noticed.get(stored.pk)
            if number and plan.action == UPDATED and not self.compare:
                self.refuse(home, home.household, "household_code", f"这一户正在公示({number}),期满前不能修改。", "noticed", plan.code)
        if plan.action != UNCHANGED and not home.unread and not self.compare:
            plan.warnings = self._rules(plan, stored)
        return None if home.bad and not self.compare else plan

    def _stored(self, home: Home) -> Stored | None:
        """The household of the register that this one is: by its code, else by its head's number, else by the head's name and birth."""
        pk = self.register.by_household_code.get(home.code) if home.code else self._by_head(home)
        if pk is None:
            return None
        if pk in self.matched:
            self.refuse(home, None, "household_code", f"与第{self.matched[pk].place.row}行是同一户({self.register.stored[pk].code})。", "twice")
            self.matched[pk].bad = True
            return None
        self.matched[pk] = home
        stored = self.register.stored[pk]
        if stored.ended:
            self.refuse(home, None, "household_code", "这一户已退出登记,不能修改。", "ended", stored.code or "")
        elif stored.code is None:
            self.refuse(home, None, "household_code", "这一户正在申请识别,还没有建档,不能用表格修改。请在识别退出办理中办理。", "applied")
        return stored

    def _by_head(self, home: Home) -> int | None:
        head = head_of(home)
        number = (head and head["id_number"]) or home.head_id
        if number:
            found = self.register.numbers.get(number)
            return found.household_id if found else None
        village = self.register.village_of(home)
        return self._heads().get((village, head["name"], head["birth_on"])) if head is not None else None

    def _heads(self) -> dict[tuple[Any, ...], int]:
        """Households by village, name and birth of a head without an ID number."""
        if self.heads is None:
            self.heads = {
                (stored.village_id, member.record[NAME], member.record[BIRTH]): stored.pk
                for stored in self.register.stored.values()
                for member in stored.members
                if member.record[RELATION] == Relation.HEAD and not member.record[LEFT] and not member.record[NUMBER] and not stored.ended
            }
        return self.heads

    def _village(self, home: Home, stored: Stored | None) -> int | None:
        if stored is not None and not home.village:
            return stored.village_id
        found = self.register.village_of(home)
        if isinstance(found, str):
            self.refuse(home, home.household, "village", found, "village", home.village)
            return None
        if stored is not None and found != stored.village_id:
            name = self.register.villages[stored.village_id].name if stored.village_id in self.register.villages else "其他村"
            self.refuse(home, home.household, "village", f"这一户登记在{name}。迁村请走动态管理,不能用表格改。", "village", home.village)
            return None
        if stored is None and home.code and home.code[:12] != self.register.villages[found].code:
            self.refuse(home, home.household, "household_code", "户编号前12位应是所在村的代码。新户请留空,由系统编号。", "code", home.code)
            return None
        return found

    def _merged(self, part: str, line: Line | None, before: Record | None) -> tuple[Record, tuple[str, ...]]:
        """The values as they will stand and the names of those that change. A blank cell leaves what is stored, unless asked otherwise."""
        names, defaults = FIELDS[part], DEFAULTS[part]
        said: Record = line.record if line is not None and line.record else (None,) * len(names)
        if before is None:
            return tuple(d if v is None or v == "" else v for v, d in zip(said, defaults, strict=True)), ()
        if said == before:
            return before, ()
        has = line.table.present.get(part, frozenset()) if line is not None and self.blank_clears else frozenset()
        after, changed = [], []
        for name, value, old, default in zip(names, said, before, defaults, strict=True):
            if value is None:
                value = default if name in has and name not in {"number", "year", "population"} else old
            elif value == "":
                value = default  # 无
            if value != old:
                changed.append(name)
            after.append(value)
        return tuple(after), tuple(changed)

    def _household(self, home: Home, stored: Stored | None, village_id: int) -> Row:
        line = home.household
        if line is not None and line.record and line.record[0] is not None:  # the group by its name
            group = self.register.groups.get((village_id, line.record[0]))
            if group is None:
                self.refuse(home, line, "household.group", "本村没有这个社(组)。请先在村的页面增加,或改正名称。", "group", str(line.record[0]))
            line = Line(line.table, line.row, (group, *line.record[1:]))
        record, changed = self._merged(HOUSEHOLD, line, stored.record if stored else None)
        row = Row(stored.pk if stored else None, record, changed, line, stored.record if stored else None)
        if stored is None or changed:
            self._needed(home, HOUSEHOLD, row)
            row.record = self._account(home, row)
        return row

    def _account(self, home: Home, row: Row) -> Record:
        """The bank account checked by its kind; nobody else's."""
        values = dict(zip(FIELDS[HOUSEHOLD], row.record, strict=True))
        account = values["bank_account"]
        if not account or (row.pk is not None and "bank_account" not in row.changed):
            return row.record
        try:
            account = parse_bank_account(account, kind=values["bank_account_kind"] or "card")
        except CheckError as error:
            self.refuse(home, row.line, "household.bank_account", str(error), "value")
            return row.record
        other = self.accounts.setdefault(account, home)
        if other is not home:
            self.refuse(home, row.line, "household.bank_account", f"与第{other.place.row}行的户是同一个银行账号。", "twice")
            other.bad = True
        registered = self.register.accounts.get(account)
        if registered and registered[0] != row.pk:
            self.refuse(home, row.line, "household.bank_account", f"这个银行账号已登记在户编号 {registered[1]} 名下。", "registered")
        place = _H["bank_account"]
        return (*row.record[:place], account, *row.record[place + 1 :])

    def _needed(self, home: Home, part: str, row: Row) -> None:
        for name in NEEDED[part]:
            if row.record[INDEX[part][name]] in ("", None) and not home.unread:
                self.refuse(home, row.line, f"{part}.{name}", "请填写。", "required")

    # --- members -----------------------------------------------------------------------------------------
    def _members(self, home: Home, stored: Stored | None) -> list[Row]:
        known = list(stored.members) if stored else []
        pairs = self._pairs(home, known)
        rows = []
        last = max((member.record[ORDER] for member in known), default=0)
        for line, member in pairs:
            record, changed = self._merged(MEMBER, line, member.record if member else None)
            if member is None:
                last += 1
                record = (last if line is None or line.record[ORDER] is None else line.record[ORDER], *record[1:])
            row = Row(member.pk if member else None, record, changed, line, member.record if member else None)
            if line is not None and (member is None or changed):
                self._identity(home, row)
                if member is not None:
                    changes = zip(FIELDS[MEMBER], row.record, member.record, strict=True)
                    row.changed = tuple(name for name, new, old in changes if new != old)
                self._needed(home, MEMBER, row)
            rows.append(row)
            if line is not None:
                self._claim(home, row)
        return rows

    def _pairs(self, home: Home, known: list[StoredMember]) -> list[tuple[Line | None, StoredMember | None]]:
        """Each line with the stored member it is: by ID number, then name and birth, then place and name; then those not in the file."""
        if not known:
            return [(line, None) for line in home.members]
        left = {member.pk: member for member in known}
        by_number = {member.record[NUMBER]: member.pk for member in known if member.record[NUMBER]}
        by_birth = {(member.record[NAME], member.record[BIRTH]): member.pk for member in known}
        by_place = {(member.record[ORDER], member.record[NAME]): member.pk for member in known}
        pairs: list[tuple[Line | None, StoredMember | None]] = []
        found: dict[int, int] = {}
        for look in (
            lambda record: by_number.get(record[NUMBER]) if record[NUMBER] else None,
            lambda record: by_birth.get((record[NAME], record[BIRTH])),
            lambda record: by_place.get((record[ORDER], record[NAME])),
        ):
            for position, line in enumerate(home.members):
                if position not in found:
                    pk = look(line.record)
                    if pk in left:
                        found[position] = pk
                        del left[pk]
        by_pk = {member.pk: member for member in known}
        for position, line in enumerate(home.members):
            pairs.append((line, by_pk[found[position]] if position in found else None))
        return pairs + [(None, member) for member in left.values()]

    def _identity(self, home: Home, row: Row) -> None:
        """What an ID number says fills sex and birth date where the file leaves them blank."""
        values = list(row.record)
        number = values[NUMBER]
        if number and values[DOCUMENT] == "1":
            try:
                said = parse_id_number(number, today=self.today, demo=self.demo)
            except CheckError as error:
                self.refuse(home, row.line, "member.id_number", str(error), "value", number)
                home.unread = True  # sex and birth date cannot be told from it
            else:
                assert row.line is not None
                values[NUMBER] = said.number
                values[SEX] = said.sex if row.line.record[SEX] is None else values[SEX]
                values[BIRTH] = said.birth_on if row.line.record[BIRTH] is None else values[BIRTH]
        if values[CARD]:
            try:
                own = values[NUMBER] if values[DOCUMENT] == "1" else None
                values[CARD] = parse_disability_number(values[CARD], id_number=own or None, today=self.today, demo=self.demo).number
            except CheckError as error:
                self.refuse(home, row.line, "member.disability_number", str(error), "value", values[CARD])
        row.record = tuple(values)

    def _claim(self, home: Home, row: Row) -> None:
        """An ID number belongs to one active member: not to two of this file, nor to somebody registered elsewhere."""
        number, line = row.record[NUMBER], row.line
        if not number or row.record[LEFT] or line is None:
            return
        other, at = self.taken.setdefault(number, (home, line))
        if at is not line:
            same = at.record == line.record and other is home
            words = "完全相同,请删去一行。" if same else "是同一个证件号码。"
            self.refuse(home, line, "member.id_number", f"与“{at.table.name}”第{at.row}行{words}", "twice", number)
            other.bad = True
        registered = self.register.numbers.get(number)
        if registered and registered.member_id != row.pk:
            self.refuse(home, line, "member.id_number", registered.words, "registered", number)
        elif number in self.register.offices:
            self.refuse(home, line, "member.id_number", self.register.offices[number], "registered", number)

    # --- by year -----------------------------------------------------------------------------------------
    def _yearly(self, part: str, lines: dict[int, Line], stored: dict[int, StoredMember]) -> list[Row]:
        rows = []
        for year, line in lines.items():
            before = stored.get(year)
            record, changed = self._merged(part, line, before.record if before else None)
            changed = tuple(name for name in changed if name != "year")
            rows.append(Row(before.pk if before else None, (year, *record[1:]), changed, line, before.record if before else None))
        return rows

    def _incomes(self, home: Home, stored: Stored | None, members: list[Row]) -> list[Row]:
        known = {year: StoredMember(pk, record) for year, (pk, record, _) in stored.incomes.items()} if stored else {}
        rows = self._yearly(INCOME, home.incomes, known)
        present = sum(not row.record[LEFT] for row in members)
        for row in rows:
            if row.line is not None and row.line.record[1] is None and (row.pk is None or row.changed):
                row.record = (row.record[0], present, *row.record[2:])
                row.changed = (*row.changed, "population") if row.pk is not None and known[row.record[0]].record[1] != present else row.changed
        return rows

    # --- the rules of the entry screen ---------------------------------------------------------------------
    def _rules(self, plan: Plan, stored: Stored | None) -> int:
        """Findings over the household as it will stand: errors at their cells, and how many warnings (of the newest year)."""
        today = self.today
        facts = [MemberFacts(*_member_facts(row.record)) for row in plan.members]
        head = next((fact for fact in facts if fact.relation == Relation.HEAD and fact.left_on is None), None)
        warnings = 0
        for row, fact in zip(plan.members, facts, strict=True):
            warnings += self._place(plan, row, MEMBER, check_member(fact, head=head, today=today))
        household = HouseholdFacts(*_household_facts(plan.household.record))
        warnings += self._place(plan, plan.household, HOUSEHOLD, check_household(household, facts, today=today))
        population = sum(fact.left_on is None for fact in facts)
        living: dict[int, Values] = {}
        newest = [max((row.record[0] for row in rows), default=0) for rows in (plan.living, plan.incomes)]
        for row in plan.living:
            values = living[row.record[0]] = dict(zip(FIELDS[LIVING], row.record, strict=True))
            found = self._place(plan, row, LIVING, check_living(values, population=population))
            warnings += found if row.record[0] == newest[0] else 0
        for row in plan.incomes:
            year = row.record[0]
            before = stored.incomes.get(year - 1) if stored else None
            problems = check_income(dict(zip(FIELDS[INCOME], row.record, strict=True)), members=facts, living=living.get(year),
                                    year_end=min(today, date(year, 12, 31)), previous=before[2] if before else None)  # fmt: skip
            found = self._place(plan, row, INCOME, problems)
            warnings += found if year == newest[1] else 0
        return warnings

    def _place(self, plan: Plan, row: Row, part: str, problems: list[Problem]) -> int:
        home, warnings = plan.home, 0
        for problem in problems:
            if problem.level == "warning":
                warnings += 1
            elif problem.field == "members":
                self.refuse(home, next((row.line for row in plan.members if row.line), None), "member.relation", problem.message, "rule")
            else:
                self.refuse(home, row.line, f"{part}.{problem.field}", problem.message, "rule")
        return warnings
