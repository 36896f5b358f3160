"""Alarms, who saw them, and which supervisors have a page open that would show one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.domain.alarms import AlarmKind
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice

STILL_SO = text("over_at IS NULL")


class Alarm(Base):
    """One spell of something that must not go unnoticed; while it lasts there is one for each kind and subject."""

    __tablename__ = "alarms"

    id: Mapped[Id]
    kind: Mapped[AlarmKind] = mapped_column(choice(AlarmKind))
    subject_id: Mapped[str] = mapped_column(String(64))
    """A call, or ``domain.alarms.LINE``."""
    by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Who raised it; None if the line itself did."""
    raised_at: Mapped[datetime] = mapped_column(Moment)
    told_at: Mapped[datetime] = mapped_column(Moment)
    """Since when it sounds; later than ``raised_at`` if it was seen before and had to sound again."""
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was seen last; before ``told_at`` it sounds again."""
    seen_by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    rung_at: Mapped[datetime | None] = mapped_column(Moment)
    """When supervisors' telephones were rung for it last."""
    mailed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was first mailed; only what was mailed is mailed to be over."""
    over_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index("uq_alarms_open", "kind", "subject_id", unique=True, sqlite_where=STILL_SO, postgresql_where=STILL_SO),
    )


class AlarmWatcher(Base):
    """A supervisor whose page asked for alarms and would have sounded; one row for each."""

    __tablename__ = "alarm_watchers"

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    looked_at: Mapped[datetime] = mapped_column(Moment)
