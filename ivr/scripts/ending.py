"""How the line ends a call: each reason has its own words, and no end leaves a caller without a way on."""

from __future__ import annotations

from dataclasses import dataclass

from twilio.twiml.voice_response import VoiceResponse

from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.announcements.speech import Announcement, Fact, speakable
from ivr import words
from ivr.scripts.parts import Farewell, say, say_farewell, spoken
from ivr.wording import kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(Farewell):
    """A call that the line ends; ``next_open`` and ``special`` (a closure's public reason) where they are said."""

    next_open: Phrase | None = None
    special: str = ""


def overflow(scene: Ending) -> str:
    """End a wait that reached its ceiling."""
    return _end(scene, words.C09)


def nobody(scene: Ending) -> str:
    """End a wait for counsellors who are not there."""
    return _end(scene, words.C10)


def closed_out(scene: Ending) -> str:
    """End a wait that outlasted the time after closing."""
    return _end(scene, words.C07, next_open=scene.next_open)


def closed_special(scene: Ending) -> str:
    """End a wait because the line had to close."""
    return _end(scene, words.C11, **_closure(scene))


def closure_in_words(scene: Ending) -> tuple[Phrase, ...]:
    """Return the first thing that ``closed_special`` says, for somebody who decides about a day."""
    return spoken(words.C11, **_closure(scene))


def _closure(scene: Ending) -> dict[str, Fact]:
    return {"next_open": scene.next_open, "reason": speakable(scene.special) or "都合"}


def trouble(scene: Ending) -> str:
    """Apologise for a fault of ours; needs nothing but words, so that it works when all else fails."""
    return _end(scene, words.I01)


def away(scene: Ending) -> str:
    """Apologise while this whole machine is away: no address of ours, so that it can lie anywhere."""
    twiml = VoiceResponse()
    say(twiml, words.I01)
    say(twiml, words.I07)
    say_farewell(twiml, scene)
    return str(twiml)


@kept
def bye() -> str:
    """Hang up without a word, after two people have said good-bye."""
    twiml = VoiceResponse()
    twiml.hangup()
    return str(twiml)


@kept
def dismissed() -> str:
    """End a call that its counsellor had to end after two warnings."""
    twiml = VoiceResponse()
    say(twiml, words.G03)
    twiml.hangup()
    return str(twiml)


def thanks() -> str:
    """Thank for the call and hang up."""
    twiml = VoiceResponse()
    say(twiml, words.H01)
    twiml.hangup()
    return str(twiml)


@kept
def nothing() -> str:
    """Answer news that asks for no answer."""
    return str(VoiceResponse())


def _end(scene: Ending, announcement: Announcement, **facts: Fact) -> str:
    twiml = VoiceResponse()
    say(twiml, announcement, **facts)
    say_farewell(twiml, scene)
    return str(twiml)
