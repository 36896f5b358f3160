"""Nightly jobs and how they went."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Moment
from callcenter.models.leases import Leased


class NightlyRun(Leased, Base):
    """One night's run of one job; unique, so that two workers do not both run it."""

    __tablename__ = "nightly_runs"

    job: Mapped[str] = mapped_column(String(32), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    result: Mapped[str | None] = mapped_column(String(32))
    """How it ended, as a code: done, refused …"""
    removed: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    """What could not be removed this night and is tried again the next."""
