"""The history of a household as people read it: who changed what from what to what, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from accounts.models import User
from core.fields import BlindIndexField, EncryptedTextField
from core.listing import show
from core.models import Event
from households.models import Household

HIDDEN = {"id", "version", "updated_at", "created_at", "village_id", "household_id", "warning_count", "number",
          "fingerprint", "table", "row_id", "about", "rule_id"}  # fmt: skip
UNTOLD = (BlindIndexField, models.GeneratedField, models.JSONField, models.FileField)
WAITING = ("workflow_todo", "workflow_message")  # who is asked next: the step itself is told by its case
PAGE = 40


@dataclass
class Change:
    label: str
    before: str
    after: str


@dataclass
class Entry:
    """What one person did to one row at one moment."""

    at: datetime
    who: str
    what: str
    why: str
    changes: list[Change]


def _models_by_table() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def _name_column(model: type[models.Model]) -> str:
    """The column by which a person knows a record of this model; empty where none can be shown."""
    for name in ("name", "title", "number"):
        field = next((each for each in model._meta.concrete_fields if each.name == name), None)
        if isinstance(field, models.CharField) and not isinstance(field, EncryptedTextField):
            return name
    return ""


Named = dict[type[models.Model], dict[int, str]]


def _names(events: list[Event], tables: dict[str, type[models.Model]]) -> Named:
    """The names of all records the events point at, one query a model."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for event in events:
        for field in tables[event.table]._meta.concrete_fields if event.table in tables else ():
            if isinstance(field, models.ForeignKey) and field.column not in HIDDEN and _name_column(field.related_model):
                found = {(values or {}).get(field.column) for values in (event.before, event.after)} - {None}
                wanted.setdefault(field.related_model, set()).update(found)
    return {model: dict(model._base_manager.filter(pk__in=keys).values_list("pk", _name_column(model))) for model, keys in wanted.items() if keys}


def _value(field: models.Field, value: Any, named: Named) -> str:
    if value in (None, "", []):
        return "空"
    if isinstance(field, models.ForeignKey):
        return named.get(field.related_model, {}).get(value, "(已不可见)")
    if isinstance(field, models.DateTimeField):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    if isinstance(field, EncryptedTextField):
        return "(加密内容)"
    if isinstance(value, list):
        base = getattr(field, "base_field", None)
        labels = dict(getattr(base, "choices", None) or ())
        return "、".join(str(labels.get(item, item)) for item in value)
    labels = dict(getattr(field, "flatchoices", ()) or ())
    return str(labels.get(value, show(value)))


def _told(field: models.Field) -> bool:
    """Whether a change of this column says something to a reader; keys, hashes and places of files do not."""
    if field.column in HIDDEN or field.column.endswith("sha256") or isinstance(field, UNTOLD):
        return False
    return not isinstance(field, models.ForeignKey) or bool(_name_column(field.related_model))


def _changes(model: type[models.Model], event: Event, named: Named) -> list[Change]:
    found = []
    for field in model._meta.concrete_fields:
        if not _told(field):
            continue
        old, new = (event.before or {}).get(field.column), (event.after or {}).get(field.column)
        if old == new or (event.action == "I" and new in (None, "", [], False, 0, 0.0)):
            continue
        found.append(Change(str(field.verbose_name), _value(field, old, named), _value(field, new, named)))
    return found


def timeline(household: Household, user: Any, before_id: int | None = None) -> tuple[list[Entry], int | None]:
    """A page of the household's history, newest first, and the cursor of the next page."""
    events = Event.objects.visible_to(user, "household_view").filter(household_id=household.pk).exclude(table__in=WAITING)
    if before_id:
        events = events.filter(pk__lt=before_id)
    page = list(events.order_by("-id")[: PAGE + 1])
    names = dict(User.objects.filter(pk__in={event.user_id for event in page}).values_list("pk", "name"))
    tables = _models_by_table()
    named = _names(page[:PAGE], tables)
    entries = []
    for event in page[:PAGE]:
        model = tables.get(event.table)
        if model is None:
            continue
        subject = (event.after or {}).get("name") or (event.before or {}).get("name") or ""
        what = f"{Event.Action(event.action).label}{model._meta.verbose_name}{subject}"
        who = names.get(event.user_id) or ("系统" if event.user_id is None else "已停用用户")
        changes = _changes(model, event, named)
        if changes or event.action != Event.Action.UPDATE:
            entries.append(Entry(event.at, who, what, event.reason, changes))
    return entries, (page[PAGE - 1].pk if len(page) > PAGE else None)
