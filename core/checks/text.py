"""Free text: nothing that breaks a page, a database or a reader's eye."""

import re
import unicodedata

from core.checks.problems import CheckError

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


def has_forbidden(text: str) -> bool:
    """Control characters, invisible ones, and those that turn the direction of reading."""
    return bool(_FORBIDDEN.search(text)) or any(0xD800 <= ord(c) <= 0xDFFF for c in text)


def clean_line(text: str, max_length: int) -> str:
    """One trimmed line. Raises CheckError for forbidden characters or too many."""
    text = re.sub(r"\s+", " ", text).strip()
    if has_forbidden(text):
        raise CheckError("含有看不见的控制字符,请删除后重新输入。")
    if len(text) > max_length:
        raise CheckError(f"最多{max_length}个字,现在是{len(text)}个。")
    return text


def clean_text(text: str, max_length: int) -> str:
    """Several lines, each without spaces at its end. Raises CheckError for forbidden characters or too many."""
    text = re.sub(r"[^\S\n]+(?=\n|$)", "", re.sub(r"\r\n?", "\n", text)).strip()
    if has_forbidden(text):
        raise CheckError("含有看不见的控制字符,请删除后重新输入。")
    if len(text) > max_length:
        raise CheckError(f"最多{max_length}个字,现在是{len(text)}个。")
    return text


def half_width(text: str) -> str:
    """Full-width letters, digits and spaces as half-width; ideographs stay as they are."""
    return "".join(unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" or c == "\u3000" else c for c in text)
