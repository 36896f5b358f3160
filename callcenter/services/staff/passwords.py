"""Hashing and checking passwords with argon2id, always before a transaction and never inside one.

A transaction of the desk that waited for argon2 would keep every webhook waiting where a database has one writer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from callcenter.domain.errors import HelplineError
from callcenter.domain.normalising import normalised
from callcenter.domain.staff import guessable

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_FOR_STAFF = 12
LONGEST = 256
LONGEST_TYPED = 4 * LONGEST
"""Characters as they come: some keyboards write one letter as several marks."""

_places = threading.BoundedSemaphore(1)
"""A hash takes 64 MiB and a tenth of a second, for which it keeps up to four processors busy: a second one beside it
would make neither quicker, and would starve the line."""

MOST_WAITING = 6
MOST_AT_ONCE = 1 + MOST_WAITING
_known = threading.BoundedSemaphore(MOST_AT_ONCE)
"""Who is worked on or waits; each holds one of the process's threads, and webhooks need the others."""

LONGEST_WAIT = 5.0
"""Seconds for which a password waits for its turn."""


class PasswordsBusy(Exception):
    """Raised when too many passwords are checked at once; another try a moment later goes through."""


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


@dataclass(frozen=True)
class Hash:
    """The hash of a new password, ready to be stored."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class Comparison:
    """What came of comparing a password with the one that was stored a moment ago."""

    fits: bool
    stored: str | None = field(repr=False)
    renewed: str | None = field(default=None, repr=False)
    """Its hash with today's parameters, where the stored one was made with others."""


def hashed(
    password: str,
    by: PasswordHasher | None = None,
    *,
    about: Iterable[str] = (),
    shortest: int = SHORTEST_FOR_STAFF,
) -> Hash:
    """Return the hash of a new password of staff, or raise what is wrong with it.

    *about* is what others know of its owner and of the service, and would try; only a trial's may be *shortest*.
    """
    plain = checked(password, about=about, shortest=shortest)
    with _turn():
        return Hash((by or hasher()).hash(plain))


def checked(password: str, *, about: Iterable[str] = (), shortest: int = SHORTEST_FOR_STAFF) -> str:
    """Return a new password in its normal form, or raise what is wrong with it, as ``hashed`` does."""
    plain = _normalised(password)
    if plain is None or len(plain) > LONGEST:
        raise PasswordTooLong
    if len(plain) < shortest:
        raise PasswordTooShort
    guessable.check(plain, about)
    return plain


def compare(stored: str | None, password: str, by: PasswordHasher | None = None) -> Comparison:
    """Compare *password* with the *stored* hash; with nothing stored it takes as long."""
    chosen, plain = by or hasher(), _normalised(password) or ""
    with _turn():
        return _compared(stored, plain[:LONGEST], chosen)


def _compared(stored: str | None, plain: str, by: PasswordHasher) -> Comparison:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        by.verify(stored or _nobody(by), plain)
    except (VerificationError, InvalidHashError):
        return Comparison(False, stored)
    if stored is None:
        return Comparison(False, None)
    return Comparison(True, stored, by.hash(plain) if by.check_needs_rehash(stored) else None)


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a place among the few that work at once; ``PasswordsBusy`` if too many wait or it takes too long."""
    with _place(_known, 0), _place(_places, LONGEST_WAIT):
        yield


@contextmanager
def _place(places: threading.BoundedSemaphore, wait: float) -> Iterator[None]:
    if not places.acquire(timeout=wait):
        raise PasswordsBusy
    try:
        yield
    finally:
        places.release()


@cache
def _nobody(chosen: PasswordHasher) -> str:
    return chosen.hash("the password of nobody")


def _normalised(password: str) -> str | None:
    """Return the password in one width and composition, the same on every keyboard; None if it is too long for any."""
    return normalised(password) if len(password) <= LONGEST_TYPED else None
