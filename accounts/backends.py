"""Sign-in by user name and password; how the second factor's secrets are kept."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.backends import BaseBackend

from accounts.models import User
from core import crypto


class NameAndPassword(BaseBackend):
    def authenticate(self, request: Any, username: str | None = None, password: str | None = None, **_: Any) -> Any:
        if not username or password is None:
            return None
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            User().set_password(password)  # an unknown name takes as long as a wrong password
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> Any:
        return User.objects.select_related("organization").filter(pk=user_id, is_active=True).first()


class SecondFactorKeeper(DefaultMFAAdapter):
    """allauth's authenticators hold their secrets under our key ring."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)
