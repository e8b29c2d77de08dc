"""What may be shown of a person (`domain.md` §5.3). Masking is done on the server, exports carry the same."""

from core.checks.names import COMPOUND_SURNAMES, DOT


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
    return number[:6] + "*" * (len(number) - 10) + number[-4:] if len(number) > 10 else "*" * len(number)


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
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)


def mask_account(number: str | None) -> str:
    """The last four digits alone."""
    return last_four(number)


def mask_address(address: str | None) -> str:
    """Down to the village or group; what follows is hidden."""
    if not address:
        return ""
    for mark in ("社", "组", "村", "镇", "乡"):
        position = address.find(mark)
        if position >= 0:
            return address[: position + 1] + ("****" if len(address) > position + 1 else "")
    return address[:2] + "****"
