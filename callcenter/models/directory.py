"""Institutions with the history of every entry, and referrals to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.directory.institutions import InstitutionKind, ReferralHow
from callcenter.models.base import Base
from callcenter.models.cases.cases import UNKNOWN
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed
from callcenter.models.staff.accounts import Staff


class Institution(Base):
    """One entry of the directory as it is now; nothing here is about a caller, so nothing is sealed."""

    __tablename__ = "institutions"

    id: Mapped[Id]
    slug: Mapped[str | None] = mapped_column(String(32), unique=True)
    """The id in the shipped table, None for an entry that was made here."""
    kind: Mapped[InstitutionKind] = mapped_column(choice(InstitutionKind))
    name: Mapped[str] = mapped_column(String(128))
    kana: Mapped[str] = mapped_column(String(128), default="")
    number: Mapped[str] = mapped_column(String(32), default="")
    """As its owner prints it."""
    hours: Mapped[str] = mapped_column(String(256), default="")
    opens: Mapped[str] = mapped_column(String(256), default="")
    """The same for machines (``domain/helplines.py``); empty where it is not certain."""
    cost: Mapped[str] = mapped_column(String(64), default="")
    for_whom: Mapped[str] = mapped_column(String(128), default="")
    topics: Mapped[list[str]] = mapped_column(JSON, default=list)
    prefecture: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    """不明 stands for everywhere."""
    municipality: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    verified_on: Mapped[date | None]
    """When somebody last made sure of number and hours; None where the shipped table knows no day."""
    version: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class InstitutionVersion(Base):
    """A version of an entry; the first is the shipped one."""

    __tablename__ = "institution_versions"

    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """None for what came with the program."""
    entry: Mapped[dict[str, Any]] = mapped_column(JSON)

    by: Mapped[Staff | None] = relationship()


class Referral(HoldsSealedText, Base):
    """A referral of a caller to an institution, with its name and number as they were then."""

    __tablename__ = "referrals"

    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), index=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), index=True)
    institution_version: Mapped[int]
    kind: Mapped[InstitutionKind] = mapped_column(choice(InstitutionKind))
    name: Mapped[str] = mapped_column(String(128))
    number: Mapped[str] = mapped_column(String(32))
    cost: Mapped[str] = mapped_column(String(64))
    how: Mapped[ReferralHow] = mapped_column(choice(ReferralHow))
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    note = Sealed("note_sealed")
