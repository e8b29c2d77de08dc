"""What a cell says: the value of its column's kind, or a sentence that says what to do. Nothing is guessed.

A value comes as the reading library gives it: text, number, truth value or date. None stands for a blank cell,
`CLEARED` for one that says there is nothing (无).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from core.checks.accounts import parse_household_code, parse_phone
from core.checks.identity import normalise
from core.checks.names import clean_name
from core.checks.problems import CheckError
from core.checks.text import clean_line
from core.dates import from_serial, parse_date
from households.sheets.columns import Column

SHOWN = 40
CLEARED = ""
NOTHING = frozenset({"无", "/", "-", "—", "——", "--", "空", "不适用"})
YES = frozenset({"是", "有", "1", "true", "y", "yes", "√", "对", "已", "t"})
NO = frozenset({"否", "无", "没有", "0", "false", "n", "no", "×", "x", "未", "f", *NOTHING})
SEPARATORS = re.compile(r"[、,,;;/|\s]+")
ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
WHOLE_FLOAT = 1e15
DAMAGED = "号码在表格里存成了数字,后几位已经丢失,不能使用。请把这一列设为“文本”,对照证件重新填写。"
MASKED = "号码是脱敏的(带*号),不能导入。请填完整号码,或留空保持原值。"


@dataclass(frozen=True)
class Bad:
    """A cell that cannot be taken, and why."""

    message: str
    value: str


def shown(value: Any) -> str:
    """A cell's value as an error names it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE_FLOAT:
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    text = str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip(" \t\r\n\u3000\u00a0'"))


def text_of(value: Any) -> str:
    """A cell as text: numbers without a tail of noughts, dates as 2017-09-30, no-break spaces as spaces."""
    if isinstance(value, str):
        text = value.replace("\u00a0", " ").strip()
        if text in ERRORS:
            raise CheckError("单元格是公式错误,请改为内容后再传。")
        return text[1:].strip() if text.startswith("'") else text
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if not value.is_integer():
            return repr(value)
        if abs(value) >= WHOLE_FLOAT:
            raise CheckError("数字太长,表格软件已丢失后几位,请把单元格设为“文本”后重新填写。")
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _plain(value: Any) -> str:
    return unicodedata.normalize("NFKC", text_of(value)).strip()


Reader = Callable[[Any], Any]


def _text(column: Column) -> Reader:
    return lambda value: clean_line(text_of(value), column.length)


def _code(column: Column) -> Reader:
    known: dict[str, str] = {}
    shorter: dict[str, set[str]] = {}
    for code, label in column.choices:
        plain = unicodedata.normalize("NFKC", label)
        for text in (code, code.lstrip("0") or "0", plain, f"{code}{plain}"):
            known.setdefault(text, code)
        parts = [plain.split("(")[0], plain.removeprefix("之"), plain.removesuffix("族"), plain.removesuffix("级")]
        parts += EXTRA.get(column.name, {}).get(code, ())
        for text in parts:
            shorter.setdefault(text, set()).add(code)
    for text, found in shorter.items():
        if len(found) == 1:
            known.setdefault(text, next(iter(found)))
    some = "、".join(label for _, label in column.choices[:4])

    def read(value: Any) -> str:
        text = re.sub(r"\s+", "", _plain(value))
        code = known.get(text) or known.get(re.sub(r"^(\w{1,2})[-.:、_]", r"\1", text))
        if code is not None:
            return code
        if text in NOTHING and not column.required:
            return CLEARED
        raise CheckError(f"没有这个选项。可填:{some}{'…' if len(column.choices) > 4 else ''},或其编号,见“代码”表。")

    return read


# Other words people use for a code, by field.
EXTRA: dict[str, dict[str, tuple[str, ...]]] = {
    "relation": {"01": ("本人", "本人或户主"), "02": ("妻子", "丈夫", "夫", "妻"), "03": ("儿子", "长子", "次子", "三子"), "04": ("女儿", "长女", "次女", "三女"),
                 "05": ("儿媳", "儿媳妇"), "06": ("女婿",), "11": ("父亲",), "12": ("母亲",), "99": ("其它",)},
    "sex": {"1": ("男性",), "2": ("女性",)},
    "poverty_status": {"1": ("否",), "2": ("是", "脱贫")},
    "document_kind": {"1": ("身份证",), "3": ("户口簿", "户口本")},
    "health": {"2": ("慢性病", "慢病"), "3": ("大病",), "4": ("残疾人",)},
    "education": {"1": ("文盲", "半文盲"), "4": ("高中", "中专"), "5": ("大专", "本科"), "6": ("学龄前",)},
    "political": {"01": ("党员",), "03": ("团员",)},
    "schooling": {"01": ("不在校", "否")},
    "labour": {"1": ("普通",), "2": ("技能",), "4": ("无",), "5": ("弱劳动力", "半劳动力")},
}  # fmt: skip


def _codes(column: Column) -> Reader:
    one = _code(column)

    def read(value: Any) -> tuple[str, ...]:
        plain = _plain(value)
        if plain in NOTHING:
            return ()
        try:
            return (one(plain),)  # a label may itself hold a comma
        except CheckError:
            found = [one(part) for part in SEPARATORS.split(plain) if part]
            return tuple(dict.fromkeys(found))

    return read


def _yes(column: Column) -> Reader:
    def read(value: Any) -> bool:
        text = _plain(value).lower()
        if text in YES:
            return True
        if text in NO:
            return False
        raise CheckError("请填“是”或“否”。")

    return read


def _date(column: Column) -> Reader:
    def read(value: Any) -> date | str:
        if isinstance(value, date):
            day = value.date() if isinstance(value, datetime) else value
            return parse_date(day.isoformat())
        if isinstance(value, float | int) and not isinstance(value, bool):
            if value > 99_999:
                return parse_date(str(int(value)))
            return from_serial(int(value))
        text = text_of(value)
        if text in NOTHING:
            return CLEARED
        return from_serial(int(text)) if re.fullmatch(r"\d{5}", text) else parse_date(text)

    return read


def _year(column: Column) -> Reader:
    def read(value: Any) -> int | str:
        if _plain(value) in NOTHING:
            return CLEARED
        found = re.fullmatch(r"(\d{4})年?度?", _plain(value))
        if not found or not 1950 <= int(found[1]) <= 2100:
            raise CheckError("请填4位年份,如 2017。")
        return int(found[1])

    return read


def _whole(column: Column) -> Reader:
    def read(value: Any) -> int:
        text = _plain(value).replace(",", "")
        if not re.fullmatch(r"-?\d{1,9}", text):
            raise CheckError("请填整数。")
        if not 0 <= int(text) <= column.length:
            raise CheckError(f"应在0至{column.length}之间。")
        return int(text)

    return read


def _decimal(column: Column) -> Reader:
    unit, noise = Decimal(1).scaleb(-column.places), Decimal("0.000001")

    def read(value: Any) -> Decimal:
        try:
            number = Decimal(repr(round(value, 6)) if isinstance(value, float) else _plain(value).replace(",", "")[:40])
        except InvalidOperation as error:
            raise CheckError("请填数字,不带单位。") from error
        if not number.is_finite():
            raise CheckError("请填数字,不带单位。")
        rounded = number.quantize(unit, ROUND_HALF_UP) if abs(number) < 10**column.length else number
        if abs(number) >= 10**column.length:
            raise CheckError("数字太大,请核对单位。")
        if abs(rounded - number) >= noise:
            raise CheckError(f"最多{column.places}位小数。")
        return rounded

    return read


def _number(column: Column) -> Reader:
    """A number of a document or an account, as text alone: what went through a spreadsheet's number is refused."""

    def read(value: Any) -> str:
        if isinstance(value, float | int) and not isinstance(value, bool):
            if abs(value) >= WHOLE_FLOAT:
                raise CheckError(DAMAGED)
            value = text_of(value)
        if not isinstance(value, str):
            raise CheckError("不是号码,请对照证件填写。")
        text = normalise(clean_line(text_of(value), 60))
        if "*" in text:
            raise CheckError(MASKED)
        if re.fullmatch(r"\d(\.\d+)?E\+?\d+", text):
            raise CheckError(DAMAGED)
        return CLEARED if text in NOTHING else text

    return read


def _phone(column: Column) -> Reader:
    def read(value: Any) -> str:
        text = text_of(value)
        if "*" in text:
            raise CheckError(MASKED)
        return CLEARED if text in NOTHING else parse_phone(clean_line(text, 30))

    return read


def _name(column: Column) -> Reader:
    return lambda value: clean_name(text_of(value))


def _place(column: Column) -> Reader:
    return lambda value: clean_line(_plain(value), 60)


def _household_code(column: Column) -> Reader:
    def read(value: Any) -> str:
        if isinstance(value, float | int) and abs(value) >= WHOLE_FLOAT:
            raise CheckError("户编号在表格里存成了数字,后几位已经丢失。请把这一列设为“文本”后重新填写。")
        return parse_household_code(text_of(value))

    return read


READERS: dict[str, Callable[[Column], Reader]] = {
    "text": _text, "code": _code, "codes": _codes, "yes": _yes, "date": _date, "year": _year, "whole": _whole, "decimal": _decimal,
    "number": _number, "phone": _phone, "name": _name, "household_code": _household_code, "village": _place, "township": _place, "group": _place,
}  # fmt: skip


class Cells(dict[Any, Any]):
    """The values of a column by what its cells hold: each different content is read once."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.read, self.column, self.has_bad = READERS[column.kind](column), column, False

    def __missing__(self, value: Any) -> Any:
        if is_blank(value):
            found = None
        else:
            try:
                found = self.read(value)
            except CheckError as error:
                found, self.has_bad = Bad(str(error), shown(value)), True
        self[value] = found
        return found
