"""Scenes for the tests of the telephone's scripts, and how a document is read there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from xml.etree import ElementTree

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from callcenter.domain.announcements import readings
from callcenter.domain.calendar.hours import Reason
from callcenter.domain.calendar.times import clock_phrase, next_open_phrase
from callcenter.domain.calls.waiting import WaitPhrases
from callcenter.domain.staff.roles import Contact
from ivr import words
from ivr.scripts import arrival, ending, offers, room, waiting
from ivr.scripts.parts import Whisper
from ivr.simulator.twiml.speech import spoken

ORIGIN = "https://line.example.jp"
NEXT_OPEN = next_open_phrase(datetime(2026, 11, 24, 1, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC))
SHORTENED = clock_phrase(time(15))
ROOM = "hl-0123456789abcdef0123456789abcdef"
LEG = "00112233445566778899aabbccddeeff"
WAIT = f"{ORIGIN}/ivr/voice/wait"
MUSIC = waiting.Music(f"{ORIGIN}/static/audio/wait-8.wav", f"{ORIGIN}/static/audio/wait-15.wav", WAIT)
HOLD, AGAIN = f"{ORIGIN}/static/audio/hold.wav", f"{ORIGIN}/ivr/voice/hold/again"
WELCOME = arrival.Welcome(queue="hl-main", wait_url=f"{ORIGIN}/ivr/voice/wait", leave_url=f"{ORIGIN}/ivr/voice/leave")
GREETING = waiting.Greeting(f"{ORIGIN}/ivr/voice/key", WAIT)

names = st.text(min_size=1, max_size=30)
whens = st.one_of(st.none(), st.just(NEXT_OPEN), st.times().map(clock_phrase))
whispers = st.builds(
    Whisper, key=st.sampled_from((None, "1", "2", "3")), minutes=st.integers(0, 600), flagged=st.booleans()
)
wait_phrases = st.builds(
    WaitPhrases,
    crowded=st.booleans(),
    near_close=st.booleans(),
    closing=st.booleans(),
    care=st.booleans(),
    position=st.one_of(st.none(), st.integers(1, 999)),
    moved_up=st.booleans(),
    apology=st.booleans(),
    nobody=st.booleans(),
    danger=st.booleans(),
    other_line=st.booleans(),
    still=st.booleans(),
)
closed_scenes = st.builds(
    arrival.Closed,
    reason=st.sampled_from([reason for reason in Reason if reason is not Reason.OPEN]),
    service=names,
    next_open=whens,
    opens_at=whens,
    close_time=whens,
    holiday=st.one_of(st.none(), st.just(readings.holiday("勤労感謝の日"))),
    special=st.text(),
    disaster=st.booleans(),
)
endings = st.builds(ending.Ending, next_open=whens, special=st.text())
rooms = {"name": ROOM, "news_url": f"{ORIGIN}/n", "wait_url": f"{ORIGIN}/w", "after_url": f"{ORIGIN}/a"}


def requeue(lost: Contact) -> waiting.Requeue:
    """A caller whose counsellor was lost."""
    return waiting.Requeue(lost=lost, queue=WELCOME.queue, wait_url=WELCOME.wait_url, leave_url=WELCOME.leave_url)


def caller(*, waited: bool) -> room.Caller:
    """The caller on the way into the room."""
    return room.Caller(**rooms, waited=waited)


def counsellor(whisper: Whisper | None = None) -> room.Counsellor:
    """A counsellor on the way into the room."""
    return room.Counsellor(**rooms, leg=LEG, whisper=whisper)


def listener() -> room.Listener:
    """A supervisor on the way into the room."""
    return room.Listener(**rooms, leg=LEG)


ENDINGS = (ending.overflow, ending.nobody, ending.closed_out, ending.closed_special, ending.trouble, ending.away)

Made = tuple[str, str]
"""A context of the checker and a document."""


def _in(context: str, script: Callable[..., str], scenes: SearchStrategy[object]) -> SearchStrategy[Made]:
    return scenes.map(lambda scene: (context, script(scene)))


documents: SearchStrategy[Made] = st.one_of(
    _in("call", arrival.welcome, st.just(WELCOME)),
    _in("call", arrival.closed, closed_scenes),
    _in("call", arrival.full, st.builds(arrival.Full, next_open=whens)),
    st.builds(lambda: ("call", arrival.refused())),
    _in("wait", waiting.greeting, names.map(lambda service: replace(GREETING, service=service))),
    _in("wait", waiting.wait, st.builds(waiting.Wait, phrases=wait_phrases, music=st.just(MUSIC))),
    _in("wait", waiting.meanwhile, st.builds(waiting.Meanwhile, music=st.just(MUSIC), seconds=st.integers(0, 1800))),
    st.builds(lambda: ("wait", waiting.step_out())),
    _in("call", waiting.requeue, st.sampled_from([requeue(Contact.BROWSER), requeue(Contact.PHONE)])),
    *(_in("call", script, endings) for script in ENDINGS),
    st.builds(lambda: ("call", ending.bye())),
    st.builds(lambda: ("call", ending.thanks())),
    st.builds(lambda: ("news", ending.nothing())),
    st.booleans().map(lambda waited: ("call", room.caller(caller(waited=waited)))),
    _in("call", room.counsellor, st.one_of(st.none(), whispers).map(counsellor)),
    _in("room", room.waiting, st.just(room.RoomMusic(MUSIC.short_url, f"{ORIGIN}/ivr/conference/wait"))),
    st.builds(lambda: ("call", room.waiting(room.RoomMusic(MUSIC.short_url, f"{ORIGIN}/ivr/voice/leave", words.I05)))),
    st.builds(lambda: ("call", offers.one_moment(f"{ORIGIN}/ivr/offer/{LEG}/answer?again=1"))),
    _in("hold", room.hold, st.builds(room.Hold, st.just(HOLD), st.just(AGAIN), st.booleans(), st.booleans())),
    _in("announce", room.spoken, st.sampled_from(sorted(room.ANNOUNCEMENTS))),
    st.builds(lambda: ("call", ending.dismissed())),
    _in("call", offers.screen, st.builds(offers.Screen, st.just(GREETING.key_url), st.none() | whispers)),
    st.booleans().map(lambda gone: ("call", offers.lost(gone=gone))),
    st.builds(lambda: ("call", offers.declined())),
    st.builds(lambda: ("call", room.listener(listener()))),
    st.builds(lambda: ("call", offers.ask_to_listen(GREETING.key_url))),
    st.builds(lambda: ("call", offers.talk_over())),
)
"""Every script in every scene."""


def parse(document: str) -> ElementTree.Element:
    """Read a document as Twilio gets it, in UTF-8."""
    return ElementTree.fromstring(document.encode("utf-8"))  # noqa: S314 - our own document, just made


def verbs(document: str) -> list[str]:
    """Return the top verbs in their order."""
    return [verb.tag for verb in parse(document)]


def captions(document: str) -> list[str]:
    """Return what is said, one caption to a ``<Say>``, as people read it."""
    return ["".join(say.itertext()) for say in parse(document).iter("Say")]


def speech(document: str) -> float:
    """Return the seconds of speech as the simulated line measures them."""
    return sum(spoken(say)[1] for say in parse(document).iter("Say"))


def only(document: str, tag: str) -> dict[str, str]:
    """Return the attributes of the one element called *tag*."""
    (element,) = parse(document).iter(tag)
    return dict(element.attrib)
