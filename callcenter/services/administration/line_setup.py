"""The audit entry of changes to the set-up at the telephone company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.telephony import SetupChange
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject


def record(session: Session, changes: Sequence[SetupChange], *, by: Actor, now: datetime) -> None:
    """Record in the trail which parts were written, never a number or an address."""
    parts = sorted({change.part for change in changes})
    facts = {"written": parts, "count": len(changes)}
    audit.record(session, actor=by, action="line.set_up", subject=Subject("line"), facts=facts, now=now)
