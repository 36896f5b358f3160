"""Retention holds, the ledger of what was destroyed, and the counts of visits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.keeping.retention import HoldReason, RecordClass
from callcenter.models.base import Base
from callcenter.models.columns import Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed
from callcenter.models.staff.accounts import Staff


class RetentionHold(HoldsSealedText, Base):
    """A hold on a case or an unlinked record until a day; the note is sealed with its key."""

    __tablename__ = "retention_holds"
    __table_args__ = (CheckConstraint("(case_id IS NULL) <> (consultation_id IS NULL)", name="one_subject"),)

    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    consultation_id: Mapped[str | None] = mapped_column(ForeignKey("consultations.id"), index=True)
    reason: Mapped[HoldReason] = mapped_column(choice(HoldReason))
    until: Mapped[date]
    """The last day, in Japan."""
    set_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """None for the operator at the command line."""
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    note = Sealed("note_sealed")

    author: Mapped[Staff | None] = relationship(foreign_keys=[set_by])


class Purge(Base):
    """One destroyed case or record: the hash of its id and how much it held, for restored backups to forget it too."""

    __tablename__ = "purges"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(32))
    record_class: Mapped[RecordClass] = mapped_column(choice(RecordClass))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    due_on: Mapped[date]
    consultations: Mapped[int]
    people: Mapped[int]
    incidents: Mapped[int]


class VisitCount(Base):
    """The number of visits used by somebody whose case is gone, under a keyed hash of name and place."""

    __tablename__ = "visit_counts"

    person_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    used: Mapped[int]
    last_on: Mapped[date]
