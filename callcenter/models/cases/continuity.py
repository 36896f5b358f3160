"""Wishes, promises and caller codes of people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.domain.cases.continuity import PromiseEnd
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed


class CallerWish(HoldsSealedText, Base):
    """A wish of a person, in force until it ended; sealed with the key of the person's case."""

    __tablename__ = "caller_wishes"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    wish: Mapped[str] = mapped_column(String(32))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    noted_at: Mapped[datetime] = mapped_column(Moment)
    noted_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))

    note = Sealed("note_sealed")


class Promise(HoldsSealedText, Base):
    """Something we promised a person, open until kept or dropped; sealed with the key of their case."""

    __tablename__ = "promises"
    __table_args__ = (Index("ix_promises_owner_id_settled_at", "owner_id", "settled_at"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    consultation_id: Mapped[str | None] = mapped_column(ForeignKey("consultations.id"))
    """The record in which it was promised."""
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    owner_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    """Who sees to it."""
    due_on: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    settled_as: Mapped[PromiseEnd | None] = mapped_column(choice(PromiseEnd))

    note = Sealed("note_sealed")


class CallerCode(Base):
    """A caller code (呼び番号): four digits. No secret: it names candidates and opens nothing."""

    __tablename__ = "caller_codes"

    id: Mapped[Id]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    digits: Mapped[str] = mapped_column(String(4))
    given_at: Mapped[datetime] = mapped_column(Moment)
    given_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))


Index(
    "uq_caller_codes_live",
    CallerCode.digits,
    unique=True,
    sqlite_where=text("withdrawn_at IS NULL"),
    postgresql_where=text("withdrawn_at IS NULL"),
)
