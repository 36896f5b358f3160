"""An announcement: its sentences, the facts filled into them, and how many seconds it takes to say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.normalising import normalised

Fact = Phrase | str | None
"""What may fill a placeholder; None leaves out the sentence that asks for it."""

MORAE_A_SECOND = 7.0
"""A synthetic Japanese voice at its ordinary speed; an estimate on the safe side."""
MORAE_OF_A_KANJI = 1.8
MORAE_OF_A_DIGIT = 2.0
BREATH = 0.2
"""Seconds of 「、」."""
FULL_STOP = 0.4
"""Seconds of 「。」."""
LONGEST_FACT = 40
"""Characters of a free text, such as the public reason of a closure, that are read aloud."""
LONGEST_READ = 10 * LONGEST_FACT
"""Characters of a typed text that are looked at, however many of them cannot be said."""

_SMALL_KANA = frozenset("ゃゅょぁぃぅぇぉゎャュョァィゥェォヮ")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Sound:
    """A recorded voice in place of the synthetic one: its address and its length."""

    url: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Announcement:
    """A phrase the line speaks, with the code by which operators know it."""

    code: str
    text: str
    readings: tuple[tuple[str, str], ...] = ()
    """Words of this phrase alone that are pronounced otherwise than a voice would guess."""
    sound: Sound | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the sentences, each with its full stop."""
        return tuple(f"{sentence}。" for sentence in self.text.split("。") if sentence)

    @property
    def placeholders(self) -> frozenset[str]:
        """Return the names of the facts it asks for."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.text) if name)

    def spoken(self, readings: Mapping[str, str], facts: Mapping[str, Fact]) -> tuple[Phrase, ...]:
        """Return what is said, in pieces; *readings* gives the pronunciation of words a voice gets wrong."""
        kept = (one for one in self.sentences if all(facts[name] for name in _PLACEHOLDER.findall(one)))
        known = {**readings, **dict(self.readings)}
        return tuple(_joined(piece for one in kept for piece in _pieces(one, known, facts)))


def seconds(spoken: tuple[Phrase, ...], rate: float = 1.0) -> float:
    """Return an estimate of the seconds the pieces take to say; at *rate* 0.9 a tenth longer."""
    sound = "".join(piece.reading for piece in spoken)
    pauses = sound.count("、") * BREATH + sound.count("。") * FULL_STOP
    return (sum(map(_morae, sound)) / MORAE_A_SECOND + pauses) / rate


def speakable(text: str) -> str:
    """Return a typed text fit to be read aloud: no symbols, no line breaks, at most ``LONGEST_FACT`` characters."""
    known = (sign if sign.isalnum() else "、" for sign in normalised(text[:LONGEST_READ]))
    return re.sub("、+", "、", "".join(known))[:LONGEST_FACT].strip("、")


def _morae(sign: str) -> float:
    if sign in _SMALL_KANA or not sign.isalnum():
        return 0.0
    if "ぁ" <= sign <= "ヿ":
        return 1.0
    return MORAE_OF_A_DIGIT if sign.isascii() else MORAE_OF_A_KANJI


def _pieces(sentence: str, readings: Mapping[str, str], facts: Mapping[str, Fact]) -> Iterator[Phrase]:
    for at, part in enumerate(_PLACEHOLDER.split(sentence)):
        fact = facts[part] if at % 2 else part
        if isinstance(fact, Phrase):
            yield fact
        elif fact:
            yield from _pronounced(fact, readings)


def _pronounced(text: str, readings: Mapping[str, str]) -> Iterator[Phrase]:
    words = sorted(readings, key=len, reverse=True)
    for part in re.split(f"({'|'.join(map(re.escape, words))})", text) if words else [text]:
        if part:
            yield Phrase(part, readings.get(part, part))


def _joined(pieces: Iterator[Phrase]) -> Iterator[Phrase]:
    """Join neighbouring pieces that are said as written into one."""
    waiting = ""
    for piece in pieces:
        if piece.text == piece.reading:
            waiting += piece.text
            continue
        if waiting:
            yield Phrase(waiting, waiting)
            waiting = ""
        yield piece
    if waiting:
        yield Phrase(waiting, waiting)
