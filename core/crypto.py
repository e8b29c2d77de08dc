"""Personal fields and files at rest: AES-GCM under a key ring, and keyed blind indexes for exact search.

A stored value is ``key-id$base64(nonce + ciphertext)``. The key ring comes from the environment
(``FIELD_KEYS="new:base64,old:base64"``, newest first); `rotate_keys` re-encrypts what an older key wrote.
The blind index key is not rotated with it: an index made with another key would find nobody.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class CryptoError(Exception):
    """A value that cannot be decrypted: the key is missing from the ring or the value was altered."""


@lru_cache(maxsize=4)
def key_ring(text: str) -> dict[str, bytes]:
    """The keys of FIELD_KEYS, newest first; each is 16, 24 or 32 bytes."""
    ring = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = item.partition(":")
        ring[name] = base64.b64decode(encoded, validate=True)
    if not ring:
        raise CryptoError("FIELD_KEYS 里没有密钥。")
    return ring


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def encrypt_bytes(data: bytes) -> tuple[str, bytes]:
    """Key id and nonce + ciphertext under the newest key."""
    name, key = next(iter(key_ring(settings.FIELD_KEYS).items()))
    nonce = os.urandom(12)
    return name, nonce + _cipher(key).encrypt(nonce, data, None)


def decrypt_bytes(name: str, data: bytes) -> bytes:
    """Raises CryptoError for an unknown key id or altered data."""
    key = key_ring(settings.FIELD_KEYS).get(name)
    if key is None:
        raise CryptoError(f"密钥环里没有密钥 {name}。")
    try:
        return _cipher(key).decrypt(data[:12], data[12:], None)
    except InvalidTag as error:
        raise CryptoError("密文与密钥不符,数据可能被改动。") from error


def encrypt(text: str) -> str:
    """Encrypted form of a text; '' stays '' so that emptiness can be asked for."""
    if not text:
        return ""
    name, data = encrypt_bytes(text.encode())
    return f"{name}${base64.b64encode(data).decode()}"


def decrypt(stored: str) -> str:
    """The plain text of what `encrypt` gave. Raises CryptoError."""
    if not stored:
        return ""
    name, separator, data = stored.partition("$")
    if not separator:
        raise CryptoError("不是加密值。")
    return decrypt_bytes(name, base64.b64decode(data)).decode()


def key_id(stored: str) -> str:
    """Which key wrote a stored value."""
    return stored.partition("$")[0]


def newest_key_id() -> str:
    return next(iter(key_ring(settings.FIELD_KEYS)))


def blind_index(text: str, purpose: str) -> str | None:
    """32 hex digits that are equal for equal texts of one purpose, or None for an empty text."""
    if not text:
        return None
    message = f"{purpose}\0{text}".encode()
    return hmac.new(settings.BLIND_INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()[:32]
