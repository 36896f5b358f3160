"""Furigana for fixed texts: readings from a dictionary that people have checked, put over a page's words as ruby."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from importlib.resources import files

_READ = re.compile("[|｜]?(?P<word>[\u3400-\u9fff々〆]+|(?<=[|｜])[^《|｜]+)《(?P<reading>[ぁ-ゖー]+)》")
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-z0-9]+)")
_CLOSED = frozenset({"ruby", "svg", "title", "option", "textarea", "script"})
"""In these no ruby may stand, or there is one already."""


class UnreadableEntry(ValueError):
    """Raised when a line of the dictionary has no reading."""


class Furigana:
    """Readings by the words they belong to; where several fit, the longest wins."""

    def __init__(self, entries: Iterable[str]) -> None:
        """Read entries such as ``話《はな》す``; kana and letters around a reading say where it holds."""
        self._by_first: dict[str, list[tuple[str, str]]] = {}
        for entry in entries:
            self._add(entry)
        for words in self._by_first.values():
            words.sort(key=lambda one: -len(one[0]))

    def dress(self, page: str) -> str:
        """Return HTML with ruby over every word of the dictionary; tags and attributes stay as they are."""
        closed, pieces = 0, list[str]()
        for piece in _TAG.split(page):
            if piece.startswith("<"):
                closed += _steps(piece)
                pieces.append(piece)
            else:
                pieces.append(piece if closed else "".join(self._words(piece)))
        return "".join(pieces)

    def _words(self, text: str) -> Iterator[str]:
        at = 0
        while at < len(text):
            within = at > 0 and text[at].isdigit() and text[at - 1].isdigit()  # 5日 is no word of 35日
            fitting = () if within else self._by_first.get(text[at], ())
            found = next((one for one in fitting if text.startswith(one[0], at)), None)
            yield found[1] if found else text[at]
            at += len(found[0]) if found else 1

    def _add(self, entry: str) -> None:
        written = escape(entry)
        word = _READ.sub(lambda found: found["word"], written)
        if word == written:
            raise UnreadableEntry(entry)
        ruby = _READ.sub(lambda found: _ruby(found["word"], found["reading"]), written)
        self._by_first.setdefault(word[0], []).append((word, ruby))


@cache
def shipped_readings() -> tuple[str, ...]:
    """Return the entries of ``data/furigana.txt``, which people have checked word by word."""
    text = files("callcenter").joinpath("data", "furigana.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _ruby(word: str, reading: str) -> str:
    return f"<ruby>{word}<rp>(</rp><rt>{reading}</rt><rp>)</rp></ruby>"


def _steps(tag: str) -> int:
    """Return 1 where a closed element begins, -1 where it ends."""
    name = _NAME.match(tag)
    if name is None or name[1] not in _CLOSED or tag.endswith("/>"):
        return 0
    return -1 if tag.startswith("</") else 1
