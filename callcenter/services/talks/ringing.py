"""Offers: one ring of one counsellor, from dialling to claimed, missed, declined or cancelled.

Whatever two processes do at once, the database allows one live offer per counsellor and one per caller, beside which a
companion may ring where rings stayed unanswered; a claim changes exactly one call or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from callcenter.domain.calls.lifecycle import LIVE_OFFERS, OPEN_OFFERS, PASSED_BY, CallState, OfferState, Purpose
from callcenter.domain.calls.waiting import key_given_up_at, ring_given_up_at
from callcenter.domain.duty.presence import Work
from callcenter.domain.policy import Policy
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Contact
from callcenter.models.base import unless_changed
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.columns import Moment
from callcenter.services.calls import calls, escalation
from callcenter.services.delivery import outbox
from callcenter.services.duty import presence
from callcenter.services.records import consultations
from callcenter.services.talks import supervision

TAKEN_LATELY = timedelta(seconds=20)
"""So long the screen says that somebody else has taken a ring."""

_ANEW = {"populate_existing": True}
"""A locked row is read as it is now, whatever this session knew of it before."""

_BY_ID = (
    select(Offer).where(Offer.id == bindparam("offer_id")).with_for_update(key_share=True).execution_options(**_ANEW)
)
_WITH_CALL = (
    select(Call, Offer)
    .join(Offer, Offer.call_id == Call.id)
    .where(Offer.id == bindparam("offer_id"))
    .with_for_update(of=(Call, Offer), key_share=True)
    .execution_options(**_ANEW)
)
_LIVE_LEGS = (
    select(Offer)
    .where(Offer.call_id == bindparam("call_id"), Offer.state.in_(LIVE_OFFERS))
    .order_by(Offer.rung_at, Offer.id)
    .with_for_update(key_share=True)
)

_WIN = (
    update(Call)
    .where(Call.id == bindparam("call_id"), Call.state == CallState.WAITING)
    .values(
        state=CallState.CLAIMED,
        offer_id=bindparam("winner"),
        claimed_at=bindparam("moment", type_=Moment),
        last_news_at=bindparam("moment", type_=Moment),
    )
)

_HEARD_OF = (
    update(Offer)
    .where(Offer.id == bindparam("offer_id"), Offer.leg_sid.is_(None))
    .values(leg_sid=func.coalesce(Offer.leg_sid, bindparam("sid", type_=String)))
)
_HEARD_RINGING = (
    update(Offer)
    .where(Offer.id == bindparam("offer_id"))
    .where(or_(Offer.leg_sid.is_(None), Offer.heard_ringing_at.is_(None), Offer.state == OfferState.PENDING))
    .values(
        leg_sid=func.coalesce(Offer.leg_sid, bindparam("sid", type_=String)),
        heard_ringing_at=func.coalesce(Offer.heard_ringing_at, bindparam("moment", type_=Moment)),
        state=case((Offer.state == OfferState.PENDING, OfferState.RINGING), else_=Offer.state),
    )
)


def find(session: Session, offer_id: str) -> Offer | None:
    """Return the offer, locked against a second writer."""
    return session.scalar(_BY_ID, {"offer_id": offer_id}, execution_options=unless_changed(session, Offer))


def find_with_call(session: Session, offer_id: str) -> tuple[Offer | None, Call | None]:
    """Return the offer and its call, both locked, the call first as everywhere to avoid deadlocks."""
    found = session.execute(_WITH_CALL, {"offer_id": offer_id}).one_or_none()
    return (None, None) if found is None else (found.Offer, found.Call)


def claim(session: Session, offer: Offer, call: Call, *, now: datetime) -> bool:
    """Give the caller to this counsellor: one offer, one call and one counsellor change, or nothing does.

    *offer* and *call* come locked from ``find_with_call``; the database decides whether the call is still to be had.
    """
    if offer.state not in OPEN_OFFERS:
        return False
    row = presence.lock(session, offer.staff_id)
    if row is None:
        return False
    if row.offer_id != offer.id or not _win(session, offer, call, now):
        close_offer(session, offer, OfferState.LOST, now=now)
        return False
    _end_other_rings(session, call, offer, now=now)
    offer.state, offer.claimed_at = OfferState.CLAIMED, now
    call.reserved_for, call.unanswered = None, 0
    escalation.settle(session, call, now=now)
    presence.clear_misses(row)
    presence.set_work(row, Work.CONNECTING, session, now=now)
    calls.log_event(session, call, "claimed", now=now, staff_id=offer.staff_id)
    consultations.open_draft(
        session,
        call_id=call.id,
        channel=Channel.PHONE,
        counsellor_id=offer.staff_id,
        hint=None if call.key is None else call.key.value,
        now=now,
        first=call.requeued_at is None,
    )
    outbox.put(session, "bring_caller", now=now, offer=offer.id)
    return True


def _win(session: Session, offer: Offer, call: Call, now: datetime) -> bool:
    """Claim the call by compare-and-set: it is this offer's if it still waits."""
    session.flush()
    wanted = {"call_id": call.id, "winner": offer.id, "moment": now}
    if session.connection().execute(_WIN, wanted).rowcount == 0:
        return False
    won = {"state": CallState.CLAIMED, "offer_id": offer.id, "claimed_at": now, "last_news_at": now}
    for name, value in won.items():
        set_committed_value(call, name, value)
    return True


def _end_other_rings(session: Session, call: Call, winner: Offer, *, now: datetime) -> None:
    """End the ring of whoever was rung beside *winner*; nothing is held against them, and who picked up hears why."""
    if not call.unanswered:
        return
    for other in live_legs(session, call):
        if other.id == winner.id or other.purpose is not Purpose.ANSWER:
            continue
        close_offer(session, other, OfferState.LOST, now=now, leg_open=other.answered_at is None)
        if other.answered_at is not None:
            outbox.put(session, "say_taken", now=now, offer=other.id)
    if winner.companion:
        session.flush()  # the database allows one who answers, so the other one goes first
        winner.companion = False


def record_leg_news(session: Session, offer_id: str, leg_sid: str, *, ringing: bool, now: datetime) -> None:
    """Store the SID of the counsellor's leg and whether it rings; repeated news locks no row."""
    learnt = {"offer_id": offer_id, "sid": leg_sid or None, "moment": now}
    session.connection().execute(_HEARD_RINGING if ringing else _HEARD_OF, learnt)


def close_offer(
    session: Session,
    offer: Offer,
    state: OfferState,
    *,
    now: datetime,
    unreachable: bool = False,
    leg_open: bool = True,
) -> None:
    """End an offer that was not claimed; the counsellor is freed (or set away)."""
    if offer.state not in OPEN_OFFERS:
        return
    if offer.purpose is Purpose.LISTEN:
        supervision.end_listening(session, offer, state, now=now, leg_open=leg_open)
        return
    offer.state, offer.left_at = state, now
    call = session.get_one(Call, offer.call_id)
    call.unanswered += offer.purpose is Purpose.ANSWER and state in PASSED_BY
    _free(session, offer, call, now=now, unreachable=unreachable)
    calls.log_event(session, call, state, now=now, staff_id=offer.staff_id)
    if leg_open:
        outbox.put(session, "hang_up", now=now, offer=offer.id)


def _free(session: Session, offer: Offer, call: Call, *, now: datetime, unreachable: bool) -> None:
    """Free whoever was rung; one to whom a lost caller should have come back writes on, and no miss is counted."""
    from_wrap_up = call.reserved_for == offer.staff_id and offer.purpose is Purpose.ANSWER
    if from_wrap_up:
        call.reserved_for = None
    row = presence.lock(session, offer.staff_id)
    if row is None or row.offer_id != offer.id:
        return
    if from_wrap_up:
        presence.return_to_wrap_up(session, row, now=now, unreachable=unreachable)
    elif offer.state is OfferState.MISSED:
        picked_up = offer.answered_at is not None
        presence.record_missed_ring(session, row, now=now, unreachable=unreachable, picked_up=picked_up)
    else:
        presence.free_after_ring(session, row, now=now, to_the_back=offer.state is OfferState.DECLINED)


def live_legs(session: Session, call: Call) -> Sequence[Offer]:
    """Return every leg in or on the way into a call, locked, the first one first."""
    return session.scalars(_LIVE_LEGS, {"call_id": call.id}, execution_options=unless_changed(session, Offer)).all()


def was_just_taken(session: Session, staff_id: str, *, now: datetime) -> bool:
    """Return whether somebody who was rung at the same time has just taken this person's ring."""
    lost = select(Offer.id).where(Offer.staff_id == staff_id, Offer.state == OfferState.LOST)
    return bool(session.scalar(select(lost.where(Offer.left_at > now - TAKEN_LATELY).exists())))


def cancel_ringing(session: Session, legs: Sequence[Offer], *, now: datetime) -> None:
    """Cancel those of *legs* that still ring, as the caller is gone; idle time unchanged."""
    for offer in legs:
        close_offer(session, offer, OfferState.CANCELLED, now=now)  # only one that still rings


def ring_seconds(offer: Offer, policy: Policy) -> int:
    """Return how long this offer rings."""
    return policy.ring_browser if offer.contact is Contact.BROWSER else policy.ring_telephone


def dialled_at(offer: Offer) -> datetime:
    """Return since when the device has been dialled, as far as is known; the offer itself may be older."""
    return offer.heard_ringing_at or offer.dialled_at or offer.rung_at


def given_up_at(offer: Offer, policy: Policy) -> datetime:
    """Return when an offer that nobody has taken is given up: the wait for the key begins with the answer."""
    if offer.answered_at is not None:
        return key_given_up_at(offer.answered_at, policy)
    return ring_given_up_at(dialled_at(offer), ring_seconds(offer, policy), policy)
