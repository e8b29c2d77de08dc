"""What must be true of a signed-in user before any page: a fresh password, a password changed in time."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

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


class SignInRules:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and (request.user.must_change_password or password_expired(request.user)):
            allowed = {reverse("accounts:password-change"), reverse("accounts:sign-out")}
            if request.path not in allowed and not request.path.startswith(settings.STATIC_URL):
                return redirect("accounts:password-change")
        if request.user.is_authenticated:
            stay_signed_in(request)
        return self.get_response(request)
