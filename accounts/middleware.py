"""What must be true of a signed-in user before any page: both factors given, a fresh password, a second factor where a role asks for it."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.services import must_have_second_factor
from core import settings as parameters


def password_expired(user: object) -> bool:
    changed = getattr(user, "password_changed_at", None)
    return bool(changed) and timezone.now() - changed > timedelta(days=parameters.get("password_max_age_days"))


SEEN_SECONDS = 60


def stay_signed_in(request: HttpRequest) -> None:
    """The idle time-out counts from the last page; the session is written at most once a minute."""
    now = int(time.time())
    if now - request.session.get("seen", 0) >= SEEN_SECONDS:
        request.session["seen"] = now


WAYS = {"accounts:second-factor": ("accounts:security-key",)}  # pages that are another way to the same duty


def first_duty(request: HttpRequest) -> str:
    """The page a signed-in user has to go through before any other; '' for none."""
    user = request.user
    if user.must_change_password or password_expired(user):
        return "accounts:password-change"
    if user.second_factor_at is None and must_have_second_factor(user):
        return "accounts:second-factor"
    return ""


class SignInRules:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        if request.user.second_factor_at and not request.session.get("second_factor"):
            logout(request)  # whichever way it came here: one factor is not signed in
            return redirect(settings.LOGIN_URL)
        duty = first_duty(request)
        if duty and request.path not in {reverse(each) for each in (duty, *WAYS.get(duty, ()), "accounts:sign-out")}:
            return redirect(duty)
        stay_signed_in(request)
        return self.get_response(request)
