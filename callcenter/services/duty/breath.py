"""The breath after a call in which a life was in danger: the next call waits until the counsellor ends it.

It is an absence like any other, so that going home, going away and the end of the day end it too.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.records.record_codes import LIFE_IN_DANGER
from callcenter.models.calls.calls import Offer, Presence
from callcenter.models.records import Consultation


def is_due(session: Session, row: Presence) -> bool:
    """Return whether the counsellor's own record of their last call says that a life was in danger."""
    # The ids of offers rise even where a trial's clock was put back.
    mine = select(Offer.call_id).where(Offer.staff_id == row.staff_id, Offer.claimed_at.is_not(None))
    last = mine.order_by(Offer.id.desc()).limit(1).scalar_subquery()
    own = select(Consultation.risk).where(Consultation.call_id == last, Consultation.counsellor_id == row.staff_id)
    return session.scalar(own) in LIFE_IN_DANGER
