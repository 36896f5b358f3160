"""What several scripts share: the voice, spoken ends, entering the queue, and the check of addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from twilio.twiml.voice_response import SsmlSub, VoiceResponse

from callcenter.domain.announcements import readings
from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.announcements.speech import Announcement, Fact, seconds
from callcenter.domain.calendar.times import minutes_phrase
from ivr import changed_words, words
from ivr.changed_words import KEPT


@dataclass(frozen=True, slots=True)
class Voice:
    """The speaking voice: name, language and rate."""

    name: str
    language: str
    rate: float


VOICE = Voice("Polly.Kazuha-Neural", "ja-JP", 0.9)
"""The one voice of the line; a voice and a language that do not belong together fail only while a call runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """What every spoken end needs: the other line, with its number as printed."""

    other_line: str = words.OTHER_LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Queueing(Farewell):
    """How to enter the queue: its name, and the addresses for waiting and leaving."""

    queue: str
    wait_url: str
    leave_url: str


@dataclass(frozen=True, slots=True)
class Whisper:
    """What a counsellor may know beforehand: the pressed key and the whole minutes waited."""

    key: str | None
    minutes: int
    flagged: bool = False
    """The number bears a mark; nobody is told why."""

    @property
    def facts(self) -> dict[str, Fact]:
        """Return the facts for D02; of a key that was not pressed nothing is said."""
        waited = minutes_phrase(self.minutes) if self.minutes else Phrase("1分未満", "いっぷん みまん")
        return {"key_hint": words.KEY_HINTS.get(self.key or ""), "waited": waited}


def say(parent: Any, announcement: Announcement, **facts: Fact) -> None:
    """Let *parent* (a response or a gather) speak *announcement*; nothing if no sentence is left."""
    said = changed_words.now()[announcement]
    if said.sound is not None:
        parent.play(address(said.sound.url))
        return
    pieces = _pieces(said, **facts)
    if not pieces:
        return
    body = parent.say(voice=VOICE.name, language=VOICE.language).prosody(rate=f"{VOICE.rate:.0%}")
    for piece in pieces:
        body.nest(piece.text if piece.text == piece.reading else SsmlSub(piece.text, alias=piece.reading))


def length(announcement: Announcement, **facts: Fact) -> float:
    """Return the estimated seconds that ``say`` would speak; those of a recording are known."""
    said = changed_words.now()[announcement]
    return said.sound.seconds if said.sound is not None else seconds(_pieces(said, **facts), VOICE.rate)


def say_farewell(twiml: VoiceResponse, scene: Farewell) -> None:
    """Name the way out of a danger to life, then one other line, and hang up."""
    say(twiml, words.B10)
    other_line(twiml, scene)
    twiml.hangup()


def other_line(twiml: VoiceResponse, scene: Farewell) -> None:
    """Name the one other line, its number twice."""
    say(twiml, words.B09, other_line=readings.digits(scene.other_line))


def enter_queue(twiml: VoiceResponse, scene: Queueing) -> None:
    """Queue the caller; what follows is heard only if the queue itself fails."""
    twiml.enqueue(
        scene.queue,
        action=address(scene.leave_url),
        method="POST",
        wait_url=address(scene.wait_url),
        wait_url_method="POST",
    )
    say(twiml, words.I01)
    say_farewell(twiml, scene)


def address(url: str) -> str:
    """Return *url* if Twilio can reach it and it names nobody; ``ValueError`` otherwise."""
    if not re.fullmatch(r"https?://[\x21-\x7e]+", url) or re.search(r"\+|%2b|@", url, re.IGNORECASE):
        raise ValueError("an address for Twilio is absolute, plain ASCII and holds opaque ids only")
    return url


def spoken(announcement: Announcement, **facts: Fact) -> tuple[Phrase, ...]:
    """Return what ``say`` speaks, in pieces."""
    return _pieces(changed_words.now()[announcement], **facts)


@lru_cache(KEPT)
def _pieces(said: Announcement, **facts: Fact) -> tuple[Phrase, ...]:
    return said.spoken(words.READINGS, {"service": words.SERVICE} | facts)
