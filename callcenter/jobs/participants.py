"""Errands about legs in a running room: hold, mute, announcements, checks.

Each asks the database what is wished now, not what was wished when the errand was written, and
looks again after the room has followed; so errands that overtake each other do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.context import context, unit_of_work
from callcenter.domain.calls.lifecycle import LIVE_OFFERS, CallState, OfferState
from callcenter.domain.calls.webhook_urls import WebhookUrls
from callcenter.domain.telephony import LineGone, LineUnknown
from callcenter.jobs.errands import NotReady, has_ended
from callcenter.models.calls.calls import Call, Offer
from callcenter.services.calls import calls
from callcenter.services.delivery import outbox
from callcenter.services.talks import consult, participants, ringing, room, supervision
from callcenter.services.talks.participants import RequestedHold

Facts = dict[str, Any]

SAID_WITHIN = timedelta(seconds=15)
"""An announcement that could not be played by then is no longer what the moment needs; shorter than an errand's
lease, so that nobody hears twice what a worker asked for that died over it."""

SECOND_LOOK = timedelta(seconds=5)
"""A leg that seems to be gone is asked for again after this long, and only then believed to be."""

SEEN_GONE = "seen_gone"
"""Under this name the second look finds the SIDs of the legs that seemed to be gone at the first."""

IN_THE_TALK = (OfferState.CLAIMED, OfferState.JOINED)


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
        _mute(sid, name, leg_sid, muted)  # once the leg has left, nothing is wished of it
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


def ask_after_call(facts: Facts) -> str:
    """Ask whether a silent call's leg still exists; its last status may have been lost."""
    with unit_of_work() as session:
        call = session.get(Call, facts["call"])
        if call is None or call.state is CallState.ENDED:
            return "not_wanted"
        caller_sid = call.caller_sid
    if not has_ended(caller_sid):
        return "there"
    with unit_of_work() as session:
        call = calls.find(session, caller_sid)
        if call is None:
            return "not_wanted"
        if not facts.get(SEEN_GONE):
            _look_again(session, "ask_after_call", call, [caller_sid])
            return "look_again"
        room.caller_leg_ended(session, call, now=_now())
    return "gone"


def look_into_hold(facts: Facts) -> str:
    """Ask after every staff leg of a silent or held talk, and record who has come and who has left."""
    with unit_of_work() as session:
        call = session.get(Call, facts["call"])
        if call is None or call.state is not CallState.TALKING:
            return "not_wanted"
        caller_sid, sid, name = call.caller_sid, call.conference_sid, call.room
        query = select(Offer.leg_sid, Offer.state).where(Offer.call_id == call.id, Offer.state.in_(IN_THE_TALK))
        legs = {leg: state for leg, state in session.execute(query) if leg is not None}
        counsellor = session.get(Offer, call.offer_id) if call.offer_id else None
        alone = counsellor is None or counsellor.state not in LIVE_OFFERS
    if alone and has_ended(caller_sid):
        return ask_after_call({"call": facts["call"]})  # nobody is left to be rescued, if it says so again
    ended = {leg for leg in legs if has_ended(leg)}
    arriving = {leg for leg, state in legs.items() if state is OfferState.CLAIMED} - ended
    there = _who_is_with(caller_sid, arriving, sid, name) if arriving else None
    with unit_of_work() as session:
        session.expire_all()  # much may have happened while we were asking
        call = calls.find_by_id(session, facts["call"])
        if call is None or call.state is not CallState.TALKING:
            return "not_wanted"
        seen = Seen(frozenset(ended & set(facts.get(SEEN_GONE, ()))), there or frozenset())
        for offer in _staff_legs(session, call):
            _record(session, call, offer, seen)
        again = sorted(ended - seen.ended)
        if again:
            _look_again(session, "look_into_hold", call, again)
    return "look_again" if again else "done"


def _staff_legs(session: Session, call: Call) -> list[Offer]:
    """Return the offers of the counsellor, of the colleague who is consulted and of supervisors, locked."""
    theirs = [ringing.find(session, offer_id) for offer_id in (call.offer_id, call.consult_id) if offer_id]
    return [offer for offer in (*theirs, *supervision.listeners(session, call.id)) if offer is not None]


@dataclass(frozen=True)
class Seen:
    """The legs that have surely ended, and those that are surely with the caller; of all others nothing is known."""

    ended: frozenset[str]
    there: frozenset[str]


def _record(session: Session, call: Call, offer: Offer, seen: Seen) -> None:
    """Record what was seen of somebody's leg."""
    now = _now()
    if offer.state not in LIVE_OFFERS:
        consult.return_to_counsellor(session, call, offer, now=now)
        room.rescue_caller_left_alone(session, call, offer, now=now)
    elif offer.state in IN_THE_TALK and offer.leg_sid in seen.ended:
        room.leg_left(session, call, offer, at=now, now=now)
    elif offer.state is OfferState.CLAIMED and offer.leg_sid in seen.there:
        room.leg_joined(session, call, offer, at=now, now=now)


def look_into_room(facts: Facts) -> str:
    """Ask whether caller and counsellor are together, as the room's events were lost.

    Who has not come is missed only if the counsellor's leg has ended, or if the caller's room says that the counsellor
    is not in it; and only at the second look. The caller then returns to the queue.
    """
    with unit_of_work() as session:
        call = session.get(Call, facts["call"])
        offer = session.get(Offer, call.offer_id) if call is not None and call.offer_id else None
        if call is None or call.state is not CallState.CONNECTING or offer is None or offer.leg_sid is None:
            return "not_wanted"
        caller_sid, leg_sid, sid, name = call.caller_sid, offer.leg_sid, call.conference_sid, call.room
        offer_id = offer.id
    ended, caller_ended = has_ended(leg_sid), has_ended(caller_sid)
    there = None if ended or caller_ended else _who_is_with(caller_sid, {leg_sid}, sid, name)
    with unit_of_work() as session:
        offer, call = ringing.find_with_call(session, offer_id)
        if offer is None or call is None or call.state is not CallState.CONNECTING or call.offer_id != offer.id:
            return "not_wanted"
        now = _now()
        if caller_ended:
            _look_again(session, "ask_after_call", call, [caller_sid])
        elif there:
            call.caller_joined_at = call.caller_joined_at or now
            room.leg_joined(session, call, offer, at=now, now=now)
            return "together"
        elif there is None and not ended:
            return "unknown"
        elif leg_sid not in facts.get(SEEN_GONE, ()):
            _look_again(session, "look_into_room", call, [leg_sid])
        elif ended:
            room.leg_left(session, call, offer, at=now, now=now)
        else:
            outbox.put(session, "rescue_caller", now=now, offer=offer.id)
    return "apart"


def _who_is_with(caller_sid: str, legs: AbstractSet[str], room_sid: str | None, name: str) -> frozenset[str] | None:
    """Return which of *legs* are in the caller's room; None if nobody can say which room that is."""
    line = context().ports.telephony
    theirs = next((sid for sid in _sids(room_sid, name) if line.in_room(sid, caller_sid)), None)
    return None if theirs is None else frozenset(leg for leg in legs if line.in_room(theirs, leg))


def _look_again(session: Session, topic: str, call: Call, gone: Sequence[str]) -> None:
    """Send the errand once more, with the SIDs of the legs that seem to be gone."""
    outbox.put(session, topic, now=_now(), after=SECOND_LOOK, call=call.id, **{SEEN_GONE: list(gone)})


def in_room(room_sid: str | None, name: str, act: Callable[[str], None]) -> None:
    """Call *act* with the known room, else with the one that has the name now; ``NotReady`` if neither takes it."""
    for sid in _sids(room_sid, name):
        try:
            act(sid)
        except LineGone:
            continue
        return
    raise NotReady


def _sids(room_sid: str | None, name: str) -> Iterator[str]:
    """Yield the known room, then the one that a list shows under the name, if it is another."""
    if room_sid is not None:
        yield room_sid
    listed = context().ports.telephony.room_sid(name)
    if listed is not None and listed != room_sid:
        yield listed


def _now() -> datetime:
    return context().ports.clock.now()


HANDLERS: dict[str, Callable[[Facts], str]] = {
    "set_hold": set_hold,
    "set_mute": set_mute,
    "announce": announce,
    "ask_after_call": ask_after_call,
    "look_into_hold": look_into_hold,
    "look_into_room": look_into_room,
}
