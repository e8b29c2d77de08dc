"""Sign-in, passwords, organizations, users."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, password_validation
from django.http import HttpRequest

from accounts.models import User


class SignInForm(forms.Form):
    username = forms.CharField(label="用户名", max_length=40, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"}))
    password = forms.CharField(label="密码", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request, self.user = request, None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("username") and data.get("password"):
            self.user = authenticate(self.request, username=data["username"], password=data["password"])
            if self.user is None:
                raise forms.ValidationError("用户名或密码不对。连续 5 次输错将锁定 15 分钟,忘记密码请找本单位管理员重置。")
        return data


class PasswordChangeForm(forms.Form):
    old = forms.CharField(
        label="原密码", strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True})
    )
    new = forms.CharField(label="新密码", strip=False, max_length=200, help_text="至少 10 位,含大写、小写、数字、符号中的三种。",
                          widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))  # fmt: skip
    again = forms.CharField(label="再输一次", strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_old(self) -> str:
        if not self.user.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError("原密码不对。")
        return self.cleaned_data["old"]

    def clean_new(self) -> str:
        new = self.cleaned_data["new"]
        if self.user.check_password(new):
            raise forms.ValidationError("新密码不能与原密码相同。")
        password_validation.validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一致。")
        return data
