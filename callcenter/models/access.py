"""What was opened with a reason although it would have stayed shut: broken glass, or a number."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.access.break_glass import AccessKind, ReviewVerdict
from callcenter.models.base import Base
from callcenter.models.columns import Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed
from callcenter.models.staff.accounts import Staff

UNREVIEWED = text("review_due_on IS NOT NULL AND reviewed_at IS NULL")


class ReasonedAccess(HoldsSealedText, Base):
    """One opening: who, what, why and until when. The reason is sealed with the key of what was opened.

    ``case_id`` names a whole case, ``consultation_id`` one record; exactly one of them is there.
    """

    __tablename__ = "reasoned_access"
    __table_args__ = (
        Index("ix_reasoned_access_staff_id_until", "staff_id", "until"),
        Index("ix_reasoned_access_unreviewed", "review_due_on", sqlite_where=UNREVIEWED, postgresql_where=UNREVIEWED),
    )

    kind: Mapped[AccessKind] = mapped_column(choice(AccessKind))
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    consultation_id: Mapped[str | None] = mapped_column(ForeignKey("consultations.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    review_due_on: Mapped[date | None]
    """The last day for a supervisor to look at it; None where nobody has to."""
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    verdict: Mapped[ReviewVerdict | None] = mapped_column(choice(ReviewVerdict))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    reason = Sealed("reason_sealed")
    note = Sealed("note_sealed")

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    reviewer: Mapped[Staff | None] = relationship(foreign_keys=[reviewed_by])
