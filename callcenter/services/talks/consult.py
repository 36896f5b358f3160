"""Consulting a colleague while the caller is on hold: the ring, the talk between the two, and its end.

The caller hears music meanwhile, until the counsellor may introduce the colleague and all three talk. The colleague's
ring is an offer like any other, with the purpose ``consult``; ``Call.consult_id`` names it until it is decided, and is
the place of its compare-and-set.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, may
from callcenter.domain.calls.lifecycle import LIVE_OFFERS, OPEN_OFFERS, CallState, OfferState, Purpose, advance
from callcenter.domain.duty.presence import Work
from callcenter.domain.errors import HelplineError
from callcenter.domain.policy import Policy
from callcenter.domain.talks.talk import NotNow
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.calls import calls
from callcenter.services.delivery import live, outbox
from callcenter.services.duty import availability, presence
from callcenter.services.talks import participants, ringing


class NotFree(HelplineError):
    """Raised when the colleague is in a call, away or unreachable."""

    message = "その人は、いま電話に出られません。ほかの人を選んでください。"


def free_colleagues(session: Session, me: str, *, now: datetime, policy: Policy) -> list[Staff]:
    """Return who could be consulted now, by name."""
    query = select(Staff).join(Presence, Presence.staff_id == Staff.id)
    there = session.scalars(query.where(availability.offerable(now, policy), Staff.id != me).order_by(Staff.name))
    return [one for one in there if may(one.role, Action.ANSWER)]


class NotThereYet(HelplineError):
    """Raised when the colleague is still being rung."""

    message = "まだ、つながっていません。相手の人が出てから、もう一度お試しください。"


class Asked(NamedTuple):
    """A colleague who is being consulted, and their leg."""

    offer: Offer
    name: str


def last_asked(session: Session, call_id: str, *, by: Offer) -> Asked | None:
    """Return whom the counsellor with the leg *by* asked last in this call."""
    query = select(Offer, Staff.name).join(Staff, Staff.id == Offer.staff_id)
    asked = query.where(Offer.call_id == call_id, Offer.purpose == Purpose.CONSULT, Offer.id != by.id)
    found = session.execute(asked.order_by(Offer.rung_at.desc()).limit(1)).one_or_none()
    return None if found is None else Asked(offer=found.Offer, name=found.name)


def start_consult(
    session: Session, call: Call, offer: Offer, colleague_id: str, *, announced: bool, now: datetime, policy: Policy
) -> Offer:
    """Put the caller on hold and ring a colleague; *announced* if the caller hears that somebody takes over.

    Raises ``NotNow`` unless the talk is this counsellor's and nobody is being consulted, ``NotFree``.
    """
    if not participants.holds_talk(call, offer) or call.consult_id is not None:
        raise NotNow
    row = presence.lock(session, colleague_id)
    free = {one.id for one in free_colleagues(session, offer.staff_id, now=now, policy=policy)}
    if row is None or colleague_id not in free:
        raise NotFree
    asked = Offer(
        id=new_id(),
        call_id=call.id,
        staff_id=colleague_id,
        purpose=Purpose.CONSULT,
        state=OfferState.PENDING,
        contact=row.contact,
        rung_at=now,
        round=call.round,
        announced=announced,
    )
    session.add(asked)
    presence.set_work(row, Work.OFFERED, session, now=now)
    row.offer_id = call.consult_id = asked.id
    session.flush()  # a second live offer fails here, before anything is rung
    calls.log_event(session, call, "consult_rung", now=now, staff_id=colleague_id, by=offer.staff_id)
    participants.request_hold(session, call, held=True, now=now)
    outbox.put(session, "ring", now=now, offer=asked.id)
    return asked


def claim(session: Session, offer: Offer, call: Call, *, now: datetime) -> bool:
    """Let the colleague come if they are still wanted; offer and call come locked."""
    row = presence.lock(session, offer.staff_id)
    if offer.state not in OPEN_OFFERS or row is None or row.offer_id != offer.id:
        return False
    won = session.execute(
        update(Call)
        .where(Call.id == call.id, Call.consult_id == offer.id, Call.state == CallState.TALKING)
        .values(last_news_at=now)
        .returning(Call.id)
    )
    if won.one_or_none() is None:
        ringing.close_offer(session, offer, OfferState.LOST, now=now)
        return False
    offer.state, offer.claimed_at = OfferState.CLAIMED, now
    presence.clear_misses(row)
    presence.set_work(row, Work.CONNECTING, session, now=now)
    calls.log_event(session, call, "consult_claimed", now=now, staff_id=offer.staff_id)
    return True


def introduce(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Let caller, counsellor and colleague talk, all three; the caller hears it beforehand. Twice is once.

    Raises ``NotNow`` unless the talk is this counsellor's, ``NotThereYet`` before the colleague is in the room.
    """
    if not participants.holds_talk(call, offer) or call.consult_id is None:
        raise NotNow
    asked = ringing.find(session, call.consult_id)
    if asked is None or asked.state is not OfferState.JOINED:
        raise NotThereYet
    if is_introduced(call):
        return
    calls.log_event(session, call, "introduced", now=now, staff_id=asked.staff_id, by=offer.staff_id)
    participants.request_hold(session, call, held=False, now=now)
    participants.announce(session, call, participants.COLLEAGUE_COMES, now=now)
    live.publish(session, live.staff_topic(asked.staff_id), now=now)


def is_introduced(call: Call) -> bool:
    """Return whether the consulted colleague talks with the caller too; before that the caller is kept on hold."""
    return call.consult_id is not None and call.held_at is None


def may_enter(call: Call, offer: Offer) -> bool:
    """Return whether the colleague may enter the room: not before the caller is confirmed to be on hold.

    One who has been introduced was in it already.
    """
    return call.offer_id == offer.id or call.on_hold or is_introduced(call)


def colleague_joined(session: Session, offer: Offer, *, now: datetime) -> None:
    """Record that the colleague's leg is in the room."""
    row = presence.lock(session, offer.staff_id)
    if row is not None and row.offer_id == offer.id and row.work is Work.CONNECTING:
        presence.set_work(row, Work.ON_CALL, session, now=now)
    live.publish(session, live.LINE, now=now)


def return_to_counsellor(session: Session, call: Call | None, offer: Offer, *, now: datetime) -> None:
    """Take the caller off hold as the consult is over; an announced hand-over is taken back aloud.

    A caller to whom the colleague was introduced is in the talk, and hears from their counsellor how it goes on.
    """
    if call is None or call.consult_id != offer.id:
        return
    introduced, call.consult_id = is_introduced(call), None
    calls.log_event(session, call, "consult_over", now=now, staff_id=offer.staff_id, state=offer.state)
    if call.state is CallState.TALKING:
        participants.request_hold(session, call, held=False, now=now)
        if offer.announced and not introduced:
            participants.announce(session, call, participants.NOT_HANDED_OVER, now=now)


def cancel(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """End the consult by the counsellor, who returns to the caller. Twice is once."""
    if call.offer_id != offer.id:
        raise NotNow
    asked = ringing.find(session, call.consult_id) if call.consult_id else None
    if asked is not None:
        release_colleague(session, asked, now=now)
        return_to_counsellor(session, call, asked, now=now)


def withdraw(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """End the consult by the colleague; ``NotNow`` once the caller is theirs. Twice is once."""
    if call.offer_id == offer.id:
        raise NotNow
    release_colleague(session, offer, now=now)
    return_to_counsellor(session, call, offer, now=now)


def release_colleague(session: Session, asked: Offer, *, now: datetime) -> None:
    """End the colleague's ring or leg and free them, idle time unchanged."""
    if asked.state in OPEN_OFFERS:
        ringing.close_offer(session, asked, OfferState.CANCELLED, now=now)
    elif asked.state in LIVE_OFFERS:
        asked.ending = True
        colleague_left(session, asked, at=now, now=now)
        outbox.put(session, "hang_up", now=now, offer=asked.id)


def colleague_left(session: Session, asked: Offer, *, at: datetime, now: datetime) -> None:
    """Record that the colleague's leg has left and free them; they have no record to write."""
    asked.state = advance(asked.state, OfferState.LEFT)
    asked.left_at = asked.left_at or at
    row = presence.lock(session, asked.staff_id)
    if row is not None and row.offer_id == asked.id:
        presence.free_after_ring(session, row, now=now, to_the_back=False)


def cancel_when_talk_ends(session: Session, call: Call, *, now: datetime) -> None:
    """End the consult because the caller left or goes back to the queue."""
    asked = ringing.find(session, call.consult_id) if call.consult_id else None
    call.consult_id = call.held_at = None
    call.on_hold = False
    if asked is not None:
        release_colleague(session, asked, now=now)
