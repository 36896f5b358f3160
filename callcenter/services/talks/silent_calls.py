"""The watchdog: handles offers, claims and calls of which no news has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import OPEN_OFFERS, CallState, OfferState
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.columns import Moment
from callcenter.services.delivery import heavy_jobs, live, outbox, receipts
from callcenter.services.duty import care, end_of_day
from callcenter.services.misuse import flags
from callcenter.services.records import viewers
from callcenter.services.talks import participants, ringing, room

# Swept every few seconds: built anew each time, the queries would cost more than their answers.
_RINGS = (
    select(Call, Offer)
    .join(Offer, Offer.call_id == Call.id)
    .where(Offer.state.in_(OPEN_OFFERS))
    .with_for_update(skip_locked=True, key_share=True)
)
_CLAIMS = (
    select(Call, Offer)
    .join(Offer, Offer.id == Call.offer_id)
    .where(Call.state.in_((CallState.CLAIMED, CallState.CONNECTING)))
    .where(Call.claimed_at <= bindparam("claimed_by", type_=Moment))
    .with_for_update(skip_locked=True, key_share=True)
)
_SILENT = (
    select(Call)
    .where(Call.state != CallState.ENDED, Call.last_news_at <= bindparam("heard_by", type_=Moment))
    .with_for_update(skip_locked=True, key_share=True)
)


def sweep(session: Session, *, now: datetime, policy: Policy) -> None:
    """Handle offers, claims and calls that have been silent for too long."""
    _offers_rung_out(session, now, policy)
    _claims_without_caller(session, now, policy)
    _silent_calls(session, now, policy)
    participants.recheck_holds(session, now=now)
    end_of_day.set_offline_after_closing(session, now=now, policy=policy)


def _offers_rung_out(session: Session, now: datetime, policy: Policy) -> None:
    for call, offer in session.execute(_RINGS):
        if now >= ringing.given_up_at(offer, policy):
            rang = offer.leg_sid is not None or offer.heard_ringing_at is not None  # else nobody let it ring
            room.end_ring(session, call, offer, OfferState.MISSED if rang else OfferState.CANCELLED, now=now)


def _claims_without_caller(session: Session, now: datetime, policy: Policy) -> None:
    """Undo claims whose caller never came; if the caller did, check the room."""
    for call, offer in session.execute(_CLAIMS, {"claimed_by": now - policy.join_within}):
        if call.state is CallState.CLAIMED:
            room.release_claim(session, call, offer, now=now)
        elif call.last_news_at <= now - policy.join_within:
            call.last_news_at = now
            outbox.put(session, "look_into_room", now=now, call=call.id)


def _silent_calls(session: Session, now: datetime, policy: Policy) -> None:
    for call in session.scalars(_SILENT, {"heard_by": now - policy.silent_after}):
        call.last_news_at = now  # asked for once a period, not at every sweep
        outbox.put(session, "ask_after_call", now=now, call=call.id)
        if call.state is CallState.TALKING:  # the caller may be there and the counsellor gone unheard
            outbox.put(session, "look_into_hold", now=now, call=call.id)


def forget(session: Session, *, now: datetime, policy: Policy) -> None:
    """Delete what is kept for a while only: callers' numbers and codes, flags' hashes, receipts, hints."""
    old = Call.number_until < local_date(now)
    session.execute(update(Call).where(Call.caller_number.is_not(None), old).values(caller_number=None))
    keyed = update(Call).where(Call.caller_code.is_not(None), Call.arrived_on < local_date(now))
    session.execute(keyed.values(caller_code=None))
    flags.forget(session, now=now, policy=policy)
    receipts.forget(session, now=now)
    live.forget(session, now=now)
    care.forget(session, now=now)
    viewers.forget(session, now=now)
    heavy_jobs.forget(session, now=now)
