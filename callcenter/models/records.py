"""Consultations: the records of contacts on any channel."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.cases.linking import LinkState
from callcenter.models.base import Base
from callcenter.models.cases.cases import Person
from callcenter.models.columns import Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed
from callcenter.models.staff.accounts import Staff

UNKNOWN = "unknown"
AT_RISK = text("risk NOT IN ('unknown', 'none')")


class ConsultationState(StrEnum):
    """Whether a record is a draft or finished; only finished ones count in the figures."""

    DRAFT = "draft"
    FINISHED = "finished"


class Consultation(HoldsSealedText, Base):
    """The record of one contact, linked to a person or to nobody, never to a telephone number.

    ``field_versions`` says at which version each field was last written, so that a late save of one
    field never overwrites what somebody else wrote there, and still keeps its other fields.
    """

    __tablename__ = "consultations"
    __table_args__ = (
        Index("ix_consultations_person_id_opened_at", "person_id", "opened_at"),
        Index("ix_consultations_case_id_opened_at", "case_id", "opened_at"),
        Index("ix_consultations_counsellor_id_state", "counsellor_id", "state"),
        Index("ix_consultations_risk", "risk", "case_id", sqlite_where=AT_RISK, postgresql_where=AT_RISK),
    )

    channel: Mapped[str] = mapped_column(String(32))
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id"), unique=True)
    thread_id: Mapped[str | None] = mapped_column(String(32), index=True)
    """The thread by mail that it is a reply in; no foreign key, as threads are built upon records."""
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    counsellor_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    linked_at: Mapped[datetime | None] = mapped_column(Moment)
    linked_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    doubt: Mapped[LinkState | None] = mapped_column(choice(LinkState))
    """Why it is not linked, where somebody said so: not sure yet, or anonymous by wish."""
    maybe_person_id: Mapped[str | None] = mapped_column(String(32))
    """Who it may have been with, while not sure; nothing of that person is opened by it."""

    state: Mapped[ConsultationState] = mapped_column(choice(ConsultationState), default=ConsultationState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    field_versions: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    local_date: Mapped[date] = mapped_column(index=True)  # of the contact, in Tokyo
    opened_at: Mapped[datetime] = mapped_column(Moment)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    purged_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its texts were destroyed."""
    demo: Mapped[bool] = mapped_column(default=False)

    # Written down afterwards: on paper first, during an outage, or from another channel.
    entered_at: Mapped[datetime | None] = mapped_column(Moment)  # ``opened_at`` is then the contact's own time
    entered_by: Mapped[str | None] = mapped_column(String(32))
    entered_why: Mapped[str | None] = mapped_column(String(32))
    # A supervisor has read the finished record through.
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    reviewed_by: Mapped[str | None] = mapped_column(String(32))
    prefilled: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    """Fields that were taken over from earlier records and not asked today, each with the day it was last heard."""

    # What the caller chose or said, as codes; everything may stay unknown.
    hint: Mapped[str | None] = mapped_column(String(32))  # the key pressed: a hint only, it sets nothing
    nickname_heard: Mapped[str] = mapped_column(String(64), default="")
    direction: Mapped[str] = mapped_column(String(32), default="incoming", server_default=text("'incoming'"))
    relay: Mapped[bool] = mapped_column(default=False, server_default=false())  # by 電話リレーサービス
    first_or_repeat: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    relation: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    caller_sex: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    caller_age: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    caller_age_years: Mapped[int | None]  # where the number itself was told
    subject_sex: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    subject_age: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    subject_age_years: Mapped[int | None]
    prefecture: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    municipality: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    period: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    going_out: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    medical: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    main_topic: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    risk: Mapped[str] = mapped_column(String(32), default=UNKNOWN)
    risk_confirmed: Mapped[bool] = mapped_column(default=False)  # asked the person, not guessed
    learned_from: Mapped[str] = mapped_column(String(32), default=UNKNOWN)

    # What was said, sealed with this consultation's own key.
    story_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    background_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    response_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    next_step_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    institutions_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    story = Sealed("story_sealed")  # 主なお話
    background = Sealed("background_sealed")  # これまで
    response = Sealed("response_sealed")  # したこと
    next_step = Sealed("next_step_sealed")  # 次回
    institutions = Sealed("institutions_sealed")  # かかっているところ

    counsellor: Mapped[Staff] = relationship(foreign_keys=[counsellor_id])
    person: Mapped[Person | None] = relationship()
    codes: Mapped[list[ConsultationCode]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ConsultationCode.code"
    )

    @property
    def link_state(self) -> LinkState:
        """Return whether it is known with whom this was."""
        return LinkState.LINKED if self.person_id is not None else self.doubt or LinkState.UNLINKED


class ConsultationCode(Base):
    """One code of a multiple choice: topics, triggers, outcomes, steps taken in danger."""

    __tablename__ = "consultation_codes"

    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    list: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    noted_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was chosen; for the steps taken in danger this is the log."""
