"""Settings: declared in code, stored as rows, read once."""

import pytest

from core import settings
from core.models import Event, Setting
from core.scope import acting_as


@pytest.fixture(autouse=True)
def own_settings(monkeypatch):
    monkeypatch.setattr(settings, "_declared", dict(settings._declared))
    settings.declare("t_days", "测试天数", "whole", 7, unit="天", low=1, high=30)
    settings.declare("t_yes", "测试开关", "yes", False)
    settings.declare("t_many", "测试多选", "many", ["a"], choices=[("a", "甲"), ("b", "乙")])


def test_the_default_holds_until_somebody_changes_it(world):
    assert (settings.get("t_days"), settings.get("t_yes"), settings.get("t_many")) == (7, False, ["a"])
    settings.put(key="t_days", value=10, by=world.people["system_admin"], reason="会议纪要")
    assert settings.get("t_days") == 10


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("t_days", 0, "1 到 30 天"), ("t_days", 31, "1 到 30"), ("t_days", "7", "不合要求"), ("t_days", True, "不合要求"), ("t_yes", 1, "不合要求"),
     ("t_many", ["c"], "不合要求"), ("t_many", "a", "不合要求"), ("t_days", None, "不合要求")],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused(world, key, value, words):
    with pytest.raises(settings.SettingError, match=words):
        settings.put(key=key, value=value, by=None, reason="x")
    assert not Setting.objects.filter(key=key).exists()


def test_a_change_says_why_and_is_in_the_trail(world):
    with pytest.raises(settings.SettingError, match="依据"):
        settings.put(key="t_yes", value=True, by=None, reason="  ")
    settings.put(key="t_yes", value=True, by=None, reason="通知〔2017〕3号")
    event = Event.objects.filter(table="core_setting").latest("id")
    assert event.reason == "修改参数 测试开关:通知〔2017〕3号"
    assert event.after["value"] is True


def test_a_stored_value_that_no_longer_fits_gives_way_to_the_default(world):
    Setting.objects.create(key="t_days", value=9999)
    assert settings.get("t_days") == 7


def test_rows_are_read_once_a_request_and_anew_in_the_next(world, django_assert_num_queries):
    with acting_as(world.people["bank"]):
        with django_assert_num_queries(1):
            assert [settings.get(key) for key in ("t_days", "t_yes", "t_days")] == [7, False, 7]
    Setting.objects.create(key="t_days", value=8)
    with acting_as(world.people["bank"]):
        assert settings.get("t_days") == 8


def test_what_nobody_declared_or_declared_twice_is_a_mistake():
    with pytest.raises(KeyError):
        settings.get("nothing")
    with pytest.raises(ValueError, match="twice"):
        settings.declare("t_days", "又", "whole", 1)


def test_every_declared_default_is_a_value_of_its_kind():
    for each in settings.declared():
        assert each.clean(each.standard) == each.standard, each.key
        assert each.show(each.standard)


def test_the_age_of_passwords_is_a_setting_with_the_environments_default(world, settings):  # noqa: F811
    from core import settings as parameters

    settings.PASSWORD_MAX_AGE_DAYS = 45
    assert parameters.get("password_max_age_days") == 45
    parameters.put(key="password_max_age_days", value=60, by=None, reason="x")
    assert parameters.get("password_max_age_days") == 60
