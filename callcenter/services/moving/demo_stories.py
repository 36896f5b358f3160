"""The invented callers of a trial installation, read from ``data/demo_stories.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from callcenter.domain.cases.continuity import Wish
from callcenter.domain.places import Prefecture
from callcenter.domain.records.record_codes import AgeBand, Outcome, Relation, Sex, Topic


@dataclass(frozen=True, eq=False)
class Talk:
    """One invented call, so many days before the first start, at a clock time of Japan."""

    days_ago: int
    at: str
    by: int
    topics: tuple[Topic, ...]
    outcomes: tuple[Outcome, ...]
    story: str
    response: str
    next_step: str
    background: str


@dataclass(frozen=True, eq=False)
class Character:
    """An invented caller; *family_of* puts them into the case of another nickname."""

    nickname: str
    relation: Relation
    age: AgeBand
    how_to_address: str
    talks: tuple[Talk, ...]
    reading: str
    sex: Sex
    summary: str | None
    prefecture: Prefecture
    municipality: str
    family_of: str | None
    wishes: tuple[Wish, ...]
    promise: str | None
    known: Mapping[str, str]
    """Further codes of the record, by field."""


def characters() -> tuple[Character, ...]:
    """Return every invented caller; an unknown code is a ``ValueError``."""
    text = files("callcenter").joinpath("data", "demo_stories.toml").read_text(encoding="utf-8")
    return tuple(_character(told) for told in tomllib.loads(text)["people"])


def _character(told: dict[str, Any]) -> Character:
    return Character(
        nickname=told["nickname"],
        relation=Relation(told["relation"]),
        age=AgeBand(told["age"]),
        how_to_address=told["how_to_address"],
        talks=tuple(_talk(talk) for talk in told["talks"]),
        reading=told.get("reading", ""),
        sex=Sex(told.get("sex", Sex.UNKNOWN)),
        summary=told.get("summary"),
        prefecture=Prefecture(told.get("prefecture", Prefecture.UNKNOWN)),
        municipality=told.get("municipality", "unknown"),
        family_of=told.get("family_of"),
        wishes=tuple(Wish(code) for code in told.get("wishes", ())),
        promise=told.get("promise"),
        known=told.get("known", {}),
    )


def _talk(told: dict[str, Any]) -> Talk:
    return Talk(
        days_ago=told["days_ago"],
        at=told["at"],
        by=told["by"],
        topics=tuple(Topic(code) for code in told["topics"]),
        outcomes=tuple(Outcome(code) for code in told["outcomes"]),
        story=told["story"],
        response=told["response"],
        next_step=told["next_step"],
        background=told.get("background", ""),
    )
