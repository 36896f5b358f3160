"""What must hold for every script in every scene."""

from __future__ import annotations

import dataclasses
import re
from types import ModuleType

import pytest
from hypothesis import given

from callcenter.domain.calls.waiting import after_hearing, phrases_to_say
from ivr import words
from ivr.scripts import arrival, ending, offers, parts, room, waiting
from ivr.simulator.twiml.checker import check
from tests.unit.calls.waiters import CALLER, CAME, MINUTE, POLICY, QUEUE
from tests.unit.scripts.scenes import GREETING, MUSIC, Made, captions, documents, parse

MODULES = (arrival, ending, offers, parts, room, waiting)
FIELDS = {
    "url": {
        "wait_url",
        "leave_url",
        "key_url",
        "news_url",
        "after_url",
        "again_url",
        "music_url",
        "short_url",
        "long_url",
    },
    "opaque": {"name", "leg", "queue"},
    "facts": {
        "next_open",
        "opens_at",
        "close_time",
        "holiday",
        "special",
        "disaster",
        "new_year_from",
        "new_year_to",
        "service",
        "other_line",
        "reason",
    },
    "choices": {
        "phrases",
        "music",
        "lost",
        "waited",
        "whisper",
        "key",
        "minutes",
        "first",
        "seconds",
        "transfer",
        "again",
        "flagged",
    },
}


@given(documents)
def test_every_document_passes_the_strict_checker(made: Made) -> None:
    context, document = made
    assert check(document, context) == []


@given(documents)
def test_every_document_survives_utf_8_and_speaks_with_the_one_voice(made: Made) -> None:
    for say in parse(made[1]).iter("Say"):
        assert say.attrib == {"voice": parts.VOICE.name, "language": "ja-JP"}
        assert "".join(say.itertext()).endswith("。")


@given(documents)
def test_no_document_records_anybody(made: Made) -> None:
    assert "record" not in made[1].lower()


@given(documents)
def test_wherever_another_line_is_named_danger_to_life_came_before(made: Made) -> None:
    context, document = made
    said = captions(document)
    for at, one in enumerate(said):
        if "よりそい" in one and (context, at) != ("wait", 0):  # there it came in the document before
            assert "119番" in said[at - 1]


@pytest.mark.parametrize("heard", [frozenset[str](), frozenset({"danger", "other_line"})])
def test_who_waits_hears_of_danger_to_life_in_the_document_before_another_line_at_the_latest(
    heard: frozenset[str],
) -> None:
    in_vain = dataclasses.replace(QUEUE, coming=0, now=CAME + MINUTE)
    caller, rounds = dataclasses.replace(CALLER, phrases_heard=heard), list[list[str]]()
    for _ in range(2):
        phrases = waiting.fit(phrases_to_say(caller, in_vain, POLICY))
        rounds.append(captions(waiting.wait(waiting.Wait(phrases, MUSIC))))
        caller = after_hearing(caller, phrases, in_vain.now)
    before, other_line = rounds
    assert "119番" in before[-1]
    assert "よりそい" in other_line[0]


def scenes(module: ModuleType) -> list[type]:
    return [thing for thing in vars(module).values() if isinstance(thing, type) and dataclasses.is_dataclass(thing)]


@pytest.mark.parametrize("module", MODULES)
def test_no_scene_has_a_place_for_a_callers_number_or_name(module: ModuleType) -> None:
    known = set().union(*FIELDS.values())
    for scene in scenes(module):
        if scene.__module__ == module.__name__ and scene is not parts.Voice:
            assert {field.name for field in dataclasses.fields(scene)} <= known, scene


@pytest.mark.parametrize("module", MODULES)
def test_every_scene_is_frozen(module: ModuleType) -> None:
    for scene in scenes(module):
        assert scene.__dataclass_params__.frozen, scene  # type: ignore[attr-defined]  # typeshed keeps it private


@pytest.mark.parametrize(
    "url",
    [
        "/ivr/voice/key",
        "line.example.jp/key",
        "ftp://line.example.jp/",
        "https://line.example.jp/番号",
        "https://line.example.jp/?from=+81312345678",
        "https://line.example.jp/?from=%2B81312345678",
        "https://user@line.example.jp/",
        "https://line.example.jp/ key",
        "",
    ],
)
def test_an_address_that_is_relative_or_may_name_somebody_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="opaque ids only"):
        waiting.greeting(dataclasses.replace(GREETING, key_url=url))


def test_no_announcement_of_ours_names_an_address_or_a_printed_number() -> None:
    for phrase in words.BY_NAME.values():
        assert not re.search(r"https?|\d{4}", phrase.text)
