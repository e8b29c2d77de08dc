"""Dates as people write them."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

from core.checks.problems import CheckError

_DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
EARLIEST, LATEST = 1900, 2100
HINT = "日期请写成 2020-3-15、20200315 或 2020年3月15日。"


def _chinese_number(text: str) -> str:
    """二十五 → 25, 二〇二〇 → 2020. Raises CheckError for what is no number, as 十十."""
    if "十" in text:
        if not re.fullmatch("[一二三四五六七八九]?十[一二三四五六七八九]?", text):
            raise CheckError(HINT)
        tens, _, ones = text.partition("十")
        return str((int(_DIGITS[tens]) if tens else 1) * 10 + (int(_DIGITS[ones]) if ones else 0))
    return "".join(_DIGITS[c] for c in text)


def parse_date(text: str) -> date:
    """20200315, 2020-3-15, 2020/3/15, 2020.3.15, 2020年3月15日, 二〇二〇年三月十五日; a month alone is its first day.

    Raises CheckError for anything else, and for years before 1900 or after 2100.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    plain = re.sub("[〇零○一二三四五六七八九十]+", lambda found: _chinese_number(found[0]), plain)
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain) or re.fullmatch(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:(?:[-/.]|月)(?:(\d{1,2})日?)?)?", plain)
    if not found:
        raise CheckError(HINT)
    year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
    if not EARLIEST <= year <= LATEST:
        raise CheckError(f"年份应在{EARLIEST}至{LATEST}之间。")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise CheckError("没有这一天,请核对月份和日期。") from error


def from_serial(serial: int) -> date:
    """A spreadsheet's day number (1900 system, whose day 60 never was). Raises CheckError outside 1900–2100."""
    if not 1 <= serial <= 73_415 or serial == 60:
        raise CheckError("表格中的日期数值超出范围。")
    return date(1899, 12, 30) + timedelta(days=serial + (serial < 60))


def chinese_date(day: date) -> str:
    """2017年9月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def years_before(day: date, years: int) -> date:
    """The last birthday of those who have completed so many years on a day: born on it or before, they have."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return date(day.year - years, 2, 28)


def months_before(day: date, months: int) -> date:
    """The same day so many months before, or that month's last."""
    total = day.year * 12 + day.month - 1 - months
    year, month = total // 12, total % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
