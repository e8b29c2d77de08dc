"""Sessions one can see and end. A row a sign-in; deleting it ends it at the next request."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Session, User
from core.scope import because


def sessions_of(user: User) -> list[Session]:
    """Those not run out, the last used first."""
    return list(Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at", "-since"))


@transaction.atomic
def end_sessions(*, user: User, by: User | None, reason: str, but: str | None = None) -> int:
    """End the user's sessions, all or all but one; how many there were. The trail keeps who and why at the user."""
    ended, _ = Session.objects.filter(user=user).exclude(session_key=but or "").delete()
    if ended:
        because(reason)
        User.objects.filter(pk=user.pk).update(sessions_ended_at=timezone.now())
    return ended


@transaction.atomic
def end_session(*, user: User, handle: str, by: User) -> bool:
    """End one, named by its handle (the key itself is never shown); False when it is over already."""
    for session in Session.objects.filter(user=user):
        if session.handle == handle:
            session.delete()
            because("结束一处登录")
            User.objects.filter(pk=user.pk).update(sessions_ended_at=timezone.now())
            return True
    return False
