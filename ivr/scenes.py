"""From what the desk decided to what is said: decisions in, scenes out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.context import settings
from callcenter.domain import readings
from callcenter.domain.callbacks import Callbacks
from callcenter.domain.calls import Outcome
from callcenter.domain.hours import Reason, State
from callcenter.domain.readings import Phrase
from callcenter.domain.times import clock_phrase, in_japan, local_date, next_open_phrase
from callcenter.domain.waiting import Verdict
from callcenter.models.telephony import Call, Offer
from callcenter.services import calendar
from callcenter.services.calls import Turn
from ivr.scripts import arrival, ending, room, waiting
from ivr.scripts.parts import Whisper

QUEUE = "hl-main"
"""The one holding queue at Twilio."""


def callbacks() -> Callbacks:
    return Callbacks(settings().public_base_url)


def welcome() -> str:
    """Queue the caller."""
    urls = callbacks()
    return arrival.welcome(arrival.Welcome(queue=QUEUE, wait_url=urls.voice("wait"), leave_url=urls.voice("leave")))


def turned_away(session: Session, call: Call, hours: State, now: datetime) -> str:
    """Say at the door why a call is not taken, and where else to turn."""
    if call.outcome is Outcome.BLOCKED:
        return arrival.refused()
    if call.outcome is Outcome.CLOSED_BEFORE:
        return closed(hours, now)
    return full(calendar.next_opening(session, now), now)


def closed(hours: State, now: datetime) -> str:
    """Say why nobody answers and when somebody will."""
    opening = hours.next_open
    today = opening is not None and local_date(opening) == local_date(now)
    close_at = hours.special.close_at if hours.special is not None else None
    return arrival.closed(
        arrival.Closed(
            reason=hours.reason,
            service=settings().service_name,
            next_open=next_open(opening, now),
            opens_at=clock_phrase(in_japan(opening).time()) if today and opening is not None else None,
            close_time=clock_phrase(close_at) if close_at is not None and hours.reason is Reason.SPECIAL else None,
            holiday=readings.holiday(hours.holiday.name) if hours.holiday is not None else None,
            special=hours.special.reason if hours.special is not None else "",
        )
    )


def full(opening: datetime | None, now: datetime) -> str:
    """No place in the queue; from 16:00 on trying again later today would be no good advice."""
    late = in_japan(now).hour >= 16
    return arrival.full(arrival.Full(next_open=next_open(opening, now) if late else None))


def next_open(opening: datetime | None, now: datetime) -> Phrase | None:
    return None if opening is None else next_open_phrase(opening, now)


def hear(turn: Turn) -> str:
    """What a waiting caller hears until the next question."""
    urls = callbacks()
    if turn.hearing is None:
        return waiting.step_out()
    if turn.hearing.greeting:
        return waiting.greeting(waiting.Greeting(urls.voice("key"), settings().service_name))
    return waiting.wait(waiting.Wait(turn.hearing, music()))


def music() -> waiting.Music:
    urls = callbacks()
    return waiting.Music(urls.audio("wait-8.wav"), urls.audio("wait-15.wav"))


ENDINGS = {
    Verdict.CEILING: ending.overflow,
    Verdict.NOBODY: ending.nobody,
    Verdict.DRAINED: ending.closed_out,
    Verdict.SPECIAL: ending.closed_special,
}


def spoken_end(turn: Turn, now: datetime) -> str:
    """Each end of waiting has its own words, and names the lines that are open now."""
    hours = turn.hall.hours if turn.hall is not None else None
    scene = ending.Ending(
        next_open=next_open(hours.next_open, now) if hours is not None else None,
        special=hours.special.reason if hours is not None and hours.special is not None else "",
    )
    return ENDINGS[turn.verdict](scene)


def caller_in_room(call: Call) -> str:
    """Lead the caller into the room."""
    urls = callbacks()
    return room.caller(
        room.Caller(
            name=call.room,
            news_url=urls.conference(call.id),
            wait_url=urls.voice("room"),
            after_url=urls.voice("after"),
            waited=call.waits > 1,
        )
    )


def counsellor_in_room(call: Call, offer: Offer) -> str:
    """Lead a counsellor into the room."""
    urls = callbacks()
    return room.counsellor(
        room.Counsellor(
            name=call.room,
            news_url=urls.conference(call.id),
            wait_url=urls.voice("room"),
            after_url=urls.leg_end(offer.id),
            leg=offer.id,
        )
    )


def listener_in_room(call: Call, offer: Offer) -> str:
    """Lead a supervisor into the room, unheard."""
    urls = callbacks()
    return room.listener(
        room.Listener(
            name=call.room,
            news_url=urls.conference(call.id),
            wait_url=urls.voice("room"),
            after_url=urls.leg_end(offer.id),
            leg=offer.id,
        )
    )


def on_hold(*, transfer: bool = False, again: bool = False) -> str:
    """What a caller on hold hears; needs no database."""
    urls = callbacks()
    return room.hold(room.Hold(urls.audio("hold.wav"), urls.voice("hold/again"), transfer=transfer, again=again))


def colleague_waits(offer: Offer) -> str:
    """A colleague who picked up hears music until the caller does, and then comes in."""
    urls = callbacks()
    return room.waiting(room.Alone(urls.audio("wait-8.wav"), urls.offer(offer.id, "enter")))


def whisper(call: Call, now: datetime) -> Whisper:
    """What a telephone counsellor hears before pressing 1."""
    return Whisper(call.key.value if call.key is not None else None, int((now - call.arrived_at).total_seconds() // 60))
