"""Settings come from the environment; that they changed is noted when a worker starts with other ones than the last."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.policy import Policy
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR, Subject

ACTION = "policy.set"


def record_changes(session: Session, policy: Policy, *, now: datetime) -> dict[str, Any]:
    """Note what differs from the last time, and return it; the first time, everything."""
    before = _known(session)
    changed = {name: value for name, value in _values(policy).items() if before.get(name) != value}
    if changed:
        subject = Subject("policy")
        audit.record(session, actor=OPERATOR, action=ACTION, subject=subject, facts=changed, now=now)
    return changed


def _known(session: Session) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for facts in session.scalars(select(AuditEntry.facts).where(AuditEntry.action == ACTION).order_by(AuditEntry.seq)):
        known |= facts
    return known


def _values(policy: Policy) -> dict[str, Any]:
    return {one.name: _code(getattr(policy, one.name)) for one in fields(policy)}


def _code(value: Any) -> Any:
    """Write spans as seconds; whole numbers and switches stay, anything else becomes a code."""
    if isinstance(value, timedelta):
        return str(value.total_seconds()).removesuffix(".0") + "s"
    return value if isinstance(value, bool | int) else str(value)
