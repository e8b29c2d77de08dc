"""The second factor: set up by a code, asked at step two, a code good once, printed codes, a lost phone, who must have one."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from django.utils import timezone

from accounts import rules, services
from core import settings as parameters
from core.models import Event

PASSWORD = "Golmud-2017x"
OWN = "/accounts/own/second-factor/"
STEP = "/accounts/second-step/"


@pytest.fixture
def person(world):
    user = world.people["bureau_approver"]
    user.set_password(PASSWORD)
    user.password_changed_at = timezone.now()
    user.save()
    return user


def code(key, steps=0):
    return format_hotp_value(hotp_value(key, int(time.time()) // 30 + steps))


def forget_last_code(user):
    phone = Authenticator.objects.get(user=user, type="totp")
    phone.data["counter"] = 0
    phone.save()


def sign_in(client, username="bureau_approver"):
    return client.post("/accounts/sign-in/", {"username": username, "password": PASSWORD, "next": "/villages/"})


@pytest.fixture
def with_phone(client, person):
    """The key and the printed codes of a person who has set up a phone; nobody is signed in."""
    key = services.new_key()
    printed = services.set_up_second_factor(user=person, key=key, code=code(key), session_key=None)
    forget_last_code(person)
    person.refresh_from_db()
    return key, printed


def test_a_phone_is_set_up_by_its_code_and_the_codes_are_shown_once(client, person):
    sign_in(client)
    page = client.get(OWN).content.decode()
    key = re.search(r"data-key>([^<]+)<", page)[1].replace(" ", "")
    assert "data:image/svg+xml" in page
    assert client.get(OWN).content.decode().count(re.search(r"data-key>([^<]+)<", page)[1]) == 1, "the key stays until it is confirmed"
    assert "没有启用" in client.post(OWN, {"code": "000000x"}).content.decode()
    shown = client.post(OWN, {"code": code(key)}).content.decode()
    assert shown.count('class="label"') == 10
    person.refresh_from_db()
    assert person.second_factor_at
    assert key not in str(Authenticator.objects.get(user=person, type="totp").data)
    assert Event.objects.filter(table="accounts_user", row_id=person.pk, reason="启用双因子").exists()
    assert client.get("/villages/").status_code == 200


def test_the_password_alone_reaches_nothing_but_step_two(client, with_phone):
    assert sign_in(client).url == STEP
    assert "_auth_user_id" not in client.session
    for url in ("/", "/villages/", "/accounts/own/", OWN, "/accounts/password/", "/households/1/reveal/"):
        assert "/sign-in/" in client.get(url).url
    assert client.get(STEP).status_code == 200
    client.post("/accounts/sign-out/")
    assert "/sign-in/" in client.get(STEP).url


def test_step_two_opens_the_page_that_was_asked_for_and_a_code_is_good_once(client, with_phone, person):
    key, _ = with_phone
    sign_in(client)
    used = code(key)
    assert client.post(STEP, {"code": f" {used[:3]} {used[3:]} "}).url == "/villages/"
    assert client.get("/villages/").status_code == 200
    client.post("/accounts/sign-out/")
    sign_in(client)
    assert "验证码不对" in client.post(STEP, {"code": used}).content.decode()
    assert "验证码不对" in client.post(STEP, {"code": code(key, -1)}).content.decode(), "nor one from before it"
    assert client.post(STEP, {"code": code(key, 1)}).status_code == 302


def test_a_printed_code_opens_once(client, with_phone, person):
    _, printed = with_phone
    for expected in (302, 200):
        sign_in(client)
        assert client.post(STEP, {"code": printed[0]}).status_code == expected
        client.post("/accounts/sign-out/")
    assert services.printed_codes_left(person) == 9


def test_five_wrong_codes_lock_even_the_right_one_for_a_quarter_of_an_hour(client, with_phone, person):
    key, printed = with_phone
    sign_in(client)
    for _ in range(5):
        response = client.post(STEP, {"code": "123"})
    assert "15 分钟" in response.content.decode()
    assert "15 分钟" in client.post(STEP, {"code": code(key)}).content.decode()
    assert "15 分钟" in client.post(STEP, {"code": printed[0]}).content.decode()
    phone = Authenticator.objects.get(user=person, type="totp")
    phone.data["failed_at"] = (timezone.now() - timezone.timedelta(minutes=16)).isoformat()
    phone.save()
    assert client.post(STEP, {"code": code(key)}).status_code == 302


@pytest.mark.parametrize("text", ["", "1" * 4000, "\0", "😀😀😀😀😀😀", "-1", "NaN", "<script>", "000000\r\nx"])
def test_hostile_codes_are_refused_with_words(client, with_phone, text):
    sign_in(client)
    response = client.post(STEP, {"code": text})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_step_two_ends_with_a_new_password_after_ten_minutes_and_when_disabled(client, with_phone, person):
    sign_in(client)
    session = client.session
    session["second_step"] = session["second_step"] | {"at": time.time() - 601}
    session.save()
    assert "/sign-in/" in client.get(STEP).url
    sign_in(client)
    services.change_password(user=person, password="Another-2017x", by=person)
    assert "/sign-in/" in client.get(STEP).url


def test_no_other_way_in_gets_round_step_two(client, with_phone, person):
    client.force_login(person, backend="accounts.backends.NameAndPassword")
    assert "/sign-in/" in client.get("/villages/").url
    assert "_auth_user_id" not in client.session


def test_who_must_have_one_is_led_to_it_and_nowhere_else(client, person):
    parameters.put(key="second_factor_roles", value=["bureau_approver"], by=None, reason="测试")
    sign_in(client)
    for url in ("/", "/villages/", "/accounts/own/", "/work/jobs/"):
        assert client.get(url).url == OWN
    assert "须用双因子" in client.get(OWN).content.decode()


def test_it_cannot_be_put_down_while_a_role_asks_for_it(client, with_phone, person):
    services.clear_second_factor(user=person, by=person, reason="本人停用")
    person.refresh_from_db()
    assert person.second_factor_at is None
    key = services.new_key()
    services.set_up_second_factor(user=person, key=key, code=code(key), session_key=None)
    parameters.put(key="second_factor_roles", value=["bureau_approver"], by=None, reason="测试")
    with pytest.raises(services.AccountsError, match="只能更换"):
        services.clear_second_factor(user=person, by=person, reason="x")


def test_a_lost_phone_is_cleared_with_a_reason_and_set_up_again(signed_in, client, with_phone, person):
    parameters.put(key="second_factor_roles", value=["bureau_approver"], by=None, reason="测试")
    address = reverse("accounts:user-second-factor", args=[person.pk])
    assert signed_in("security_admin").post(address, {"reason": "丢失"}).status_code == 403
    admin = signed_in("system_admin")
    assert admin.post(address, {"reason": ""}).status_code == 200
    assert admin.post(address, {"reason": "手机丢失"}).status_code == 302
    assert "没有启用" in admin.post(address, {"reason": "再来"}).content.decode()
    assert Event.objects.filter(table="accounts_user", row_id=person.pk, reason="清除双因子:手机丢失").exists()
    assert not Authenticator.objects.filter(user=person).exists()
    client.logout()
    assert sign_in(client).url == "/villages/"
    assert client.get("/villages/").url == OWN


def test_new_printed_codes_undo_the_old_ones(client, with_phone, person):
    key, printed = with_phone
    sign_in(client)
    client.post(STEP, {"code": code(key)})
    page = client.post("/accounts/own/second-factor/codes/").content.decode()
    assert page.count('class="label"') == 10
    assert services.check_code(user=person, code=printed[0])


@pytest.mark.parametrize(
    ("text", "plain"), [("123 456", "123456"), ("１２３４５６", "123456"), ("1234-5678", "12345678"), ("12a", ""), ("", ""), ("²³", "23"), ("٣", "")]
)
def test_codes_as_typed(text, plain):
    assert rules.plain_code(text) == plain
