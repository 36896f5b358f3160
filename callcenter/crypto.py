"""Sealing what people told us: the key ring, field encryption, blind indexes and derived keys.

Two formats, told apart by their first byte::

    01 | nonce (12) | ciphertext and tag                          sealed with a data key
    02 | n | ring key id (n bytes) | nonce (12) | ciphertext …    sealed with a key derived from the ring

Both are AES-256-GCM. The place (table, column, row) is authenticated with the text, so a value
that was moved to another row or column does not open there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
LEAST_DIFFERENT = 12
"""Different bytes in a key made by chance: fewer among 32 happen once in ten billion times at most."""
WITH_DATA_KEY = 0x01
WITH_RING_KEY = 0x02

RING_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
BASE64URL = re.compile(r"[A-Za-z0-9_-]+=*")


class SealBroken(Exception):
    """Raised when a sealed value does not open: altered, moved, or not sealed by us."""


class KeyMissing(Exception):
    """Raised when the key of a sealed value is not in the ring, or was destroyed."""


class KeyUnusable(ValueError):
    """Raised when a key ring cannot be read; the message never repeats the key."""


@dataclass(frozen=True)
class Place:
    """The column and row of a sealed value; it opens nowhere else."""

    table: str
    column: str
    row_id: str

    def authenticated(self) -> bytes:
        return f"{self.table}.{self.column}.{self.row_id}".encode()


@lru_cache(maxsize=256)
def derive_key(key: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for one *purpose* (HKDF-SHA256), so that no key is used for two things."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"callcenter/1/{purpose}".encode()).derive(key)


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, place: Place, text: str) -> bytes:
    """Return *text* sealed with a data key for one place."""
    return bytes([WITH_DATA_KEY]) + _encrypt(key, place.authenticated(), text.encode())


def unseal(key: bytes, place: Place, sealed: bytes) -> str:
    """Return what ``seal`` sealed for the same place."""
    if sealed[:1] != bytes([WITH_DATA_KEY]):
        raise SealBroken(f"not sealed with a data key: {place.table}.{place.column}")
    return _decrypt(key, place, sealed[1:]).decode()


def chain_hash(key: bytes, previous: str, canonical: bytes) -> str:
    """Return the hexadecimal HMAC-SHA256 that ties *canonical* to the entry before it."""
    return hmac.new(key, previous.encode() + b"\n" + canonical, hashlib.sha256).hexdigest()


def _encrypt(key: bytes, authenticated: bytes, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, authenticated)


def _decrypt(key: bytes, place: Place, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.authenticated())
    except (InvalidTag, ValueError) as broken:  # ValueError: cut shorter than a nonce
        raise SealBroken(f"does not open: {place.table}.{place.column}") from broken


@dataclass(frozen=True)
class KeyRing:
    """The operator's keys: the first seals, all open. They never appear in a ``repr``."""

    keys: tuple[tuple[str, bytes], ...] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the ring of ``id:base64url,id:base64url``; each key is 32 bytes."""
        keys = tuple(_parse_key(part.strip(), number) for number, part in enumerate(text.split(","), start=1))
        if len({key_id for key_id, _ in keys}) != len(keys):
            raise KeyUnusable("two keys of the ring have the same id")
        if len({key for _, key in keys}) != len(keys):
            raise KeyUnusable("two ids of the ring stand for the same key")
        return cls(keys)

    @property
    def predictable(self) -> tuple[str, ...]:
        """The ids of keys that were not made by chance."""
        return tuple(key_id for key_id, key in self.keys if _predictable(key))

    @classmethod
    def fresh(cls, key_id: str = "k1") -> Self:
        """Return a ring of one new random key."""
        return cls(((key_id, new_key()),))

    def to_text(self) -> str:
        """Return what ``parse`` reads; this is the secret itself."""
        return ",".join(f"{key_id}:{base64.urlsafe_b64encode(key).decode().rstrip('=')}" for key_id, key in self.keys)

    @property
    def current_id(self) -> str:
        """Return the id of the key that seals."""
        return self.keys[0][0]

    def seal(self, purpose: str, place: Place, plain: bytes) -> bytes:
        """Return *plain* sealed with the first key, derived for *purpose*."""
        key_id, key = self.keys[0]
        return ring_mark(key_id) + _encrypt(derive_key(key, purpose), place.authenticated(), plain)

    def unseal(self, purpose: str, place: Place, sealed: bytes) -> bytes:
        """Return what any key of the ring sealed."""
        key_id = ring_key_id(sealed)
        key = dict(self.keys).get(key_id)
        if key is None:
            raise KeyMissing(f"ring key {key_id!r} is not in the ring")
        return _decrypt(derive_key(key, purpose), place, sealed[2 + len(key_id) :])

    def blind_index(self, purpose: str, text: str) -> bytes:
        """Return the keyed hash under which *text* is stored for exact look-ups; *text* is already normalised."""
        return self.blind_indexes(purpose, text)[0]

    def blind_indexes(self, purpose: str, text: str) -> list[bytes]:
        """Return the hash under every key of the ring, to find rows written before a rotation too."""
        return [
            hmac.new(derive_key(key, f"blind index/{purpose}"), text.encode(), hashlib.sha256).digest()
            for _, key in self.keys
        ]


def ring_mark(key_id: str) -> bytes:
    """Return the bytes with which every value sealed by that key begins."""
    name = key_id.encode()
    return bytes([WITH_RING_KEY, len(name)]) + name


def ring_key_id(sealed: bytes) -> str:
    """Return the id of the ring key that sealed a value."""
    if len(sealed) < 2 or sealed[0] != WITH_RING_KEY:
        raise SealBroken("not sealed with a ring key")
    name = sealed[2 : 2 + sealed[1]].decode(errors="replace")
    if not RING_KEY_ID.fullmatch(name):
        raise SealBroken("not sealed with a ring key")
    return name


def _parse_key(part: str, number: int) -> tuple[str, bytes]:
    key_id, colon, encoded = part.partition(":")
    if not colon or not RING_KEY_ID.fullmatch(key_id):
        raise KeyUnusable(f"key {number} of the ring is not written as id:base64url")
    if not BASE64URL.fullmatch(encoded):
        raise KeyUnusable(f"key {key_id!r} of the ring is not base64url")
    try:
        key = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except binascii.Error as broken:
        raise KeyUnusable(f"key {key_id!r} of the ring is not base64url") from broken
    if len(key) != KEY_BYTES:
        raise KeyUnusable(f"key {key_id!r} of the ring has {len(key)} bytes instead of {KEY_BYTES}")
    return key_id, key


def _predictable(key: bytes) -> bool:
    """Return whether *key* repeats few bytes, or counts, as no key made by chance does."""
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    return len(set(key)) < LEAST_DIFFERENT or len(steps) < LEAST_DIFFERENT


def seal_number(ring: KeyRing, table: str, row_id: str, number: str) -> bytes:
    """Return a telephone number of staff or call control, sealed under a key of its own purpose."""
    return ring.seal(f"number/{table}", Place(table, "number", row_id), number.encode())


def open_number(ring: KeyRing, table: str, row_id: str, sealed: bytes) -> str:
    """Return the number that ``seal_number`` sealed for the same table and row."""
    return ring.unseal(f"number/{table}", Place(table, "number", row_id), sealed).decode()
