"""Handing a caller over to the consulted colleague, together with the record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallState, OfferState, Purpose, advance
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.talks.talk import NotNow
from callcenter.models.calls.calls import Call, Offer
from callcenter.services.calls import calls
from callcenter.services.delivery import outbox
from callcenter.services.records import consultations
from callcenter.services.talks import consult, participants, ringing, room, supervision


def complete(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Hand the caller over to the colleague, who owns the talk from this transaction on.

    A counsellor who has handed this very call over already has nothing more to do. Raises ``NotNow``, ``NotThereYet``.
    """
    if offer.ending and offer.state is OfferState.LEFT and call.offer_id != offer.id:
        return
    if not participants.holds_talk(call, offer) or call.consult_id is None:
        raise NotNow
    asked = ringing.find(session, call.consult_id)
    if asked is None or asked.state is not OfferState.JOINED:
        raise consult.NotThereYet
    calls.log_event(session, call, "handed_over", now=now, staff_id=asked.staff_id, by=offer.staff_id)
    offer.ending = True
    offer.state, offer.left_at = advance(offer.state, OfferState.LEFT), now
    room.start_wrap_up(session, offer, now=now)
    _take_over(session, call, asked, now=now)
    outbox.put(session, "hang_up", now=now, offer=offer.id)


def promote_colleague(session: Session, call: Call, *, now: datetime) -> bool:
    """Give the caller to the colleague as the counsellor's leg was lost; False if there is no colleague."""
    asked = ringing.find(session, call.consult_id) if call.consult_id else None
    if call.state is not CallState.TALKING or asked is None:
        return False
    if asked.state not in {OfferState.CLAIMED, OfferState.JOINED}:
        return False
    calls.log_event(session, call, "promoted", now=now, staff_id=asked.staff_id)
    _take_over(session, call, asked, now=now)
    return True


def _take_over(session: Session, call: Call, asked: Offer, *, now: datetime) -> None:
    session.flush()  # the database allows one who answers, so the former one goes first
    asked.purpose = Purpose.ANSWER
    call.offer_id, call.consult_id = asked.id, None
    participants.request_hold(session, call, held=False, now=now)
    if asked.state is OfferState.JOINED:  # otherwise their arrival in the room will say so
        consult.colleague_joined(session, asked, now=now)
    consultations.open_draft(
        session, call_id=call.id, channel=Channel.PHONE, counsellor_id=asked.staff_id, hint=None, now=now
    )
    supervision.retarget_whispers(session, call, now=now)
