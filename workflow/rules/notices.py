"""What a notice may say and to whom (`domain.md` §5.3, Appendix B), and who handles an objection. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.masking import mask_name

NAME = "name"
KINDS = {"text", NAME, "number", "money", "mark"}
_FIELD = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_LONG_NUMBER = re.compile(r"(?<![\dXx])\d{15,19}[\dXx]?(?![\dXx])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
# Illness and disability never stand beside a name, nor does what a name can be found by.
_HEALTH = re.compile(r"因病|因残|残疾|患病|重病|大病|慢病|慢性病|精神病|艾滋|肿瘤|癌")
_FORBIDDEN_COLUMNS = re.compile(r"身份证|证件号|残疾证|电话|手机|银行|账号|卡号|住址|地址|出生|生日|健康|致贫原因|残疾|病")

LEVEL_LENGTHS = {"village": 12, "township": 9, "city": 6}
_NEXT = {"village": "township", "township": "city", "city": ""}


def unknown_fields(template: str, known: Sequence[str]) -> list[str]:
    """The `{{ }}` fields of a text that nobody fills."""
    return sorted(set(_FIELD.findall(template)) - set(known))


def fill(template: str, values: Mapping[str, Any]) -> str:
    """A text with its `{{ field }}`s filled by plain values: a value that itself holds braces stays as it is written.

    Raises KeyError for a field nobody fills.
    """
    return _FIELD.sub(lambda found: str(values[found[1]]), template)


def forbidden_content(*, body: str, columns: Sequence[Mapping[str, str]], lines: Sequence[Mapping[str, Any]]) -> str:
    """'' or why this may not be hung out: a number of a person, an address, or an illness beside a name."""
    named = any(column["kind"] == NAME for column in columns)
    for column in columns:
        if named and _FORBIDDEN_COLUMNS.search(column["label"]):
            return f"公示名单有姓名,不能同时公示“{column['label']}”一栏。"
    if _LONG_NUMBER.search(body):
        return "公示正文中有证件号码或银行账号,不能公示。"
    for number, line in enumerate(lines, start=1):
        for cell in map(str, line["cells"]):
            if _LONG_NUMBER.search(cell) or _MOBILE.search(cell):
                return f"名单第 {number} 行有证件号码、银行账号或手机号码,不能公示。"
            if named and _HEALTH.search(cell):
                return f"名单第 {number} 行把疾病或残疾与姓名写在一起,不能公示。"
    return ""


def masked(columns: Sequence[Mapping[str, str]], lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines with every name masked."""
    names = {position for position, column in enumerate(columns) if column["kind"] == NAME}
    return [
        {**line, "cells": [mask_name(str(cell)) if position in names else cell for position, cell in enumerate(line["cells"])]} for line in lines
    ]  # fmt: skip


def digest(content: Mapping[str, Any]) -> str:
    """The hash of what a notice says: the same words, the same hash."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def level_above(level: str) -> str:
    """Who takes an objection over when it was not handled in its days; '' above the city."""
    return _NEXT[level]


def area_of(code: str, level: str) -> str:
    """The prefix of the area that handles at a level, from any code within it."""
    return code[: LEVEL_LENGTHS[level]]
