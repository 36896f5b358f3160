"""The wall inside a family, and merges: sharing marks, openings, consents, moved rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.domain.cases.linking import MergeKind, Moved
from callcenter.domain.cases.wall import Part
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed


class ConsultationShare(Base):
    """A part of a consultation that may be shown to others of the family."""

    __tablename__ = "consultation_shares"

    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    part: Mapped[Part] = mapped_column(choice(Part), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))


class WallOpening(HoldsSealedText, Base):
    """An opening of the wall for one record; the reason is sealed with that record's own key."""

    __tablename__ = "wall_openings"
    __table_args__ = (Index("ix_wall_openings_consultation_id_staff_id", "consultation_id", "staff_id"),)

    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"))
    """The record that was being written, not what was opened."""
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    """Who was on the line."""
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the counsellor closed it; without that it ends with the record."""
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    reason = Sealed("reason_sealed")


class ChannelConsent(Base):
    """A person's consent that their records of *channel* join those of other channels."""

    __tablename__ = "channel_consents"

    id: Mapped[Id]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    channel: Mapped[str] = mapped_column(String(32))
    given_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))


class Merge(Base):
    """Two entries of one person, or two cases of one family, merged into one; can be undone."""

    __tablename__ = "merges"

    id: Mapped[Id]
    kind: Mapped[MergeKind] = mapped_column(choice(MergeKind))
    kept_case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    absorbed_case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    """The same as the kept one where two entries of one case became one."""
    kept_person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    absorbed_person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))

    @property
    def joins_cases(self) -> bool:
        """Return whether the merge joined two cases."""
        return self.kept_case_id != self.absorbed_case_id


class MergeMove(Base):
    """One row that a merge moved, and whose it was before."""

    __tablename__ = "merge_moves"

    merge_id: Mapped[str] = mapped_column(ForeignKey("merges.id"), primary_key=True)
    kind: Mapped[Moved] = mapped_column(choice(Moved), primary_key=True)
    row_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    before_id: Mapped[str] = mapped_column(String(32))
    """The person it belonged to; for a person, the case."""


Index(
    "uq_channel_consents_live",
    ChannelConsent.person_id,
    ChannelConsent.channel,
    unique=True,
    sqlite_where=text("withdrawn_at IS NULL"),
    postgresql_where=text("withdrawn_at IS NULL"),
)
