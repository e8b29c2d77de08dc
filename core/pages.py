"""The two pages every room makes the one way beside its lists: a form around a service, and a record's page."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core import scope
from core.forms import PhoneField
from core.listing import Column, show
from core.masking import mask_phone

Crumbs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Link:
    """Something the user may do here. The primary one is drawn so, and there is one at most."""

    label: str
    url: str
    primary: bool = False


@dataclass(frozen=True)
class Fact:
    """One line of a record: label and value, perhaps with the page of what the value names."""

    label: str
    value: str
    url: str = ""
    wide: bool = False
    unit: str = ""


@dataclass
class Table:
    """Rows that belong to a record, shown on its page. At most `LIMIT` rows: longer ones have a list of their own."""

    title: str
    columns: Sequence[Column]
    lines: list[dict[str, Any]] = field(default_factory=list)
    empty: str = "没有记录。"
    links: Sequence[Link] = ()
    more: str = ""
    has_links: bool = False


LIMIT = 200


def table(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    *,
    url: Callable[[Any], str] | None = None,
    row_links: Callable[[Any], Sequence[Link]] | None = None,
    empty: str = "没有记录。",
    links: Sequence[Link] = (),
    more: str = "",
) -> Table:
    """A table of rows, each with the address of its own page (`url`) and what may be done with it (`row_links`)."""
    lines = [
        {
            "cells": [(column, column.text(row)) for column in columns],
            "url": url(row) if url else "",
            "links": list(row_links(row)) if row_links else [],
        }
        for row in rows
    ]
    return Table(title, columns, lines, empty, links, more, any(line["links"] for line in lines))


def facts(record: Any, *names: str) -> list[Fact]:
    """Fields of a record as facts, with their own labels and the words of their code lists."""
    found = []
    for name in names:
        model_field = record._meta.get_field(name)
        display = getattr(record, f"get_{name}_display", None)
        value = display() if display else getattr(record, name)
        label = str(model_field.verbose_name)
        kind = "number" if isinstance(value, Decimal) or (isinstance(value, int) and value > 9999) else "text"
        has_page = value is not None and model_field.is_relation and hasattr(value, "get_absolute_url")
        found.append(Fact(label, show(value, kind), value.get_absolute_url() if has_page else "", wide=len(show(value, kind)) > 24))
    return found


def record_or_404(rows: Any, user: Any, pk: int, *, view: str, edit: str = "") -> Any:
    """The record in scope: 404 for what the user cannot see, 403 for what they see but may not change."""
    record = get_object_or_404(rows.visible_to(user, view), pk=pk)
    if edit and not may_change(rows, user, pk, edit):
        raise PermissionDenied
    return record


def may_change(rows: Any, user: Any, pk: int, permission: str) -> bool:
    """Whether this very record lies where the user holds the permission."""
    return user.may(permission) and rows.visible_to(user, permission).filter(pk=pk).exists()


def require_everywhere(request: HttpRequest, permission: str) -> None:
    """403 unless the user holds the permission over the whole city: for records that belong to no village."""
    if not may_everywhere(request.user, permission):
        raise PermissionDenied


def may_everywhere(user: Any, permission: str) -> bool:
    return scope.reach(user, permission).everything


def add_refusal(form: forms.BaseForm, error: Exception) -> None:
    """Show what a service or a constraint refused, at its field where the form has it."""
    if not isinstance(error, ValidationError):
        form.add_error(None, str(error))
        return
    for name, found in (error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}).items():
        for message in found:
            form.add_error(name if name in form.fields else None, message)


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    save: Callable[..., Any],
    *,
    title: str,
    back: str,
    crumbs: Crumbs,
    refusal: type[Exception] | tuple[type[Exception], ...],
    done: str = "已保存。",
    template: str = "core/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form; on POST hand its clean data to a service and go to what it returns (a record or an address).

    What the service refuses (`refusal`, ValidationError, a broken constraint) is shown in the form with status 200.
    An edit carries the state it was opened with: a save over somebody else's shows both versions and writes nothing.
    """
    expected = (*(refusal if isinstance(refusal, tuple) else (refusal,)), ValidationError)
    stored = _stored(form, lock=request.method == "POST")
    opened = request.POST.get("opened", "")
    valid = request.method == "POST" and form.is_valid()
    if valid and stored is not None and opened and opened != state_of(stored):
        context["conflict"] = differences(form, stored)
        form.add_error(None, "您打开之后,另一位同事已保存过这条记录。请对照两个版本,确认后再保存。")
    elif valid:
        try:
            with transaction.atomic():
                result = save(**form.cleaned_data)
        except expected as error:
            add_refusal(form, error)
        except IntegrityError:
            form.add_error(None, "保存时另一位同事改动了同一条记录,请返回重新打开后再办理。")
        else:
            messages.success(request, done)
            return redirect(result if isinstance(result, str) else result.get_absolute_url())
    context |= {"form": form, "title": title, "cancel_url": back, "crumbs": [*crumbs, (title, "")]}
    context["opened"] = state_of(stored) if stored is not None else ""
    return render(request, template, context)


def _stored(form: Any, *, lock: bool) -> Any:
    """The record an edit form is about as the database holds it now, locked until the save is done; None for a new one."""
    record = getattr(form, "instance", None)
    if record is None or record.pk is None:
        return None
    rows = type(record)._base_manager.filter(pk=record.pk)
    return (rows.select_for_update() if lock else rows).first()


def state_of(record: Any) -> str:
    """A short digest of every stored value of a record: it changes when anybody saves a change."""
    values = [str(getattr(record, model_field.attname)) for model_field in record._meta.concrete_fields]
    return hashlib.sha256("\0".join(values).encode()).hexdigest()[:24]


def differences(form: Any, stored: Any) -> list[tuple[str, str, str]]:
    """(label, what a colleague saved, what this form holds) of the fields that differ; phones masked."""
    found = []
    for name, bound in form.fields.items():
        if name not in {model_field.name for model_field in stored._meta.concrete_fields}:
            continue
        theirs, mine = (facts(record, name)[0].value for record in (stored, form.instance))
        if theirs != mine:
            shown = mask_phone if isinstance(bound, PhoneField) else (lambda text: text[:200])
            found.append((str(bound.label), shown(theirs), shown(mine)))
    return found


def record_page(
    request: HttpRequest,
    *,
    title: str,
    crumbs: Crumbs,
    subtitle: str = "",
    state: str = "",
    links: Sequence[Link] = (),
    figures: Sequence[Fact] = (),
    tabs: Sequence[tuple[str, str, bool]] = (),
    facts: Sequence[Fact] = (),
    tables: Sequence[Table] = (),
    template: str = "core/record.html",
    **context: Any,
) -> HttpResponse:
    """A record's page: head, what may be done, key figures, tabs, facts, tables of what belongs to it."""
    context |= {
        "title": title, "crumbs": crumbs, "subtitle": subtitle, "state": state, "links": [link for link in links if link], "figures": figures,
        "tabs": tabs, "facts": facts, "tables": tables,
    }  # fmt: skip
    return render(request, template, context)
