"""Users: made with a first password shown once, disabled, given a new password; and the access log."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.urls import reverse

from accounts import services
from accounts.models import AccessEvent, User
from tests.factories import UserFactory

FIELDS = {"username": "zhangsan", "name": "张三", "organization": "", "post": "科员", "phone": "13800138000"}


def shown_password(response):
    return re.search(r"data-password>([^<]+)<", response.content.decode())[1]


def test_a_new_user_signs_in_with_the_password_shown_once_and_must_change_it(signed_in, world, client):
    response = signed_in("system_admin").post(reverse("accounts:user-create"), FIELDS)
    password = shown_password(response)
    user = User.objects.get(username="zhangsan")
    page = client.get(user.get_absolute_url()).content.decode()
    assert password not in page
    assert "138****8000" in page
    assert "13800138000" not in page
    client.logout()
    client.post(reverse("accounts:sign-in"), {"username": "zhangsan", "password": password})
    assert client.get("/").url == reverse("accounts:password-change")


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"username": "张三"}, "username"), ({"username": "A b"}, "username"), ({"username": ""}, "username"), ({"name": "1"}, "name"),
     ({"phone": "12"}, "phone"), ({"organization": "77777777"}, "organization"), ({"username": "stranger"}, "username")],
)  # fmt: skip
def test_a_wrong_user_is_told_at_its_field(signed_in, world, changed, field):
    response = signed_in("system_admin").post(reverse("accounts:user-create"), FIELDS | changed)
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_a_masked_phone_that_comes_back_changes_nothing(signed_in, world):
    user = UserFactory(name="李四", phone="13800138000")
    data = {"name": "李四", "organization": "", "post": "主任", "phone": "138****8000"}
    assert signed_in("system_admin").post(reverse("accounts:user-edit", args=[user.pk]), data).status_code == 302
    user.refresh_from_db()
    assert (user.post, user.phone) == ("主任", "13800138000")


def test_a_new_password_signs_the_user_out_and_must_be_changed(signed_in, world, client):
    user = UserFactory(username="wangwu")
    response = signed_in("system_admin").post(reverse("accounts:user-reset-password", args=[user.pk]), {"reason": "忘记密码"})
    password = shown_password(response)
    user.refresh_from_db()
    assert user.check_password(password)
    assert user.must_change_password
    assert response.headers["Cache-Control"].find("no-store") >= 0


def test_a_disabled_user_is_out_at_once_and_can_be_let_in_again(signed_in, world):
    clerk = world.people["township_clerk"]
    address = reverse("accounts:user-set-active", args=[clerk.pk])
    assert signed_in("system_admin").post(address, {"reason": "调离"}).status_code == 302
    assert signed_in("township_clerk").get("/").status_code == 302
    signed_in("system_admin").post(address, {"reason": "调回"})
    assert signed_in("township_clerk").get("/").status_code == 200


def test_nobody_disables_or_resets_themselves(world):
    me = world.people["system_admin"]
    with pytest.raises(services.AccountsError, match="自己"):
        services.set_active(user=me, active=False, by=me, reason="x")
    with pytest.raises(services.AccountsError, match="自己"):
        services.reset_password(user=me, by=me, reason="x")


@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "bureau_clerk", "stranger"])
def test_only_system_administrators_change_users(signed_in, world, role):
    user = UserFactory()
    client = signed_in(role)
    assert client.get(reverse("accounts:user-create")).status_code == 403
    for name in ("user-edit", "user-set-active", "user-reset-password"):
        assert client.post(reverse(f"accounts:{name}", args=[user.pk])).status_code == 403


def test_first_passwords_pass_the_rules_and_differ():
    passwords = {services.make_first_password() for _ in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        validate_password(password)


def test_the_access_log_is_found_by_person_action_and_day(signed_in, world):
    clerk = world.people["township_clerk"]
    AccessEvent.objects.create(user_id=clerk.pk, action="revealed", table="households_household", row_id=1, purpose="核对")
    AccessEvent.objects.create(user_id=clerk.pk, action="opened", table="households_household", row_id=2)
    client = signed_in("audit_admin")
    address = reverse("accounts:access-list")

    def rows(**query):
        return [event.row_id for event in client.get(address, query).context["page"].rows]

    assert rows() == [2, 1]
    assert rows(action="revealed") == [1]
    assert rows(q="township_clerk") == [2, 1]
    assert rows(q="没有这个人") == []
    assert rows(until="1999-01-01") == []
