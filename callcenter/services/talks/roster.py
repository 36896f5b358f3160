"""Who takes calls now, in which talk they are, and which supervisors follow a talk."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import LIVE_OFFERS, Purpose
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import availability


class OnDuty(NamedTuple):
    """Somebody on duty, with the leg, the call and the risk noted in its record, if they have one."""

    presence: Presence
    name: str
    offer: Offer | None
    call: Call | None
    risk: str | None


class TalkFollower(NamedTuple):
    """The leg of a supervisor who follows a talk, and their name."""

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


def counsellor_of(session: Session, call_id: str) -> str | None:
    """Return the name of the counsellor whose talk a call is."""
    query = select(Staff.name).join(Offer, Offer.staff_id == Staff.id).join(Call, Call.offer_id == Offer.id)
    return session.scalar(query.where(Call.id == call_id))


def followers(session: Session) -> list[TalkFollower]:
    """Return every supervisor who follows a talk, whoever began first."""
    query = (
        select(Offer, Staff.name)
        .join(Staff, Staff.id == Offer.staff_id)
        .where(Offer.purpose == Purpose.LISTEN, Offer.state.in_(LIVE_OFFERS))
        .order_by(Offer.rung_at, Offer.id)
    )
    return [TalkFollower(*row) for row in session.execute(query)]
