"""Drafts: every write."""

import json
from typing import Any

from django.db import transaction

from accounts.models import User
from workflow.models import Draft
from workflow.services.errors import WorkflowError

DRAFT_LIMIT = 256 * 1024


@transaction.atomic
def save_draft(*, form: str, data: dict[str, Any], label: str, by: User) -> Draft:
    """Keep a half-filled form. One draft a form and user: the newest wins."""
    text = json.dumps(data, ensure_ascii=False)
    if len(text) > DRAFT_LIMIT:
        raise WorkflowError("草稿内容过大,没有保存。")
    draft, _ = Draft.objects.update_or_create(owner=by, form=form[:80], defaults={"data": text, "label": label[:120]})
    return draft


@transaction.atomic
def drop_draft(*, form: str, by: User) -> None:
    Draft.objects.filter(owner=by, form=form[:80]).delete()
