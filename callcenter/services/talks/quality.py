"""The account of how well a leg carried the voices: kept with the leg, and read by supervisors."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import Purpose
from callcenter.domain.talks.quality import Hearing, Quality, read
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.staff.accounts import Staff

SHOWN = 50
LATE = timedelta(minutes=10)
"""So long after its end a leg's account may still come."""


class MeasuredTalk(NamedTuple):
    """A counsellor's leg in a talk with its account, None where a telephone or an old page gave none."""

    offer: Offer
    name: str
    quality: Quality | None


def record(offer: Offer, quality: Quality, *, now: datetime) -> bool:
    """Store the account of a leg that is or was in a talk; an older one that comes late changes nothing."""
    known = of_leg(offer)
    over = offer.left_at is not None and now - offer.left_at > LATE
    if offer.claimed_at is None or over or (known is not None and known.seconds > quality.seconds):
        return False
    offer.quality = quality.as_facts()
    return True


def of_leg(offer: Offer | None) -> Quality | None:
    """Return the account of a leg, if there is one."""
    return None if offer is None or offer.quality is None else read(offer.quality)


def hearing_of(offer: Offer | None) -> Hearing | None:
    """Return how well the two of a talk hear one another, as far as it is known."""
    quality = of_leg(offer)
    return None if quality is None else quality.hearing


def latest(session: Session) -> list[MeasuredTalk]:
    """Return the newest talks with their accounts, the newest first."""
    query = (
        select(Offer, Staff.name)
        .join(Staff, Staff.id == Offer.staff_id)
        .join(Call, Call.id == Offer.call_id)
        .where(Offer.purpose == Purpose.ANSWER, Offer.joined_at.is_not(None), Call.talked_at.is_not(None))
        .order_by(Offer.id.desc())
        .limit(SHOWN)
    )
    return [MeasuredTalk(offer, name, of_leg(offer)) for offer, name in session.execute(query)]
