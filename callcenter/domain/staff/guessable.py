"""Passwords that are easily guessed: common ones, patterns, and what everybody knows of the person and the service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from callcenter.domain.errors import HelplineError
from callcenter.domain.normalising import normalised
from callcenter.domain.phone_numbers import display

LEAST_OWN = 5
"""Letters that must be left of a password when what is easily guessed in it is taken away."""
LONGEST_REPEATED = 8
"""Repeating so few characters makes no password longer; repeating more of them is still a long one."""
LEAST_DISTINCT = 5
SHORTEST_KNOWN = 3
"""Characters of a login or a name that count as known; fewer are in many words."""

SERVICE = (
    "hikikomori", "サポートネット", "ひきこもり", "supportnet", "supportonet", "saportonet", "support-net", "東京都",
    "tokyoto", "tokyo", "東京", "0120529528", "helpline", "callcenter",
)  # fmt: skip
"""The service's name in its forms, whatever it is called in the settings."""

_ROWS = (
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "1q2w3e4r5t6y7u8i9o0p", "aiueokakikukekosashisusesotachitsuteto",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    "いろはにほへとちりぬるをわかよたれそつねならむ",
)  # fmt: skip
_RUN = 4
"""So many neighbours of a row are a run."""
_AS_LETTERS = str.maketrans("@4301!5$7", "aaeoiisst")
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


class PasswordGuessable(HelplineError):
    """Raised for a new password that others would soon try."""

    message = (
        "このパスワードは、ほかの人に思いつかれやすいものです。"
        "名前や数字の並びのかわりに、関係のないことばを、いくつかつないでみてください。"
    )
    field = "password"


def known_words(login: str, name: str, service: str, number: str) -> tuple[str, ...]:
    """Return what others know of somebody and of the service, whose *number* is given as E.164."""
    return login, name, service, number, display(number)


def check(password: str, about: Iterable[str]) -> None:
    """Raise ``PasswordGuessable``; *about* are the ``known_words`` of whose password it becomes."""
    if is_guessable(password, about):
        raise PasswordGuessable


def is_guessable(password: str, about: Iterable[str]) -> bool:
    """Return whether others would soon try *password*."""
    known = {folded for part in (*about, *SERVICE) for folded in _known_forms(part)}
    plain = _folded(password)
    spellings = {plain, _folded(password.translate(_AS_LETTERS)), re.sub(r"(.)\1+", r"\1", plain)}
    return any(_is_pattern(spelling) or _mostly_known(spelling, known) for spelling in spellings)


@cache
def common() -> frozenset[str]:
    """Return the common passwords, and the words they are made from, folded."""
    lines = files("callcenter").joinpath("data", "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(_folded(line) for line in lines if not line.startswith("#"))


def _is_pattern(spelling: str) -> bool:
    """Return whether it is nearly one sign, or something short again and again."""
    if len(set(spelling)) < LEAST_DISTINCT:
        return True
    return any(
        (spelling[:size] * len(spelling)).startswith(spelling)
        for size in range(1, min(LONGEST_REPEATED, len(spelling) // 2) + 1)
    )


def _mostly_known(spelling: str, known: set[str]) -> bool:
    """Return whether hardly a letter is left without what is known, runs along a row, and any one common word."""
    rest = spelling
    for part in sorted(known, key=len, reverse=True):
        rest = rest.replace(part, "")
    rest = _without_runs(rest)
    words = [word for word in common() if word in rest]
    if rest == spelling and not words:
        return False
    return min(_letters(rest.replace(word, "")) for word in (*words, "\0")) < LEAST_OWN


def _without_runs(text: str) -> str:
    for run in _runs():
        text = run.sub("", text)
    return text


@cache
def _runs() -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each row, in both directions: ``_RUN`` neighbours and those that follow."""
    return tuple(_runs_along(row) for line in _ROWS for row in (line, line[::-1]))


def _runs_along(row: str) -> re.Pattern[str]:
    pieces = {row[start:end] for start in range(len(row)) for end in range(start + _RUN, len(row) + 1)}
    return re.compile("|".join(sorted(map(re.escape, pieces), key=len, reverse=True)))


def _letters(text: str) -> int:
    return sum(not sign.isdigit() for sign in text)


def _known_forms(part: str) -> Iterator[str]:
    """Yield what is known whole, and a login or name without its number."""
    whole = _folded(part)
    for form in (whole, whole.strip("0123456789")):
        if len(form) >= SHORTEST_KNOWN:
            yield form


def _folded(text: str) -> str:
    """Return the letters and digits in one width and case, katakana as hiragana."""
    plain = normalised(text).casefold().translate(_TO_HIRAGANA)
    return "".join(sign for sign in plain if sign.isalnum() or sign == "ー")
