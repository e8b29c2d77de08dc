"""What is one's own: where one is signed in, the second factor, the password."""

import json
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.forms import CodeForm, KeyForm
from accounts.guards import KEY_STATE, recently_confirmed
from core import crypto, pages
from core.pages import Fact, Link

CRUMB = ("我的登录", "accounts:own")


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(CRUMB[0], reverse(CRUMB[1])), (title, "")]


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    user = request.user
    links = [Link("修改密码", reverse("accounts:password-change"))]
    if user.second_factor_at:
        links += [Link("重新打印备用码", reverse("accounts:printed-codes")), Link("设置或更换手机", reverse("accounts:second-factor")),
                  Link("登记安全密钥", reverse("accounts:security-key"))]  # fmt: skip
        if not services.must_have_second_factor(user):
            links.append(Link("停用双因子", reverse("accounts:second-factor-off")))
        state = f"已启用,备用码还剩 {services.printed_codes_left(user)} 个"
    else:
        links.append(Link("启用双因子", reverse("accounts:second-factor"), primary=True))
        state = "未启用"
    facts = [*pages.facts(user, "name", "username", "organization", "post"), Fact("双因子", state), *pages.facts(user, "password_changed_at")]
    return pages.record_page(
        request, title=CRUMB[0], crumbs=[(CRUMB[0], "")], links=links, facts=facts, template="accounts/own.html",
        keys=services.keys_of(user), sessions=services.sessions_of(user), this=request.session.session_key,
    )  # fmt: skip


@login_required
@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """End one sign-in by its handle, or `others`: all but this one."""
    named = request.POST.get("session", "")
    if named == "others":
        ended = services.end_sessions(user=request.user, by=request.user, reason="结束其他登录", but=request.session.session_key)
        messages.success(request, f"已结束其他 {ended} 处登录。" if ended else "没有其他登录。")
    elif services.end_session(user=request.user, handle=named, by=request.user):
        messages.success(request, "已结束这处登录。")
    else:
        messages.info(request, "这处登录已经结束。")
    return redirect(CRUMB[1])


NEW_KEY = "second_factor_key"


@sensitive_post_parameters()
@never_cache
@login_required
@recently_confirmed
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up a phone, or another one in its place. The key waits encrypted in the session until a code proves it arrived."""
    kept = request.session.get(NEW_KEY)
    key = crypto.decrypt(kept) if kept else services.new_key()
    if not kept:
        request.session[NEW_KEY] = crypto.encrypt(key)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = services.set_up_second_factor(user=request.user, key=key, code=form.cleaned_data["code"], session_key=request.session.session_key)
        except services.AccountsError as error:
            form.add_error("code", str(error))
        else:
            del request.session[NEW_KEY]
            request.session["second_factor"] = True
            return _codes(request, codes)
    drawn = segno.make(services.key_address(request.user, key), error="m").svg_data_uri(scale=5, border=2)
    groups = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
    context = {"form": form, "drawn": drawn, "key": groups, "title": "更换手机" if request.user.second_factor_at else "启用双因子",
               "required": services.must_have_second_factor(request.user), "crumbs": _crumbs("双因子")}  # fmt: skip
    return render(request, "accounts/second_factor.html", context)


@never_cache
@login_required
@recently_confirmed
@require_http_methods(["GET", "POST"])
def security_key(request: HttpRequest) -> HttpResponse:
    """Register a security key or passkey; the question to it waits in the session for one answer."""
    form = KeyForm(request.POST or None, label_suffix="")
    host = request.get_host()
    if request.method == "POST" and form.is_valid():
        state = request.session.pop(KEY_STATE, None)
        name, answer = form.cleaned_data["name"], form.cleaned_data["key_answer"]
        try:
            codes = services.add_key(user=request.user, name=name, state=state, answer=answer, host=host, session_key=request.session.session_key)
        except services.AccountsError as error:
            form.add_error(None, str(error))
        else:
            request.session["second_factor"] = True
            if codes:
                return _codes(request, codes)
            messages.success(request, f"已登记安全密钥“{name}”。")
            return redirect(CRUMB[1])
    asked, request.session[KEY_STATE] = services.begin_key(user=request.user, host=host)
    context = {"form": form, "key_options": json.dumps(asked), "title": "登记安全密钥", "crumbs": _crumbs("安全密钥"),
               "required": services.must_have_second_factor(request.user)}  # fmt: skip
    return render(request, "accounts/security_key.html", context)


@login_required
@recently_confirmed
@require_http_methods(["GET", "POST"])
def security_key_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = {key.pk: key for key in services.keys_of(request.user)}
    if pk not in found:
        raise Http404

    def save() -> str:
        services.remove_key(user=request.user, pk=pk)
        return reverse(CRUMB[1])

    return _confirmed_step(request, save, title="删除安全密钥", save_label="删除", done="已删除安全密钥。",
                           note=f"删除后不能再用“{found[pk].data['name']}”登录。没有其他密钥和手机的,双因子随之停用。")  # fmt: skip


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    context = {"codes": codes, "title": "备用码", "crumbs": _crumbs("备用码")}
    return render(request, "accounts/printed_codes.html", context)


def _confirmed_step(request: HttpRequest, save: Any, **words: Any) -> HttpResponse:
    return pages.form_page(request, forms.Form(request.POST if request.method == "POST" else None), save, back=reverse(CRUMB[1]),
                           crumbs=[(CRUMB[0], reverse(CRUMB[1]))], refusal=services.AccountsError, **words)  # fmt: skip


@never_cache
@login_required
@recently_confirmed
@require_http_methods(["GET", "POST"])
def printed_codes(request: HttpRequest) -> HttpResponse:
    """A new set of printed codes, shown once."""
    if request.user.second_factor_at is None:
        return redirect("accounts:second-factor")
    if request.method == "POST":
        return _codes(request, services.new_printed_codes(user=request.user))
    return _confirmed_step(request, None, title="重新打印备用码", save_label="生成新的备用码", note="生成后,以前打印的备用码全部作废。")


@login_required
@recently_confirmed
@require_http_methods(["GET", "POST"])
def second_factor_off(request: HttpRequest) -> HttpResponse:
    def save() -> str:
        services.clear_second_factor(user=request.user, by=request.user, reason="本人停用")
        return reverse(CRUMB[1])

    return _confirmed_step(request, save, title="停用双因子", save_label="停用双因子", done="已停用双因子。", note="停用后只凭密码登录。")
