"""Hard calls that counsellors reported; kept apart from records and calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment


class HardCall(Base):
    """A report by a counsellor that a call was hard; for supervisors only."""

    __tablename__ = "hard_calls"

    id: Mapped[Id]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a supervisor said that they spoke with the counsellor."""
    seen_by: Mapped[str | None] = mapped_column(String(32))
