"""The self-check before each opening: when it is due, what it found, and the alarm while something is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callcenter.domain.alarms import AlarmKind, Fault
from callcenter.models.delivery.self_checks import SelfCheck
from callcenter.services.delivery import alarms, live

BEFORE = timedelta(minutes=10)
"""So long before the opening it is looked, with time to mend what is wrong."""
AGAIN = timedelta(minutes=2)
"""What was wrong is looked at again so often …"""
UNTIL = timedelta(hours=1)
"""… until so long after the opening."""
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class CheckedOpening:
    """What was found before an opening."""

    opens_at: datetime
    checked_at: datetime
    found: tuple[Fault, ...]


def latest(session: Session) -> CheckedOpening | None:
    """Return what was found before the newest opening that was checked."""
    row = session.scalar(select(SelfCheck).order_by(SelfCheck.opens_at.desc()).limit(1))
    return None if row is None else CheckedOpening(row.opens_at, row.checked_at, tuple(map(Fault, row.found)))


def due(session: Session, next_open: datetime | None, *, now: datetime) -> datetime | None:
    """Return the opening that is to be checked now; None while there is nothing to look at."""
    last = latest(session)
    if (
        next_open is not None
        and timedelta(0) < next_open - now <= BEFORE
        and (last is None or last.opens_at < next_open)
    ):
        return next_open
    if last is None or not last.found or now >= last.opens_at + UNTIL:
        return None
    return last.opens_at if now - last.checked_at >= AGAIN else None


def store(session: Session, opens_at: datetime, found: Sequence[Fault], *, now: datetime) -> None:
    """Store what was found; it is an alarm as long as the last look found something."""
    row = session.get(SelfCheck, opens_at)
    if row is None:
        session.add(SelfCheck(opens_at=opens_at, checked_at=now, found=list(found)))
    else:
        row.checked_at, row.found = now, list(found)
    if found:
        alarms.raise_alarm(session, AlarmKind.SELF_CHECK, now=now)
    else:
        alarms.end(session, AlarmKind.SELF_CHECK, now=now)
    live.publish(session, live.LINE, now=now)


def forget(session: Session, *, now: datetime) -> None:
    """Delete what was found long ago; what nobody could mend within its hour is no alarm any more."""
    session.execute(delete(SelfCheck).where(SelfCheck.opens_at < now - KEPT))
    last = latest(session)
    if last is not None and now >= last.opens_at + UNTIL:
        alarms.end(session, AlarmKind.SELF_CHECK, now=now)
