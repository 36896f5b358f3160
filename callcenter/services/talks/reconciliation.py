"""Reconciling our calls and offers with the legs that the telephone company lists.

Everything here may be done twice, late, or by two at once: each step looks at the row it has locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.hours import Calendar, state_at
from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import (
    LIVE_OFFERS,
    OPEN_OFFERS,
    CallOutcome,
    CallState,
    EndReason,
    OfferState,
    Source,
)
from callcenter.domain.duty.presence import BOUND, Work
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact
from callcenter.domain.telephony import Browser, CallerLeg, LegState, RungLeg
from callcenter.models.calls.calls import IDENTITY, Call, Offer, Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.calendar import opening_hours
from callcenter.services.calls import calls
from callcenter.services.delivery import outbox
from callcenter.services.duty import presence
from callcenter.services.talks import ringing, room

SETTLED = timedelta(seconds=60)
"""What happened so lately is left to its own webhooks, which may be on their way."""

AT_ONCE = 500
"""How many SIDs one question to the database names."""


def unmatched_caller_legs(
    session: Session, legs: Sequence[CallerLeg], *, now: datetime
) -> list[tuple[CallerLeg, bool]]:
    """Return ended caller legs that we do not know, or whose call still runs here (True)."""
    ended = {leg.sid: leg for leg in legs if leg.state.over and (leg.ended_at or leg.began_at) <= now - SETTLED}
    states, sids = dict[str, CallState](), list(ended)
    for start in range(0, len(sids), AT_ONCE):
        some = sids[start : start + AT_ONCE]
        known = select(Call.caller_sid, Call.state).where(Call.caller_sid.in_(some))
        states |= dict(session.execute(known).all())
    return [(leg, sid in states) for sid, leg in ended.items() if states.get(sid) is not CallState.ENDED]


def record_caller_leg_end(session: Session, leg: CallerLeg, *, now: datetime, policy: Policy) -> None:
    """End the call of a caller's leg that has ended, or write down one that we never saw."""
    call = calls.find(session, leg.sid)
    if call is not None:
        room.caller_leg_ended(session, call, now=leg.ended_at or now)
        return
    call = calls.create_call(session, leg.sid, leg.caller, at=leg.began_at, policy=policy, source=Source.RECONCILED)
    if call.number_until is not None and call.number_until < local_date(now):
        call.caller_number = None  # it would have been forgotten by now
    outcome, why = _outcome(opening_hours.current(session, now), leg)
    calls.end_call(session, call, now=leg.ended_at or leg.began_at, outcome=outcome, why=why)


def _outcome(days: Calendar, leg: CallerLeg) -> tuple[CallOutcome, EndReason | None]:
    """Return what the caller must have met: the closed line, our failure, or no answer yet."""
    if not state_at(days, leg.began_at).open:
        return CallOutcome.CLOSED_BEFORE, None
    if leg.state in {LegState.ENDED, LegState.FAILED}:
        return CallOutcome.FAILED, EndReason.TROUBLE
    return CallOutcome.ABANDONED_GREETING, None


def unmatched_offer_legs(
    session: Session, legs: Iterable[RungLeg], *, now: datetime
) -> list[tuple[RungLeg, str | None]]:
    """Return the rung legs that contradict their offers, with the offer's id, or None if unknown."""
    found, listed = list[tuple[RungLeg, str | None]](), list(legs)
    offers = dict[str | None, tuple[str, bool]]()
    for start in range(0, len(listed), AT_ONCE):
        some = [leg.sid for leg in listed[start : start + AT_ONCE]]
        query = select(Offer.leg_sid, Offer.id, Offer.state).where(Offer.leg_sid.in_(some))
        offers |= {sid: (offer_id, state in LIVE_OFFERS) for sid, offer_id, state in session.execute(query)}
    for leg in listed:
        offer_id, live = offers.get(leg.sid, (None, False))
        over = leg.state.over
        since = (leg.ended_at or leg.began_at) if over else leg.began_at
        if since <= now - SETTLED and (live if over else not live):
            found.append((leg, offer_id))
    return found


def record_counsellor_leg_end(session: Session, offer_id: str, *, at: datetime, now: datetime) -> None:
    """Record that a counsellor's leg has ended although its offer is live."""
    offer, call = ringing.find_with_call(session, offer_id)
    if offer is None or offer.state not in LIVE_OFFERS:
        return
    if offer.state in OPEN_OFFERS:
        room.end_ring(session, call, offer, OfferState.MISSED, now=now, leg_open=False)
    else:
        room.leg_left(session, call, offer, at=at, now=now)


def end_unwanted_leg(session: Session, offer_id: str, *, now: datetime) -> None:
    """End a counsellor's leg that lives although its offer is over."""
    offer, call = ringing.find_with_call(session, offer_id)
    if offer is None or call is None or offer.state in LIVE_OFFERS or (offer.left_at or offer.rung_at) > now - SETTLED:
        return
    if call.state is CallState.TALKING and call.offer_id not in {None, offer.id}:  # who has the call is heard first
        outbox.put(session, "take_over", now=now, offer=call.offer_id, former=offer.id)
    else:
        outbox.put(session, "hang_up", now=now, offer=offer.id)


def is_staff_telephone(session: Session, leg: RungLeg) -> bool:
    """Return whether a leg that no offer knows was rung at a telephone of our staff."""
    if isinstance(leg.device, Browser):
        return leg.device.identity.startswith(IDENTITY)
    phones = session.scalars(select(Staff).where(Staff.contact == Contact.PHONE))
    return leg.device in {staff.phone for staff in phones}


def free_stuck_counsellors(session: Session, *, now: datetime) -> int:
    """Free counsellors bound to a ring or call that is over; return how many."""
    query = (
        select(Presence)
        .where(Presence.work.in_(BOUND), Presence.since <= now - SETTLED)
        .with_for_update(skip_locked=True, key_share=True)
    )
    freed = 0
    for row in session.scalars(query).all():
        offer = None if row.offer_id is None else session.get(Offer, row.offer_id)
        if offer is not None and offer.state in LIVE_OFFERS:
            continue
        freed += 1
        if offer is not None and offer.claimed_at is not None:
            presence.set_work(row, Work.WRAP_UP, session, now=now)
        else:
            presence.free_after_ring(session, row, now=now, to_the_back=False)
    return freed


def silent_waiting_calls(session: Session, *, now: datetime) -> list[Call]:
    """Return calls that wait in our queue and are silent; whoever waits there asks what comes next all the time."""
    query = select(Call).where(Call.state == CallState.WAITING, Call.last_news_at <= now - SETTLED)
    return list(session.scalars(query.limit(AT_ONCE)))
