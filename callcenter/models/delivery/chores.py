"""Chores: what any worker does every few minutes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Moment
from callcenter.models.leases import Leased


class Chore(Leased, Base):
    """One chore: when it was last begun, and when the last complete run began."""

    __tablename__ = "chores"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    whole_at: Mapped[datetime | None] = mapped_column(Moment)
    """The beginning of the last run that came to its end: up to here everything has been seen."""
