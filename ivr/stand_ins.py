"""Stand-ins: what a webhook answers while the database is away, from words and the remembered calendar.

Nothing here waits for anybody. Whoever waits is never left with music for ever: an outage that lasts is
admitted, closing time comes without a database too, and a question is put again only so many times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from flask import request

from callcenter.context import context, ports, settings
from callcenter.domain.announcements.speech import Announcement
from callcenter.domain.calendar.closing import closing
from callcenter.domain.calendar.hours import Calendar, State, state_at
from callcenter.domain.calendar.times import local_date
from callcenter.domain.typed_text import whole_number
from callcenter.models.base import db
from callcenter.services.calendar import opening_hours
from ivr import scenes, words
from ivr.payloads import Form, QueueResult, Waiting, queue_result
from ivr.scripts import ending, offers, waiting
from ivr.scripts import room as room_scripts
from ivr.scripts.room import RoomMusic

ROUND = 15
"""Seconds of one round of waiting, as counted where nobody else does."""
LONGEST_COUNT = 24 * 60 * 60

TRIES = 4
"""How often a caller outside the queue hears eight seconds of music before the trouble is admitted."""

StandIn = Callable[[Form], str]


def trouble(_form: Form) -> str:
    """Return an apology, and end the call."""
    return ending.trouble(ending.Ending())


def on_arrival(form: Form) -> str:
    """Answer an arriving caller: outside the hours say so, else let them wait to be taken in later."""
    now = _now()
    hours = state_at(_calendar(now), now)
    if not hours.open:
        return scenes.closed(hours, now)
    return trouble(form) if _lasts(now) else scenes.welcome()


def while_waiting(form: Form) -> str:
    """Answer a waiting caller: say that the line is not dead, and play music, while there is hope."""
    now, waited = _now(), max(Waiting.read(form).waited, _counted())
    if waited >= settings().policy.wait_ceiling or _lasts(now) or _closed_for(now) is not None:
        return waiting.step_out()
    seconds = int(waited.total_seconds())
    music = replace(scenes.music(), again_url=f"{scenes.webhook_urls().voice('wait')}?waited={seconds + ROUND}")
    return waiting.meanwhile(waiting.Meanwhile(music, seconds))


def _counted() -> timedelta:
    """Return how long the caller has waited by our own count, as a redirected request may come without Twilio's."""
    return timedelta(seconds=min(whole_number(request.args.get("waited", "")) or 0, LONGEST_COUNT))


def on_leaving_queue(form: Form) -> str:
    """Answer a caller who left the queue: ask again, or end; nothing if they have hung up."""
    now, result = _now(), queue_result(form)
    if result is QueueResult.HUNG_UP:
        return ending.nothing()
    if result is QueueResult.ON_THEIR_WAY:
        return ask_again(form)
    if result is QueueResult.FULL:
        return scenes.full(None, None, now)
    closed = _closed_for(now)
    if closed is not None:
        return ending.closed_out(ending.Ending(next_open=scenes.reopening(closed, now)))
    patient = result is QueueResult.STEPPED_OUT and Waiting.read(form).waited < settings().policy.wait_ceiling
    return ask_again(form) if patient and not _lasts(now) else trouble(form)


def ask_again(form: Form) -> str:
    """Answer with music and the same request again; after ``TRIES`` end the call."""
    return _once_more() or trouble(form)


def counsellor_lost(form: Form) -> str:
    """Tell a caller in a talk that the connection broke, and ask again who is there for them."""
    return _once_more(None if _tried() else words.I05) or trouble(form)


def on_pick_up(_form: Form) -> str:
    """Let a counsellor who picked up wait a moment, once; then leave the call to others."""
    if _tried():
        return offers.declined()
    return offers.one_moment(_this_address(1))


def hang_up(_form: Form) -> str:
    """End the counsellor's leg and leave the call to others."""
    return offers.declined()


def _once_more(first: Announcement | None = None) -> str | None:
    tried = _tried()
    if tried >= TRIES:
        return None
    scene = RoomMusic(scenes.webhook_urls().audio("wait-8.wav"), _this_address(tried + 1), first)
    return room_scripts.waiting(scene)


def _tried() -> int:
    return whole_number(request.args.get("again", "")) or 0


def _this_address(tried: int) -> str:
    return f"{scenes.webhook_urls().origin}{request.path}?again={tried}"


def _lasts(now: datetime) -> bool:
    """Return whether the database has been away longer than a caller can be asked to hope."""
    return context().outage.lasted(now) >= settings().policy.outage_patience


def _closed_for(now: datetime) -> State | None:
    """Return the opening state if nobody who waits will be served any more today, else None."""
    days = _calendar(now)
    hours, today = state_at(days, now), local_date(now)
    ended = closing(days, today, now)
    drained = ended is None or ended.sudden or now >= ended.at + settings().policy.drain
    return hours if not hours.open and drained else None


def _calendar(now: datetime) -> Calendar:
    return opening_hours.remembered(db.engine, now)


def _now() -> datetime:
    return ports().clock.now()
