"""ID numbers (GB 11643, `domain.md` §9.4) and disability-card numbers."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from core.checks.problems import CheckError

PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
DEMO_PROVINCE = "99"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
OLDEST = 120


@dataclass(frozen=True)
class IdNumber:
    """A checked ID number and what it says. `sex` is GB/T 2261.1: "1" male, "2" female."""

    number: str
    area: str
    birth_on: date
    sex: str


@dataclass(frozen=True)
class DisabilityNumber:
    """A checked disability-card number: the ID number, category 1–7, grade 1–4, and 'B1'… for a re-issue."""

    number: str
    id_number: IdNumber
    category: str
    grade: str
    reissue: str


def age_on(birth_on: date, day: date) -> int:
    """Full years 周岁 on a day; someone born on 29 February has a birthday on 1 March of other years."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def normalise(text: str) -> str:
    """Half-width, upper-case, without spaces, hyphens and the apostrophe a spreadsheet puts before text."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s'‘’`\-_]", "", text).upper()


def check_digit(first_seventeen: str) -> str:
    return CHECK_DIGITS[sum(int(d) * w for d, w in zip(first_seventeen, WEIGHTS, strict=True)) % 11]


def parse_id_number(text: str, *, today: date, demo: bool = False) -> IdNumber:
    """The ID number in a text. Raises CheckError; numbers of the area 99 are taken only in the demo."""
    number = normalise(text)
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", number):
        raise CheckError("证件号码被表格软件改成了科学计数,请把单元格设为文本后重新填写18位号码。")
    if len(number) == 15 and number.isdigit():
        raise CheckError("这是15位旧号码,请填写换发后的18位号码。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise CheckError(f"身份证号码应为18位,末位可以是X,现在是{len(number)}位。" if len(number) != 18 else "身份证号码只能是数字,末位可以是X。")
    if number[:2] not in PROVINCES and not (demo and number[:2] == DEMO_PROVINCE):
        raise CheckError("号码前两位不是任何省份的代码,请对照证件核对。")
    try:
        birth_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise CheckError("号码中第7至14位不是有效的出生日期,请对照证件核对。") from error
    if birth_on > today:
        raise CheckError("号码中的出生日期晚于今天,请对照证件核对。")
    if age_on(birth_on, today) > OLDEST:
        raise CheckError(f"按号码推算已超过{OLDEST}岁,请对照证件核对。")
    if check_digit(number[:17]) != number[17]:
        raise CheckError("校验码不符,号码中有一位填错了,请对照证件逐位核对。")
    return IdNumber(number, number[:6], birth_on, "1" if int(number[16]) % 2 else "2")


def parse_disability_number(text: str, *, id_number: str | None, today: date, demo: bool = False) -> DisabilityNumber:
    """A card number of 20 digits, or 22 when re-issued; its first 18 are the holder's ID number when that is given."""
    number = normalise(text)
    if len(number) not in {20, 22}:
        raise CheckError(f"残疾人证号应为20位(补换证为22位),现在是{len(number)}位。")
    holder = parse_id_number(number[:18], today=today, demo=demo)
    if id_number and holder.number != id_number:
        raise CheckError("残疾人证号前18位与身份证号码不一致,请核对。")
    category, grade, reissue = number[18], number[19], number[20:]
    if category not in "1234567" or grade not in "1234":
        raise CheckError("残疾人证号第19位应为类别1至7,第20位应为等级1至4。")
    if reissue and not re.fullmatch(r"B[0-9]", reissue):
        raise CheckError("补换证号的末两位应为B加一位数字。")
    return DisabilityNumber(number, holder, category, grade, reissue)


def make_id_number(area: str, birth_on: date, sequence: int) -> str:
    """A number with a valid check digit, for the demo and the tests; `sequence` is odd for a man."""
    body = f"{area}{birth_on:%Y%m%d}{sequence:03d}"
    return body + check_digit(body)
