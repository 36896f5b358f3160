"""Scripts for a counsellor's telephone when a call is offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twilio.twiml.voice_response import VoiceResponse

from ivr import words
from ivr.scripts.parts import Whisper, address, say

KEY_TIMEOUT = 8
"""Seconds to press 1; an answering machine never does, so it never gets a caller."""


@dataclass(frozen=True, slots=True)
class Screen:
    """The question on a counsellor's telephone that was picked up; ``key_url`` takes the key."""

    key_url: str
    whisper: Whisper | None
    """None if it is a colleague who asks, not a caller."""


def screen(scene: Screen) -> str:
    """Return the script that says what is offered and asks for a 1."""
    twiml = VoiceResponse()
    keys = _asked(twiml, scene.key_url)
    if scene.whisper is None:
        say(keys, words.D09)
    else:
        say(keys, words.D02, **scene.whisper.facts)
        if scene.whisper.flagged:
            say(keys, words.D12)
    say(keys, words.D10)
    return _answered_or_not(twiml, scene.key_url)


def ask_to_listen(key_url: str, *, summoned: bool = False) -> str:
    """Return the script that asks a supervisor for a 1, so that no answering machine listens.

    One who is *summoned* by a counsellor hears that, and may also press 2.
    """
    twiml = VoiceResponse()
    say(_asked(twiml, key_url), words.D13 if summoned else words.D11)
    return _answered_or_not(twiml, key_url)


def _asked(twiml: VoiceResponse, key_url: str) -> Any:
    """Return the question that takes one key; what it says may be cut short by it."""
    return twiml.gather(
        input="dtmf",
        num_digits=1,
        timeout=KEY_TIMEOUT,
        finish_on_key="",
        action=address(key_url),
        method="POST",
    )


def _answered_or_not(twiml: VoiceResponse, key_url: str) -> str:
    """Return the script; where no key came the same address hears of it, so that it is no hanging-up."""
    twiml.redirect(address(key_url), method="POST")
    return str(twiml)


def talk_over() -> str:
    """Return the script for a supervisor whose talk ended before they came."""
    twiml = VoiceResponse()
    say(twiml, words.D00_OVER)
    twiml.hangup()
    return str(twiml)


def lost(*, gone: bool = False, taken: bool = False) -> str:
    """Return the script for a counsellor who came too late: somebody else has *taken* the call, or it is *gone*."""
    twiml = VoiceResponse()
    say(twiml, words.D00_GONE if gone else words.D00_TAKEN if taken else words.D00)
    twiml.hangup()
    return str(twiml)


def one_moment(again_url: str) -> str:
    """Return the script by which a counsellor who picked up waits a moment and asks again."""
    twiml = VoiceResponse()
    twiml.pause(length=2)
    twiml.redirect(address(again_url), method="POST")
    return str(twiml)


def seen() -> str:
    """Return the script for a supervisor who says that they have seen that they are called."""
    twiml = VoiceResponse()
    say(twiml, words.D14)
    twiml.hangup()
    return str(twiml)


def declined() -> str:
    """Return the script that ends the leg of a counsellor who does not take the call."""
    twiml = VoiceResponse()
    twiml.hangup()
    return str(twiml)
