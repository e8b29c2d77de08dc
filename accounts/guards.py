"""The door of every page: signed in, and allowed by some grant. Where it applies is `visible_to`'s business."""

import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import services
from core import settings as parameters

View = Callable[..., HttpResponse]


def requires(*permissions: str) -> Callable[[View], View]:
    """Sign-in first; then 403 unless the user holds at least one of these permissions somewhere."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(request.user.may(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return login_required(guarded)

    return decorate


KEY_STATE = "security_key"


def key_options(request: HttpRequest, user: Any) -> str:
    """What the page asks the browser of a security key, as JSON; '' where the user has none. What must be remembered is in the session."""
    asked = services.begin_check(user=user, host=request.get_host())
    if asked is None:
        return ""
    request.session[KEY_STATE] = asked[1]
    return json.dumps(asked[0])


def key_refusal(request: HttpRequest, user: Any) -> str:
    """'' when the posted answer is that of a key of the user's to the question last asked, which is forgotten by that."""
    state = request.session.pop(KEY_STATE, None)
    return services.check_key(user=user, state=state, answer=request.POST.get("key_answer", "")[:8000], host=request.get_host())


class ConfirmForm(forms.Form):
    """The password once more, or a code or a key where the user has a second factor."""

    confirm_secret = forms.CharField(label="密码", strip=False, max_length=200)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.request = request
        secret = self.fields["confirm_secret"]
        secret.required = not (request.user.second_factor_at and request.POST.get("key_answer"))
        secret.error_messages["required"] = "请填写。"
        if request.user.second_factor_at:
            secret.label, secret.help_text = "验证码", "手机上显示的 6 位数字,或一个打印的备用码。"
            secret.widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})
        else:
            secret.widget = forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True})

    def clean_confirm_secret(self) -> str:
        secret, user = self.cleaned_data["confirm_secret"], self.request.user
        if user.second_factor_at:
            by_key = self.request.POST.get("key_answer")
            refusal = key_refusal(self.request, user) if by_key else services.check_code(user=user, code=secret)
        else:
            refusal = "" if authenticate(self.request, username=user.username, password=secret) else "密码不对。连续 5 次输错将锁定 15 分钟。"
        if refusal:
            raise forms.ValidationError(refusal)
        return ""


OWN_FIELDS = {"confirm_secret", "confirm_method", "csrfmiddlewaretoken", "key_answer"}


def recently_confirmed(view: View) -> View:
    """Asks for the password or a code again when the last time (signing in counts) is older than `step_up_minutes`.

    Stands below `requires`. The question is asked at the page's own address; what a form had sent travels with it and
    reaches the view after the right answer. Only chosen files have to be chosen again, so guard the step after an upload.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.method == "POST" and "confirm_method" in request.POST
        fresh = time.time() - request.session.get("confirmed", 0) < parameters.get("step_up_minutes") * 60
        if fresh and not asked:
            return view(request, *args, **kwargs)
        form = ConfirmForm(request, request.POST if asked else None)
        method = request.POST["confirm_method"] if asked else request.method
        if asked and form.is_valid():
            request.session["confirmed"] = int(time.time())
            if method != "POST":
                return redirect(request.get_full_path())
            sent = request.POST.copy()
            for name in OWN_FIELDS & set(sent):
                del sent[name]
            request.POST = sent  # type: ignore[assignment]
            return view(request, *args, **kwargs)
        kept = [(name, value) for name, values in request.POST.lists() if name not in OWN_FIELDS for value in values]
        context = {
            "form": form,
            "kept": kept,
            "key_options": key_options(request, request.user),
            "method": "POST" if method == "POST" else "GET",
            "title": "再次确认身份",
        }
        return render(request, "accounts/confirm.html", context)

    return guarded
