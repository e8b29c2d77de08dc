"""Sign-in with its two steps, sign-out, password."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rules, services
from accounts.forms import CodeForm, PasswordChangeForm, SignInForm, UseCodeForm
from accounts.guards import key_options, key_refusal
from accounts.models import User


class DemoUsers:
    """Who is shown on the sign-in page; `demo` fills it in at start, in demo mode only."""

    shown: list[dict[str, str]] = []


def _next_url(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = (
        target.startswith("/")
        and "\0" not in target
        and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    )
    return target if safe else reverse(settings.LOGIN_REDIRECT_URL)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(_next_url(request))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _let_in(request, form.user)
    context = {"form": form, "next": _next_url(request), "demo_users": DemoUsers.shown if settings.DEMO_MODE else []}
    return render(request, "accounts/sign_in.html", context)


BACKEND = "accounts.backends.NameAndPassword"
STEP_SECONDS = 600


def _let_in(request: HttpRequest, user: User) -> HttpResponse:
    """Signed in, or, with a second factor, on to step two: until then the session belongs to nobody."""
    if user.second_factor_at is None:
        login(request, user, backend=BACKEND)
        return redirect(_next_url(request))
    request.session.cycle_key()
    request.session["second_step"] = {
        "user": user.pk, "hash": user.get_session_auth_hash(), "at": int(time.time()), "next": _next_url(request),
    }  # fmt: skip
    return redirect("accounts:second-step")


def _waiting(request: HttpRequest) -> User | None:
    """Who has given the right password a moment ago, if it is still theirs."""
    kept = request.session.get("second_step")
    if not kept or time.time() - kept["at"] > STEP_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return user if user and user.second_factor_at and constant_time_compare(user.get_session_auth_hash(), kept["hash"]) else None


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    user = None if request.user.is_authenticated else _waiting(request)
    if user is None:
        request.session.pop("second_step", None)
        return redirect(settings.LOGIN_REDIRECT_URL if request.user.is_authenticated else settings.LOGIN_URL)
    by_key = "key_answer" in request.POST
    form = CodeForm(None if by_key else request.POST or None)
    said = ""
    if by_key or (request.method == "POST" and form.is_valid()):
        said = key_refusal(request, user) if by_key else services.check_code(user=user, code=form.cleaned_data["code"])
        if not said:
            target = request.session.pop("second_step")["next"]
            login(request, user, backend=BACKEND)
            request.session["second_factor"] = True
            if not by_key and len(rules.plain_code(form.cleaned_data["code"])) > 6:
                messages.warning(request, f"已用去一个备用码,还剩 {services.printed_codes_left(user)} 个。")
            return redirect(target)
    return render(request, "accounts/second_step.html", {"form": form, "account": user, "said": said, "key_options": key_options(request, user)})


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def use_code(request: HttpRequest) -> HttpResponse:
    """Who was handed a one-time code sets a password, and then signs in with it like everybody."""
    form = UseCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            refusal = services.use_code(
                username=asked["username"], code=asked["code"], password=asked["new"], address=services.client_address(request)
            )
        except ValidationError as error:
            form.add_error("new", error)
        else:
            if not refusal:
                logout(request)
                messages.success(request, "密码已设置,请用新密码登录。")
                return redirect(settings.LOGIN_URL)
            form.add_error(None, refusal)
    return render(request, "accounts/use_code.html", {"form": form})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    form = PasswordChangeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        services.change_password(user=request.user, password=form.cleaned_data["new"], by=request.user)
        update_session_auth_hash(request, request.user)
        services.end_sessions(user=request.user, by=request.user, reason="修改密码", but=request.session.session_key)
        messages.success(request, "密码已修改。")
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/password_change.html", {"form": form})
