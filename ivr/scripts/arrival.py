"""Scripts for an arriving caller: into the queue, or why the call is not taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from twilio.twiml.voice_response import VoiceResponse

from callcenter.domain.announcements import readings
from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.announcements.speech import Announcement, Fact, speakable
from callcenter.domain.calendar.hours import Reason
from callcenter.domain.calendar.times import clock_phrase
from ivr import words
from ivr.changed_words import kept
from ivr.scripts.parts import Farewell, Queueing, enter_queue, other_line, say, say_farewell, spoken


def month_and_day(month: int, day: int) -> Phrase:
    """Return how a day of every year is said, such as an end of the New Year closure."""
    return Phrase(f"{month}月{day}日", f"{readings.month(month)} {readings.day_of_month(day)}")


NEW_YEAR_FROM = month_and_day(12, 29)
NEW_YEAR_TO = month_and_day(1, 3)
USUAL_OPENING = clock_phrase(time(10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome(Queueing):
    """A caller in opening hours, with room in the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Farewell):
    """A caller outside opening hours.

    ``opens_at`` is for a day that still opens, ``close_time`` for one that was shortened; ``special`` is the
    public reason of a special day. ``next_open`` is None while nobody can tell.
    """

    reason: Reason
    service: str = words.SERVICE
    next_open: Phrase | None = None
    opens_at: Phrase | None = None
    close_time: Phrase | None = None
    holiday: Phrase | None = None
    special: str = ""
    disaster: bool = False
    new_year_from: Phrase = NEW_YEAR_FROM
    new_year_to: Phrase = NEW_YEAR_TO


@dataclass(frozen=True, slots=True, kw_only=True)
class Full(Farewell):
    """A caller for whom the queue has no room; late in the day ``next_open`` says when to try again."""

    next_open: Phrase | None = None


@kept
def welcome(scene: Welcome) -> str:
    """Return the script that queues the caller at once; the queue plays the greeting first."""
    twiml = VoiceResponse()
    enter_queue(twiml, scene)
    return str(twiml)


def closed(scene: Closed) -> str:
    """Return the script for a closed line: who we are, why, when it opens, other lines, good-bye."""
    twiml = VoiceResponse()
    say(twiml, _why(scene), **facts(scene))
    say(twiml, words.B10)
    other_line(twiml, scene)
    say(twiml, words.B11)
    say(twiml, words.B12)
    twiml.hangup()
    return str(twiml)


def state_in_words(scene: Closed) -> tuple[Phrase, ...]:
    """Return the first thing that ``closed`` says, for somebody who decides about a day."""
    return spoken(_why(scene), **facts(scene))


def facts(scene: Closed) -> dict[str, Fact]:
    """Return the facts for sentences about a closed line."""
    return {
        "service": speakable(scene.service),
        "next_open": scene.next_open,
        "opens_at": scene.opens_at or USUAL_OPENING,
        "close_time": scene.close_time,
        "holiday": scene.holiday or readings.holiday(""),
        "new_year_from": scene.new_year_from,
        "new_year_to": scene.new_year_to,
        "reason": speakable(scene.special) or "都合",
    }


def full(scene: Full) -> str:
    """Return the script for a full queue, and what can be done instead."""
    twiml = VoiceResponse()
    if scene.next_open is None:
        say(twiml, words.C05)
    else:
        say(twiml, words.C05_LATE, next_open=scene.next_open)
    say_farewell(twiml, scene)
    return str(twiml)


def refused() -> str:
    """Return the script for a blocked number: one sentence, and the way out of a danger to life."""
    twiml = VoiceResponse()
    say(twiml, words.G04)
    say(twiml, words.B10)
    twiml.hangup()
    return str(twiml)


_ORDINARY = {
    Reason.AFTER_CLOSING: words.B01,
    Reason.BEFORE_OPENING: words.B02,
    Reason.WEEKEND: words.B03,
    Reason.HOLIDAY: words.B04,
    Reason.NEW_YEAR: words.B05,
}


def _why(scene: Closed) -> Announcement:
    if scene.disaster:
        return words.B08
    if scene.reason is not Reason.SPECIAL:
        return _ORDINARY[scene.reason]
    if scene.opens_at is not None:
        return words.B13
    return words.B06 if scene.close_time is None else words.B07
