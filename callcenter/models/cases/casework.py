"""Hand-overs, closings and exports of cases, and who views what now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.cases.states import CloseReason, HandoverState
from callcenter.models.base import Base
from callcenter.models.cases.cases import Case
from callcenter.models.columns import Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed
from callcenter.models.staff.accounts import Staff

PENDING = text("state = 'pending'")
STANDS = text("reopened_at IS NULL")


class CaseHandover(HoldsSealedText, Base):
    """A hand-over of a case from one counsellor to another; at most one is open."""

    __tablename__ = "case_handovers"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    from_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    state: Mapped[HandoverState] = mapped_column(choice(HandoverState), default=HandoverState.PENDING)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    note = Sealed("note_sealed")  # 申し送り
    answer = Sealed("answer_sealed")  # 受けられない理由

    case: Mapped[Case] = relationship()
    from_staff: Mapped[Staff] = relationship(foreign_keys=[from_id])
    to_staff: Mapped[Staff] = relationship(foreign_keys=[to_id])

    __table_args__ = (
        Index("uq_case_handovers_pending", "case_id", unique=True, sqlite_where=PENDING, postgresql_where=PENDING),
    )


class CaseClosing(HoldsSealedText, Base):
    """One closing of a case, and its reopening if there was one; texts are sealed with the case's key."""

    __tablename__ = "case_closings"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    reason: Mapped[CloseReason] = mapped_column(choice(CloseReason))
    closed_at: Mapped[datetime] = mapped_column(Moment)
    closed_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    reopened_at: Mapped[datetime | None] = mapped_column(Moment)
    reopened_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Nobody where the case opened again by itself, because somebody called."""
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reopen_note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    note = Sealed("note_sealed")
    reopen_note = Sealed("reopen_note_sealed")

    closer: Mapped[Staff] = relationship(foreign_keys=[closed_by])
    reopener: Mapped[Staff | None] = relationship(foreign_keys=[reopened_by])

    __table_args__ = (
        Index("uq_case_closings_standing", "case_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
    )


class Viewer(Base):
    """Somebody who has a record or case open; a row older than a minute counts no more."""

    __tablename__ = "viewers"

    subject_kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)
    writing: Mapped[str | None] = mapped_column(String(32))
    """The name of the field they write in."""

    staff: Mapped[Staff] = relationship()


class CaseExport(HoldsSealedText, Base):
    """One copy of a case made for the person it is about (開示); the reason is sealed with the case's key."""

    __tablename__ = "case_exports"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    """The supervisor who answers for it, also where the operator's command made it."""
    at: Mapped[datetime] = mapped_column(Moment)
    format: Mapped[str] = mapped_column(String(8))
    given: Mapped[int]
    withheld: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file."""
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    reason = Sealed("reason_sealed")

    by: Mapped[Staff] = relationship()
