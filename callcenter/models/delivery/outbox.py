"""The outbox of errands, and hints to open screens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Moment
from callcenter.models.leases import Leased

OPEN = text("done_at IS NULL")


class OutboxMessage(Leased, Base):
    """One errand to the world outside; this table is the queue of record."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Ids and codes only: no text, no telephone number."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    result: Mapped[str | None] = mapped_column(String(32))
    """How it went, as a code: done, gone, gave_up …"""

    __table_args__ = (Index("ix_outbox_due", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),)


class LiveEvent(Base):
    """A hint that something on a screen changed; screens fetch it themselves."""

    __tablename__ = "live_events"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
