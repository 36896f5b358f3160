"""What somebody typed: text that every database stores, short values without invisible marks, and numbers in bounds."""

from __future__ import annotations

import re
import unicodedata

from callcenter.domain.normalising import normalised

UNREADABLE = "\ufffd"
"""Stands for half of a character whose other half is missing."""
LARGEST = 2**63 - 1
"""The largest number that both databases store."""

LONGEST_VALUE = 1_000
"""Characters of a short value that are looked at: normalising takes time in the square of the marks on one letter."""

_HALVES = re.compile("[\ud800-\udfff]")
_TURNS = re.compile("[\0\u202a-\u202e\u2066-\u2069]")
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters, marks and signs to Unicode that every font draws as nothing."""
_DIGITS = re.compile(r"[0-9]{1,19}")


def storable(text: str) -> str:
    """Return *text* without what cannot be stored, or turns the text around it when it is shown.

    PostgreSQL refuses NUL and nothing stores half a character. Whoever types needs no mark that turns the direction
    of writing: letters carry their own.
    """
    if text.isascii():
        return text.replace("\0", "")
    return _HALVES.sub(UNREADABLE, _TURNS.sub("", text))


def visible(text: str) -> str:
    """Return a short text without the marks that nobody sees: joiners, direction marks, blanks that pass as letters."""
    if text.isascii():
        return text
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf" and sign not in _BLANKS)


def said(text: str) -> str:
    """Return a text without outer blanks; empty if nothing of it can be seen."""
    return text.strip() if any(unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANKS for sign in text) else ""


def one_line(text: str) -> str:
    """Return a short text in one line without invisible marks; empty if nothing of it can be seen."""
    return " ".join(visible(said(text)).split())


def plain(text: str) -> str:
    """Return a short value such as a date or a number in half width, without invisible marks and outer spaces."""
    return normalised(visible(text[:LONGEST_VALUE])).strip()


def whole_number(text: str, *, most: int = LARGEST) -> int | None:
    """Return a whole number from 0 to *most*, from digits of any width; None for anything else."""
    digits = plain(text)
    if len(text) > LONGEST_VALUE or not _DIGITS.fullmatch(digits):
        return None
    number = int(digits)
    return number if number <= most else None
