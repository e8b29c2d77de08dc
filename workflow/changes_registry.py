"""What may be changed for many records at once: each room registers its fields here, next to the service that changes one.

A change is chosen from a list's selection, previewed record by record, done with a reason in one transaction, and undone
while what it wrote still stands (`workflow.services.changes`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from core import listing as listings

Held = dict[str, Any]


@dataclass(frozen=True)
class Changeable:
    """One field of many records. Refusals are exceptions with `for_user`; each is shown beside its record.

    `records(rows)`: the records behind the rows chosen in the list `listing_key` at `list_url` (the rows themselves, or a household's
    members); `related` is what the other functions look at beside them. `form_field(user)` asks the new value, `keep(value)` makes JSON of it, `words`
    tells that. `read(record)`: what the record holds now, as JSON; `show(record)` tells it. `refuse(record, kept)`: why this one cannot
    be changed, or "". `apply(record, kept, by=, reason=)` calls the room's service and returns what it wrote: while `read` still says the
    same, `undo(record, before, written, by=, reason=)` takes it back.
    """

    key: str
    label: str
    listing_key: str
    list_url: str
    permission: str
    model: type[Model]
    records: Callable[[QuerySet], QuerySet]
    form_field: Callable[[Any], forms.Field]
    keep: Callable[[Any], Any]
    words: Callable[[Any], str]
    read: Callable[[Any], Held]
    show: Callable[[Any], str]
    refuse: Callable[[Any, Any], str]
    apply: Callable[..., Held]
    undo: Callable[..., None]
    name: Callable[[Any], str] = str
    related: tuple[str, ...] = ()
    note: str = ""

    def load(self, rows: QuerySet) -> QuerySet:
        """Records with what `read`, `name` and `apply` look at."""
        return rows.select_related(*self.related) if self.related else rows


_changeables: dict[str, Changeable] = {}


def register(changeable: Changeable) -> Changeable:
    """Raises ValueError for a key registered twice. The list offers it to who holds the permission."""
    if changeable.key in _changeables:
        raise ValueError(f"changeable {changeable.key} is registered twice")
    _changeables[changeable.key] = changeable
    listings.offer(changeable.listing_key, listings.Action(changeable.label, "workflow:change-create", changeable.key, changeable.permission))
    return changeable


def get(key: str) -> Changeable:
    """Raises KeyError."""
    return _changeables[key]


def find(key: str) -> Changeable | None:
    """The changeable, or None for one its room no longer registers."""
    return _changeables.get(key)
