"""Nicknames found by a key, put in the order in which a counsellor should read them, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from callcenter.domain import kana
from callcenter.domain.nicknames import loose_form, normalise, one_slip_apart, typed_beginnings, written


class Likeness(StrEnum):
    """Why a nickname is a candidate, likeliest first."""

    SAME = "same"
    READING = "reading"
    SMALL_KANA = "small_kana"
    LENGTH = "length"
    VOICING = "voicing"
    SLIP = "slip"
    BEGINNING = "beginning"

    @property
    def label(self) -> str:
        """The reason in the words of the screen."""
        return _REASONS[self][0]


_REASONS = {
    Likeness.SAME: ("同じ", 1.0),
    Likeness.READING: ("読みが同じ", 0.95),
    Likeness.SMALL_KANA: ("小さい字のちがい", 0.88),
    Likeness.LENGTH: ("長さの違い", 0.85),
    Likeness.VOICING: ("濁点のちがい", 0.75),
    Likeness.SLIP: ("1字ちがい", 0.6),
    Likeness.BEGINNING: ("はじめが同じ", 0.3),
}
"""Label and score; a beginning scores more the more of the name it covers, but less than a whole name."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person as found by one of their nicknames; the same person may stand in a list more than once."""

    person: str
    text: str
    reading: str = ""
    last_contact: date | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate with the reason for it and a score from 0 to 1."""

    candidate: Candidate
    likeness: Likeness
    score: float

    @property
    def reason(self) -> str:
        """The reason in the words of the screen, such as 「読みが同じ」."""
        return self.likeness.label


def rank(query: str, candidates: Iterable[Candidate]) -> list[Match]:
    """Order the candidates that are truly like *query*, best first, each person once.

    Equals stand by their last contact, newest first; then by name, so that the order never changes by chance.
    """
    question = _Question(query)
    found = [match for candidate in candidates if (match := question.match(candidate)) is not None]
    found.sort(key=_order)
    best: dict[str, Match] = {}
    for match in found:
        best.setdefault(match.candidate.person, match)
    return list(best.values())


class _Question:
    """What was typed, in every form it is compared by."""

    def __init__(self, text: str) -> None:
        self.written = written(text)
        self.name = normalise(text)
        self.loose = loose_form(self.name)
        self.starts = tuple(sorted(typed_beginnings(text)))

    def match(self, candidate: Candidate) -> Match | None:
        """Return the best reason for *candidate*, or None if it was only found by a chance key."""
        if not self.name:
            return None
        if written(candidate.text) == self.written:
            return Match(candidate, Likeness.SAME, 1.0)
        names = {normalise(candidate.text), normalise(candidate.reading)} - {""}
        reasons = [reason for name in names if (reason := self._compare(name)) is not None]
        if not reasons:
            return None
        score, likeness = max(reasons)
        return Match(candidate, likeness, score)

    def _compare(self, name: str) -> tuple[float, Likeness] | None:
        likeness = self._likeness(name)
        if likeness is not None:
            return _REASONS[likeness][1], likeness
        covered = max((self._covered(start, name) for start in self.starts), default=0.0)
        return (covered, Likeness.BEGINNING) if covered else None

    def _likeness(self, name: str) -> Likeness | None:
        loose = loose_form(name)
        if name == self.name:
            return Likeness.READING
        if kana.enlarge(name) == kana.enlarge(self.name):
            return Likeness.SMALL_KANA
        if loose == self.loose:
            return Likeness.LENGTH
        if kana.unvoice(loose) == kana.unvoice(self.loose):
            return Likeness.VOICING
        # A name still being typed is not a slip; its beginning says more.
        typing = name.startswith(self.name)
        return Likeness.SLIP if not typing and one_slip_apart(self.name, name) else None

    @staticmethod
    def _covered(start: str, name: str) -> float:
        """Score a beginning: 0.3 and more the more of the name it covers, a little less where only the sound agrees."""
        loose_start, loose = loose_form(start), loose_form(name)
        if not loose.startswith(loose_start):
            return 0.0
        part = len(loose_start) / len(loose)
        return round(0.35 + 0.24 * part if name.startswith(start) else 0.3 + 0.2 * part, 3)


def _order(match: Match) -> tuple[float, int, str, str]:
    day = match.candidate.last_contact
    return -match.score, -(day.toordinal() if day else 0), match.candidate.text, match.candidate.person
