"""What the look before each opening found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Moment


class SelfCheck(Base):
    """The self-check before one opening; a later look at the same one takes its place."""

    __tablename__ = "self_checks"

    opens_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(Moment)
    found: Mapped[list[str]] = mapped_column(JSON)
    """What is not as it should be, as codes (``domain.alarms.Fault``)."""
