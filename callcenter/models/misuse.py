"""Flags and blocks on numbers, and incidents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.misuse.flags import Appeal, FlagKind, Misuse
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed
from callcenter.models.staff.accounts import Staff

LIVING = text("number_hash IS NOT NULL")


class NumberFlag(Base):
    """A flag or block on one number, stored as a keyed hash and only while it is in force.

    Nothing leads from here to a call, a record or a person: a number is never a way to find somebody.
    """

    __tablename__ = "number_flags"
    __table_args__ = (
        Index(
            "uq_number_flags_living",
            "number_hash",
            "kind",
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        ),
    )

    id: Mapped[Id]
    kind: Mapped[FlagKind] = mapped_column(choice(FlagKind))
    number_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Removed after the last day, and at once when the flag is lifted."""
    ring_key_id: Mapped[str] = mapped_column(String(32))
    """The key of the ring that made the hash; while it is in the ring, the flag works."""
    reason: Mapped[Misuse] = mapped_column(choice(Misuse))
    times: Mapped[int] = mapped_column(default=1)
    """How often the number was flagged while this flag lived."""
    made_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[date]
    """The last day, in Japan."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Nobody where it ran out by itself."""

    appealed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When somebody last objected to the block."""
    appeal: Mapped[Appeal | None] = mapped_column(choice(Appeal))
    appeal_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))

    author: Mapped[Staff] = relationship(foreign_keys=[made_by])
    judge: Mapped[Staff | None] = relationship(foreign_keys=[appeal_by])


class Incident(HoldsSealedText, Base):
    """An incident in one call, in the exact words; sealed with the record's own key."""

    __tablename__ = "incidents"

    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), index=True)
    counsellor_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[Misuse] = mapped_column(choice(Misuse))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    words = Sealed("words_sealed")
    counsellor: Mapped[Staff] = relationship(foreign_keys=[counsellor_id])
