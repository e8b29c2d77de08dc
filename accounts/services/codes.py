"""One-time codes on paper: given out for a new account or a forgotten password, good once, for their owner, for a time."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth import password_validation
from django.db import transaction
from django.utils import timezone

from accounts import rules
from accounts.models import AccessEvent, OneTimeCode, User
from accounts.services.sessions import end_sessions
from accounts.services.users import AccountsError, change_password, reset_lockout
from core import settings as parameters
from core.crypto import blind_index
from core.scope import because

TABLE = OneTimeCode._meta.db_table
REFUSED = "用户名或一次性口令不对,或者口令已用过、已过期。请对照纸条核对;仍然不行,请发放人重新开具。"
LOCKED = f"连续 {rules.FAILURES} 次不对,{rules.LOCK_MINUTES} 分钟后可以再试。"


def make_code() -> str:
    """Twelve letters and digits in groups of four, 59 bits: nobody guesses it, so a keyed digest is enough to keep of it."""
    groups = ("".join(secrets.choice(rules.CODE_LETTERS) for _ in range(rules.GROUP_LENGTH)) for _ in range(rules.CODE_GROUPS))
    return "-".join(groups)


def _digest(code: str) -> str:
    return blind_index(rules.plain_paper_code(code), "one-time-code") or ""


@transaction.atomic
def issue_codes(*, users: Sequence[User], by: User | None, reason: str, lasts: timedelta) -> dict[int, str]:
    """A code for each user, by id, to be printed once; codes they were given before are void. Nobody gives one to themselves."""
    if by is not None and by.pk in {user.pk for user in users}:
        raise AccountsError("不能给自己开一次性口令。修改自己的密码请用“修改密码”。")
    because(reason)
    now, keys = timezone.now(), [user.pk for user in users]
    list(User.objects.filter(pk__in=keys).order_by("pk").select_for_update())
    OneTimeCode.objects.filter(user__in=keys, used_at=None, replaced_at=None).update(replaced_at=now)
    codes = {pk: make_code() for pk in keys}
    OneTimeCode.objects.bulk_create(
        [OneTimeCode(user_id=pk, digest=_digest(code), issued_by=by, issued_at=now, expires_at=now + lasts) for pk, code in codes.items()]
    )
    return codes


def issue_reset_code(*, user: User, by: User, reason: str) -> tuple[str, datetime]:
    """A code for a forgotten password and until when it is good. The old password stays until the code is used. Raises AccountsError."""
    if not user.is_active:
        raise AccountsError("账号已停用,请先由系统管理员启用。")
    lasts = timedelta(hours=parameters.get("reset_code_hours"))
    code = issue_codes(users=[user], by=by, reason=f"开具一次性口令:{reason}", lasts=lasts)[user.pk]
    return code, timezone.now() + lasts


@transaction.atomic
def use_code(*, username: str, code: str, password: str, address: str | None) -> str:
    """Set the password a person chose; '' when done, else the refusal in words (the same for every reason; the log has which).

    The code is used up, every session ends, a lock-out after wrong passwords is over; a second factor stays.
    Raises ValidationError for a password the rules refuse: the code is then still good.
    """
    user = User.objects.filter(username=username, is_active=True).select_for_update().first()
    if user is not None and _too_often(user, address):
        return LOCKED
    found = OneTimeCode.objects.filter(digest=_digest(code)).select_for_update().first() if _digest(code) else None
    problem = _problem(found, user)
    if problem or user is None or found is None:
        whose = user.pk if user else found.user_id if found else None
        if whose:
            AccessEvent.objects.create(user_id=whose, action=AccessEvent.Action.REFUSED, table=TABLE, row_id=found.pk if found else None,
                                       detail=f"一次性口令:{problem}", address=address)  # fmt: skip
        return REFUSED
    password_validation.validate_password(password, user)
    found.used_at = timezone.now()
    found.save(update_fields=["used_at"])
    change_password(user=user, password=password, by=user, reason="用一次性口令设置密码")
    end_sessions(user=user, by=user, reason="用一次性口令设置密码")
    reset_lockout(username=user.username)
    return ""


def _problem(code: OneTimeCode | None, user: User | None) -> str:
    if code is None:
        return "没有这个口令"
    if user is None or code.user_id != user.pk:
        return "不是发给这名用户的"
    if code.used_at:
        return "已经用过"
    if code.replaced_at:
        return "已作废,后来另开了一个"
    return "已过期" if code.expires_at <= timezone.now() else ""


def _too_often(user: User, address: str | None) -> bool:
    """Five refusals for a name from one place in a quarter of an hour shut this door for it."""
    since = timezone.now() - timedelta(minutes=rules.LOCK_MINUTES)
    refused = AccessEvent.objects.filter(user_id=user.pk, action=AccessEvent.Action.REFUSED, table=TABLE, address=address, at__gte=since)
    return len(refused.order_by("-id").values_list("pk")[: rules.FAILURES]) >= rules.FAILURES
