"""Integrity of payments: a keyed digest over each line's amount, names and account, and one over the batch."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence

SEPARATOR = "\x1f"


def line_mac(key: bytes, parts: Sequence[object]) -> str:
    """The keyed digest of one line."""
    return hmac.digest(key, SEPARATOR.join(map(str, parts)).encode(), "sha256").hex()


def digest_of(macs: Iterable[str]) -> str:
    """The digest of a batch's content: over the digests of its lines, in order."""
    return hashlib.sha256("".join(macs).encode()).hexdigest()
