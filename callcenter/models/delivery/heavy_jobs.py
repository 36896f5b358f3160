"""Heavy jobs: what is wanted, how far it is, and how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.leases import Leased

OPEN = text("ended_at IS NULL")


class JobState(Enum):
    """How far a heavy job is."""

    WANTED = "wanted"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class HeavyJob(Leased, Base):
    """One heavy job. The row is the record; what lies on Redis' queue is only its id, and may be lost."""

    __tablename__ = "heavy_jobs"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64), default="")
    """What it is about: an id or a code, never a text or a name; empty if the kind says all."""
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.WANTED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    """How many steps are done, of how many; None while nobody has counted."""
    attempts: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """None if the system wants it."""
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the latest attempt began."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    result: Mapped[str | None] = mapped_column(String(128))
    """How it ended, as a code, or the name of the file it made."""

    __table_args__ = (
        Index("ix_heavy_jobs_due", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("uq_heavy_jobs_open", "kind", "subject_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )
