"""Password rules (`domain.md` §9.1: at least 10 characters with 3 classes [assumed])."""

import re
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from core import settings as parameters

CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^a-zA-Z0-9]")


class LengthAndClasses:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < 10 or sum(bool(re.search(pattern, password)) for pattern in CLASSES) < 3:
            raise ValidationError("密码至少 10 位,并包含大写字母、小写字母、数字、符号中的三种。")

    def get_help_text(self) -> str:
        return "至少 10 位,含大写、小写、数字、符号中的三种。"


class NotUserName:
    def validate(self, password: str, user: Any = None) -> None:
        name = (getattr(user, "username", "") or "").lower()
        if name and name in password.lower():
            raise ValidationError("密码不能包含用户名。")

    def get_help_text(self) -> str:
        return "不能包含用户名。"


class NotUsedBefore:
    """Neither the password in use nor one of the last few before it (`password_history`)."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        last = parameters.get("password_history")
        known = [user.password, *user.old_passwords.values_list("password", flat=True)[: max(0, last - 1)]] if last else []
        if any(check_password(password, each) for each in known):
            raise ValidationError(f"不能再用最近 {last} 个密码,请另设一个。")

    def get_help_text(self) -> str:
        return "不能与最近用过的密码相同。"
