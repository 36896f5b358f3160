"""Ranking nicknames found by a key: how like the typed name they are, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from callcenter.domain.names import kana
from callcenter.domain.names.nickname_cues import MISS, NO_CUES, Cues
from callcenter.domain.names.nicknames import (
    HEARD,
    Key,
    letters,
    loose_form,
    normalise,
    one_slip_apart,
    query_keys,
    share_enough,
    split_reading,
    strict_forms,
    typed_beginnings,
    written,
)


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
        """Return the reason in the words of the screen."""
        return _REASONS[self][0]


_REASONS = {
    Likeness.SAME: ("同じ", 1.0),
    Likeness.READING: ("読みが同じ", 0.95),
    Likeness.SMALL_KANA: ("小さい字の違い", 0.88),
    Likeness.LENGTH: ("長さの違い", 0.85),
    Likeness.VOICING: ("濁点の違い", 0.75),
    Likeness.SLIP: ("1字違い", 0.6),
    Likeness.BEGINNING: ("はじめが同じ", 0.3),
}
"""Label and score; a beginning scores more the more of the name it covers, but less than a whole name."""

NEAR_SLIP, FINGER_SLIP, FAINT_SLIP = 0.65, 0.56, 0.2
"""A slip in a sound alone (と, こ), one that only shows in Latin letters, and one that leaves hardly anything alike."""

OF_ONE_NAME, PART_OF_ONE_NAME = 6, 2 / 3
"""So many people, and at most this part of a list, go by the very name that was said while other names are like it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person found by one of their nicknames; a list may hold the same person more than once."""

    person: str
    text: str
    reading: str = ""
    last_contact: date | None = None
    known: Cues = NO_CUES
    form: str = ""
    """The strict form they were found by; empty to compare both that the name has."""


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate with the reason for it and a score from 0 to 1."""

    candidate: Candidate
    likeness: Likeness
    form: str
    """The strict form by which the name is like the question."""
    score: float
    agreeing: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Return the reason in the words of the screen, such as 「読みが同じ」."""
        return self.likeness.label


def rank(question: str | Question, candidates: Iterable[Candidate], cues: Cues = NO_CUES) -> list[Match]:
    """Return the candidates that are really like *question*, best first, each person once.

    Of equals, each name's newest contact stands before any name's second; then by last contact, newest
    first; then by name, so that the order never changes by chance.
    """
    asked = Question(question) if isinstance(question, str) else question
    said = cues if cues.given else None
    found = [match for candidate in candidates if (match := asked.match(candidate, said)) is not None]
    found.sort(key=_order)
    best: dict[str, Match] = {}
    for match in found:
        best.setdefault(match.candidate.person, match)
    taken = Counter[tuple[str, float]]()
    places = []
    for match in best.values():
        # People of the very name that was said all belong together; of names a slip away, no one shall hide another.
        alike = (match.form, match.score)
        places.append((-match.score, taken[alike] if match.likeness is Likeness.SLIP else 0, _order(match), match))
        taken[alike] += 1
    return [match for *_place, match in sorted(places, key=lambda place: place[:3])]


def spread(matches: Sequence[Match], limit: int, said: str) -> list[Match]:
    """Return *limit* matches in which no single name crowds out the others.

    Those of the strict form *said* come to a fixed number; each other name is stood for by its first. Whatever place
    is left then goes to the rest, in their order.
    """
    most, taken = max(1, min(OF_ONE_NAME, int(limit * PART_OF_ONE_NAME))), Counter[str]()
    kept, over = list[tuple[int, Match]](), list[tuple[int, Match]]()
    for place, match in enumerate(matches):
        taken[match.form] += 1
        (kept if taken[match.form] <= (most if match.form == said else 1) else over).append((place, match))
    shown = kept[:limit] + over[: max(0, limit - len(kept))]
    return [match for _place, match in sorted(shown, key=lambda one: one[0])]


class Question:
    """What was typed, in every form it is compared by; a reading behind it in brackets is a question of its own."""

    def __init__(self, typed: str) -> None:
        text, reading = split_reading(typed)
        self.readings = {normalise(reading): Question(reading)} if reading else {}
        self.text = text
        self.written = written(text)
        self.name = normalise(text)
        self.loose = loose_form(self.name)
        self.unvoiced = kana.unvoice(self.loose)
        self.letters = letters(self.name)
        self.starts = tuple(sorted(typed_beginnings(text)))

    def match(self, candidate: Candidate, cues: Cues | None) -> Match | None:
        """Return the best reason for *candidate*, or None if only a chance key found it."""
        if not self.name:
            return None
        forms = strict_forms(candidate.text, candidate.reading)
        if candidate.form and candidate.form not in forms:  # older rules spelt it so; the index is being built anew
            forms |= {candidate.form}
        reasons = [(*said, form) for form in forms if (said := self.like(form))]
        if not reasons:
            return None
        score, likeness, form = max(reasons)
        if written(split_reading(candidate.text)[0]) == self.written:
            score, likeness = _REASONS[Likeness.SAME][1], Likeness.SAME
        if cues is None:
            return Match(candidate, likeness, form, score)
        score = round(score * MISS ** cues.misses(candidate.known), 3)
        return Match(candidate, likeness, form, score, cues.agreeing(candidate.known))

    def read_as(self, readings: Iterable[str]) -> None:
        """Look also for people whose names are read so, as others are who write theirs as it was typed."""
        self.readings |= {read: Question(read) for reading in readings if (read := normalise(reading)) != self.name}

    def keys(self) -> frozenset[Key]:
        """Return the keys by which forms that may be like it are found."""
        return query_keys(self.text).union(*(reading.keys() for reading in self.readings.values()))

    def like(self, form: str) -> tuple[float, Likeness] | None:
        """Return how like a strict form is, and why; None if it is not."""
        likes = (self._like(form), *(reading.like(form) for reading in self.readings.values()))
        return max(filter(None, likes), default=None)

    def _like(self, form: str) -> tuple[float, Likeness] | None:
        if form == self.name:
            return _said(Likeness.READING)
        loose = loose_form(form)
        if kana.enlarge(form) == kana.enlarge(self.name):
            return _said(Likeness.SMALL_KANA)
        if loose == self.loose:
            return _said(Likeness.LENGTH)
        if kana.unvoice(loose) == self.unvoiced:
            return _said(Likeness.VOICING)
        covered = max((self._covered(start, form, loose) for start in self.starts), default=0.0)
        # A name still being typed is not a slip; its beginning says more.
        slip = 0.0 if form.startswith(self.name) else self._slip(form)
        if slip > covered:
            return slip, Likeness.SLIP
        return (covered, Likeness.BEGINNING) if covered else None

    def _slip(self, form: str) -> float:
        fingers = one_slip_apart(self.letters, letters(form))
        if min(len(self.name), len(form)) >= HEARD and one_slip_apart(self.name, form):
            if not share_enough(self.name, form):
                return FAINT_SLIP + 0.05 * fingers
            return NEAR_SLIP if fingers else _REASONS[Likeness.SLIP][1]
        return FINGER_SLIP if fingers and min(len(self.letters), len(letters(form))) > len("abcd") else 0.0

    @staticmethod
    def _covered(start: str, form: str, loose: str) -> float:
        """Return the score of a beginning: 0.3 and more, by how much of the name it covers."""
        loose_start = loose_form(start)
        if not loose.startswith(loose_start):
            return 0.0
        part = len(loose_start) / len(loose)
        return round(0.35 + 0.24 * part if form.startswith(start) else 0.3 + 0.2 * part, 3)


def _said(likeness: Likeness) -> tuple[float, Likeness]:
    return _REASONS[likeness][1], likeness


def _order(match: Match) -> tuple[float, int, str, str]:
    day = match.candidate.last_contact
    return -match.score, -(day.toordinal() if day else 0), match.candidate.text, match.candidate.person
