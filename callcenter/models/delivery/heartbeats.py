"""Heartbeats of the worker: when each of its lanes last did what it is there for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Moment


class WorkerHeartbeat(Base):
    """The last look of one lane in one worker process that succeeded."""

    __tablename__ = "worker_heartbeats"

    process: Mapped[str] = mapped_column(String(64), primary_key=True)
    lane: Mapped[str] = mapped_column(String(16), primary_key=True)
    looked_at: Mapped[datetime] = mapped_column(Moment)
