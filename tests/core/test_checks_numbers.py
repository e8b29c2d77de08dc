"""Numbers of people, accounts and offices: what is taken, and what a refusal says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.checks import CheckError
from core.checks.accounts import parse_bank_account, parse_credit_code, parse_household_code, parse_phone
from core.checks.identity import age_on, check_digit, make_id_number, parse_disability_number, parse_id_number

TODAY = date(2020, 3, 15)
MAN = make_id_number("990101", date(1980, 2, 29), 7)
ENDS_IN_X = next(n for n in (make_id_number("990101", date(1990, 1, 1), s) for s in range(99)) if n.endswith("X"))
WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789X"}  # full-width forms


def parse(text: str, *, demo: bool = True):
    return parse_id_number(text, today=TODAY, demo=demo)


def test_check_digit_agrees_with_the_example_of_the_standard():
    assert make_id_number("110105", date(1949, 12, 31), 2) == "11010519491231002X"


def test_an_id_number_says_area_birth_and_sex():
    found = parse_id_number("11010519491231002X", today=TODAY)
    assert (found.area, found.birth_on, found.sex) == ("110105", date(1949, 12, 31), "2")


@pytest.mark.parametrize(
    "written",
    [
        ENDS_IN_X.lower(),
        ENDS_IN_X.translate(WIDE),
        f"'{ENDS_IN_X}",
        f"\u2019{ENDS_IN_X}",
        f"{ENDS_IN_X}\u00a0",
        f" {ENDS_IN_X[:6]} {ENDS_IN_X[6:14]}\u3000{ENDS_IN_X[14:]}\n",
    ],
)
def test_an_id_number_is_read_as_people_and_spreadsheets_write_it(written):
    assert parse(written).number == ENDS_IN_X


def numbered(area: str, birth: str, sequence: str = "001") -> str:
    """A number with a right check digit, whatever its date."""
    return (body := area + birth + sequence) + check_digit(body)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("6.32801E+17", "科学计数"),
        ("6E17", "科学计数"),
        ("632801800101001", "15位"),
        ("", "现在是0位"),
        (MAN[:-1], "现在是17位"),
        (MAN + "1", "现在是19位"),
        ("X" + MAN[1:], "末位可以是X"),
        ("٩" + MAN[1:], "末位可以是X"),
        (numbered("160101", "19800101"), "省份"),
        (numbered("000000", "19800101"), "省份"),
        (numbered("990101", "19810229"), "出生日期"),
        (numbered("990101", "19801301"), "出生日期"),
        (numbered("990101", "00000101"), "出生日期"),
        (numbered("990101", "20200316"), "晚于今天"),
        (numbered("990101", "18990315"), "120岁"),
    ],
)
def test_an_id_number_is_refused_with_words_that_say_why(text, words):
    with pytest.raises(CheckError, match=words):
        parse(text)


def test_today_and_120_years_are_still_taken():
    assert parse(numbered("990101", "20200315")).birth_on == TODAY
    assert parse(numbered("990101", "18990316")).birth_on == date(1899, 3, 16)


def test_numbers_of_no_province_are_for_the_demo_alone():
    assert parse(MAN, demo=True).sex == "1"
    with pytest.raises(CheckError, match="省份"):
        parse(MAN, demo=False)


@given(st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_refused_and_the_right_one_never_told(place, shift):
    number = ENDS_IN_X if place == 17 else MAN
    digit = str((int(number[place].replace("X", "0")) + shift) % 10)
    wrong = number[:place] + digit + number[place + 1 :]
    with pytest.raises(CheckError) as refused:
        parse(wrong)
    assert number not in str(refused.value) and number[6:] not in str(refused.value)


@given(st.dates(date(1900, 4, 1), TODAY), st.integers(0, 999))
def test_a_made_number_is_read_back(birth_on, sequence):
    found = parse(make_id_number("990101", birth_on, sequence))
    assert (found.birth_on, found.sex) == (birth_on, "1" if sequence % 2 else "2")


@given(st.text())
def test_any_text_is_taken_or_refused_never_an_other_error(text):
    for check in (parse, parse_phone, parse_credit_code, parse_household_code):
        try:
            check(text)
        except CheckError as refused:
            assert str(refused)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2000, 5, 2), date(2020, 5, 1), 19),
        (date(2000, 5, 2), date(2020, 5, 2), 20),
        (date(2004, 2, 29), date(2019, 2, 28), 14),
        (date(2004, 2, 29), date(2019, 3, 1), 15),
        (date(2004, 2, 29), date(2020, 2, 29), 16),
        (date(2020, 3, 15), date(2020, 3, 15), 0),
    ],
)
def test_age_is_in_full_years(birth, day, age):
    assert age_on(birth, day) == age


@pytest.mark.parametrize(("tail", "expected"), [("43", ("4", "3", "")), ("11B1", ("1", "1", "B1")), ("74b2", ("7", "4", "B2"))])
def test_a_disability_number_says_category_grade_and_reissue(tail, expected):
    found = parse_disability_number(MAN + tail, id_number=MAN, today=TODAY, demo=True)
    assert (found.category, found.grade, found.reissue) == expected
    assert found.id_number.number == MAN


@pytest.mark.parametrize(
    ("text", "holder", "words"),
    [
        (MAN, MAN, "20位"),
        (MAN + "431", MAN, "20位"),
        (MAN + "83", MAN, "第19位"),
        (MAN + "45", MAN, "第20位"),
        (MAN + "03", MAN, "第19位"),
        (MAN + "43C1", MAN, "B加一位"),
        (MAN + "43", ENDS_IN_X, "不一致"),
    ],
)
def test_a_disability_number_is_refused(text, holder, words):
    with pytest.raises(CheckError, match=words):
        parse_disability_number(text, id_number=holder, today=TODAY, demo=True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4111 1111 1111 1111", "card"),
        ("4111111111111111", "card"),
        ("123456789012", "passbook"),
        ("1234567890123456789", "passbook"),
    ],
)
def test_accounts_are_taken(text, kind):
    assert parse_bank_account(text, kind=kind) in {"4111111111111111", "123456789012", "1234567890123456789"}


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("4111111111111112", "card", "校验不符"),
        ("411111111111111", "card", "现在是15位"),
        ("41111111111111111111", "card", "现在是20位"),
        ("12345678901", "passbook", "现在是11位"),
        ("12345678901234567890", "passbook", "现在是20位"),
        ("4.11E+15", "card", "科学计数"),
        ("41111111111111 1a", "card", "只能是数字"),
        ("", "card", "只能是数字"),
        ("٤" * 16, "card", "只能是数字"),
    ],
)
def test_accounts_are_refused(text, kind, words):
    with pytest.raises(CheckError, match=words):
        parse_bank_account(text, kind=kind)


def test_credit_code_has_a_check_character():
    assert parse_credit_code(" 91110000600037341l ") == "91110000600037341L"
    with pytest.raises(CheckError):
        parse_credit_code("91110000600037341A")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("13800138000".translate(WIDE), "13800138000"),
        ("0979-8412345", "0979-8412345"),
        ("\uff080979\uff098412345", "0979-8412345"),
        ("01062345678", "010-62345678"),
        ("021 62345678", "021-62345678"),
    ],
)
def test_phones_are_stored_one_way(text, stored):
    assert parse_phone(text) == stored


@pytest.mark.parametrize("text", ["", "8412345", "1380013800", "138001380001", "23800138000", "1380013800a", "0979-841"])
def test_phones_without_area_code_or_digits_are_refused(text):
    with pytest.raises(CheckError, match="区号"):
        parse_phone(text)


def test_household_code_is_sixteen_digits():
    assert parse_household_code("6328011009010001") == "6328011009010001"
    for text in ("632801100901001", "63280110090100011", "632801100901000X", ""):
        with pytest.raises(CheckError, match="16位"):
            parse_household_code(text)
