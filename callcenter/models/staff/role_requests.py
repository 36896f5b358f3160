"""Roles that one person gave to an account and that wait for a second person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.staff.roles import Role, RoleAnswer
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.staff.accounts import Staff

UNANSWERED = text("answer IS NULL")


class RoleRequest(Base):
    """One request: which account shall have which role, who asked, and what came of it."""

    __tablename__ = "role_requests"
    __table_args__ = (
        Index(
            "uq_role_requests_unanswered",
            "staff_id",
            unique=True,
            sqlite_where=UNANSWERED,
            postgresql_where=UNANSWERED,
        ),
    )

    id: Mapped[Id]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    asked_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[RoleAnswer | None] = mapped_column(choice(RoleAnswer))
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """None for the operator at the command line."""
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    asker: Mapped[Staff] = relationship(foreign_keys=[asked_by])
