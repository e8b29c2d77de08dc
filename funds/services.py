"""Writes of projects."""

from typing import Any

from django.db import transaction

from accounts.models import User
from core.scope import because
from funds.models import Project


class FundsError(Exception):
    """Base for expected refusals; str() is shown to the user."""

    for_user = True


@transaction.atomic
def save_project(*, project: Project, by: User, **fields: Any) -> Project:
    """Register a project or change it. A project given up is set to 已取消, never deleted."""
    if project.pk and Project.objects.select_for_update().get(pk=project.pk).state == Project.State.DROPPED:
        raise FundsError("项目已取消,不能再修改。")
    because("修改项目" if project.pk else "登记项目")
    for name, value in fields.items():
        setattr(project, name, value)
    project.full_clean()
    project.save()
    return project
