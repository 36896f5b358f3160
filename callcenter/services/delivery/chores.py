"""Turns at what is done every few minutes: two workers at once do it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlalchemy.orm import Session

from callcenter.models.delivery.chores import Chore
from callcenter.services.delivery import leases

LEASE = timedelta(seconds=20)
"""A worker that died leaves the chore to the next one after this long."""


@dataclass(frozen=True)
class LeasedChore:
    """A chore in the hands of one worker; *whole_at* is when the last run that came to its end began."""

    name: str
    token: str
    begun_at: datetime
    whole_at: datetime | None


def take(session: Session, name: str, *, now: datetime, every: timedelta) -> LeasedChore | None:
    """Take the turn; None if it was begun less than *every* ago. A clock that was put back keeps nobody waiting."""
    due = or_(Chore.begun_at <= now - every, Chore.begun_at > now + every)
    held = leases.take(session, Chore, Chore.name == name, due, length=LEASE, now=now, begun_at=now)
    if held is None and session.get(Chore, name) is None:
        held = leases.add(session, Chore(name=name, begun_at=now), length=LEASE, now=now)
    return None if held is None else LeasedChore(name, held.token, now, held.row.whole_at)


def finish(session: Session, leased: LeasedChore) -> None:
    """Note that the run came to its end."""
    leases.release(session, Chore, Chore.name == leased.name, token=leased.token, whole_at=leased.begun_at)


def put_back(session: Session, leased: LeasedChore) -> None:
    """Give back a run that did not come to its end; the next one looks at what it left."""
    leases.release(session, Chore, Chore.name == leased.name, token=leased.token)
