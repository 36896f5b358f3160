"""The talk room: who joined, who left, and how a talk ends.

Its news arrives in any order, late, twice or never. Each piece only fills in facts; what follows
from them is read anew every time, so that every order ends alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import (
    OPEN_OFFERS,
    CallOutcome,
    CallState,
    CallStep,
    EndReason,
    OfferState,
    Purpose,
    advance,
    outcome_from,
    step,
)
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.room import RoomEvent
from callcenter.domain.talks.talk import Help
from callcenter.models.base import unless_changed
from callcenter.models.calls.calls import Call, Offer
from callcenter.services.calls import calls, reserved
from callcenter.services.delivery import live, outbox
from callcenter.services.duty import presence
from callcenter.services.talks import consult, participants, ringing, supervision

CALLER = "caller"
"""The caller's label in the room; a counsellor's is ``c-`` and the offer's id, a supervisor's ``s-`` and that."""

NEWS_EVERY = timedelta(seconds=10)
"""Signs of life that come closer together are one."""

RESCUE_AFTER = timedelta(seconds=2)
"""The caller's own hanging-up may be on its way; only then is a lost counsellor a loss."""


_LAST_CLAIMED = (
    select(Offer)
    .where(Offer.call_id == bindparam("call_id"), Offer.purpose == Purpose.ANSWER, Offer.claimed_at.is_not(None))
    .order_by(Offer.claimed_at.desc())
    .limit(1)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True)
class News:
    """One event of a room, as read from a webhook; ``at`` is when it happened."""

    event: RoomEvent
    label: str
    conference_sid: str
    at: datetime
    hung_up: bool
    room: str = ""
    """The room's name; "" if the event does not say."""


def take_news(session: Session, call_id: str, news: News, *, now: datetime) -> None:
    """Store what the event says; what is known already, or unknown to us, changes nothing."""
    if news.event is RoomEvent.OTHER or (news.event is RoomEvent.PLAYED and news.label != CALLER):
        calls.record_sign_of_life(session, call_id, now=now, unless_within=NEWS_EVERY)
        return
    offer, call = _known(session, call_id, news)  # read before anything is changed: one flush instead of two
    if call is None:
        return
    if abs(now - call.last_news_at) >= NEWS_EVERY:
        call.last_news_at = now
    if news.room not in {"", call.room}:
        _from_former_room(session, call, offer, news, now=now)
        return
    call.conference_sid = call.conference_sid or news.conference_sid or None
    if news.event is RoomEvent.PLAYED:
        participants.note_played(session, call, at=news.at, now=now)
    elif news.label == CALLER:
        _caller(session, call, offer, news, now=now)
    elif offer is not None:
        _leg(session, call, offer, news, now=now)


def _leg(session: Session, call: Call, offer: Offer, news: News, *, now: datetime) -> None:
    if news.event is RoomEvent.JOINED:
        leg_joined(session, call, offer, at=news.at, now=now)
    else:
        leg_left(session, call, offer, at=news.at, now=now)


def _from_former_room(session: Session, call: Call, offer: Offer | None, news: News, *, now: datetime) -> None:
    """Store what an event of a former room says of a leg; who meets whom there is over."""
    if news.event is not RoomEvent.LEFT:
        return
    if offer is not None:
        leg_left(session, call, offer, at=news.at, now=now)
    elif news.label == CALLER and news.hung_up:
        caller_leg_ended(session, call, now=now)


def _known(session: Session, call_id: str, news: News) -> tuple[Offer | None, Call | None]:
    """Return the offer and call that the event is about; for the caller's own events only a join needs the offer."""
    if news.label.startswith(("c-", "s-")):
        offer, call = ringing.find_with_call(session, news.label[2:])
        return (offer, call) if call is not None and call.id == call_id else (None, None)
    call = calls.find_by_id(session, call_id)
    arrives = call is not None and news.label == CALLER and news.event is RoomEvent.JOINED
    return (_last_claimed(session, call) if arrives and call is not None else None), call


def _caller(session: Session, call: Call, offer: Offer | None, news: News, *, now: datetime) -> None:
    if news.event is RoomEvent.JOINED:
        if call.caller_joined_at is None:
            call.caller_joined_at = news.at
            calls.log_event(session, call, "caller_joined", now=now)
        if offer is not None:
            _together(session, call, offer, now=now)
        if offer is not None and offer.ending and offer.id == call.offer_id:
            outbox.put(session, "say_bye", now=now, offer=offer.id, parting=None)  # led in after the goodbye
    elif news.event is RoomEvent.LEFT:
        if call.caller_left_at != news.at:
            call.caller_left_at = news.at
            calls.log_event(session, call, "caller_left", now=now)
        if news.hung_up:
            caller_leg_ended(session, call, now=now)


def leg_joined(session: Session, call: Call, offer: Offer, *, at: datetime, now: datetime) -> None:
    """Record that a staff member's leg is in the room."""
    if offer.purpose is Purpose.LISTEN:
        supervision.supervisor_joined(session, offer, at=at, now=now)
        return
    offer.state = advance(offer.state, OfferState.JOINED)
    if offer.joined_at is None:
        offer.joined_at = at
        calls.log_event(session, call, "staff_joined", now=now, staff_id=offer.staff_id)
    if call.consult_id == offer.id:
        consult.colleague_joined(session, offer, now=now)
    _together(session, call, offer, now=now)


def _together(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    if call.caller_joined_at is None or offer.joined_at is None:
        return
    call.talked_at = call.talked_at or max(call.caller_joined_at, offer.joined_at)
    if call.state is CallState.ENDED:
        call.outcome = outcome_from(call)
        return
    if call.offer_id != offer.id:
        return
    call.state = step(call.state, CallStep.TOGETHER)
    row = presence.lock(session, offer.staff_id)
    if row is not None and row.offer_id == offer.id and row.work is Work.CONNECTING:
        presence.set_work(row, Work.ON_CALL, session, now=now)
    live.publish(session, live.LINE, now=now)


def leg_left(session: Session, call: Call | None, offer: Offer, *, at: datetime, now: datetime) -> None:
    """Record that a staff member's leg has left; a caller who is still there is brought back to the queue."""
    if call is None or offer.state in OPEN_OFFERS:
        return
    if offer.purpose is Purpose.LISTEN:
        supervision.end_listening(session, offer, OfferState.LEFT, now=now, at=at, leg_open=False)
        return
    if _leave(offer, at):
        calls.log_event(session, call, "staff_left", now=now, staff_id=offer.staff_id)
        if call.consult_id == offer.id:
            consult.colleague_left(session, offer, at=at, now=now)
        start_wrap_up(session, offer, now=now)
        supervision.retarget_whispers(session, call, now=now)
    consult.return_to_counsellor(session, call, offer, now=now)
    if call.state is not CallState.ENDED and call.offer_id == offer.id and not offer.ending:
        outbox.put(session, "rescue_caller", now=now, after=RESCUE_AFTER, offer=offer.id)


def rescue_caller_left_alone(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Send the rescue of a caller who is in the room without the counsellor once more."""
    if call.state is CallState.TALKING and call.offer_id == offer.id:
        outbox.put(session, "say_bye" if offer.ending else "rescue_caller", now=now, offer=offer.id)


def start_wrap_up(session: Session, offer: Offer, *, now: datetime) -> None:
    """Set whoever claimed a call to wrap-up, to finish its record."""
    row = presence.lock(session, offer.staff_id)
    if row is not None and row.offer_id == offer.id:
        presence.set_work(row, Work.WRAP_UP, session, now=now)


def caller_leg_ended(session: Session, call: Call, *, now: datetime) -> None:
    """End the call as the caller's leg has ended, from whichever side."""
    ended = calls.end_call(session, call, now=now)
    legs = ringing.live_legs(session, call) if ended else ()
    offer = next((leg for leg in legs if leg.id == call.offer_id), None)
    if offer is None and call.offer_id:
        offer = ringing.find(session, call.offer_id)
    just_left = offer is not None and _leave(offer, now)
    if ended:
        consult.cancel_when_talk_ends(session, call, now=now)
        ringing.cancel_ringing(session, legs, now=now)
        supervision.end_all_listening(session, legs, now=now)
    if offer is not None and just_left:
        start_wrap_up(session, offer, now=now)
        outbox.put(session, "hang_up", now=now, after=RESCUE_AFTER, offer=offer.id)


def end_waiting(session: Session, call: Call, outcome: CallOutcome, why: EndReason, *, now: datetime) -> None:
    """End a waiting call as the line, not the caller, ends it, and cancel its rings."""
    calls.end_call(session, call, now=now, outcome=outcome, why=why)
    ringing.cancel_ringing(session, ringing.live_legs(session, call), now=now)


def requeue_caller(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Put the caller back into the queue after the counsellor's leg was lost."""
    if calls.return_to_queue(session, call, CallStep.REQUEUED, now=now):
        reserved.reserve(session, call, offer)
        supervision.end_all_listening(session, supervision.listeners(session, call.id), now=now)
        consult.cancel_when_talk_ends(session, call, now=now)
    if _leave(offer, now):
        start_wrap_up(session, offer, now=now)
        outbox.put(session, "hang_up", now=now, offer=offer.id)  # it may live on somewhere, as nobody has told its end


def leave_room(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Put a caller back into the queue whom the room did not take in or let go, and end the counsellor's leg."""
    if call.state is CallState.TALKING:
        requeue_caller(session, call, offer, now=now)
    else:
        release_claim(session, call, offer, now=now)


def take_counsellor_off(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Take a counsellor off the call: the caller returns to the queue, then the leg ends."""
    offer.taken_off = True
    calls.log_event(session, call, "taken_off", now=now, staff_id=offer.staff_id)
    if call.state is CallState.CLAIMED:
        release_claim(session, call, offer, now=now)
        return
    if call.consult_id == offer.id:
        consult.withdraw(session, call, offer, now=now)
        return
    _leave(offer, now)
    outbox.put(session, "rescue_caller", now=now, offer=offer.id)
    outbox.put(session, "hang_up", now=now, after=RESCUE_AFTER, offer=offer.id)


def _leave(offer: Offer, at: datetime) -> bool:
    """Store when the leg was gone, the earliest news counting; True for the first."""
    first = offer.left_at is None
    offer.state = advance(offer.state, OfferState.LEFT)
    offer.left_at = at if offer.left_at is None else min(at, offer.left_at)
    return first


def end_ring(
    session: Session,
    call: Call | None,
    offer: Offer,
    state: OfferState,
    *,
    now: datetime,
    unreachable: bool = False,
    leg_open: bool = True,
) -> None:
    """End a ring that came to nothing; after a consult the caller returns to their counsellor."""
    ringing.close_offer(session, offer, state, now=now, unreachable=unreachable, leg_open=leg_open)
    consult.return_to_counsellor(session, call, offer, now=now)


def end_by_counsellor(
    session: Session, call: Call, offer: Offer, *, now: datetime, parting: Help | None = None
) -> None:
    """End the talk by the counsellor: the caller's leg is ended, and with it the room.

    After a goodbye nothing more is said; *parting* is what the line says where none was possible. A caller who was
    claimed and not yet led in has spoken to nobody, so no goodbye can have been said: they wait on at the head.
    """
    if call.state is CallState.ENDED or call.offer_id != offer.id:
        return
    if call.state is CallState.CLAIMED:
        release_claim(session, call, offer, now=now)
        return
    offer.ending = True
    calls.log_event(session, call, "ended_by_counsellor", now=now, staff_id=offer.staff_id)
    outbox.put(session, "say_bye", now=now, offer=offer.id, parting=parting)


def end_for_abuse(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """End a call after its last warning, which the line speaks (G03). Twice is once."""
    if not offer.ending and participants.say(session, call, offer, Help.END, now=now):
        end_by_counsellor(session, call, offer, now=now, parting=Help.END)


def release_claim(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Undo a claim whose caller never came: free the counsellor, idle time unchanged, and requeue the caller."""
    if not calls.return_to_queue(session, call, CallStep.RELEASED, now=now):
        return
    _leave(offer, now)
    row = presence.lock(session, offer.staff_id)
    if row is not None and row.offer_id == offer.id:
        presence.free_after_ring(session, row, now=now, to_the_back=False)
    outbox.put(session, "hang_up", now=now, offer=offer.id)


def _last_claimed(session: Session, call: Call) -> Offer | None:
    """Return the offer that last claimed the call; an ended call still learns of its talk."""
    return session.scalar(_LAST_CLAIMED, {"call_id": call.id}, execution_options=unless_changed(session, Offer))
