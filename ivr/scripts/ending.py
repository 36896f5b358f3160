"""Scripts that end a call: each reason has its own words, and every end names a way on."""

from __future__ import annotations

from dataclasses import dataclass

from twilio.twiml.voice_response import VoiceResponse

from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.announcements.speech import Announcement, Fact, speakable
from ivr import words
from ivr.changed_words import kept
from ivr.scripts.parts import Farewell, say, say_farewell, spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(Farewell):
    """The end of a call by the line; ``next_open`` and ``special`` (a closure's public reason) where they are said."""

    next_open: Phrase | None = None
    special: str = ""


def overflow(scene: Ending) -> str:
    """Return the script for a wait that reached its ceiling."""
    return _end(scene, words.C09)


def nobody(scene: Ending) -> str:
    """Return the script for a wait without any counsellor on duty."""
    return _end(scene, words.C10)


def closed_out(scene: Ending) -> str:
    """Return the script for a wait that outlasted the drain after closing."""
    return _end(scene, words.C07, next_open=scene.next_open)


def closed_special(scene: Ending) -> str:
    """Return the script for a wait that ends because the line had to close."""
    return _end(scene, words.C11, **_closure(scene))


def closure_in_words(scene: Ending) -> tuple[Phrase, ...]:
    """Return the first thing that ``closed_special`` says, for somebody who decides about a day."""
    return spoken(words.C11, **_closure(scene))


def _closure(scene: Ending) -> dict[str, Fact]:
    return {"next_open": scene.next_open, "reason": speakable(scene.special) or "都合"}


def trouble(scene: Ending) -> str:
    """Return the script for a fault of ours; it needs nothing but words."""
    return _end(scene, words.I01)


def away(scene: Ending) -> str:
    """Return the script while this machine is away; it holds no address of ours, so that it can lie anywhere."""
    twiml = VoiceResponse()
    say(twiml, words.I01)
    say(twiml, words.I07)
    say_farewell(twiml, scene)
    return str(twiml)


@kept
def bye() -> str:
    """Return the script that hangs up without a word, after two people said good-bye."""
    twiml = VoiceResponse()
    twiml.hangup()
    return str(twiml)


@kept
def dismissed() -> str:
    """Return the script for a call that its counsellor ended after two warnings."""
    twiml = VoiceResponse()
    say(twiml, words.G03)
    twiml.hangup()
    return str(twiml)


def thanks() -> str:
    """Return the script that thanks for the call and hangs up."""
    twiml = VoiceResponse()
    say(twiml, words.H01)
    twiml.hangup()
    return str(twiml)


@kept
def nothing() -> str:
    """Return the empty answer to an event."""
    return str(VoiceResponse())


def _end(scene: Ending, announcement: Announcement, **facts: Fact) -> str:
    twiml = VoiceResponse()
    say(twiml, announcement, **facts)
    say_farewell(twiml, scene)
    return str(twiml)
