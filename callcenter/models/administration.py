"""What administrators publish: the leaflet in its versions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Moment


class Leaflet(Base):
    """One version of the leaflet, in the database so that every web host serves the same; none is ever changed."""

    __tablename__ = "leaflets"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    label: Mapped[str] = mapped_column(String(32))
    """Of which fiscal year it is, as the public page says it."""
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    shown: Mapped[bool | None] = mapped_column(unique=True)
    """True for the one that is published, else None: the database allows no second."""
    shown_at: Mapped[datetime] = mapped_column(Moment)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
