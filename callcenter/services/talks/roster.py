"""Who is on duty, in which talk, and which supervisors listen."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import LIVE_OFFERS, Purpose
from callcenter.domain.duty.presence import TALKING
from callcenter.domain.policy import Policy
from callcenter.domain.talks.talk import Cut, cut_ahead
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import availability


class OnDuty(NamedTuple):
    """Somebody on duty, with their leg, call and the risk in its record, if any."""

    presence: Presence
    name: str
    offer: Offer | None
    call: Call | None
    risk: str | None


class TalkCut(NamedTuple):
    """A talk that the telephone company will cut soon: its counsellor's name, and what it cuts when."""

    name: str
    cut: Cut


class TalkFollower(NamedTuple):
    """A supervisor's leg in a talk, and their name."""

    offer: Offer
    name: str


def on_duty(session: Session, *, now: datetime, policy: Policy) -> list[OnDuty]:
    """Return everybody on duty, in no order."""
    query = (
        select(Presence, Staff.name, Offer, Call, Consultation.risk)
        .join(Staff, Staff.id == Presence.staff_id)
        .outerjoin(Offer, Offer.id == Presence.offer_id)
        .outerjoin(Call, Call.id == Offer.call_id)
        .outerjoin(Consultation, Consultation.call_id == Call.id)
        .where(availability.on_duty(now, policy))
    )
    return [OnDuty(*row) for row in session.execute(query)]


def cut_of(found: OnDuty, *, now: datetime) -> Cut | None:
    """Return what will cut the talk of somebody on duty soon; a consulted colleague has none of their own."""
    offer, call = found.offer, found.call
    if offer is None or call is None or found.presence.work not in TALKING or call.offer_id != offer.id:
        return None
    return cut_ahead(call.arrived_at, offer.answered_at or offer.rung_at, now=now)


def cuts_ahead(session: Session, *, now: datetime, policy: Policy) -> list[TalkCut]:
    """Return every talk that will be cut soon, by the counsellor's name."""
    found = ((one.name, cut_of(one, now=now)) for one in on_duty(session, now=now, policy=policy))
    return sorted((TalkCut(name, cut) for name, cut in found if cut is not None), key=lambda one: one.name)


def counsellor_of(session: Session, call_id: str) -> str | None:
    """Return the name of the counsellor whose talk a call is."""
    query = select(Staff.name).join(Offer, Offer.staff_id == Staff.id).join(Call, Call.offer_id == Offer.id)
    return session.scalar(query.where(Call.id == call_id))


def followers(session: Session) -> list[TalkFollower]:
    """Return every supervisor who listens to a talk, the first one first."""
    query = (
        select(Offer, Staff.name)
        .join(Staff, Staff.id == Offer.staff_id)
        .where(Offer.purpose == Purpose.LISTEN, Offer.state.in_(LIVE_OFFERS))
        .order_by(Offer.rung_at, Offer.id)
    )
    return [TalkFollower(*row) for row in session.execute(query)]
