"""Heavy jobs: wanted in the transaction that decides it, worked off under a lease, marked done once.

Whoever works reports its progress, which renews the lease; a process that was killed reports nothing, so its job is
free again when the lease is over. A job that fails is tried three times; after that it is told as failed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.models.base import info, new_id
from callcenter.models.delivery.heavy_jobs import HeavyJob, JobState
from callcenter.services.delivery import leases

LEASE = timedelta(minutes=1)
"""How long a job may go on without a report of its progress."""
TRIES = 3
PAUSE = timedelta(seconds=30)
"""How long a job that failed rests, times its tries so far."""
KEPT = timedelta(days=30)
"""How long a job that has ended is remembered."""

_OPEN = HeavyJob.ended_at.is_(None)


@dataclass(frozen=True)
class Ticket:
    """What goes on the queue: which job, and how often it was tried before."""

    job_id: str
    attempts: int


@dataclass(frozen=True)
class LeasedJob:
    """One heavy job in the hands of one process."""

    job_id: str
    token: str
    kind: str
    subject_id: str
    attempts: int


def request_job(session: Session, kind: str, subject_id: str = "", *, by: str | None, now: datetime) -> HeavyJob:
    """Ask for a job on behalf of somebody, or of the system; while one is open, asking again is asking once."""
    open_one = select(HeavyJob).where(_OPEN, HeavyJob.kind == kind, HeavyJob.subject_id == subject_id)
    known = session.scalars(open_one).one_or_none()
    if known is not None:
        return known
    job = HeavyJob(id=new_id(), kind=kind, subject_id=subject_id, asked_by=by, asked_at=now, due_at=now)
    try:
        with session.begin_nested():  # the database says who was first
            session.add(job)
    except IntegrityError:
        return session.scalars(open_one).one()
    info(session).wanted_jobs.append(job.id)
    return job


def due(session: Session, *, now: datetime, limit: int = 50) -> list[Ticket]:
    """Return the jobs that somebody could work on now, the oldest first."""
    free = leases.is_free(HeavyJob, LEASE, now=now)
    query = select(HeavyJob.id, HeavyJob.attempts).where(_OPEN, HeavyJob.due_at <= now, HeavyJob.attempts < TRIES, free)
    rows = session.execute(query.order_by(HeavyJob.due_at, HeavyJob.id).limit(limit))
    return [Ticket(row.id, row.attempts) for row in rows]


def take(session: Session, job_id: str, kinds: Collection[str], *, now: datetime) -> LeasedJob | None:
    """Take a job of one of the *kinds*; None if it is done, not due, or somebody else has it."""
    which = (HeavyJob.id == job_id, HeavyJob.kind.in_(kinds), _OPEN, HeavyJob.due_at <= now, HeavyJob.attempts < TRIES)
    attempts = HeavyJob.attempts + 1
    noted = {"state": JobState.RUNNING, "attempts": attempts, "begun_at": now}
    held = leases.take(session, HeavyJob, *which, length=LEASE, now=now, **noted)
    if held is None:
        return None
    row = held.row
    return LeasedJob(job_id, held.token, row.kind, row.subject_id, row.attempts)


def advance(session: Session, held: LeasedJob, done: int, total: int | None, *, now: datetime) -> bool:
    """Note the progress and hold the job for longer; False if it went to somebody else meanwhile."""
    this = HeavyJob.id == held.job_id
    return leases.renew(session, HeavyJob, this, token=held.token, length=LEASE, now=now, done=done, total=total)


def finish(session: Session, held: LeasedJob, result: str, *, now: datetime) -> bool:
    """Mark the job done; False if it went to somebody else meanwhile."""
    return _release(session, held, state=JobState.DONE, ended_at=now, result=result)


def put_back(session: Session, held: LeasedJob) -> bool:
    """Leave the job to the next process, as this one is to stop; that was no try."""
    return _release(session, held, state=JobState.WANTED, attempts=held.attempts - 1)


def fail(session: Session, held: LeasedJob, *, now: datetime) -> bool:
    """Let a job that failed be tried again later; True if that was the last try."""
    if held.attempts < TRIES:
        _release(session, held, state=JobState.WANTED, due_at=now + PAUSE * held.attempts)
        return False
    return _release(session, held, state=JobState.FAILED, ended_at=now, result="failed")


def is_any_lost(session: Session, *, now: datetime) -> bool:
    """Return whether the last try of a job ended with its process."""
    return session.scalar(select(HeavyJob.id).where(*_lost(now)).limit(1)) is not None


def give_up_lost(session: Session, *, now: datetime) -> list[str]:
    """Mark jobs failed whose last try ended with its process, and return their kinds."""
    values = {"state": JobState.FAILED, "ended_at": now, "result": "lost", "lease": None, "leased_until": None}
    return list(session.scalars(update(HeavyJob).where(*_lost(now)).values(**values).returning(HeavyJob.kind)))


def newest_of(session: Session, kind: str, subject_ids: Collection[str]) -> dict[str, HeavyJob]:
    """Return the newest job of a kind for each subject that has one."""
    query = select(HeavyJob).where(HeavyJob.kind == kind, HeavyJob.subject_id.in_(subject_ids))
    return {job.subject_id: job for job in session.scalars(query.order_by(HeavyJob.asked_at, HeavyJob.id))}


def failed_kinds(session: Session) -> Sequence[str]:
    """Return the kinds of which a job has failed lately and none has been done since."""
    last_done = (
        select(HeavyJob.kind, func.max(HeavyJob.ended_at).label("at"))
        .where(HeavyJob.state == JobState.DONE)
        .group_by(HeavyJob.kind)
        .subquery()
    )
    failed = select(HeavyJob.kind).distinct().where(HeavyJob.state == JobState.FAILED)
    query = failed.outerjoin(last_done, last_done.c.kind == HeavyJob.kind)
    unmended = (last_done.c.at.is_(None)) | (last_done.c.at < HeavyJob.ended_at)
    return session.scalars(query.where(unmended).order_by(HeavyJob.kind)).all()


def undone_by_state(session: Session) -> dict[JobState, int]:
    """Return how many jobs are not done, by state."""
    query = select(HeavyJob.state, func.count()).where(HeavyJob.state != JobState.DONE).group_by(HeavyJob.state)
    return dict(session.execute(query).all())


def forget(session: Session, *, now: datetime) -> None:
    """Drop what ended long ago."""
    session.execute(delete(HeavyJob).where(HeavyJob.ended_at < now - KEPT))


def _lost(now: datetime) -> tuple[leases.Condition, ...]:
    return _OPEN, HeavyJob.attempts >= TRIES, leases.is_free(HeavyJob, LEASE, now=now)


def _release(session: Session, held: LeasedJob, **values: object) -> bool:
    return leases.release(session, HeavyJob, HeavyJob.id == held.job_id, token=held.token, **values)
