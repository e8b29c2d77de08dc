"""Code lists and settings: what may be registered, who edits, why, and that nothing of the stock admin is left open."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from accounts.admin import CodeLists, code_lists
from accounts.models import User
from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from assistance.models import MeasureType, PolicyDocument
from core import settings
from core.classification import CLASSES, Class
from core.models import Event, Setting
from demo.access import pages
from households.models import Household, PovertyLine
from villages.models import Village, VillageGroup

ALLOWED = {
    "core.Setting", "households.PovertyLine", "assistance.MeasureType", "assistance.PolicyDocument",
    "workflow.Procedure", "workflow.Step", "workflow.NoticeKind", "workflow.AlertRule", "workflow.RuleDocument", "workflow.RuleClause",
    "workflow.StepEvidence", "households.CrossCheckSource", "households.VetoRule", "cadres.AllowanceKind", "cadres.DutyBody", "cadres.LeaveRule",
    "cadres.TeamRule", "funds.SubsidyItem", "funds.BankLayout", "funds.LoanProduct",
}  # fmt: skip
URLS = [page.name for page in pages() if page.name.startswith("codes:")]


def address(name: str) -> str:
    page = next(page for page in pages() if page.name == name)
    return reverse(name, kwargs={each: {"pk": 1, "key": "export_hours"}[each] for each in page.parameters})


def test_only_code_lists_and_settings_are_registered():
    assert {model._meta.label for model in code_lists._registry} <= ALLOWED


def test_no_registered_model_holds_persons():
    for model in code_lists._registry:
        assert not set(CLASSES.get(model._meta.label, {}).values()) & {Class.PERSONAL, Class.SENSITIVE}, model


@pytest.mark.parametrize("model", [User, Household, VillageGroup])
def test_a_model_of_persons_or_of_a_village_cannot_be_registered(model):
    with pytest.raises(ImproperlyConfigured, match="no code list"):
        CodeLists(name="x").register(model)


def test_the_stock_admins_own_pages_are_not_there(client, db):
    for name in ("login", "logout", "password_change", "jsi18n", "autocomplete", "view_on_site", "app_list"):
        with pytest.raises(NoReverseMatch):
            reverse(f"codes:{name}")
    for url in (
        "/admin/",
        "/code-lists/login/",
        "/code-lists/accounts/user/",
        "/code-lists/households/povertyline/1/delete/",
        "/code-lists/auth/group/",
    ):
        assert client.get(url).status_code == 404, url
    assert not code_lists.is_registered(Group)
    assert not code_lists.is_registered(Village)


@pytest.mark.parametrize("role", [role for role in Role.values if Permission.SETTING_EDIT not in ROLE_PERMISSIONS[role]] + ["stranger"])
def test_without_the_permission_every_page_of_it_is_closed(signed_in, world, role):
    client = signed_in(role)
    for name in URLS:
        assert client.get(address(name)).status_code == 403, name
        assert client.post(address(name), {"value": "1", "why": "x"}).status_code == 403, name


def test_a_person_whose_grant_ended_yesterday_is_out(signed_in, world):
    world.people["system_admin"].grants.update(until=date(2017, 9, 29))
    assert signed_in("system_admin").get(reverse("codes:index")).status_code == 403


def test_a_row_is_changed_with_its_reason_in_the_trail(signed_in, world):
    line = PovertyLine.objects.create(year=2017, series="working", amount=3300)
    client = signed_in("system_admin")
    url = reverse("codes:households_povertyline_change", args=[line.pk])
    data = {"year": "2017", "series": "working", "area_code": "", "amount": "3,535", "source": "青扶局", "is_official": "on"}
    assert "请填写" in client.post(url, data).content.decode(), "no reason, no change"
    assert client.post(url, data | {"why": "青扶局〔2017〕12号"}).status_code == 302
    line.refresh_from_db()
    assert line.amount == 3535
    event = Event.objects.filter(table="households_povertyline", row_id=line.pk).latest("id")
    assert (event.user_id, event.reason) == (world.people["system_admin"].pk, "修改扶贫标准:青扶局〔2017〕12号")


def test_two_who_change_one_row_see_both_versions(signed_in, world):
    line = PovertyLine.objects.create(year=2017, series="working", amount=3300)
    client = signed_in("system_admin")
    url = reverse("codes:households_povertyline_change", args=[line.pk])
    opened = client.get(url).context["opened"]
    PovertyLine.objects.filter(pk=line.pk).update(amount=3400)
    page = client.post(url, {"year": "2017", "series": "working", "amount": "3500", "why": "x", "opened": opened})
    assert "另一位同事已保存" in page.content.decode()


def test_a_row_is_added_and_a_doubled_one_refused(signed_in, world):
    client = signed_in("system_admin")
    url = reverse("codes:assistance_policydocument_add")
    data = {"layer": "7", "number": "3", "title": "产业扶贫行动计划", "why": "市委〔2016〕1号"}
    assert client.post(url, data).status_code == 302
    assert PolicyDocument.objects.get().title == "产业扶贫行动计划"
    assert client.post(url, data).status_code == 200
    assert "产业扶贫行动计划" in client.get(reverse("codes:assistance_policydocument_changelist")).content.decode()


def test_the_catalogue_of_measures_keeps_its_own_rules(signed_in, world):
    page = signed_in("system_admin").post(reverse("codes:assistance_measuretype_add"), {"code": "X1", "name": "x", "why": "x"})
    assert "编码为 M 加两位数字" in page.content.decode()
    assert not MeasureType.objects.exists()


def test_settings_show_what_holds_the_default_and_the_ground(signed_in, world):
    page = signed_in("system_admin").get(reverse("codes:core_setting_changelist")).content.decode()
    for each in settings.declared():
        assert each.label in page
    assert "数值待核定" in page


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("export_hours", "0", "应在 1 到 720"), ("export_hours", "x", "整数"), ("export_hours", "", "请填写"), ("second_factor_roles", "king", "king")],
)
def test_a_wrong_value_is_told_in_the_form(signed_in, world, key, value, words):
    page = signed_in("system_admin").post(reverse("codes:core_setting_change", args=[key]), {"value": value, "why": "x"})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Setting.objects.exists()


def test_a_setting_is_changed_with_its_reason(signed_in, world):
    client = signed_in("system_admin")
    assert client.post(reverse("codes:core_setting_change", args=["export_hours"]), {"value": "48", "why": "纪要"}).status_code == 302
    assert client.post(reverse("codes:core_setting_change", args=["second_factor_roles"]), {"value": ["finance"], "why": "纪要"}).status_code == 302
    assert client.post(reverse("codes:core_setting_change", args=["export_password"]), {"why": "纪要"}).status_code == 302
    assert (settings.get("export_hours"), settings.get("second_factor_roles"), settings.get("export_password")) == (48, ["finance"], False)
    assert Event.objects.filter(table="core_setting").latest("id").reason == "修改参数 含个人信息的导出表格加打开口令:纪要"
    assert client.get(reverse("codes:core_setting_change", args=["nothing"])).status_code == 404
