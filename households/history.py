"""The history of a household as people read it: who changed what from what to what, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import User
from core.fields import BlindIndexField, EncryptedTextField
from core.listing import show
from core.models import Event
from households.models import Household

HIDDEN = {"id", "version", "updated_at", "created_at", "village_id", "household_id", "warning_count", "number",
          "fingerprint", "table", "row_id", "about", "rule_id"}  # fmt: skip
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


def _value(field: models.Field, value: Any) -> str:
    if value in (None, "", []):
        return "空"
    if isinstance(field, EncryptedTextField):
        return "(加密内容)"
    if isinstance(value, list):
        base = getattr(field, "base_field", None)
        labels = dict(getattr(base, "choices", None) or ())
        return "、".join(str(labels.get(item, item)) for item in value)
    labels = dict(getattr(field, "flatchoices", ()) or ())
    return str(labels.get(value, show(value)))


def _changes(model: type[models.Model], event: Event) -> list[Change]:
    found = []
    for field in model._meta.concrete_fields:
        if field.column in HIDDEN or isinstance(field, BlindIndexField | models.GeneratedField | models.JSONField):
            continue
        old, new = (event.before or {}).get(field.column), (event.after or {}).get(field.column)
        if old == new or (event.action == "I" and new in (None, "", [], False, 0, 0.0)):
            continue
        found.append(Change(str(field.verbose_name), _value(field, old), _value(field, new)))
    return found


def timeline(household: Household, user: Any, before_id: int | None = None) -> tuple[list[Entry], int | None]:
    """A page of the household's history, newest first, and the cursor of the next page."""
    events = Event.objects.visible_to(user, "household_view").filter(household_id=household.pk)
    if before_id:
        events = events.filter(pk__lt=before_id)
    page = list(events.order_by("-id")[: PAGE + 1])
    names = dict(User.objects.filter(pk__in={event.user_id for event in page}).values_list("pk", "name"))
    tables = _models_by_table()
    entries = []
    for event in page[:PAGE]:
        model = tables.get(event.table)
        if model is None:
            continue
        subject = (event.after or {}).get("name") or (event.before or {}).get("name") or ""
        what = f"{Event.Action(event.action).label}{model._meta.verbose_name}{subject}"
        who = names.get(event.user_id) or ("系统" if event.user_id is None else "已停用用户")
        entries.append(Entry(event.at, who, what, event.reason, _changes(model, event)))
    return entries, (page[PAGE - 1].pk if len(page) > PAGE else None)
