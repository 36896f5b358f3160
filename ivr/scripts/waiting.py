"""Scripts of the queue; each document is short and ends by asking what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from twilio.twiml.voice_response import Gather, VoiceResponse

from callcenter.domain.announcements import readings
from callcenter.domain.announcements.speech import Announcement, Fact, speakable
from callcenter.domain.calls.waiting import WaitPhrases
from callcenter.domain.cases.continuity import CODE_DIGITS
from callcenter.domain.staff.roles import Contact
from ivr import words
from ivr.changed_words import kept
from ivr.scripts.parts import Queueing, address, enter_queue, length, say

LONGEST = 20.0
"""Seconds a wait document may last: so long may a caller who should move on be kept."""
LATE = 3.0
"""Seconds by which a document may begin later than the one before it ended."""
SHORT_MUSIC = 8.0
"""Seconds of ``static/audio/wait-8.wav``."""
LONG_MUSIC = 15.0
"""Seconds of ``static/audio/wait-15.wav``."""
MINUTE = 60
CODE_TIMEOUT = 5
"""Seconds of patience for a 呼び番号, and from digit to digit."""
KEY_TIMEOUT = 2
"""Seconds of patience for a key after the greeting."""

BEFORE_THE_PLACE = {
    "nobody": words.C14,
    "danger": words.B10,
    "other_line": words.C15,
    "crowded": words.C12,
    "near_close": words.C08,
    "closing": words.C06,
    "care": words.A02,
}
AFTER_THE_PLACE = {"apology": words.C04, "code": words.C13, "still": words.D05}
"""The phrases of a round of waiting by their field, in the order in which they are said."""
OTHER_LINE: dict[str, Fact] = {"other_line": readings.digits(words.OTHER_LINE)}


@dataclass(frozen=True, slots=True)
class Greeting:
    """The greeting in the queue; ``key_url`` takes the key, or that there was none, ``again_url`` is asked after it."""

    key_url: str
    again_url: str
    service: str = words.SERVICE


@dataclass(frozen=True, slots=True)
class Music:
    """The addresses of the two pieces of waiting music, and of what comes after them."""

    short_url: str
    long_url: str
    again_url: str


@dataclass(frozen=True, slots=True)
class Wait:
    """One round of waiting: the phrases to say, and the music."""

    phrases: WaitPhrases
    music: Music
    key_url: str = ""
    """Where a 呼び番号 goes."""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """One round of waiting while the database is away; ``seconds`` have passed in the queue."""

    music: Music
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeue(Queueing):
    """The return of a caller to the queue whose counsellor's browser or telephone was lost."""

    lost: Contact


@kept
def greeting(scene: Greeting) -> str:
    """Return the greeting with its keys; nobody has to press one, and a key interrupts it."""
    twiml = VoiceResponse()
    keys = twiml.gather(
        input="dtmf",
        num_digits=1,
        timeout=KEY_TIMEOUT,
        finish_on_key="",
        action=address(scene.key_url),
        method="POST",
        action_on_empty_result=True,
    )
    say(keys, words.A01, service=speakable(scene.service))
    say(keys, words.A04)
    return _and_again(twiml, scene.again_url)


@kept
def fit(phrases: WaitPhrases) -> WaitPhrases:
    """Return those of *phrases* that one document has room for; the rest is said in a later one.

    The greeting stands alone: it has a document of its own.
    """
    if phrases.greeting:
        return WaitPhrases(greeting=True)
    left = LONGEST
    chosen = WaitPhrases()
    for part, announcement, facts in _phrases_in_order(phrases):
        needed = _needed(part, announcement, **facts)
        if needed <= left:
            left -= needed
            chosen = replace(chosen, **{part: getattr(phrases, part)})
    return replace(chosen, moved_up=phrases.moved_up) if chosen.position is not None else chosen


@kept
def wait(scene: Wait) -> str:
    """Return the script that says what fits, then plays the longest piece that fits behind it."""
    twiml = VoiceResponse()
    left = LONGEST
    for part, announcement, facts in _phrases_in_order(fit(scene.phrases)):
        say(_for_code(twiml, scene) if part == "code" else twiml, announcement, **facts)
        left -= _needed(part, announcement, **facts)
    _play(twiml, scene.music, left)
    return _and_again(twiml, scene.music.again_url)


@kept
def meanwhile(scene: Meanwhile) -> str:
    """Return music, at first and each minute with the words that the line is not dead; needs no database."""
    twiml = VoiceResponse()
    said = None
    if scene.seconds < SHORT_MUSIC:
        said = words.D04
    elif scene.seconds >= MINUTE and scene.seconds % MINUTE < LONG_MUSIC + LATE:  # so that no minute is stepped over
        said = words.D05
    if said is not None:
        say(twiml, said)
    _play(twiml, scene.music, LONGEST - (length(said) if said is not None else 0))
    return _and_again(twiml, scene.music.again_url)


def _and_again(twiml: VoiceResponse, url: str) -> str:
    """End a wait document by asking what comes next; that Twilio asks by itself is not promised for every document."""
    twiml.redirect(address(url), method="POST")
    return str(twiml)


def _play(twiml: VoiceResponse, music: Music, left: float) -> None:
    """Play the longest piece that fits into the seconds *left*, if any does."""
    if left >= LONG_MUSIC:
        twiml.play(address(music.long_url))
    elif left >= SHORT_MUSIC:
        twiml.play(address(music.short_url))


@kept
def step_out() -> str:
    """Return the script that takes the caller out of the queue; its action says where to."""
    twiml = VoiceResponse()
    twiml.leave()
    return str(twiml)


def requeue(scene: Requeue) -> str:
    """Return the script that says what happened to the talk, and queues the caller again."""
    twiml = VoiceResponse()
    say(twiml, words.I05 if scene.lost == Contact.BROWSER else words.I06)
    enter_queue(twiml, scene)
    return str(twiml)


def _phrases_in_order(phrases: WaitPhrases) -> Iterator[tuple[str, Announcement, dict[str, Fact]]]:
    """Yield what is to be said, in order: the field it comes from, the announcement and its facts."""
    for part, announcement in BEFORE_THE_PLACE.items():
        if getattr(phrases, part):
            yield part, announcement, OTHER_LINE if part == "other_line" else {}
    if phrases.position is not None:
        yield "position", *_position(phrases.position, moved_up=phrases.moved_up)
    for part, announcement in AFTER_THE_PLACE.items():
        if getattr(phrases, part):
            yield part, announcement, {}


def _needed(part: str, announcement: Announcement, **facts: Fact) -> float:
    """Return the seconds that a phrase takes, with the time for an answer where it asks for one."""
    return length(announcement, **facts) + (CODE_TIMEOUT if part == "code" else 0)


def _for_code(twiml: VoiceResponse, scene: Wait) -> Gather:
    """Listen for four digits; without any the document goes on."""
    return twiml.gather(
        input="dtmf",
        num_digits=CODE_DIGITS,
        timeout=CODE_TIMEOUT,
        finish_on_key="",
        action=address(scene.key_url),
        method="POST",
    )


def _position(place: int, *, moved_up: bool) -> tuple[Announcement, dict[str, Fact]]:
    if place == 1:
        return words.C03, {}
    return words.C02 if moved_up else words.C01, {"position": readings.position(place)}
