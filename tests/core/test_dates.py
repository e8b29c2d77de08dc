"""Dates as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.checks import CheckError
from core.dates import chinese_date, from_serial, parse_date


@pytest.mark.parametrize(
    "text",
    ["20200315", "2020-3-15", "2020-03-15", "2020/3/15", "2020.3.15", "2020年3月15日", "二〇二〇年三月十五日", "二零二零年三月十五日",
     "二○二○年三月十五日", " 2020年 3月 15日 ", "\uff12\uff10\uff12\uff10\uff0f\uff13\uff0f\uff11\uff15"],
)  # fmt: skip
def test_one_day_in_every_way_of_writing(text):
    assert parse_date(text) == date(2020, 3, 15)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二〇年三月", date(2020, 3, 1)),
        ("2020-03", date(2020, 3, 1)),
        ("2020年3月", date(2020, 3, 1)),
        ("二〇一九年十二月三十一日", date(2019, 12, 31)),
        ("二〇一九年十月二十日", date(2019, 10, 20)),
        ("2020-02-29", date(2020, 2, 29)),
        ("19000101", date(1900, 1, 1)),
        ("21001231", date(2100, 12, 31)),
    ],
)
def test_months_and_edges(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2019-02-29", "没有这一天"),
        ("2020-13-01", "没有这一天"),
        ("2020-00-01", "没有这一天"),
        ("18991231", "年份"),
        ("21010101", "年份"),
        ("20-3-15", "请写成"),
        ("43905", "请写成"),
        ("二〇一九年", "请写成"),
        ("2020", "请写成"),
        ("", "请写成"),
        ("昨天", "请写成"),
    ],
)
def test_other_texts_are_refused(text, words):
    with pytest.raises(CheckError, match=words):
        parse_date(text)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_what_is_written_is_read_back(day):
    assert parse_date(chinese_date(day)) == parse_date(f"{day:%Y%m%d}") == parse_date(day.isoformat()) == day


def test_chinese_date_has_no_leading_zeros():
    assert chinese_date(date(2017, 9, 3)) == "2017年9月3日"


def test_spreadsheet_serials():
    assert from_serial(43831) == date(2020, 1, 1)
    assert from_serial(61) == date(1900, 3, 1)
    assert from_serial(73_415) == date(2100, 12, 31)
    for serial in (0, -1, 73_416):
        with pytest.raises(CheckError):
            from_serial(serial)
