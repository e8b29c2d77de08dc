"""Small cells: 1 and 2 are shown as "<3", and enough others step back that a total does not give them away.

`domain.md` §5.3 [assumed]. A reader knows the total and every shown cell, so the sum of the hidden ones; each
hidden small cell must still be able to be 1 or 2.
"""

from collections.abc import Sequence

SMALL = 3
HIDDEN_SMALL, HIDDEN_LARGE = "<3", "≥3"


def _ambiguous(total_hidden: int, small: int, large: int) -> bool:
    """Whether each of `small` hidden cells (1 or 2) can be either, beside `large` hidden cells of 3 or more."""

    def possible(value: int) -> bool:
        least, most = small - 1, 2 * (small - 1)
        if large == 0:
            return least <= total_hidden - value <= most
        return total_hidden - value - least >= SMALL * large

    return small == 0 or (possible(1) and possible(2))


def suppress(counts: Sequence[int]) -> list[str]:
    """The cells as they may be shown, in order. Zero is shown: it says nothing about anybody."""
    small = [i for i, n in enumerate(counts) if 0 < n < SMALL]
    if not small:
        return [str(n) for n in counts]
    others = sorted((i for i, n in enumerate(counts) if n >= SMALL), key=lambda i: counts[i])
    hidden: list[int] = []
    while not _ambiguous(sum(counts[i] for i in [*small, *hidden]), len(small), len(hidden)):
        if not others:
            # Nothing left to hide behind: no cell that has anybody in it is told.
            return ["—" if n else "0" for n in counts]
        hidden.append(others.pop(0))
    shown = [str(n) for n in counts]
    for i in small:
        shown[i] = HIDDEN_SMALL
    for i in hidden:
        shown[i] = HIDDEN_LARGE
    return shown
