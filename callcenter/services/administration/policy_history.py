"""The history of the operator's settings: what differs when a worker starts is recorded in the trail."""

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
    """Record the settings that differ from the last time and return them; the first time, all of them."""
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
    values = {one.name: getattr(policy, one.name) for one in fields(policy)}
    # the line's own numbers are no policy that somebody decided, and no number stands in the trail
    return {name: _code(value) for name, value in values.items() if not isinstance(value, frozenset)}


def _code(value: Any) -> Any:
    """Return a setting as a code for the trail: spans in seconds, whole numbers and switches as they are."""
    if isinstance(value, timedelta):
        return str(value.total_seconds()).removesuffix(".0") + "s"
    return value if isinstance(value, bool | int) else str(value)
