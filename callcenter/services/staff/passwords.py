"""Hashing and checking passwords with argon2id."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from callcenter.domain.errors import HelplineError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_FOR_STAFF = 12
LONGEST = 256

_places = threading.BoundedSemaphore(2)
"""A hash takes 64 MiB and a tenth of a second of a processor: more than two at once would starve the line."""


class PasswordTooShort(HelplineError):
    """Raised when a password is shorter than the role requires."""

    message = (
        f"パスワードは{SHORTEST_FOR_STAFF}文字以上にしてください。短いことばをいくつか並べると、覚えやすくなります。"
    )
    field = "password"


class PasswordTooLong(HelplineError):
    """Raised when a password is too long."""

    message = f"パスワードは{LONGEST}文字までにしてください。"
    field = "password"


@cache
def hasher() -> PasswordHasher:
    """Return the hasher of the installation: argon2id, 64 MiB, 3 passes. Tests pass a cheaper one."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


def hashed(password: str, by: PasswordHasher | None = None) -> str:
    """Return the hash of a new password of staff, or raise what is wrong with it."""
    plain = _normalised(password)
    if len(plain) < SHORTEST_FOR_STAFF:
        raise PasswordTooShort
    if len(plain) > LONGEST:
        raise PasswordTooLong
    return rehashed(plain, by)


def rehashed(password: str, by: PasswordHasher | None = None) -> str:
    """Return the hash of a known password, with today's parameters."""
    with _places:
        return (by or hasher()).hash(_normalised(password))


def matches(stored: str | None, password: str, by: PasswordHasher | None = None) -> bool:
    """Return whether *password* is the stored one; with nothing stored it takes as long."""
    from argon2.exceptions import InvalidHashError, VerificationError

    chosen = by or hasher()
    with _places:
        try:
            chosen.verify(stored or _nobody(chosen), _normalised(password)[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str, by: PasswordHasher | None = None) -> bool:
    """Return whether the hash was made with other parameters than today's."""
    return (by or hasher()).check_needs_rehash(stored)


@cache
def _nobody(chosen: PasswordHasher) -> str:
    return chosen.hash("the password of nobody")


def _normalised(password: str) -> str:
    """Return the password in one width and composition, the same on every keyboard."""
    return unicodedata.normalize("NFKC", password)
