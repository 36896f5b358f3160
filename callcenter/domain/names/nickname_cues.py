"""What a caller says beside the name, and how well it fits what is known of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from callcenter.domain.records.record_codes import AgeBand, Relation

UNKNOWN = "unknown"
MISS = 0.7
"""A score is so much less for each miss: one where nothing is known or the answer is near, two for a contradiction."""


@dataclass(frozen=True, slots=True)
class Cues:
    """What was said beside the name, as codes; ``counsellor`` is a staff id, 不明 says nothing."""

    relation: str = UNKNOWN
    age_band: str = UNKNOWN
    prefecture: str = UNKNOWN
    topic: str = UNKNOWN
    """Of the last consultation in which one was noted."""
    counsellor: str = UNKNOWN
    """Who had the last consultation."""

    @property
    def given(self) -> Mapping[str, str]:
        """Return what was said, by name."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in told.items() if value not in ("", UNKNOWN)}

    def misses(self, known: Cues) -> int:
        """Return how far *known* is from what was said; 0 if all of it agrees."""
        return sum(_misses(name, value, getattr(known, name)) for name, value in self.given.items())

    def agreeing(self, known: Cues) -> tuple[str, ...]:
        """Return what agrees, in the words of the screen."""
        return tuple(LABELS[name] for name, value in self.given.items() if getattr(known, name) == value)


NO_CUES = Cues()

LABELS = {
    "relation": "続柄",
    "age_band": "年代",
    "prefecture": "お住まい",
    "topic": "前回の話題",
    "counsellor": "前回の相談員",
}


def near(name: str, value: str) -> frozenset[str]:
    """Return the values that may mean the same: the next age band, and a parent of two."""
    if name == "age_band":
        bands = [band.value for band in AgeBand if band is not AgeBand.UNKNOWN]
        place = bands.index(value) if value in bands else None
        return frozenset() if place is None else frozenset(bands[max(0, place - 1) : place + 2]) - {value}
    if name == "relation":
        return _PARENTS.get(value, frozenset())
    return frozenset()


_PARENTS: Mapping[str, frozenset[str]] = {
    Relation.PARENTS.value: frozenset({Relation.MOTHER.value, Relation.FATHER.value}),
    Relation.MOTHER.value: frozenset({Relation.PARENTS.value}),
    Relation.FATHER.value: frozenset({Relation.PARENTS.value}),
}


def _misses(name: str, said: str, known: str) -> int:
    if known == said:
        return 0
    return 1 if known in ("", UNKNOWN) or known in near(name, said) else 2
