"""What the register holds of the households a file names: read in sets, as far as the user's reach goes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core import crypto
from households.models import Household, Income, Living, Member
from households.sheets.columns import FIELDS, HOUSEHOLD, INCOME, LIVING, MEMBER
from households.sheets.tables import Home, Record
from villages.models import Village, VillageGroup
from workflow.models import NoticeRecord, PublicNotice

CHUNK = 5_000
IMPORT = "household_import"


@dataclass(slots=True)
class StoredMember:
    pk: int
    record: Record


@dataclass(slots=True)
class Stored:
    """A household as the register holds it, its values in the order of the columns."""

    pk: int
    village_id: int
    code: str | None
    ended: bool
    record: Record
    members: list[StoredMember] = field(default_factory=list)
    living: dict[int, StoredMember] = field(default_factory=dict)
    incomes: dict[int, tuple[int, Record, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registered:
    """Where an ID number is registered."""

    household_id: int
    member_id: int
    words: str


class Register:
    """Look-ups for one check. `user` None is an operator on the server: everything."""

    def __init__(self, user: Any, *, lock: bool = False) -> None:
        self.user, self.lock = user, lock
        rows = self._reach(Village.objects.select_related("township"))
        self.villages = {village.pk: village for village in rows}
        self.by_code = {village.code: village.pk for village in rows}
        self.by_name: dict[str, list[int]] = {}
        for village in rows:
            self.by_name.setdefault(village.name, []).append(village.pk)
        self.groups = dict(self._groups())
        self.group_names = {pk: name for (_, name), pk in self.groups.items()}
        self.stored: dict[int, Stored] = {}
        self.by_household_code: dict[str, int] = {}
        self.numbers: dict[str, Registered] = {}
        self.offices: dict[str, str] = {}
        self.accounts: dict[str, tuple[int, str]] = {}
        self.noticed: dict[int, str] = {}

    def _reach(self, rows: Any) -> Any:
        return rows if self.user is None else rows.visible_to(self.user, IMPORT)

    def _groups(self) -> Iterator[tuple[tuple[int, str], int]]:
        for pk, village_id, name in self._reach(VillageGroup.objects.order_by()).values_list("pk", "village_id", "name"):
            yield (village_id, name), pk

    def village_of(self, home: Home) -> int | str:
        """The village a file names, or a sentence why not."""
        text = home.village or home.code[:12]
        if text in self.by_code:
            return self.by_code[text]
        found = self.by_name.get(text, [])
        if home.township:
            found = [pk for pk in found if self.villages[pk].township.name == home.township] or found
        if len(found) == 1:
            return found[0]
        if not text:
            return "新户要写明村(村代码或村名)。"
        return f"有{len(found)}个村叫“{text}”,请改填12位村代码。" if found else f"没有“{text}”这个村,或不在您可导入的范围内。"

    def look_up(self, homes: Iterable[Home], numbers: Callable[[Home], Iterable[str]], accounts: Iterable[str]) -> None:
        """Read everything the homes of a file touch: a few queries, however many homes."""
        homes = list(homes)
        wanted = {number for home in homes for number in numbers(home) if number}
        indexes = {crypto.blind_index(number, "id_number"): number for number in wanted}
        self._find_numbers(indexes)
        codes = [home.code for home in homes if home.code]
        found = {registered.household_id for registered in self.numbers.values()}
        for chunk in _chunks(codes):
            found |= set(self._reach(Household.objects.filter(household_code__in=chunk)).values_list("pk", flat=True))
        found |= self._without_numbers(homes)
        self._load(sorted(found))
        self._find_accounts(accounts)

    def _find_numbers(self, indexes: dict[str | None, str]) -> None:
        for chunk in _chunks(list(indexes)):
            rows = self._reach(Member.objects.filter(id_number_index__in=chunk, left_on=None)).values_list(
                "id_number_index", "household_id", "pk", "name", "household__household_code", "village__name"
            )
            for index, household, member, name, code, village in rows:
                self.numbers[indexes[index]] = Registered(household, member, f"该证件号码已登记在{village}户编号 {code or '(申请中)'}({name})。")
            hidden = [index for index in chunk if indexes[index] not in self.numbers]
            with connection.cursor() as cursor:
                cursor.execute("select number_index, office from households_where_registered_many(%s)", [hidden])
                for index, office in cursor.fetchall():
                    self.offices[indexes[index]] = f"该证件号码已在其他乡镇登记,请联系{office}核对。"

    def _without_numbers(self, homes: list[Home]) -> set[int]:
        """Households of heads without an ID number are known by the head's name in the village."""
        names = set()
        for home in homes:
            if not home.code:
                head = head_of(home)
                if head is not None and not head["id_number"] and head["name"]:
                    names.add(head["name"])
        if not names:
            return set()
        rows = self._reach(Member.objects.filter(name__in=names, relation="01", left_on=None, id_number_index=None))
        return set(rows.values_list("household_id", flat=True))

    def _load(self, ids: list[int]) -> None:
        for chunk in _chunks(ids):
            names = ["group_id" if name == "group" else name for name in FIELDS[HOUSEHOLD]]
            rows = Household.objects.filter(pk__in=chunk).order_by("pk").values_list("pk", "village_id", "household_code", "ended_on", *names)
            for pk, village, code, ended_on, *values in rows.select_for_update() if self.lock else rows:
                self.stored[pk] = Stored(pk, village, code, ended_on is not None, _record(values))
                if code:
                    self.by_household_code[code] = pk
            running = NoticeRecord.objects.filter(table=Household._meta.db_table, row_id__in=chunk, notice__state=PublicNotice.State.RUNNING)
            self.noticed |= dict(running.values_list("row_id", "notice__number"))
            members = Member.objects.filter(household_id__in=chunk).order_by("number", "pk")
            for household, pk, *values in members.values_list("household_id", "pk", *FIELDS[MEMBER]):
                self.stored[household].members.append(StoredMember(pk, _record(values)))
            for household, pk, year, *values in Living.objects.filter(household_id__in=chunk).values_list("household_id", "pk", *FIELDS[LIVING]):
                self.stored[household].living[year] = StoredMember(pk, (year, *values))
            incomes = Income.objects.filter(household_id__in=chunk)
            for household, pk, per_capita, year, *values in incomes.values_list("household_id", "pk", "per_capita", *FIELDS[INCOME]):
                self.stored[household].incomes[year] = (pk, (year, *values), per_capita)

    def _find_accounts(self, accounts: Iterable[str]) -> None:
        indexes = {crypto.blind_index(account, "bank_account"): account for account in accounts}
        for chunk in _chunks(list(indexes)):
            rows = self._reach(Household.objects.filter(bank_account_index__in=chunk, ended_on=None))
            for index, pk, code in rows.values_list("bank_account_index", "pk", "household_code"):
                self.accounts[indexes[index]] = (pk, code)


def head_of(home: Home) -> dict[str, Any] | None:
    """The head among a file's members, by name of field."""
    for line in home.members:
        record = dict(zip(FIELDS[MEMBER], line.record, strict=True))
        if record["relation"] == "01" and not record["left_on"]:
            return record
    return None


def _record(values: Iterable[Any]) -> Record:
    return tuple(tuple(value) if type(value) is list else value for value in values)


def _chunks(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
