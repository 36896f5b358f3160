"""Errands about legs in a running room: hold, mute, announcements, checks.

Each asks the database what is wished now, not what was wished when the errand was written, and
looks again after the room has followed; so errands that overtake each other do no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from callcenter.context import context, unit_of_work
from callcenter.domain.calls.lifecycle import LIVE_OFFERS, OPEN_OFFERS, CallState, OfferState
from callcenter.domain.calls.webhook_urls import WebhookUrls
from callcenter.domain.telephony import LineGone, LineUnknown
from callcenter.jobs.errands import NotReady
from callcenter.models.calls.calls import Call, Offer
from callcenter.services.calls import calls
from callcenter.services.talks import consult, participants, ringing, room, supervision
from callcenter.services.talks.participants import RequestedHold

Facts = dict[str, Any]

SAID_WITHIN = timedelta(seconds=15)
"""An announcement that could not be played by then is no longer what the moment needs; shorter than an errand's
lease, so that nobody hears twice what a worker asked for that died over it."""

ARRIVES_WITHIN = timedelta(seconds=15)
"""A leg that was claimed so lately may still be on its way into the room."""


def set_hold(facts: Facts) -> str:
    """Put the caller on hold or take them off, as requested."""
    done: RequestedHold | None = None
    while True:
        with unit_of_work() as session:
            session.expire_all()  # what is wished may have changed while we were asking
            wished = participants.requested_hold(session, facts["call"])
        if wished is None:
            return "not_wanted"
        if done is not None and (wished.held, wished.announced) == (done.held, done.announced):
            return "done"
        _follow(wished)
        with unit_of_work() as session:
            participants.confirm_hold(session, wished.call_id, held=wished.held, now=_now())
        done = wished


def _follow(wished: RequestedHold) -> None:
    line, urls = context().ports.telephony, WebhookUrls(context().settings.public_base_url)
    music = urls.voice("hold/transfer" if wished.announced else "hold")

    def act(room_sid: str) -> None:
        if wished.held:
            line.hold(room_sid, wished.caller_sid, music)
        else:
            line.unhold(room_sid, wished.caller_sid)

    in_room(wished.room_sid, wished.room, act)


def set_mute(facts: Facts) -> str:
    """Mute or unmute a counsellor's leg in the room, as requested."""
    done: bool | None = None
    while True:
        with unit_of_work() as session:
            session.expire_all()
            offer = session.get(Offer, facts["offer"])
            if offer is None or offer.state is not OfferState.JOINED or offer.leg_sid is None:
                return "not_wanted"
            leg_sid, muted = offer.leg_sid, offer.muted
            call = session.get_one(Call, offer.call_id)
            sid, name = call.conference_sid, call.room
        if done is muted:
            return "done"
        try:
            _mute(sid, name, leg_sid, muted)
        except LineGone:
            raise NotReady from None  # once the leg has left, nothing is wished of it
        done = muted


def _mute(room_sid: str | None, name: str, leg_sid: str, muted: bool) -> None:
    line = context().ports.telephony
    in_room(room_sid, name, lambda sid: line.mute(sid, leg_sid, muted=muted))


def announce(facts: Facts) -> str:
    """Play an announcement to the caller, at most once."""
    if _now() - datetime.fromisoformat(facts["at"]) > SAID_WITHIN:
        return "too_late"
    with unit_of_work() as session:
        call = session.get(Call, facts["call"])
        if call is None or call.state is not CallState.TALKING:
            return "not_wanted"
        caller_sid, sid, name = call.caller_sid, call.conference_sid, call.room
    line, url = context().ports.telephony, WebhookUrls(context().settings.public_base_url).voice(f"say/{facts['code']}")
    try:
        in_room(sid, name, lambda room_sid: line.announce(room_sid, caller_sid, url))
    except LineUnknown:
        return "unknown"
    return "done"


def look_into_hold(facts: Facts) -> str:
    """Ask who is in the room of a silent or held talk, and record who has left."""
    with unit_of_work() as session:
        call = session.get(Call, facts["call"])
        if call is None or call.state is not CallState.TALKING:
            return "not_wanted"
        name = call.room
    there = context().ports.telephony.in_room(name) or []
    now = _now()
    with unit_of_work() as session:
        session.expire_all()  # much may have happened while we were asking
        call = calls.find_by_id(session, facts["call"])
        if call is None or call.state is not CallState.TALKING:
            return "not_wanted"
        theirs = [ringing.find(session, offer_id) for offer_id in (call.offer_id, call.consult_id) if offer_id]
        for offer in (*theirs, *supervision.listeners(session, call.id)):
            if offer is not None:
                _look_for(session, call, offer, there=offer.leg_sid in there, now=now)
    return "done"


def _look_for(session: Session, call: Call, offer: Offer, *, there: bool, now: datetime) -> None:
    """Record that somebody's leg is in the room, or not any more."""
    if offer.state not in LIVE_OFFERS:
        consult.return_to_counsellor(session, call, offer, now=now)
        room.rescue_caller_left_alone(session, call, offer, now=now)
    elif offer.state in OPEN_OFFERS:
        return  # a leg that still rings is nowhere yet
    elif there:
        room.leg_joined(session, call, offer, at=now, now=now)
    elif now - (offer.claimed_at or offer.answered_at or offer.rung_at) > ARRIVES_WITHIN:
        room.leg_left(session, call, offer, at=now, now=now)


def in_room(room_sid: str | None, name: str, act: Callable[[str], None]) -> None:
    """Call *act* with the known room, or with the one that has the name now if the known one is gone."""
    if room_sid is not None:
        try:
            act(room_sid)
        except LineGone:
            pass
        else:
            return
    running = context().ports.telephony.room_sid(name)
    if running is None or running == room_sid:
        raise LineGone("neither room nor leg is there")
    act(running)


def _now() -> datetime:
    return context().ports.clock.now()


HANDLERS: dict[str, Callable[[Facts], str]] = {
    "set_hold": set_hold,
    "set_mute": set_mute,
    "announce": announce,
    "look_into_hold": look_into_hold,
}
