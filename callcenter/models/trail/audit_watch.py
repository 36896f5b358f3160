"""Checks of the audit chain, and its heads that were sent outside."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment
from callcenter.models.leases import Leased
from callcenter.models.staff.accounts import Staff


class AuditCheck(Base):
    """One check of the chain, requested by somebody or due once a night."""

    __tablename__ = "audit_checks"

    id: Mapped[Id]
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """None for the nightly one."""
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """The last entry there was."""
    bad_seq: Mapped[int | None] = mapped_column(BigInteger)
    """The first entry that does not fit; None if all is well."""

    asker: Mapped[Staff | None] = relationship()


class AuditHeadSent(Leased, Base):
    """The head of one day, and when it was sent outside."""

    __tablename__ = "audit_heads_sent"

    day: Mapped[date] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime] = mapped_column(Moment)
    mailed_at: Mapped[datetime | None] = mapped_column(Moment)
    filed_at: Mapped[datetime | None] = mapped_column(Moment)
