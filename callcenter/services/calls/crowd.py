"""How crowded the line is, for the public page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call, Presence
from callcenter.services.duty.availability import offerable


def is_crowded(session: Session, *, now: datetime, policy: Policy) -> bool | None:
    """Return True from ``crowded_from`` waiting callers on, False if somebody could answer at once, else None."""
    waits = select(func.count(Call.id)).where(Call.state == CallState.WAITING).scalar_subquery()
    free = select(func.count(Presence.staff_id)).where(offerable(now, policy)).scalar_subquery()
    waiting, ready = session.execute(select(waits, free)).one()
    if waiting >= policy.crowded_from:
        return True
    return False if ready > waiting else None
