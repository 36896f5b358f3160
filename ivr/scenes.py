"""Turns what services decided into the scenes of the scripts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callcenter.context import settings
from callcenter.domain.announcements import readings
from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.calendar.hours import Reason, SpecialDay, SpecialKind, State
from callcenter.domain.calendar.times import clock_phrase, in_japan, local_date, next_open_phrase
from callcenter.domain.calls.lifecycle import CallOutcome
from callcenter.domain.calls.waiting import WaitingVerdict
from callcenter.domain.calls.webhook_urls import WebhookUrls
from callcenter.models.calls.calls import Call, Offer
from callcenter.services.calendar import opening_hours
from callcenter.services.calls.calls import WaitStep
from callcenter.services.misuse import flags
from callcenter.twilio_words import NEWS_RETRIES
from ivr.scripts import arrival, ending, room, waiting
from ivr.scripts.parts import Whisper

QUEUE = "hl-main"
"""The one holding queue at Twilio."""


def webhook_urls() -> WebhookUrls:
    """Return the builder of callback addresses."""
    return WebhookUrls(settings().public_base_url)


def welcome() -> str:
    """Return the script that queues the caller."""
    urls = webhook_urls()
    return arrival.welcome(arrival.Welcome(queue=QUEUE, wait_url=urls.voice("wait"), leave_url=urls.voice("leave")))


def refusal(session: Session, call: Call, hours: State, now: datetime) -> str:
    """Return the script for a call that is not taken: why, and where else to turn."""
    if call.outcome is CallOutcome.BLOCKED:
        return arrival.refused()
    if call.outcome is CallOutcome.CLOSED_BEFORE:
        return closed(hours, now)
    return full(hours, opening_hours.next_opening(session, now), now)


def closed(hours: State, now: datetime) -> str:
    """Return the script for a caller outside the opening hours."""
    return arrival.closed(closed_scene(hours, now))


def closed_scene(hours: State, now: datetime) -> arrival.Closed:
    """Return the scene for a caller outside the opening hours."""
    opening, special = hours.next_open, hours.special
    today = opening is not None and local_date(opening) == local_date(now)
    reason = _reason(hours.reason, special, opens_again=today)
    close_at = special.close_at if special is not None and reason is Reason.SPECIAL else None
    return arrival.Closed(
        reason=reason,
        service=settings().service_name,
        next_open=next_open(opening, now),
        opens_at=clock_phrase(in_japan(opening).time()) if today and opening is not None else None,
        close_time=clock_phrase(close_at) if close_at is not None else None,
        holiday=readings.holiday(hours.holiday.name) if hours.holiday is not None else None,
        special=special.reason if special is not None else "",
        disaster=special is not None and special.disaster and reason is Reason.SPECIAL,
    )


def _reason(reason: Reason, special: SpecialDay | None, *, opens_again: bool) -> Reason:
    """Return the reason to say: a special day only where it takes hours away, not after its ordinary end."""
    if reason is not Reason.SPECIAL or special is None or special.kind is SpecialKind.CLOSED:
        return reason
    if special.kind is SpecialKind.PARTIAL and (opens_again or special.close_at is not None):
        return reason
    return Reason.BEFORE_OPENING if opens_again else Reason.AFTER_CLOSING


def full(hours: State | None, opening: datetime | None, now: datetime) -> str:
    """Return the script for a full queue; the next opening is named in the last hour only."""
    closes = hours.closes_at if hours is not None else None
    late = closes is not None and now >= closes - timedelta(hours=1)
    return arrival.full(arrival.Full(next_open=next_open(opening, now) if late else None))


def next_open(opening: datetime | None, now: datetime) -> Phrase | None:
    """Return how the next opening is said, None if it is unknown."""
    return None if opening is None else next_open_phrase(opening, now)


def reopening(hours: State, now: datetime) -> Phrase | None:
    """Return how the next opening is said; in a disaster no day is promised."""
    uncertain = hours.special is not None and hours.special.disaster
    return None if uncertain else next_open(hours.next_open, now)


def wait_script(step: WaitStep) -> str:
    """Return what a waiting caller hears until the next request."""
    urls = webhook_urls()
    if step.phrases is None:
        return waiting.step_out()
    if step.phrases.greeting:
        return waiting.greeting(waiting.Greeting(urls.voice("key"), urls.voice("wait"), settings().service_name))
    return waiting.wait(waiting.Wait(step.phrases, music(), urls.voice("key")))


def music() -> waiting.Music:
    """Return the waiting music, after which the next wait document is asked for."""
    urls = webhook_urls()
    return waiting.Music(urls.audio("wait-8.wav"), urls.audio("wait-15.wav"), urls.voice("wait"))


ENDINGS = {
    WaitingVerdict.CEILING: ending.overflow,
    WaitingVerdict.NOBODY: ending.nobody,
    WaitingVerdict.DRAINED: ending.closed_out,
    WaitingVerdict.SPECIAL: ending.closed_special,
}


def spoken_end(step: WaitStep, now: datetime) -> str:
    """Return the script for the end of waiting; after an ordinary closing it names the next opening."""
    hours = step.snapshot.hours if step.snapshot is not None else None
    special = hours.special if hours is not None else None
    scene = ending.Ending(
        next_open=None if hours is None else reopening(hours, now),
        special=special.reason if special is not None else "",
    )
    over = hours is not None and not hours.open and step.verdict is not WaitingVerdict.SPECIAL
    return ending.closed_out(scene) if over else ENDINGS[step.verdict](scene)


def repeated_ending(call: Call) -> str:
    """Return the script for a caller whose call was ended here but whose leg goes on."""
    return ending.thanks() if call.talked_at is None else ending.bye()


def caller_in_room(call: Call) -> str:
    """Return the script that lets the caller into the room."""
    urls = webhook_urls()
    return room.caller(
        room.Caller(
            name=call.room,
            news_url=urls.conference(call.id) + NEWS_RETRIES,
            wait_url=urls.voice("room"),
            after_url=urls.after(call.room_id or call.id),
            waited=call.waits > 1,
        )
    )


def counsellor_in_room(call: Call, offer: Offer) -> str:
    """Return the script that lets a counsellor into the room."""
    urls = webhook_urls()
    return room.counsellor(
        room.Counsellor(
            name=call.room,
            news_url=urls.conference(call.id) + NEWS_RETRIES,
            wait_url=urls.voice("room"),
            after_url=urls.leg_end(offer.id),
            leg=offer.id,
        )
    )


def listener_in_room(call: Call, offer: Offer) -> str:
    """Return the script that lets a supervisor into the room, muted."""
    urls = webhook_urls()
    return room.listener(
        room.Listener(
            name=call.room,
            news_url=urls.conference(call.id) + NEWS_RETRIES,
            wait_url=urls.voice("room"),
            after_url=urls.leg_end(offer.id),
            leg=offer.id,
        )
    )


def on_hold(*, transfer: bool = False, again: bool = False) -> str:
    """Return what a caller on hold hears; needs no database."""
    urls = webhook_urls()
    return room.hold(room.Hold(urls.audio("hold.wav"), urls.voice("hold/again"), transfer=transfer, again=again))


def wait_for_hold(offer: Offer) -> str:
    """Return the script by which a colleague waits until the caller is on hold, then enters."""
    urls = webhook_urls()
    return room.waiting(room.RoomMusic(urls.audio("wait-8.wav"), urls.offer(offer.id, "enter")))


def whisper(session: Session, call: Call, now: datetime) -> Whisper:
    """Return what a telephone counsellor hears before pressing 1."""
    return Whisper(
        key=call.key.value if call.key is not None else None,
        minutes=int((now - call.arrived_at).total_seconds() // 60),
        flagged=flags.is_flagged(session, call, now=now, policy=settings().policy),
    )
