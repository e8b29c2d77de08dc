"""Pinyin initials and the fragments a name is found by."""

from functools import lru_cache

from pypinyin import Style, pinyin

from core.checks.names import search_key

# Surnames that are read otherwise than the character alone.
_SURNAME_READINGS = {"单": "s", "曾": "z", "仇": "q", "区": "o", "查": "z", "解": "x", "尉": "w", "朴": "p", "盖": "g", "任": "r",
                     "华": "h", "覃": "q", "缪": "m", "冼": "x", "乐": "y", "员": "y", "洗": "x", "折": "s", "隗": "w"}  # fmt: skip
LONGEST_FRAGMENT = 3


@lru_cache(maxsize=32_768)
def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    letters = pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return letters[0][0][:1].lower() if letters else ""


def initials(name: str) -> str:
    """Lower-case first letters of the readings: 单卓玛 → szm."""
    key = search_key(name)
    if not key:
        return ""
    first = _SURNAME_READINGS.get(key[0]) or _initial(key[0])
    return first + "".join(map(_initial, key[1:]))


def _fragments(text: str) -> set[str]:
    return {text[i : i + n] for n in range(1, LONGEST_FRAGMENT + 1) for i in range(len(text) - n + 1)}


@lru_cache(maxsize=262_144)
def grams(name: str) -> frozenset[str]:
    """Every fragment of one to three characters of the name, and of its initials."""
    return frozenset(_fragments(search_key(name)) | _fragments(initials(name)))
