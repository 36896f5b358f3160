"""Holidays and special days."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment

VALID = text("withdrawn_at IS NULL")


class HolidayRow(Base):
    """A national holiday; ``estimated`` ones are not yet fixed by the Cabinet Office."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(16))


class SpecialDayRow(Base):
    """A decision about one day; a withdrawn one is kept for the reports."""

    __tablename__ = "special_days"

    id: Mapped[Id]
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(16))
    open_at: Mapped[time | None]
    close_at: Mapped[time | None]
    reason: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """None for the operator at the command line."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    disaster: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (Index("uq_special_days_valid", "day", unique=True, sqlite_where=VALID, postgresql_where=VALID),)

    @property
    def special(self) -> SpecialDay:
        """Return the decision as the hours rule knows it."""
        return SpecialDay(SpecialKind(self.kind), self.open_at, self.close_at, self.reason, self.disaster)
