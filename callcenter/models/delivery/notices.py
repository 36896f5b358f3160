"""Notices for colleagues, kept until they are seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment

UNSEEN = text("seen_at IS NULL")


class Notice(Base):
    """One person's notice of one act; its content is read from the subject."""

    __tablename__ = "notices"

    id: Mapped[Id]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(32))
    """A code, such as special_day.set."""
    subject_id: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """None for the operator at the command line."""
    at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index("ix_notices_unseen", "staff_id", sqlite_where=UNSEEN, postgresql_where=UNSEEN),)
