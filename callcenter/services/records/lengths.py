"""How long talks lasted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from callcenter.models.calls.calls import Call
from callcenter.models.records import Consultation


def spoken(session: Session, record: Consultation) -> timedelta | None:
    """Return how long the contact of *record* lasted; None while it lasts, or where nobody measured it."""
    call = session.get(Call, record.call_id) if record.call_id else None
    if call is None or call.talked_at is None or call.ended_at is None:
        return None
    return call.ended_at - call.talked_at
