"""Names and lines of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.checks import CheckError
from core.checks.names import clean_name, search_key
from core.checks.text import clean_line


@pytest.mark.parametrize("dot", "\u00b7\u2022\u30fb\u2027\u2219\uff65\u0387\uff0e.")
def test_every_middle_dot_becomes_the_canonical_one(dot):
    assert clean_name(f"才仁{dot}卓玛") == "才仁\u00b7卓玛"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (" 王 小\u3000明\u00a0", "王小明"),
        ("John  Smith", "John Smith"),
        ("\uff2a\uff4f\uff48\uff4e\u3000Smith", "John Smith"),
        ("张\U00020bb7", "张\U00020bb7"),
        ("\U00030000王", "\U00030000王"),
        ("\ufa0e明", "\ufa0e明"),
        ("\uf9dd明", "\uf9dd明"),  # a compatibility ideograph that NFKC would change
        ("王" * 50, "王" * 50),
    ],
)
def test_names_are_stored_as_they_are_but_for_spaces_and_width(written, stored):
    assert clean_name(written) == stored


def test_length_is_counted_by_code_point():
    assert len(clean_name("\U00020bb7" * 50)) == 50
    with pytest.raises(CheckError, match="现在是51个"):
        clean_name("\U00020bb7" * 51)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "现在是0个"),
        ("王", "现在是1个"),
        ("王小1", "数字"),
        ("王小\uff11", "数字"),
        ("王\U0001f600", "符号"),
        ("王小\x00明", "控制字符"),
        ("王\u202e明", "控制字符"),
        ("王\u200b明", "控制字符"),
        ("王\ud800", "控制字符"),
        ("·卓玛", "间隔号"),
        ("卓玛·", "间隔号"),
        ("才仁··卓玛", "间隔号"),
        ('=HYPERLINK("http://a")', "符号"),
        ("王明(户主)", "符号"),
    ],
)
def test_names_are_refused_with_words_that_say_why(text, words):
    with pytest.raises(CheckError, match=words):
        clean_name(text)


@given(st.text())
def test_a_cleaned_name_stays_as_it_is(text):
    try:
        name = clean_name(text)
    except CheckError:
        return
    assert clean_name(name) == name


def test_the_search_key_forgets_dots_width_and_case():
    assert search_key("才仁·卓玛") == search_key("才仁・卓玛") == search_key("才仁 卓玛") == "才仁卓玛"
    assert search_key("John Smith") == "johnsmith"
    assert search_key("\uf9dd") == "\u5229"


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\u202eb", "a\u2066b", "a\ufeffb", "a\u200fb", "a\ud83d"])
def test_a_line_refuses_what_cannot_be_seen(text):
    with pytest.raises(CheckError, match="控制字符"):
        clean_line(text, 20)


def test_a_line_is_trimmed_and_limited():
    assert clean_line("  郭勒木德镇\t 示范一村\n", 11) == "郭勒木德镇 示范一村"
    assert clean_line("村" * 5, 5) == "村" * 5
    with pytest.raises(CheckError, match="最多5个字,现在是6个"):
        clean_line("村" * 6, 5)
