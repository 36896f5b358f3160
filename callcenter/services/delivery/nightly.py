"""What is done once a night: one row a job and night says who has it in hand, how far it came and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import in_japan
from callcenter.models.delivery.nightly import NightlyRun
from callcenter.services.delivery import leases

CALL_LOG = "twilio_log"
"""Making the telephone company forget its old calls; the name stands in the database."""
RETENTION = "retention"
"""Destroying what is kept no longer."""

BEGINS, ENDS = time(3), time(6)
"""In Japan: the line is closed, and the machine has nothing better to do."""

LEASE = timedelta(minutes=10)
"""A worker that died, or was told to come back later, leaves the job to whoever looks next after this long."""


@dataclass(frozen=True)
class LeasedNight:
    """One night's job in the hands of one worker."""

    job: str
    night: date
    token: str


def night_of(now: datetime) -> date | None:
    """Return the night it is, or None by day."""
    here = in_japan(now)
    return here.date() if BEGINS <= here.time() < ENDS else None


def take(session: Session, job: str, *, now: datetime) -> LeasedNight | None:
    """Take tonight's turn; None by day, when it is done, or while somebody else is at it."""
    night = night_of(now)
    if night is None:
        return None
    which = (*_run(job, night), NightlyRun.ended_at.is_(None))
    held = leases.take(session, NightlyRun, *which, length=LEASE, now=now, kept=0)
    if held is None and session.get(NightlyRun, (job, night)) is None:
        first = NightlyRun(job=job, night=night, started_at=now, removed=0, kept=0)
        held = leases.add(session, first, length=LEASE, now=now)
    return None if held is None else LeasedNight(job, night, held.token)


def advance(session: Session, leased: LeasedNight, *, removed: int, kept: int, now: datetime) -> bool:
    """Note how much was done since the last note; False if the turn went to somebody else meanwhile."""
    more = {"removed": NightlyRun.removed + removed, "kept": NightlyRun.kept + kept}
    which = _run(leased.job, leased.night)
    return leases.renew(session, NightlyRun, *which, token=leased.token, length=LEASE, now=now, **more)


def finish(session: Session, leased: LeasedNight, result: str, *, now: datetime) -> None:
    """Say how it ended; tonight nobody takes it again."""
    leases.release(
        session, NightlyRun, *_run(leased.job, leased.night), token=leased.token, ended_at=now, result=result
    )


def latest(session: Session, job: str) -> NightlyRun | None:
    """Return the newest night's run of a job."""
    query = select(NightlyRun).where(NightlyRun.job == job).order_by(NightlyRun.night.desc()).limit(1)
    return session.scalar(query)


def _run(job: str, night: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return NightlyRun.job == job, NightlyRun.night == night
