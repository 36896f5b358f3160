"""Chores that run every few minutes: of two workers at once, one runs them."""

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
    """A chore leased to one worker; *whole_at* is when the last complete run began."""

    name: str
    token: str
    begun_at: datetime
    whole_at: datetime | None


def take(session: Session, name: str, *, now: datetime, every: timedelta) -> LeasedChore | None:
    """Lease the chore; None if it was begun less than *every* ago."""
    due = or_(Chore.begun_at <= now - every, Chore.begun_at > now + every)
    held = leases.take(session, Chore, Chore.name == name, due, length=LEASE, now=now, begun_at=now)
    if held is None and session.get(Chore, name) is None:
        held = leases.add(session, Chore(name=name, begun_at=now), length=LEASE, now=now)
    return None if held is None else LeasedChore(name, held.token, now, held.row.whole_at)


def finish(session: Session, leased: LeasedChore) -> None:
    """Store that the run was completed."""
    leases.release(session, Chore, Chore.name == leased.name, token=leased.token, whole_at=leased.begun_at)


def put_back(session: Session, leased: LeasedChore) -> None:
    """Give up an incomplete run; the next one starts from what it left."""
    leases.release(session, Chore, Chore.name == leased.name, token=leased.token)
