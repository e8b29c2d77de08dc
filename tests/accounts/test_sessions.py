"""Sessions one can see and end; the question before a step that matters."""

import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import rules, services
from accounts.models import Session
from tests.factories import HouseholdFactory, MemberFactory

PASSWORD = "Golmud-2017x"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120"


@pytest.fixture
def person(world):
    user = world.people["township_clerk"]
    user.set_password(PASSWORD)
    user.password_changed_at = timezone.now()
    user.save()
    return user


def browser(agent=EDGE):
    client = Client(headers={"user-agent": agent})
    assert client.post("/accounts/sign-in/", {"username": "township_clerk", "password": PASSWORD}).status_code == 302
    return client


def test_one_sees_where_one_is_signed_in_and_ends_one_and_the_others(person):
    here, phone, third = browser(), browser("Mozilla/5.0 (Linux; Android 10) Chrome/90 Mobile Safari"), browser()
    page = here.get("/accounts/own/").content.decode()
    assert page.count("Windows 电脑,Edge 浏览器") == 2
    assert "安卓手机" in page
    assert "本机" in page
    for each in (here, phone, third):
        assert each.session.session_key not in page
    handle = Session.objects.get(pk=phone.session.session_key).handle
    here.post("/accounts/own/sessions/", {"session": handle})
    assert phone.get("/").status_code == 302
    assert third.get("/").status_code == 200
    here.post("/accounts/own/sessions/", {"session": "others"})
    assert third.get("/").status_code == 302
    assert here.get("/").status_code == 200


@pytest.mark.parametrize("handle", ["", "\0", "x" * 5000, "' or 1=1", "😀"])
def test_nobody_ends_what_is_not_theirs(person, signed_in, handle):
    other = browser()
    foreign = Session.objects.get(pk=other.session.session_key).handle
    client = signed_in("village_cadre")
    for each in (handle, foreign):
        assert client.post("/accounts/own/sessions/", {"session": each}).status_code == 302
    assert other.get("/").status_code == 200


def test_administrators_end_a_users_sessions_and_disabling_and_a_new_password_do(person, signed_in, world):
    first = browser()
    assert signed_in("system_admin").post(reverse("accounts:user-sessions-end", args=[person.pk]), {"reason": "核查"}).status_code == 302
    assert first.get("/").status_code == 302
    here, there = browser(), browser()
    here.post("/accounts/password/", {"old": PASSWORD, "new": "Another-2017x", "again": "Another-2017x"})
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert len(services.sessions_of(person)) == 1
    services.set_active(user=person, active=False, by=world.people["system_admin"], reason="调离")
    assert services.sessions_of(person) == []


def test_a_page_costs_no_query_for_the_session_list(person, django_assert_max_num_queries):
    client = browser()
    client.get("/accounts/password/")
    with django_assert_max_num_queries(12) as asked:
        client.get("/accounts/password/")
    assert sum('"accounts_session"' in query["sql"] for query in asked.captured_queries) == 1


def stale(client):
    session = client.session
    session["confirmed"] = time.time() - 3601
    session.save()
    return client


def test_revealing_asks_again_after_a_while_and_keeps_what_was_filled_in(person, world):
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household)
    address = reverse("households:reveal", args=[household.pk])
    client = browser()
    assert "再次确认身份" not in client.get(address).content.decode()
    stale(client)
    asked = client.post(address, {"purpose": "核对<b>补贴"}).content.decode()
    assert "再次确认身份" in asked
    assert 'name="purpose" value="核对&lt;b&gt;补贴"' in asked
    wrong = client.post(address, {"purpose": "核对", "confirm_method": "POST", "confirm_secret": "wrong"}).content.decode()
    assert "密码不对" in wrong
    assert 'value="核对"' in wrong
    assert "wrong" not in wrong
    right = client.post(address, {"purpose": "核对补贴", "confirm_method": "POST", "confirm_secret": PASSWORD})
    assert "再次确认身份" not in right.content.decode()
    assert len(right.context["members"]) == 1
    assert "再次确认身份" not in client.get(address).content.decode()


def test_a_page_asked_for_is_gone_back_to_and_five_failures_lock(person):
    client = stale(browser())
    address = "/work/export/households/?query=q%3D1"
    assert "再次确认身份" in client.get(address).content.decode()
    response = client.post(address, {"confirm_method": "GET", "confirm_secret": PASSWORD})
    assert response.url == address
    stale(client)
    for _ in range(5):
        response = client.post(address, {"confirm_method": "GET", "confirm_secret": "x"})
    assert response.status_code == 429
    assert "再次确认身份" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("agent", "words"),
    [(EDGE, "Windows 电脑,Edge 浏览器"), ("", "其他设备,其他浏览器"), ("Mozilla/5.0 (iPhone) MicroMessenger Safari", "苹果手机,微信"),
     ("Mozilla/5.0 (X11; Linux x86_64; rv:120) Firefox/120", "Linux 电脑,火狐浏览器"), ("<script>", "其他设备,其他浏览器")],
)  # fmt: skip
def test_a_browser_in_words(agent, words):
    assert rules.device(agent) == words
