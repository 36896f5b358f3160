"""The alarm that rings for a caller stay unanswered: raised once, withdrawn when somebody takes the caller."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call
from callcenter.services.delivery import alarms


def watch(session: Session, *, now: datetime, policy: Policy) -> None:
    """Raise the alarm for callers for whom too many rings stayed unanswered."""
    due = select(Call).where(Call.state == CallState.WAITING, Call.unanswered >= policy.rings_until_supervisors)
    due = due.where(Call.escalated_at.is_(None)).with_for_update(skip_locked=True, key_share=True)
    for call in session.scalars(due):
        call.escalated_at = now
        alarms.raise_alarm(session, AlarmKind.UNANSWERED, call.id, now=now)


def settle(session: Session, call: Call, *, now: datetime) -> None:
    """Withdraw the alarm, as somebody has taken the caller or the call is over."""
    if call.escalated_at is not None:
        call.escalated_at = None
        alarms.end(session, AlarmKind.UNANSWERED, call.id, now=now)
