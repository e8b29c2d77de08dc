"""What the alert rules are checked by: every room registers its checks in its own `alerts.py`.

A check is set-based: `find` gives all rows that meet its condition on a day, as one query, and the mechanism
(`workflow.services.alerts`) turns them into alerts in one pass. `found()` shapes a room's QuerySet for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, CharField, Choices, F, QuerySet, Value
from django.db.models.functions import Cast, JSONObject

from core.listing import show
from core.settings import Declared, SettingError

SINCE = date(2014, 1, 1)  # rows of rules begin with the register's first year
Parameters = Mapping[str, Any]
Find = Callable[[Parameters, date], "QuerySet | Statement"]


class CannotRun(Exception):
    """A rule that cannot be asked today: a broken parameter, a line of the year nobody has entered. str() is shown to the user."""

    for_user = True


@dataclass(frozen=True)
class Statement:
    """A condition written as SQL. It selects exactly the columns `COLUMNS`, in any order; %s stand for `values`."""

    sql: str
    values: Sequence[Any] = ()


COLUMNS = ("found_row", "found_village", "found_household", "found_organization", "found_about", "found_title", "found_inputs")


@dataclass(frozen=True)
class Input:
    """One fact an alert rests on: its key in `inputs`, and how it is told. `kind` as in `core.listing.Column`."""

    key: str
    label: str
    kind: str = "text"
    unit: str = ""
    choices: type[Choices] | None = None

    def show(self, value: Any) -> str:
        """The value in words; "" for none."""
        if value is None or value == "":
            return ""
        if self.choices is not None:
            labels = {str(code): str(text) for code, text in self.choices.choices}
            return "、".join(labels.get(str(each), str(each)) for each in (value if isinstance(value, list) else [value]))
        return show(value, self.kind)


@dataclass(frozen=True)
class Check:
    """A condition a room can ask about its rows, what it is called, and how an alert of it explains itself.

    `permission` is what seeing these alerts takes beside 预警查看. `explain` is a sentence with {input keys} and
    {parameter keys}. Inputs are facts, never the clock: an alert whose inputs change is another question.
    `nightly` marks a condition over many records (duplicates), which is not asked again at each save.
    `url` gives the page of an alert's record, `concerns` the users an alert is about: none of them judges it.
    """

    code: str
    title: str
    room: str
    table: str
    severity: str
    find: Find
    explain: str
    inputs: tuple[Input, ...] = ()
    parameters: tuple[Declared, ...] = ()
    permission: str = "household_view"
    basis: str = ""
    nightly: bool = False
    url: Callable[[Any], str] | None = None
    concerns: Callable[[Any], set[int]] | None = None

    def defaults(self) -> dict[str, Any]:
        return {each.key: each.standard for each in self.parameters}

    def read(self, stored: Any) -> dict[str, Any]:
        """The parameters of a rule's row, defaults where it names none. Raises CannotRun for one that is broken."""
        if not isinstance(stored, dict):
            raise CannotRun(f"规则 {self.code} 的参数不是一组数值,请在“代码表和参数”中重新填写。")
        try:
            return {each.key: each.clean(stored.get(each.key, each.standard)) for each in self.parameters}
        except SettingError as error:
            raise CannotRun(f"规则 {self.code} 的参数不合要求:{error}") from error

    def sentence(self, inputs: Mapping[str, Any], parameters: Parameters) -> str:
        """Why this alert, in one sentence of official Chinese."""
        words = {each.key: each.show(inputs.get(each.key)) or "(空)" for each in self.inputs}
        words |= {each.key: str(parameters.get(each.key, each.standard)) for each in self.parameters}
        return self.explain.format_map(words)

    def facts(self, inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(label, value with its unit) of each input."""
        return [(each.label, f"{each.show(inputs.get(each.key))} {each.unit}".strip()) for each in self.inputs]


def number(key: str, label: str, default: int, *, unit: str = "", low: int = 0, high: int = 100_000) -> Declared:
    """A whole-number parameter of a rule."""
    return Declared(key, label, "whole", default, unit=unit, low=low, high=high, assumed=True)


_checks: dict[str, Check] = {}


def register(check: Check) -> Check:
    """Raises ValueError for a code registered twice or a key that is both input and parameter, KeyError for an unknown one explained."""
    if check.code in _checks:
        raise ValueError(f"alert check {check.code} is registered twice")
    if {each.key for each in check.inputs} & {each.key for each in check.parameters}:
        raise ValueError(f"alert check {check.code} uses a key twice")
    check.sentence({}, {})
    _checks[check.code] = check
    return check


def get(code: str) -> Check:
    """Raises KeyError."""
    return _checks[code]


def find(code: str) -> Check | None:
    """The check, or None for a rule whose room no longer registers it."""
    return _checks.get(code)


def checks() -> list[Check]:
    return [_checks[code] for code in sorted(_checks)]


def by_permission() -> dict[str, list[str]]:
    """The codes of the checks each permission opens."""
    grouped: dict[str, list[str]] = {}
    for check in checks():
        grouped.setdefault(check.permission, []).append(check.code)
    return grouped


def _id(name: str | None) -> Any:
    return F(name) if name else Cast(Value(None), BigIntegerField())


def found(
    rows: QuerySet,
    *,
    title: Any,
    inputs: Mapping[str, Any],
    row: str = "pk",
    village: str | None = "village_id",
    household: str | None = "household_id",
    organization: str | None = None,
    about: Any = None,
) -> QuerySet:
    """A room's rows in the shape alerts are made of.

    `title` names the record as a list shows it; `inputs` are expressions by the keys of the check's inputs; `about` tells
    several alerts on one row apart. Paths are lookups from the row; None for a record of no village or household.
    """
    return rows.order_by().values(
        found_row=_id(row),
        found_village=_id(village),
        found_household=_id(household),
        found_organization=_id(organization),
        found_about=Cast(about if about is not None else Value(""), CharField()),
        found_title=Cast(title if not isinstance(title, str) else F(title), CharField()),
        found_inputs=JSONObject(**dict(inputs)),
    )
