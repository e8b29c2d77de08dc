"""Accounts nobody has used for long are closed, after a warning to who looks after users."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.models import User
from accounts.permissions import BLIND
from accounts.services.sessions import end_sessions
from core import settings as parameters
from core.scope import because


def unused_since(day: datetime) -> QuerySet[User]:
    """Open accounts with no sign-in since a moment, nor made or opened again since, the longest unused first."""
    used = Greatest("active_since", Coalesce("last_login", "active_since"))
    return User.objects.filter(is_active=True).annotate(used_at=used).filter(used_at__lt=day).order_by("used_at", "pk")


def soon_dormant() -> QuerySet[User]:
    """Accounts that will be closed within the days of the warning."""
    days = parameters.get("dormant_days") - parameters.get("dormant_warn_days")
    return unused_since(timezone.now() - timedelta(days=max(0, days)))


@transaction.atomic
def close_dormant() -> list[User]:
    """Close what was not used for `dormant_days`. The grants stay: the person has not left.

    Of each kind of administrator the one who signed in last stays open, or nobody could open anything again.
    """
    days = parameters.get("dormant_days")
    kept = _last_administrators()
    closed = [user for user in unused_since(timezone.now() - timedelta(days=days)) if user.pk not in kept]
    reason = f"{days} 天没有登录,自动停用"
    because(reason)
    User.objects.filter(pk__in=[user.pk for user in closed]).update(is_active=False, dormant_at=timezone.now())
    for user in closed:
        end_sessions(user=user, by=None, reason=reason)
    return closed


def _last_administrators() -> set[int]:
    used = Greatest("active_since", Coalesce("last_login", "active_since"))
    kept = set()
    for role in BLIND:
        for user in User.objects.filter(is_active=True, grants__role=role).annotate(used_at=used).order_by("-used_at"):
            if role in user.roles:
                kept.add(user.pk)
                break
    return kept
