"""Scripts of the talk room: one conference per call, ended only by the caller's leaving."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twilio.twiml.voice_response import VoiceResponse

from callcenter.domain.announcements.speech import Announcement
from ivr import words
from ivr.changed_words import kept
from ivr.scripts.parts import Whisper, address, say

REGION = "jp1"
"""Where the voices are mixed."""
NEWS = "start end join leave mute hold modify announcement"
"""The conference events we are told of."""
CALLER = "caller"
"""The caller's label; a counsellor's is made from the leg."""

HOLD_LOOPS = 3
"""Times the music of twenty seconds is played between two words: a minute."""
HOLD_ROUNDS = 10

ANNOUNCEMENTS = {one.code: one for one in (words.F01, words.F02, words.F03, words.G01, words.G02, words.D06, words.D15)}
"""What a leg in the room can be told by its code."""

_UUID = r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room under an opaque name, with the addresses for its events, its music and for leaving."""

    name: str
    news_url: str
    wait_url: str
    after_url: str

    def __post_init__(self) -> None:
        if not re.fullmatch(f"hl-{_UUID}", self.name):
            raise ValueError("a room's name is hl- and a UUID: names are shown to the telephone company")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller(Room):
    """The caller's way in; ``waited`` if they were in the queue for more than a moment."""

    waited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsellor(Room):
    """A counsellor's way in, by the id of the leg; only the counsellor hears ``whisper``."""

    leg: str
    whisper: Whisper | None = None

    def __post_init__(self) -> None:
        Room.__post_init__(self)
        if not re.fullmatch(_UUID, self.leg):
            raise ValueError("a leg's id is a UUID: labels are shown to the telephone company")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener(Room):
    """A supervisor's way in, by the id of the leg."""

    leg: str

    def __post_init__(self) -> None:
        Room.__post_init__(self)
        if not re.fullmatch(_UUID, self.leg):
            raise ValueError("a leg's id is a UUID: labels are shown to the telephone company")


@dataclass(frozen=True, slots=True)
class RoomMusic:
    """Music for somebody alone in the room; ``again_url`` is fetched after it."""

    music_url: str
    again_url: str
    first: Announcement | None = None
    """What is said before the music."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A caller on hold: the music, and this document again without its first words."""

    music_url: str
    again_url: str
    transfer: bool = False
    again: bool = False


def caller(scene: Caller) -> str:
    """Return the script that lets the caller into the room, which ends when they leave."""
    twiml = VoiceResponse()
    if scene.waited:
        say(twiml, words.D01)
    _enter(twiml, scene, label=CALLER, ends_the_room=True)
    return str(twiml)


def counsellor(scene: Counsellor) -> str:
    """Return the script that lets a counsellor into the room; the caller stays when they leave."""
    twiml = VoiceResponse()
    if scene.whisper is not None:
        say(twiml, words.D02, **scene.whisper.facts)
    _enter(twiml, scene, label=f"c-{scene.leg}", ends_the_room=False)
    return str(twiml)


def listener(scene: Listener) -> str:
    """Return the script that lets a supervisor into the room, muted; they neither start nor end it."""
    twiml = VoiceResponse()
    _enter(twiml, scene, label=f"s-{scene.leg}", ends_the_room=False, heard=False)
    return str(twiml)


@kept
def waiting(scene: RoomMusic) -> str:
    """Return soft music until the other one is there; a room's wait document does not repeat by itself."""
    twiml = VoiceResponse()
    if scene.first is not None:
        say(twiml, scene.first)
    twiml.play(address(scene.music_url))
    twiml.redirect(address(scene.again_url), method="POST")
    return str(twiml)


@kept
def hold(scene: Hold) -> str:
    """Return the script of a hold: music, and from time to time that the line stays open.

    One document lasts for ten minutes, so that nothing of ours has to be alive meanwhile.
    """
    twiml = VoiceResponse()
    if not scene.again:
        say(twiml, words.D03 if scene.transfer else words.D04)
    for number in range(HOLD_ROUNDS):
        if number or scene.again:
            say(twiml, words.D05)
        twiml.play(address(scene.music_url), loop=HOLD_LOOPS)
    twiml.redirect(address(scene.again_url), method="POST")
    return str(twiml)


@kept
def spoken(code: str) -> str:
    """Return one announcement for a leg in the room; ``KeyError`` for one that nobody may play."""
    twiml = VoiceResponse()
    say(twiml, ANNOUNCEMENTS[code])
    return str(twiml)


def _enter(twiml: VoiceResponse, scene: Room, *, label: str, ends_the_room: bool, heard: bool = True) -> None:
    """Write the leg's way in; all legs name the same event address, as the first one's counts for all."""
    silent = {} if heard else {"muted": True}
    dial = twiml.dial(action=address(scene.after_url), method="POST")
    dial.conference(
        scene.name,
        start_conference_on_enter=heard,
        end_conference_on_exit=ends_the_room,
        beep="false",
        participant_label=label,
        region=REGION,
        wait_url=address(scene.wait_url),
        wait_method="POST",
        status_callback=address(scene.news_url),
        status_callback_method="POST",
        status_callback_event=NEWS,
        **silent,
    )
