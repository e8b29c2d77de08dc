"""Password rules (`domain.md` §9.1: at least 10 characters with 3 classes [assumed])."""

import re
from typing import Any

from django.core.exceptions import ValidationError

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
