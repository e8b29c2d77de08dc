"""Edges found by reading and by generated input."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import masking
from core.checks import CheckError
from core.checks.accounts import parse_phone
from core.checks.identity import make_id_number, parse_disability_number
from core.checks.names import clean_name
from core.checks.text import clean_line, clean_text
from core.dates import from_serial, parse_date
from core.pinyin import initials

TODAY = date(2020, 3, 15)


@given(st.text(st.sampled_from("0123456789〇零一二三九十年月日-/. ")) | st.text())
def test_any_text_is_a_date_or_a_refusal(text):
    try:
        assert 1900 <= parse_date(text).year <= 2100
    except CheckError as refused:
        assert str(refused)


@pytest.mark.parametrize("text", ["二〇二〇年十十月", "二三十年"])
def test_numbers_that_are_none_are_refused(text):
    with pytest.raises(CheckError, match="请写成"):
        parse_date(text)


def test_serials_before_the_day_that_never_was():
    assert (from_serial(1), from_serial(59)) == (date(1900, 1, 1), date(1900, 2, 28))
    with pytest.raises(CheckError):
        from_serial(60)


def test_digits_of_other_scripts_are_not_stored():
    with pytest.raises(CheckError):
        parse_phone("1" + "٣" * 10)
    number = make_id_number("990101", date(1980, 1, 1), 1)
    with pytest.raises(CheckError):
        parse_disability_number(number + "11B٣", id_number=number, today=TODAY, demo=True)


def test_spaces_around_a_full_stop_do_not_hide_the_dot():
    assert clean_name("才仁 . 卓玛") == "才仁·卓玛"


@pytest.mark.parametrize("character", "\x80\x9b\xad\u061c")
def test_more_characters_that_cannot_be_seen(character):
    for clean in (clean_line, clean_text):
        with pytest.raises(CheckError, match="控制字符"):
            clean(f"a{character}b", 20)


def test_a_text_keeps_its_lines():
    assert clean_text(" 一 \r\n\r\n二\r三\n", 20) == "一\n\n二\n三"
    with pytest.raises(CheckError, match="最多2个字,现在是3个"):
        clean_text("一二三", 2)
    with pytest.raises(CheckError, match="控制字符"):
        clean_text("一\x00", 9)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("格尔木市示范路12号502室(村委会旁)", "格尔****"),
        ("格尔木市示范路8号3室信用社旁", "格尔****"),
        ("昆仑路街道示范社区3号楼502", "昆仑路街道示范社区****"),
        ("昆仑路街道示范路3号", "昆仑路街道****"),
        ("郭勒木德镇示范一村3号楼2社12号", "郭勒木德镇示范一村****"),
        ("郭勒木德镇示范一村二社", "郭勒木德镇示范一村二社"),
        ("12社5号", "12社****"),
        ("5号院2社", "****"),
    ],
)
def test_no_house_number_is_shown(address, shown):
    assert masking.mask_address(address) == shown


def test_a_short_number_shows_less():
    assert masking.mask_phone("84123456") == "******56"
    assert masking.mask_id_number("G12345678901") == "****8901"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("单于明", "cym"), ("尉迟明", "ycm"), ("万俟明", "mqm"), ("翟明", "zm"), ("单明", "sm")],
)
def test_compound_surnames_have_their_own_reading(name, letters):
    assert initials(name) == letters
