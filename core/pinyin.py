"""Pinyin initials and the fragments a name is found by."""

from functools import lru_cache
from operator import add

from pypinyin import Style, pinyin

from core.checks.names import search_key

# Surnames that are read otherwise than the character alone.
_SURNAME_READINGS = {"单": "s", "曾": "z", "仇": "q", "区": "o", "查": "z", "解": "x", "尉": "w", "朴": "p", "盖": "g", "任": "r",
                     "华": "h", "覃": "q", "缪": "m", "冼": "x", "乐": "y", "员": "y", "洗": "x", "折": "s", "隗": "w", "翟": "z"}  # fmt: skip
_COMPOUND_READINGS = {"单于": "cy", "尉迟": "yc", "万俟": "mq"}


@lru_cache(maxsize=32_768)
def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    letters = pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return letters[0][0][:1].lower() if letters else ""


def initials(name: str) -> str:
    """Lower-case first letters of the readings: 单卓玛 → szm."""
    return _initials(search_key(name))


def _initials(key: str) -> str:
    if not key:
        return ""
    if key[:2] in _COMPOUND_READINGS:
        return _COMPOUND_READINGS[key[:2]] + "".join(map(_initial, key[2:]))
    first = _SURNAME_READINGS.get(key[0]) or _initial(key[0])
    return first + "".join(map(_initial, key[1:]))


def _fragments(text: str) -> set[str]:
    pairs, triples = map(add, text, text[1:]), map(add, map(add, text, text[1:]), text[2:])
    return {*text, *pairs, *triples}


# Names repeat (卓玛, 才让), but each entry takes about 1.7 KB: 8,192 of them are 14 MB a process.
@lru_cache(maxsize=8_192)
def grams(name: str) -> frozenset[str]:
    """Every fragment of one to three characters of the name, and of its initials."""
    key = search_key(name)
    return frozenset(_fragments(key) | _fragments(_initials(key)))


@lru_cache(maxsize=32_768)
def _syllable(character: str) -> str:
    if character.isascii():
        return character.lower()
    found = pinyin(character, style=Style.NORMAL, errors="ignore")
    return found[0][0] if found else character


def reading(name: str) -> str:
    """The syllables of a name, one a character and without tones, for telling names that sound alike: 张秀英 → zhang xiu ying."""
    return " ".join(map(_syllable, search_key(name)))
