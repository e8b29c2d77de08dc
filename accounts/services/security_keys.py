"""Security keys and passkeys (WebAuthn): a second factor for who has no smartphone, or rather touches a key than types a code.

The browser's answer is checked by Yubico's fido2; a key is a row of allauth's authenticators like a phone. Keys work where the
page is reached over HTTPS, or on the machine itself.
"""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from accounts.models import User
from accounts.services.second_factor import LOCKED, counting, must_have_second_factor, shut, write_down
from accounts.services.sessions import end_sessions
from accounts.services.users import AccountsError
from core.scope import because

KEY = Authenticator.Type.WEBAUTHN
MOST = 5
NOT_READ = "没有读到安全密钥的应答。请插好密钥,按页面提示触碰后再试。"
WRONG = "这把安全密钥没有登记在您的名下,或应答已过期。请换登记过的密钥再试,也可以输入一个打印的备用码。"


def _server(host: str) -> Fido2Server:
    """`host` is the name in the address bar, without its port."""
    return Fido2Server(PublicKeyCredentialRpEntity(id=host.partition(":")[0], name=settings.CITY_NAME))


def keys_of(user: User) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=user, type=KEY).order_by("pk"))


def _credentials(keys: list[Authenticator]) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(websafe_decode(key.data["credential"])) for key in keys]


def begin_key(*, user: User, host: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the browser is asked, what must be remembered until it answers) to register a key."""
    person = PublicKeyCredentialUserEntity(id=str(user.pk).encode(), name=user.username, display_name=user.name)
    asked, state = _server(host).register_begin(person, _credentials(keys_of(user)), user_verification=UserVerificationRequirement.PREFERRED)
    return dict(asked), state


@transaction.atomic
def add_key(*, user: User, name: str, state: Any, answer: str, host: str, session_key: str | None) -> list[str]:
    """Register the key that answered; the printed codes, to be shown once, where the user had none. Raises AccountsError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if len(keys_of(user)) >= MOST:
        raise AccountsError(f"每人最多登记 {MOST} 把安全密钥,请先删除不用的。")
    try:
        made = _server(host).register_complete(state, RegistrationResponse.from_dict(json.loads(answer)))
    except (ValueError, TypeError, KeyError) as error:
        raise AccountsError(NOT_READ) from error
    credential = made.credential_data
    if credential is None:
        raise AccountsError(NOT_READ)
    because(f"登记安全密钥:{name}")
    data = {"name": name, "credential": websafe_encode(bytes(credential)), "counter": made.counter}
    Authenticator.objects.create(user=user, type=KEY, data=data)
    first = user.second_factor_at is None
    user.second_factor_at = timezone.now()
    user.save(update_fields=["second_factor_at"])
    if not first:
        return []
    end_sessions(user=user, by=user, reason="启用双因子", but=session_key)
    return RecoveryCodes.activate(user).get_unused_codes()


@transaction.atomic
def remove_key(*, user: User, pk: int) -> User:
    """Forget a key. Raises AccountsError for the last factor of who must have one; else the second factor ends with the last."""
    user = User.objects.select_for_update().get(pk=user.pk)
    key = Authenticator.objects.filter(user=user, type=KEY, pk=pk).first()
    if key is None:
        raise AccountsError("这把安全密钥已经删除。")
    others = Authenticator.objects.filter(user=user).exclude(pk=pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if not others.exists():
        if must_have_second_factor(user):
            raise AccountsError("您的角色须用双因子登录,请先登记另一把密钥或一部手机,再删除这一把。")
        Authenticator.objects.filter(user=user).delete()
        user.second_factor_at = None
    else:
        key.delete()
        user.second_factor_at = timezone.now()
    because(f"删除安全密钥:{key.data['name']}")
    user.save(update_fields=["second_factor_at"])
    return user


def begin_check(*, user: User, host: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """(what the browser is asked, what must be remembered) to prove a key; None where the user has none."""
    keys = keys_of(user)
    if not keys:
        return None
    asked, state = _server(host).authenticate_begin(_credentials(keys), user_verification=UserVerificationRequirement.PREFERRED)
    return dict(asked), state


@transaction.atomic
def check_key(*, user: User, state: Any, answer: str, host: str) -> str:
    """'' for the right answer of a registered key; else the refusal in words. Wrong ones count like wrong codes.

    `state` is good for one answer: the caller forgets it. A counter that does not go on is a copied key.
    """
    row = counting(user)
    if row is None:
        return "双因子已被清除,请重新登录。"
    if shut(row):
        return LOCKED
    keys = keys_of(user)
    try:
        parsed = AuthenticationResponse.from_dict(json.loads(answer))
        used = _server(host).authenticate_complete(state, _credentials(keys), parsed)
    except (ValueError, TypeError, KeyError, AttributeError):
        return write_down(row, right=False, wrong=WRONG)
    key = next(each for each in keys if AttestedCredentialData(websafe_decode(each.data["credential"])).credential_id == used.credential_id)
    key = row if key.pk == row.pk else key
    counter = parsed.response.authenticator_data.counter
    if counter and counter <= key.data["counter"]:
        return write_down(row, right=False, wrong="这把安全密钥的计数倒退,可能被复制过。请停用它并联系管理员。")
    key.data["counter"], key.last_used_at = counter, timezone.now()
    key.save(update_fields=["data", "last_used_at"])
    return write_down(row, right=True)
