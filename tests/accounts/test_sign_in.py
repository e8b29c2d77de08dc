"""Sign-in: lock-out, the forced first change, password rules, the idle time-out, who is shown in the demo only."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services

PASSWORD = "Golmud-2017x"
URL = "/accounts/sign-in/"


@pytest.fixture
def clerk(world):
    return services.create_user(
        username="lisi", name="李四", password=PASSWORD, by=None, must_change_password=False, password_changed_at=timezone.now()
    )


def sign_in(client, username="lisi", password=PASSWORD, **extra):
    return client.post(URL, {"username": username, "password": password, **extra})


def test_the_right_password_opens_the_workbench(client, clerk):
    assert sign_in(client).url == "/"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(("username", "password"), [("lisi", "wrong"), ("nobody", PASSWORD), ("", ""), ("lisi\x00", PASSWORD), ("张三😀", "x" * 300)])
def test_anything_else_is_told_without_saying_which(client, clerk, username, password):
    response = sign_in(client, username, password)
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_five_failures_lock_and_the_right_password_does_not_open(client, clerk):
    for _ in range(5):
        response = sign_in(client, password="wrong")
    assert response.status_code == 429
    assert "15 分钟" in response.content.decode()
    assert sign_in(client).status_code == 429


def test_a_first_password_must_be_changed_before_anything_else(client, clerk):
    services.change_password(user=clerk, password="First-Pass-1", by=services.User(pk=0))
    sign_in(client, password="First-Pass-1")
    assert client.get("/households/").url == "/accounts/password/"
    change = {"old": "First-Pass-1", "new": "Second-Pass-2", "again": "Second-Pass-2"}
    assert "原密码不对" in client.post("/accounts/password/", change | {"old": "x"}).content.decode()
    for weak in ("short-1A", "alllowercase", "lisi-Abc-123", "First-Pass-1"):
        assert client.post("/accounts/password/", change | {"new": weak, "again": weak}).status_code == 200
    assert client.post("/accounts/password/", change).status_code == 302
    assert client.get("/").status_code == 200


def test_an_old_password_must_be_changed(client, clerk):
    clerk.password_changed_at = timezone.now() - timedelta(days=91)
    clerk.save()
    sign_in(client)
    assert client.get("/").url == "/accounts/password/"


def test_the_idle_time_out_counts_from_the_last_page(client, clerk):
    sign_in(client)
    session = client.session
    session["seen"] = 0
    session.save()
    client.get("/")
    assert client.session["seen"] > 0
    assert client.session.get_expiry_age() <= 30 * 60


def test_a_disabled_user_and_an_ended_grant_are_out_at_once(client, world):
    person = world.people["township_clerk"]
    client.force_login(person, backend="accounts.backends.NameAndPassword")
    assert client.get("/households/").status_code == 200
    person.grants.update(until=timezone.localdate().replace(year=2016, month=12, day=31))
    assert client.get("/households/").status_code == 403
    person.is_active = False
    person.save()
    assert client.get("/households/").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_stays_here(client, clerk, target):
    assert sign_in(client, next=target).url == "/"


def test_demo_users_are_shown_in_demo_mode_only(client, db, settings):
    assert "zhuangan" in client.get(URL).content.decode()
    settings.DEMO_MODE = False
    assert "zhuangan" not in client.get(URL).content.decode()


def test_pages_leave_with_their_headers(client, db):
    response = client.get(URL)
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["Cache-Control"] == "no-store" or "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Frame-Options"] == "DENY"
