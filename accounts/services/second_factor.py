"""The second factor: codes of a phone (TOTP) and printed ones (keys: security_keys.py), kept by allauth's authenticators.

`User.second_factor_at` says since when; it is what the trail records and what every request looks at. A code is good once:
the time step of the last one is kept with the key, so that it holds over all processes.
"""

from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import rules
from accounts.models import User
from accounts.services.sessions import end_sessions
from accounts.services.users import AccountsError
from core import settings as parameters
from core.scope import because

WRONG = "验证码不对。请核对手机时间是否准确,等下一个验证码出现后再输;没有手机时可输入一个打印的备用码。"
LOCKED = f"连续 {rules.FAILURES} 次输错验证码,{rules.LOCK_MINUTES} 分钟后可以再试。手机丢失请联系管理员清除双因子。"


def must_have_second_factor(user: User) -> bool:
    """Whether a role of the user's may be used with two factors only."""
    return bool(user.roles & set(parameters.get("second_factor_roles")))


def new_key() -> str:
    return generate_totp_secret()


def key_address(user: User, key: str) -> str:
    """What the QR code holds."""
    return get_adapter().build_totp_url(user, key)


def _step(key: str, code: str) -> int | None:
    """The time step whose code this is, the last one first; one step of tolerance for the phone's clock."""
    for counter in sorted(yield_hotp_counters_from_time(), reverse=True):
        if constant_time_compare(code, format_hotp_value(hotp_value(key, counter))):
            return counter
    return None


@transaction.atomic
def set_up_second_factor(*, user: User, key: str, code: str, session_key: str | None) -> list[str]:
    """Begin to ask for codes made with `key`, in place of an older key; the printed codes, to be shown once.

    Every other session of the user ends. Raises AccountsError for a code that is not the key's.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    counter = _step(key, rules.plain_code(code))
    if counter is None:
        raise AccountsError("验证码不对,双因子没有启用。请核对手机时间,再输入手机上正显示的 6 位数字。")
    again = user.second_factor_at is not None
    Authenticator.objects.filter(user=user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]).delete()
    phone = TOTP.activate(user, key).instance
    phone.data["counter"] = counter
    phone.save(update_fields=["data"])
    because("更换双因子" if again else "启用双因子")
    user.second_factor_at = timezone.now()
    user.save(update_fields=["second_factor_at"])
    end_sessions(user=user, by=user, reason="更换双因子" if again else "启用双因子", but=session_key)
    return RecoveryCodes.activate(user).get_unused_codes()


@transaction.atomic
def new_printed_codes(*, user: User) -> list[str]:
    """A fresh set, to be shown once; the old ones are worth nothing. Raises AccountsError without a second factor."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.second_factor_at is None:
        raise AccountsError("还没有启用双因子。")
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    because("重新打印备用码")
    user.second_factor_at = timezone.now()
    user.save(update_fields=["second_factor_at"])
    return RecoveryCodes.activate(user).get_unused_codes()


def printed_codes_left(user: User) -> int:
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(found).get_unused_codes()) if found else 0


def counting(user: User) -> Authenticator | None:
    """The factor that wrong answers of any factor are counted with, locked: the phone, or the first key."""
    factors = Authenticator.objects.select_for_update().filter(user=user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
    return factors.order_by("type", "pk").first()  # totp before webauthn


def shut(row: Authenticator) -> bool:
    """Whether too many wrong answers came just now."""
    failed_at = datetime.fromisoformat(row.data["failed_at"]) if row.data.get("failed_at") else None
    return rules.is_locked(row.data.get("failures", 0), failed_at, timezone.now())


def write_down(row: Authenticator, *, right: bool, wrong: str = WRONG) -> str:
    """Count an answer with its factor; '' for a right one, else the refusal in words."""
    now, data = timezone.now(), row.data
    failures = data.get("failures", 0) % rules.FAILURES  # after a lock-out it counts from the start
    data["failures"], data["failed_at"] = (0, None) if right else (failures + 1, now.isoformat())
    row.last_used_at = now if right else row.last_used_at
    row.save(update_fields=["data", "last_used_at"])
    if right:
        return ""
    return LOCKED if data["failures"] >= rules.FAILURES else wrong


@transaction.atomic
def check_code(*, user: User, code: str) -> str:
    """'' for a right code, which is used up by that; else the refusal in words. Wrong ones are counted."""
    row = counting(user)
    if row is None:
        return "双因子已被清除,请重新登录。"
    if shut(row):
        return LOCKED
    plain = rules.plain_code(code)
    return write_down(row, right=_use(row, plain) if plain else False)


def _use(row: Any, code: str) -> bool:
    """Whether the code is the phone's next or an unused printed one; a step of the past is a replay."""
    counter = _step(get_adapter().decrypt(row.data["secret"]), code) if row.type == Authenticator.Type.TOTP else None
    if counter is not None:
        if counter <= row.data.get("counter", 0):
            return False
        row.data["counter"] = counter
        return True
    printed = Authenticator.objects.filter(user_id=row.user_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return printed is not None and RecoveryCodes(printed).validate_code(code)


@transaction.atomic
def clear_second_factor(*, user: User, by: User, reason: str) -> User:
    """Forget the phone and the printed codes, and sign the user out. Who must have one sets it up again at the next sign-in.

    Raises AccountsError where there is none, and for one's own while a role asks for it.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.second_factor_at is None:
        raise AccountsError("这名用户没有启用双因子。")
    if user.pk == by.pk and must_have_second_factor(user):
        raise AccountsError("您的角色须用双因子登录,只能更换,不能停用。手机丢失请由另一位管理员清除。")
    Authenticator.objects.filter(user=user).delete()
    because(f"清除双因子:{reason}")
    user.second_factor_at = None
    user.save(update_fields=["second_factor_at"])
    if user.pk != by.pk:
        end_sessions(user=user, by=by, reason=f"清除双因子:{reason}")
    return user
