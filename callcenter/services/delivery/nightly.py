"""Nightly jobs: one row for each job and night says who runs it, how far it is and how it ended."""

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
MEMBERS = "members"
"""Deleting who sent no consultation for two years, and telling those who will be."""

BEGINS, ENDS = time(3), time(6)
"""In Japan: the line is closed, and the machine has nothing better to do."""

LEASE = timedelta(minutes=10)
"""A worker that died, or was told to come back later, leaves the job to whoever looks next after this long."""


@dataclass(frozen=True)
class LeasedNight:
    """One night's job leased to one worker."""

    job: str
    night: date
    token: str


def night_of(now: datetime) -> date | None:
    """Return which night it is, or None by day."""
    here = in_japan(now)
    return here.date() if BEGINS <= here.time() < ENDS else None


def take(session: Session, job: str, *, now: datetime) -> LeasedNight | None:
    """Lease tonight's job; None by day, when it is done, or while it is leased."""
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
    """Add to the counts and renew the lease; False if it was lost."""
    more = {"removed": NightlyRun.removed + removed, "kept": NightlyRun.kept + kept}
    which = _run(leased.job, leased.night)
    return leases.renew(session, NightlyRun, *which, token=leased.token, length=LEASE, now=now, **more)


def finish(session: Session, leased: LeasedNight, result: str, *, now: datetime) -> None:
    """Store how the job ended; it is not run again tonight."""
    leases.release(
        session, NightlyRun, *_run(leased.job, leased.night), token=leased.token, ended_at=now, result=result
    )


def latest(session: Session, job: str) -> NightlyRun | None:
    """Return the newest night's run of a job."""
    query = select(NightlyRun).where(NightlyRun.job == job).order_by(NightlyRun.night.desc()).limit(1)
    return session.scalar(query)


def _run(job: str, night: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return NightlyRun.job == job, NightlyRun.night == night
