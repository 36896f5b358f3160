"""Cases, their people, and the nicknames by which people are found."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.cases.states import CaseState
from callcenter.domain.names.nicknames import SPELLING
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed

UNKNOWN = "unknown"


class Case(HoldsSealedText, Base):
    """One person's or family's case; ``last_contact_on`` is the newest of all its people, on Tokyo's calendar.

    ``field_versions`` says at which version each field was last written, as in a consultation.
    """

    __tablename__ = "cases"

    state: Mapped[CaseState] = mapped_column(choice(CaseState), default=CaseState.OPEN, index=True)
    opened_on: Mapped[date]
    last_contact_on: Mapped[date | None] = mapped_column(index=True)
    prefecture: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    municipality: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    summary_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)
    demo: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[str | None] = mapped_column(String(32), index=True)
    """The counsellor who has the case in hand (担当)."""
    follow_up_on: Mapped[date | None] = mapped_column(index=True)
    follow_up_note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    field_versions: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    purged_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was destroyed; what is left are codes and dates for the figures."""
    merged_into_id: Mapped[str | None] = mapped_column(String(32))
    """The case that took this one in: an empty shell, kept so that the merge can be undone."""

    summary = Sealed("summary_sealed")  # 概要
    follow_up_note = Sealed("follow_up_note_sealed")  # その日にすること

    people: Mapped[list[Person]] = relationship(back_populates="case", order_by="Person.created_at, Person.id")


class Person(HoldsSealedText, Base):
    """Somebody in a case: the subject, or one who calls about them. Texts are sealed with the case's key.

    ``last_contact_on`` is this person's own: that the mother called is not shown while the son is on the line.
    """

    __tablename__ = "people"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    relation: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    is_subject: Mapped[bool] = mapped_column(default=False)
    age_band: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    last_contact_on: Mapped[date | None]
    contact_before_on: Mapped[date | None]  # the last one known from before this system, when moved in
    how_to_address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    before_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)
    usual_staff_id: Mapped[str | None] = mapped_column(String(32))
    """いつもの担当 where it was said; otherwise it is drawn from the records."""
    merged_into_id: Mapped[str | None] = mapped_column(String(32))
    """The other entry of the same person: this one is an empty shell, kept so that the merge can be undone."""

    how_to_address = Sealed("how_to_address_sealed")
    before = Sealed("before_sealed")  # what the records of before this system say of this person's talks

    case: Mapped[Case] = relationship(back_populates="people")
    nicknames: Mapped[list[Nickname]] = relationship(
        primaryjoin="and_(Person.id == Nickname.person_id, Nickname.retired_on.is_(None))",
        order_by="Nickname.since, Nickname.id",
        viewonly=True,
    )
    """The names they are found by now; the first is the one they are called."""


class Nickname(Base):
    """A name a person gave, in the clear because people are found by it; not unique on purpose."""

    __tablename__ = "nicknames"
    __table_args__ = (Index("ix_nicknames_spelling", "spelling", "id"),)

    id: Mapped[Id]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    text: Mapped[str] = mapped_column(String(64))
    reading: Mapped[str] = mapped_column(String(64), default="")
    since: Mapped[date]
    retired_on: Mapped[date | None]  # found by it no more; kept, as somebody may have written it down
    spelling: Mapped[int] = mapped_column(default=SPELLING, server_default="0")
    """The version of the rules by which its strict forms were made; 0 from before versions were kept."""

    person: Mapped[Person] = relationship()


class NicknameKey(Base):
    """A nickname under one strict form, with the cues that tell it from others of that form.

    The primary key is the index and the order: the newest contacts of a form are read from its end, so that
    a name that thousands share costs no more than a rare one. ``kind`` is always ``exact``; looser keys lead
    to forms, in ``NicknameFormKey``.
    """

    __tablename__ = "nickname_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    recency: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The day of the person's last contact, counted from the year 1; 0 before the first."""
    nickname_id: Mapped[str] = mapped_column(ForeignKey("nicknames.id"), primary_key=True, index=True)

    # A copy of what is known of the person; services.nickname_index keeps it the same.
    relation: Mapped[str] = mapped_column(String(32), default=UNKNOWN, server_default=UNKNOWN)
    age_band: Mapped[str] = mapped_column(String(32), default=UNKNOWN, server_default=UNKNOWN)
    prefecture: Mapped[str] = mapped_column(String(32), default=UNKNOWN, server_default=UNKNOWN)
    topic: Mapped[str] = mapped_column(String(32), default=UNKNOWN, server_default=UNKNOWN)
    counsellor: Mapped[str] = mapped_column(String(32), default=UNKNOWN, server_default=UNKNOWN)


class NicknameForm(Base):
    """A strict form and how many nicknames have it; deleted with the last of them."""

    __tablename__ = "nickname_forms"
    __table_args__ = (Index("ix_nickname_forms_spelling", "spelling", "form"),)

    form: Mapped[str] = mapped_column(String(64), primary_key=True)
    holders: Mapped[int]
    spelling: Mapped[int] = mapped_column(default=SPELLING, server_default="0")
    """The version of the rules by which its keys were made."""


class NicknameFormKey(Base):
    """One exact key under which a strict form is found, by equality on every database."""

    __tablename__ = "nickname_form_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    weight: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The binary digits of the form's ``holders``: the commonest forms of a key are read from its end."""
    form: Mapped[str] = mapped_column(ForeignKey("nickname_forms.form"), primary_key=True, index=True)
