"""Area codes nest by prefix (GB/T 2260, GB/T 10114): which digits of a 12-digit code say which level."""

PREFIX_LENGTH = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}


def prefix(code: str, level: int) -> str:
    """The digits of a division's code that all codes below it share."""
    return code[: PREFIX_LENGTH[level]]


def covers(area: str, code: str) -> bool:
    """Whether an area prefix holds a code."""
    return code.startswith(area)


def after(area: str) -> str:
    """The first code after all codes of an area prefix, for a range an index can walk."""
    return area[:-1] + chr(ord(area[-1]) + 1)
