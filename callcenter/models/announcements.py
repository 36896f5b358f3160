"""Changed announcements: every version, and the voice recordings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.models.base import Base
from callcenter.models.columns import Moment


class Recording(Base):
    """A voice recording under its unguessable file name; it never changes, so it may be cached for ever."""

    __tablename__ = "recordings"

    file: Mapped[str] = mapped_column(String(64), primary_key=True)
    mimetype: Mapped[str] = mapped_column(String(32))
    seconds: Mapped[float]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    uploaded_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))


class AnnouncementVersion(Base):
    """One version of a phrase; the newest holds, and none is ever changed or removed."""

    __tablename__ = "announcement_versions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(16), index=True)
    """The phrase's name in the telephone's own table."""
    text: Mapped[str | None] = mapped_column(Text)
    """None for the text as it was shipped."""
    readings: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    recording_file: Mapped[str | None] = mapped_column(ForeignKey("recordings.file"))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))

    recording: Mapped[Recording | None] = relationship()
