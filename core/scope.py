"""Who is acting, and over what: the one place where a user's reach becomes both walls.

`reach(user, permission)` answers for wall one (querysets), `acting_as(user)` sets the transaction's
settings that wall two (row security) reads. Core knows neither users nor villages: `villages` registers
the provider of areas, `assistance` adds the households of helpers.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction


@dataclass(frozen=True)
class Reach:
    """Everything, or the rows of these villages and these single households.

    `areas` are the prefixes the villages lie in: for rows of a whole township or the city, which belong to no village.
    `units` are the organizations a liaison speaks for: for rows that wait for that unit.
    """

    everything: bool = False
    villages: frozenset[int] = field(default_factory=frozenset)
    households: frozenset[int] = field(default_factory=frozenset)
    areas: frozenset[str] = field(default_factory=frozenset)
    units: frozenset[int] = field(default_factory=frozenset)

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            self.everything or other.everything,
            self.villages | other.villages,
            self.households | other.households,
            self.areas | other.areas,
            self.units | other.units,
        )

    def __bool__(self) -> bool:
        return self.everything or bool(self.villages) or bool(self.households) or bool(self.areas)

    def covers(self, *, village_id: int, household_id: int | None = None) -> bool:
        return self.everything or village_id in self.villages or household_id in self.households

    def governs(self, area: str) -> bool:
        """Whether an area lies wholly within the reach: its rows may be decided, and not only read."""
        return self.everything or any(area.startswith(mine) for mine in self.areas)


NOTHING = Reach()
Provider = Callable[[Any, str | None], Reach]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Add a source of reach: called with the user and a permission, or None for any permission."""
    _providers.append(provider)
    return provider


def reach(user: Any, permission: str | None = None) -> Reach:
    """What the user may touch with this permission; None asks for the union over all permissions."""
    if user is None or not user.is_authenticated or not user.is_active:
        return NOTHING
    cache = user.__dict__.setdefault("_reach", {})
    if permission not in cache:
        total = NOTHING
        for provider in _providers:
            total = total | provider(user, permission)
        cache[permission] = total
    return cache[permission]


def _array(ids: frozenset[int] | frozenset[str]) -> str:
    return "{" + ",".join(map(str, sorted(ids))) + "}" if ids else ""


SETTINGS = ("app.all", "app.villages", "app.households", "app.areas", "app.units", "app.user", "app.reason")
_CLOSED = ("",) * len(SETTINGS)


def _apply(values: tuple[str, ...]) -> None:
    columns = ", ".join(["set_config(%s, %s, true)"] * len(SETTINGS))
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns}", [item for pair in zip(SETTINGS, values, strict=True) for item in pair])


def _values(found: Reach, user_id: int | None, reason: str) -> tuple[str, ...]:
    return (
        "on" if found.everything else "",
        "" if found.everything else _array(found.villages),
        "" if found.everything else _array(found.households),
        "" if found.everything else ",".join(sorted(found.areas)),
        "" if found.everything else _array(found.units),
        str(user_id or ""),
        reason,
    )


@contextmanager
def _within(values: tuple[str, ...]) -> Iterator[None]:
    with transaction.atomic():
        before = getattr(connection, "acting_as_values", _CLOSED)
        _apply(values)
        connection.acting_as_values = values  # type: ignore[attr-defined]
        connection.kept_settings = None  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connection.acting_as_values = before  # type: ignore[attr-defined]
            connection.kept_settings = None  # type: ignore[attr-defined]
        # Where a surrounding transaction goes on, it gets its own reach back; a rollback does that by itself.
        if connection.savepoint_ids and not connection.needs_rollback:
            _apply(before)


@contextmanager
def acting_as(user: Any, *, reason: str = "") -> Iterator[None]:
    """One transaction in which the database shows and takes only what this user may reach."""
    with _within(_values(reach(user), getattr(user, "pk", None), reason)):
        yield


@contextmanager
def acting_as_system(*, reason: str) -> Iterator[None]:
    """One transaction of a nightly job or a command run by an operator: everything, and it says why."""
    with _within(_values(Reach(everything=True), None, reason)):
        yield


@contextmanager
def acting_within(found: Reach, *, reason: str) -> Iterator[None]:
    """One transaction of nobody signed in, within a narrow reach: what a public page writes."""
    with _within(_values(found, None, reason)):
        yield


@contextmanager
def as_public() -> Iterator[None]:
    """What a public page reads: in the database role that can read published snapshots and nothing else."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local role pa_public")
        yield
        with connection.cursor() as cursor:
            cursor.execute("reset role")


def because(reason: str) -> None:
    """Say why, for the history of everything written in the rest of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.reason', %s, true)", [reason[:500]])
