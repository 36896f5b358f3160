"""利用者番号: letters and digits mixed, no look-alikes, and a check character.

A user number is a login name, not a secret; the password is. It is shown in three groups of three.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence

from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import LONGEST_VALUE, plain

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs without 0, 1, I, L and O; a prime number of them, so that the check finds every slip of one sign and every
swap of two."""
LENGTH = 8
"""Random signs before the check character."""
GROUP = 3

_DIGITS = frozenset("23456789")
_APART = re.compile(r"[\s\-‐‑‒–—―−ーｰ－・.]+")
Choice = Callable[[Sequence[str]], str]


class NotAUserNumber(HelplineError):
    """Raised when something typed can be no user number; the sentence never says which sign is wrong."""

    message = "利用者番号をご確認ください。英字と数字の9文字です。"
    field = "number"


def new(choice: Choice = secrets.choice) -> str:
    """Return a new user number of nine signs, with at least one letter and one digit among the random ones."""
    while True:
        signs = "".join(choice(ALPHABET) for _ in range(LENGTH))
        if 0 < sum(sign in _DIGITS for sign in signs) < LENGTH:
            return signs + check_character(signs)


def check_character(signs: str) -> str:
    """Return the check character of the random signs: their values by 1 to 8, summed modulo 31."""
    return ALPHABET[sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, start=1)) % len(ALPHABET)]


def read(typed: str) -> str:
    """Return the number as it is stored, whatever its width, case, spaces and hyphens; ``NotAUserNumber`` if none."""
    if len(typed) > LONGEST_VALUE:
        raise NotAUserNumber
    signs = _APART.sub("", plain(typed)).upper()
    if len(signs) != LENGTH + 1 or not set(signs) <= set(ALPHABET) or check_character(signs[:-1]) != signs[-1]:
        raise NotAUserNumber
    return signs


def shown(number: str) -> str:
    """Return the number in groups, as it is shown and mailed: ``K7M-2QX-9PA``."""
    return "-".join(number[start : start + GROUP] for start in range(0, len(number), GROUP))
