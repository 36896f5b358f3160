"""The invented people of a trial installation, as told in ``data/demo_stories.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from callcenter.domain.cases.continuity import Wish
from callcenter.domain.places import Prefecture
from callcenter.domain.records.consultations import AgeBand, Outcome, Relation, Sex, Topic


@dataclass(frozen=True, eq=False)
class Talk:
    """One call, so many days before the first start, at a clock time of Japan."""

    days_ago: int
    at: str
    by: int
    topics: tuple[Topic, ...]
    outcomes: tuple[Outcome, ...]
    story: str
    response: str
    next_step: str
    background: str = ""


@dataclass(frozen=True, eq=False)
class Character:
    """A caller with what is known of them; *family_of* puts them into the case of another nickname."""

    nickname: str
    relation: Relation
    age: AgeBand
    how_to_address: str
    talks: tuple[Talk, ...]
    reading: str = ""
    sex: Sex = Sex.UNKNOWN
    summary: str | None = None
    prefecture: Prefecture = Prefecture.UNKNOWN
    municipality: str = "unknown"
    family_of: str | None = None
    wishes: tuple[Wish, ...] = ()
    promise: str | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    """Further codes of the record, by field."""


def characters() -> tuple[Character, ...]:
    """Return everybody of the story; a code that is not on its list is a ``ValueError``."""
    text = files("callcenter").joinpath("data", "demo_stories.toml").read_text(encoding="utf-8")
    return tuple(_character(told) for told in tomllib.loads(text)["people"])


def _character(told: dict[str, Any]) -> Character:
    coded = {
        "relation": Relation(told["relation"]),
        "age": AgeBand(told["age"]),
        "sex": Sex(told.get("sex", Sex.UNKNOWN)),
        "prefecture": Prefecture(told.get("prefecture", Prefecture.UNKNOWN)),
        "wishes": tuple(Wish(code) for code in told.get("wishes", ())),
        "talks": tuple(_talk(talk) for talk in told["talks"]),
    }
    return Character(**told | coded)


def _talk(told: dict[str, Any]) -> Talk:
    coded = {
        "topics": tuple(Topic(code) for code in told["topics"]),
        "outcomes": tuple(Outcome(code) for code in told["outcomes"]),
    }
    return Talk(**told | coded)
