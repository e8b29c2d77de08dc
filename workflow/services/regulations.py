"""Regulations and their clauses: every write."""

from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction

from accounts.models import User
from core.scope import because
from workflow.models import Clause, Regulation
from workflow.services.errors import WorkflowError
from workflow.services.files import attach


@transaction.atomic
def save_regulation(*, regulation: Regulation, by: User, upload: File | None = None, **fields: Any) -> Regulation:
    """Register a document or save changes to it; its text as PDF is open to everyone who works here. Raises WorkflowError, ValidationError."""
    because(f"{'修改' if regulation.pk else '登记'}制度文件 {fields.get('title', regulation.title)}")
    for name, value in fields.items():
        setattr(regulation, name, value)
    if upload is not None:
        regulation.file = attach(data=upload, title=regulation.title, by=by, accept=("pdf",), area=settings.CITY_CODE)
    regulation.full_clean()
    regulation.save()
    return regulation


@transaction.atomic
def save_clause(*, clause: Clause, by: User, **fields: Any) -> Clause:
    """Add a clause or correct its words. Raises ValidationError for a number the document already has."""
    because(f"{'修改' if clause.pk else '登记'}条款 {fields.get('number', clause.number)}")
    for name, value in fields.items():
        setattr(clause, name, value)
    clause.full_clean()
    clause.save()
    return clause


def clause_of(*, number: str, clause: str) -> Clause:
    """A clause by its document's number and its own. Raises WorkflowError when it is not registered."""
    found = Clause.objects.filter(regulation__number=number, number=clause).first()
    if found is None:
        raise WorkflowError(f"制度文件 {number} {clause}没有登记。")
    return found
