"""Heartbeats of the worker: stored by it, read by whoever wants to know whether counsellors are rung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from callcenter.models.delivery.heartbeats import WorkerHeartbeat

LINE, ERRANDS = "line", "errands"
"""The lanes without which nobody is rung: choosing whom to ring, and asking the telephone company to."""

EVERY = timedelta(seconds=3)
"""So often the worker stores its heartbeats: all lanes in one transaction."""

FRESH_FOR = timedelta(seconds=12)
"""A lane that was silent for longer does its work no more. Shorter than a caller's patience with the greeting."""

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class WorkerState:
    """When each lane was last heard of in any worker process, and which of those needed for a ring are silent."""

    looked_at: Mapping[str, datetime] = field(default_factory=dict)
    silent: tuple[str, ...] = (LINE, ERRANDS)

    @property
    def well(self) -> bool:
        """Return whether some worker rings counsellors."""
        return not self.silent

    @property
    def looks(self) -> bool:
        """Return whether some worker chooses whom to ring."""
        return LINE not in self.silent

    @property
    def errands_move(self) -> bool:
        """Return whether some worker's errands come to their end."""
        return ERRANDS not in self.silent

    @property
    def last_heard_at(self) -> datetime | None:
        """Return the newest heartbeat of a silent lane, None if none is stored."""
        return max((self.looked_at[lane] for lane in self.silent if lane in self.looked_at), default=None)


def record(session: Session, process: str, looked_at: Mapping[str, datetime]) -> None:
    """Store the heartbeats of one process in the place of its former ones."""
    forget_process(session, process)
    if looked_at:
        rows = [{"process": process, "lane": lane, "looked_at": at} for lane, at in looked_at.items()]
        session.execute(insert(WorkerHeartbeat), rows)


def forget_process(session: Session, process: str) -> None:
    """Delete the heartbeats of a process that ends in order, so that nobody waits for it."""
    session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.process == process))


def forget(session: Session, *, now: datetime) -> None:
    """Delete the heartbeats of processes that were killed long ago."""
    session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.looked_at < now - KEPT))


def state(session: Session, *, now: datetime) -> WorkerState:
    """Return whether a worker is at work; a heartbeat from before the clock was put back counts for nothing."""
    newest = (
        select(WorkerHeartbeat.lane, func.max(WorkerHeartbeat.looked_at))
        .where(WorkerHeartbeat.looked_at <= now + FRESH_FOR)
        .group_by(WorkerHeartbeat.lane)
    )
    looked_at = dict(session.execute(newest).all())
    silent = [lane for lane in (LINE, ERRANDS) if lane not in looked_at or looked_at[lane] < now - FRESH_FOR]
    return WorkerState(looked_at, tuple(silent))
