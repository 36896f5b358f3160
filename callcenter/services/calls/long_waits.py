"""The alarm that somebody has waited for too long: one spell for all who do, over when the line has caught up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Label, bindparam, func, select
from sqlalchemy.orm import Session

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call
from callcenter.models.columns import Moment
from callcenter.services.delivery import alarms


def _waits_since(moment: str) -> Label[bool]:
    since = func.coalesce(Call.requeued_at, Call.waiting_since)
    waits = select(Call.id).where(Call.state == CallState.WAITING, since <= bindparam(moment, type_=Moment))
    return waits.exists().label(moment)


_LINE = select(_waits_since("long_ago"), _waits_since("a_while_ago"))


def watch(session: Session, *, now: datetime, policy: Policy) -> None:
    """Raise the alarm or end it; only when nobody waits half as long is the spell over, so that it does not flicker."""
    if not policy.alarm_wait:
        return
    asked = {"long_ago": now - policy.alarm_wait, "a_while_ago": now - policy.alarm_wait / 2}
    line = session.execute(_LINE, asked).one()
    if line.long_ago:
        alarms.raise_alarm(session, AlarmKind.LONG_WAIT, now=now)
    elif not line.a_while_ago:
        alarms.end(session, AlarmKind.LONG_WAIT, now=now)
