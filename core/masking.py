"""What may be shown of a person (`domain.md` §5.3). Masking is done on the server, exports carry the same."""

import re

from core.checks.names import COMPOUND_SURNAMES, DOT

_GROUP = r"第?[\d一二三四五六七八九十]{1,3}(?:社(?!区)|小?组)"
_VILLAGE = re.compile(rf"[^\d号]*?(?:社区|村)(?:{_GROUP})?|{_GROUP}")
_TOWN = re.compile(r"[^\d号]*?(?:镇|乡|街道)")


def mask_name(name: str | None) -> str:
    """王*, 王*华, 欧阳*; four and more: first + stars + last; a dotted name keeps its first part."""
    if not name:
        return ""
    if DOT in name:
        first, _, rest = name.partition(DOT)
        return first + DOT + "*" * len(rest.replace(DOT, ""))
    if name[:2] in COMPOUND_SURNAMES and len(name) > 2:
        return name[:2] + "*" * (len(name) - 2) if len(name) == 3 else name[:2] + "*" * (len(name) - 3) + name[-1]
    if len(name) == 1:
        return "*"
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_id_number(number: str | None) -> str:
    """632801********1234; disability cards keep first six and last four too."""
    if not number:
        return ""
    return number[:6] + "*" * (len(number) - 10) + number[-4:] if len(number) >= 18 else last_four(number)


def last_four(number: str | None) -> str:
    """For lists: the last four alone."""
    return f"****{number[-4:]}" if number and len(number) > 4 else "*" * len(number or "")


def mask_phone(number: str | None) -> str:
    """138****5678; a landline keeps its area code and last two."""
    if not number:
        return ""
    if "-" in number:
        area, _, rest = number.partition("-")
        return f"{area}-{'*' * (len(rest) - 2)}{rest[-2:]}"
    if len(number) >= 11:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    return "*" * (len(number) - 2) + number[-2:] if len(number) > 4 else "*" * len(number)


def mask_account(number: str | None) -> str:
    """The last four digits alone."""
    return last_four(number)


def mask_address(address: str | None) -> str:
    """Down to the village and its numbered group, else the town; never past a house number."""
    if not address:
        return ""
    shown = _VILLAGE.match(address) or _TOWN.match(address)
    if not shown:
        return ("" if re.search(r"\d", address[:2]) else address[:2]) + "****"
    return shown[0] + ("****" if shown.end() < len(address) else "")
