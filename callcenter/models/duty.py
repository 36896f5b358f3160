"""What the work does to those who do it; kept apart from records, and nothing here names a call."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment


class HardCall(Base):
    """A counsellor said that a call was hard on them; for supervisors only."""

    __tablename__ = "hard_calls"

    id: Mapped[Id]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a supervisor said that they spoke with the counsellor."""
    seen_by: Mapped[str | None] = mapped_column(String(32))
