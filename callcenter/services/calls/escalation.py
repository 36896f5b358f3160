"""The alarm that rings for a caller stay unanswered: raised once, withdrawn when somebody takes the caller."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call
from callcenter.services.delivery import live, notices

NOTICE = "unanswered"
"""The kind of its notices; their subject is the call."""


def watch(session: Session, *, now: datetime, policy: Policy) -> None:
    """Notify everybody who leads the line of callers for whom too many rings stayed unanswered."""
    due = select(Call).where(Call.state == CallState.WAITING, Call.unanswered >= policy.rings_until_supervisors)
    due = due.where(Call.escalated_at.is_(None)).with_for_update(skip_locked=True, key_share=True)
    for call in session.scalars(due):
        call.escalated_at = now
        notices.notify_all_who_may(session, Action.LEAD, NOTICE, call.id, by=None, now=now)
        live.publish(session, live.LINE, now=now)


def settle(session: Session, call: Call, *, now: datetime) -> None:
    """Withdraw the alarm, as somebody has taken the caller or the call is over."""
    if call.escalated_at is not None:
        call.escalated_at = None
        notices.withdraw(session, NOTICE, call.id, now=now)
        live.publish(session, live.LINE, now=now)
