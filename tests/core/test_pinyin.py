"""Initials and fragments."""

import pytest

from core.pinyin import grams, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [("单卓玛", "szm"), ("曾明", "zm"), ("仇明", "qm"), ("任明", "rm"), ("才仁·卓玛", "crzm"), ("欧阳修", "oyx"),
     ("张明", "zm"), ("John Smith", "johnsmith"), ("", "")],
)  # fmt: skip
def test_initials_read_surnames_right(name, letters):
    assert initials(name) == letters


def test_a_surname_reading_is_for_the_first_character_alone():
    assert initials("王单")[1] == "d"


def test_grams_are_every_fragment_of_the_name_and_its_initials():
    assert grams("王明") == {"王", "明", "王明", "w", "m", "wm"}
    assert {"仁卓", "才仁卓", "仁卓玛", "rzm", "z"} <= grams("才仁·卓玛")
    assert not any("·" in g or len(g) > 3 for g in grams("才仁·卓玛"))


def test_nothing_has_no_grams():
    assert grams("") == frozenset()
