"""One-time codes on paper: good once, for their owner, for a time; who may hand them out, and to whom."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import rules, services
from accounts.models import AccessEvent, OneTimeCode, User
from core import settings as parameters
from core.models import Event
from tests.factories import START, UserFactory, grant

NEW = "Qinghai-2017x"
ADDRESS = "/accounts/code/"


@pytest.fixture
def clerk(world):
    user = world.people["township_clerk"]
    user.set_password("Golmud-2017x")
    user.save()
    return user


def hand_out(signed_in, user, role="township_checker"):
    page = signed_in(role).post(reverse("villages:user-code", args=[user.pk]), {"reason": "忘记密码"})
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    return re.search(r"data-code>([^<]+)<", page.content.decode())[1]


def use(code, username="township_clerk", password=NEW, **more):
    return Client().post(ADDRESS, {"username": username, "code": code, "new": password, "again": password, **more})


def refusals():
    return list(AccessEvent.objects.filter(action="refused", table="accounts_onetimecode").order_by("id").values_list("detail", flat=True))


def test_a_forgotten_password_from_the_counter_to_the_first_sign_in(signed_in, clerk):
    page = signed_in("township_checker").get("/villages/accounts/").content.decode()
    assert "township_clerk" in page
    code = hand_out(signed_in, clerk)
    assert rules.plain_paper_code(code)
    assert code not in str(OneTimeCode.objects.values_list("digest", flat=True))
    assert not Event.objects.filter(after__icontains=code.replace("-", "")).exists()
    assert clerk.check_password("Golmud-2017x"), "the old one stays until the code is used"
    response = use(code.lower().replace("-", " "))
    assert response.url == "/accounts/sign-in/"
    clerk.refresh_from_db()
    assert (clerk.check_password(NEW), clerk.must_change_password) == (True, False)
    client = Client()
    assert client.post("/accounts/sign-in/", {"username": "township_clerk", "password": NEW}).status_code == 302
    assert client.get("/villages/").status_code == 200
    assert Event.objects.filter(table="accounts_user", row_id=clerk.pk, reason="用一次性口令设置密码").exists()
    assert Event.objects.filter(table="accounts_onetimecode", reason="开具一次性口令:忘记密码").exists()


def test_a_code_is_good_once_and_the_second_try_is_written_down(signed_in, clerk):
    code = hand_out(signed_in, clerk)
    assert use(code).status_code == 302
    again = use(code, password="Another-2017x")
    assert again.status_code == 200
    assert services.codes.REFUSED in again.content.decode()
    clerk.refresh_from_db()
    assert clerk.check_password(NEW)
    assert refusals() == ["一次性口令:已经用过"]


def test_a_code_is_its_owners_alone(signed_in, clerk, world):
    code = hand_out(signed_in, clerk)
    for name in ("village_cadre", "system_admin", "nobody-there"):
        assert services.codes.REFUSED in use(code, username=name).content.decode()
    assert refusals() == ["一次性口令:不是发给这名用户的"] * 3
    assert not User.objects.get(username="village_cadre").has_usable_password()
    assert use(code).status_code == 302, "its owner can still use it"


@pytest.mark.parametrize("change", [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"replaced_at": timezone.now()}])
def test_a_code_runs_out_and_is_void_after_a_later_one(signed_in, clerk, change):
    code = hand_out(signed_in, clerk)
    OneTimeCode.objects.update(issued_at=timezone.now() - timedelta(days=2), **change)
    assert use(code).status_code == 200
    assert refusals()[0] in {"一次性口令:已过期", "一次性口令:已作废,后来另开了一个"}


def test_a_later_code_and_ones_own_new_password_void_the_earlier(signed_in, clerk):
    first, second = hand_out(signed_in, clerk), hand_out(signed_in, clerk)
    assert use(first).status_code == 200
    services.change_password(user=clerk, password="Another-2017x", by=clerk)
    assert use(second).status_code == 200
    assert len(refusals()) == 2


def test_a_refused_password_leaves_the_code_good(signed_in, clerk):
    code = hand_out(signed_in, clerk)
    for password in ("short", "Golmud-2017x", "township_clerk-A1"):
        assert "new" in use(code, password=password).context["form"].errors
    assert "again" in use(code, again="other").context["form"].errors
    assert use(code).status_code == 302
    assert refusals() == []


def test_five_wrong_codes_shut_the_door_for_that_name_and_place(signed_in, clerk):
    code = hand_out(signed_in, clerk)
    for _ in range(5):
        use("ABCD-EFGH-JKMN")
    assert services.codes.LOCKED in use(code).content.decode()
    elsewhere = Client(REMOTE_ADDR="10.1.1.1").post(ADDRESS, {"username": "township_clerk", "code": code, "new": NEW, "again": NEW})
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("text", ["", "\0", "甲" * 60, "1" * 4000, "ABCD-EFGH", "ABCD-EFGH-JKM0", "'; drop table x", "😀" * 12])
def test_hostile_codes_are_refused_with_words(world, clerk, text):
    assert use(text).status_code == 200
    assert use("ABCD-EFGH-JKMN", username=text).status_code == 200


def test_sessions_end_and_the_second_factor_stays(signed_in, clerk):
    code = hand_out(signed_in, clerk)
    here = Client()
    here.force_login(clerk, backend="accounts.backends.NameAndPassword")
    User.objects.filter(pk=clerk.pk).update(second_factor_at=timezone.now())
    use(code)
    assert here.get("/villages/").status_code == 302
    clerk.refresh_from_db()
    assert clerk.second_factor_at
    client = Client()
    assert client.post("/accounts/sign-in/", {"username": "township_clerk", "password": NEW}).url == "/accounts/second-step/"


def test_a_checker_helps_only_whose_rights_all_lie_in_the_own_township(signed_in, world):
    people, towns = world.people, world.townships
    here_and_there = UserFactory(username="liangxiang")
    for town in towns:
        grant(here_and_there, "township_clerk", town)
    later = UserFactory(username="jiangdiao")
    grant(later, "township_clerk", towns[0])
    grant(later, "township_clerk", towns[1], since=START.replace(year=2030))
    peer = UserFactory(username="tongji")
    grant(peer, "township_checker", towns[0])
    gone = UserFactory(username="lizhi")
    grant(gone, "township_clerk", towns[0], until=START)
    disabled = UserFactory(username="tingyong", is_active=False)
    grant(disabled, "township_clerk", towns[0])
    client = signed_in("township_checker")
    shown = {row.username for row in client.get("/villages/accounts/").context["page"].rows}
    assert shown == {"township_clerk", "village_cadre", "village_committee", "work_committee"}
    others = [
        here_and_there,
        later,
        peer,
        gone,
        disabled,
        people["township_checker"],
        people["system_admin"],
        people["bureau_approver"],
        people["stranger"],
    ]
    for user in others:
        for method in (client.get, client.post):
            assert method(reverse("villages:user-code", args=[user.pk]), {"reason": "x"}).status_code == 404, user.username
    assert not OneTimeCode.objects.exists()


@pytest.mark.parametrize("role", ["township_clerk", "bureau_approver", "system_admin", "security_admin", "audit_admin", "stranger"])
def test_nobody_else_hands_them_out(signed_in, world, role):
    client = signed_in(role)
    assert client.get("/villages/accounts/").status_code == 403
    assert client.post(reverse("villages:user-code", args=[world.people["village_cadre"].pk]), {"reason": "x"}).status_code == 403


def test_a_checker_whose_grant_ended_hands_out_nothing(signed_in, world):
    world.people["township_checker"].grants.update(until=START)
    assert signed_in("township_checker").post(reverse("villages:user-code", args=[world.people["village_cadre"].pk])).status_code == 403


def test_nobody_gives_one_to_themselves_and_the_database_says_so_too(world, clerk):
    with pytest.raises(services.AccountsError, match="自己"):
        services.issue_reset_code(user=clerk, by=clerk, reason="x")
    later = timezone.now() + timedelta(hours=1)
    with pytest.raises(IntegrityError, match="one_time_code_not_by_oneself"), transaction.atomic():
        OneTimeCode.objects.create(user=clerk, issued_by=clerk, digest="a", expires_at=later)
    with pytest.raises(IntegrityError, match="one_time_code_expires_later"), transaction.atomic():
        OneTimeCode.objects.create(user=clerk, digest="a", expires_at=timezone.now() - timedelta(hours=1))
    OneTimeCode.objects.create(user=clerk, digest="a", expires_at=later)
    with pytest.raises(IntegrityError, match="one_time_code_one_open_per_user"), transaction.atomic():
        OneTimeCode.objects.create(user=clerk, digest="b", expires_at=later)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_code_at_once_one_wins():
    user, boss = UserFactory(username="zhangsan"), UserFactory()
    code, _ = services.issue_reset_code(user=user, by=boss, reason="忘记密码")

    def attempt(password):
        try:
            return services.use_code(username="zhangsan", code=code, password=password, address="10.0.0.1")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(attempt, [NEW, "Another-2017x"]))
    assert sorted(answers) == sorted(["", services.codes.REFUSED])
    user.refresh_from_db()
    assert user.check_password([NEW, "Another-2017x"][answers.index("")])


def test_the_last_passwords_do_not_come_back(world, clerk):
    passwords = [f"Golmud-{number}xyz" for number in range(6)]
    for password in passwords:
        services.change_password(user=clerk, password=password, by=clerk)

    def refused(password):
        try:
            validate_password(password, clerk)
        except ValidationError:
            return True
        return False

    assert [refused(password) for password in passwords] == [False, True, True, True, True, True]
    assert clerk.old_passwords.count() == 4, "no more is kept than is looked back on"
    parameters.put(key="password_history", value=0, by=None, reason="测试")
    assert not refused(passwords[-1])


def test_changing_ones_password_looks_back_too(signed_in, clerk):
    services.change_password(user=clerk, password="Golmud-2018x", by=clerk)
    client = signed_in("township_clerk")
    page = client.post("/accounts/password/", {"old": "Golmud-2018x", "new": "Golmud-2017x", "again": "Golmud-2017x"})
    assert "最近 5 个密码" in page.content.decode()


def test_a_password_has_to_be_changed_when_it_is_old(signed_in, clerk):
    User.objects.filter(pk=clerk.pk).update(password_changed_at=timezone.now() - timedelta(days=91))
    assert signed_in("township_clerk").get("/").url == "/accounts/password/"
    parameters.put(key="password_max_age_days", value=180, by=None, reason="测试")
    assert signed_in("township_clerk").get("/").status_code == 200
