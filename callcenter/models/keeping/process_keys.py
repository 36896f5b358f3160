"""Which process holds which keys of the ring, so that nothing is moved to a key that somebody does not know yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Moment


class ProcessKeys(Base):
    """One running process, as it said itself a minute ago; ids of keys only."""

    __tablename__ = "ring_holders"

    process: Mapped[str] = mapped_column(String(96), primary_key=True)
    key_ids: Mapped[list[str]] = mapped_column(JSON)
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)
