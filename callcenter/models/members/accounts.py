"""Members, their user numbers, the single-use links they are mailed, their sessions, and their link to a person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.keeping.retention import HoldReason
from callcenter.domain.members.threads import LinkKind
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed
from callcenter.models.staff.accounts import Staff

UNKNOWN = "unknown"


class Member(HoldsSealedText, Base):
    """One registration of the mail consultation; deleted wholly, so whatever points here goes first.

    What was given at the registration may go stale; ``told_on`` says of which day it is.
    """

    __tablename__ = "members"

    registered_at: Mapped[datetime] = mapped_column(Moment)
    registered_on: Mapped[date] = mapped_column(index=True)
    last_sent_on: Mapped[date | None] = mapped_column(index=True)
    """The day in Japan on which a consultation was last sent; the two-year rule asks for nothing else."""

    nickname_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    new_address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    nickname = Sealed("nickname_sealed")
    number = Sealed("number_sealed")
    address = Sealed("address_sealed")
    new_address = Sealed("new_address_sealed")  # until its link is used

    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """Several members may share a mailbox, so it is not unique."""
    ring_key_id: Mapped[str] = mapped_column(String(32), index=True)
    """The key of the ring under which address and number are hashed."""

    # As codes; of the writer, but ``period`` and ``subject_…``, which are of the person it is about.
    relation: Mapped[str] = mapped_column(String(32))
    prefecture: Mapped[str] = mapped_column(String(32))
    age: Mapped[int]
    sex: Mapped[str] = mapped_column(String(32))
    period: Mapped[str] = mapped_column(String(32))
    subject_age: Mapped[int | None]
    subject_sex: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    told_on: Mapped[date]

    password_hash: Mapped[str | None] = mapped_column(String(256))
    """None until the first consultation; until then nobody can sign in."""
    password_changed_at: Mapped[datetime | None] = mapped_column(Moment)
    resets_by_mail: Mapped[bool] = mapped_column(default=True, server_default=true())
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)

    notices: Mapped[bool] = mapped_column(default=True, server_default=true())
    notice_links: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether a notice holds the address of the sign-in page."""
    named_subject: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the subject of mails names the service."""
    mail_refused_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a mail server last refused this address for good; None again after a mail that was taken."""
    warned_on: Mapped[date | None]
    """When they were last told of a coming deletion."""
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())


class UserNumber(Base):
    """A user number that was given out, as keyed hash; kept after the member is gone, so that none is given twice."""

    __tablename__ = "user_numbers"

    number_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"), index=True)


class MemberLink(Base):
    """A single-use link in a mail. Its token is derived from the member's data key and stored nowhere."""

    __tablename__ = "member_links"

    id: Mapped[Id]
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(choice(LinkKind))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was used, or made worthless by a newer one or by signing in."""


class MemberSession(Base):
    """One browser in which a member is signed in, or has just registered; the cookie holds the token."""

    __tablename__ = "member_sessions"

    id: Mapped[Id]
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    registering: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of a registration just made: good for the first consultation only."""
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)
    over_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it ended by itself; kept a while, so that what is posted late is still kept as that member's draft."""


class MemberJoin(Base):
    """A member joined to a person of a case, with recorded consent; parting leaves the row."""

    __tablename__ = "member_joins"
    __table_args__ = (
        Index(
            "uq_member_joins_standing",
            "member_id",
            unique=True,
            sqlite_where=text("parted_at IS NULL"),
            postgresql_where=text("parted_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    consent: Mapped[str] = mapped_column(String(32))
    """How the member agreed, as a code."""
    joined_at: Mapped[datetime] = mapped_column(Moment)
    joined_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    parted_at: Mapped[datetime | None] = mapped_column(Moment)
    parted_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))


class Farewell(HoldsSealedText, Base):
    """The address of a deleted member, under a key of its own, until the last mail to it is out or given up."""

    __tablename__ = "farewells"

    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    named_subject: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(Moment)

    address = Sealed("address_sealed")


class MemberHold(HoldsSealedText, Base):
    """A hold on a member's deletion until a day; the note is sealed with the member's key."""

    __tablename__ = "member_holds"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
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

    member: Mapped[Member] = relationship(lazy="raise")
    author: Mapped[Staff | None] = relationship(foreign_keys=[set_by])
