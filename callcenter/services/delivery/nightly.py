"""What is done once a night: one row a job and night says who has it in hand, how far it came and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import in_japan
from callcenter.models.base import new_id
from callcenter.models.delivery.nightly import NightlyRun

CALL_LOG = "twilio_log"
"""Making the telephone company forget its old calls; the name stands in the database."""
RETENTION = "retention"
"""Destroying what is kept no longer."""

BEGINS, ENDS = time(3), time(6)
"""In Japan: the line is closed, and the machine has nothing better to do."""

LEASE = timedelta(minutes=10)
"""A worker that died, or was told to come back later, leaves the job to whoever looks next after this long."""


@dataclass(frozen=True)
class Turn:
    """One night's job in the hands of one worker."""

    job: str
    night: date
    token: str


def night_of(now: datetime) -> date | None:
    """Return the night it is, or None by day."""
    here = in_japan(now)
    return here.date() if BEGINS <= here.time() < ENDS else None


def take(session: Session, job: str, *, now: datetime) -> Turn | None:
    """Take tonight's turn; None by day, when it is done, or while somebody else is at it."""
    night = night_of(now)
    if night is None:
        return None
    row = session.get(NightlyRun, (job, night), with_for_update=True)
    if row is None:
        row = NightlyRun(job=job, night=night, started_at=now, removed=0, kept=0)
        try:
            with session.begin_nested():  # the database says who was first
                session.add(row)
        except IntegrityError:
            return None
    if row.ended_at is not None or (row.leased_until is not None and row.leased_until > now):
        return None
    row.lease, row.leased_until, row.kept = new_id(), now + LEASE, 0
    return Turn(job, night, row.lease)


def advance(session: Session, turn: Turn, *, removed: int, kept: int, now: datetime) -> bool:
    """Note how much was done since the last note; False if the turn went to somebody else meanwhile."""
    row = _mine(session, turn)
    if row is None:
        return False
    row.removed, row.kept, row.leased_until = row.removed + removed, row.kept + kept, now + LEASE
    return True


def finish(session: Session, turn: Turn, result: str, *, now: datetime) -> None:
    """Say how it ended; tonight nobody takes it again."""
    row = _mine(session, turn)
    if row is not None:
        row.ended_at, row.result, row.lease, row.leased_until = now, result, None, None


def latest(session: Session, job: str) -> NightlyRun | None:
    """Return the newest night's run of a job."""
    query = select(NightlyRun).where(NightlyRun.job == job).order_by(NightlyRun.night.desc()).limit(1)
    return session.scalar(query)


def _mine(session: Session, turn: Turn) -> NightlyRun | None:
    row = session.get(NightlyRun, (turn.job, turn.night), with_for_update=True)
    return row if row is not None and row.lease == turn.token else None
