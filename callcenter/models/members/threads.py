"""Consultations by mail: threads, messages, and what is not sent yet. Texts are sealed with the member's data key."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.members.threads import Author, ThreadState
from callcenter.models.base import Base
from callcenter.models.columns import Moment, choice
from callcenter.models.keys import HoldsSealedText, Sealed
from callcenter.models.members.accounts import Member


class Thread(HoldsSealedText, Base):
    """One consultation of a member: what they wrote, what was answered, and whose turn it is."""

    __tablename__ = "threads"
    __table_args__ = (
        Index("ix_threads_member_id_last_sent_at", "member_id", "last_sent_at"),
        Index("ix_threads_state_answered_at", "state", "answered_at"),
    )

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    state: Mapped[ThreadState] = mapped_column(choice(ThreadState))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    last_sent_at: Mapped[datetime] = mapped_column(Moment)
    """When the member last wrote."""
    waiting_since: Mapped[datetime | None] = mapped_column(Moment)
    """When the oldest message without a reply was sent; None if none waits."""
    target_on: Mapped[date | None] = mapped_column(index=True)
    """The めやす of the waiting message, as it was set when it was sent."""
    risk_words: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a waiting message holds one of the words at which staff look first."""
    answered_at: Mapped[datetime | None] = mapped_column(Moment, index=True)

    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True)
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)

    subject_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    subject = Sealed("subject_sealed")

    member: Mapped[Member] = relationship(lazy="raise")
    messages: Mapped[list[Message]] = relationship(lazy="raise", viewonly=True, order_by="Message.sent_at, Message.id")


class Message(HoldsSealedText, Base):
    """One message of a thread; it is never changed."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("member_id", "sent_key"), UniqueConstraint("receipt"))

    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    author: Mapped[Author] = mapped_column(choice(Author))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    sent_on: Mapped[date] = mapped_column(index=True)
    """The day in Japan."""
    sent_key: Mapped[str | None] = mapped_column(String(64))
    """Of the form it was sent by, so that a form that is posted again sends nothing again; None for a reply."""
    receipt: Mapped[str | None] = mapped_column(String(16))
    """The 受付番号 of a member's message; None for a reply."""
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the other side first opened it."""
    consultation_id: Mapped[str | None] = mapped_column(ForeignKey("consultations.id"), index=True)
    """The record of a reply."""
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    text = Sealed("text_sealed")


class MemberDraft(HoldsSealedText, Base):
    """What a member has written and not sent."""

    __tablename__ = "member_drafts"
    __table_args__ = (UniqueConstraint("member_id", "form_key"),)

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    thread_id: Mapped[str | None] = mapped_column(ForeignKey("threads.id"), index=True)
    """None for a new consultation."""
    form_key: Mapped[str] = mapped_column(String(64))
    """The form it is written in; the same that its message will be sent by."""
    saved_at: Mapped[datetime] = mapped_column(Moment)
    late: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it was posted after the session had ended."""
    subject_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    subject = Sealed("subject_sealed")
    text = Sealed("text_sealed")


class ReplyDraft(HoldsSealedText, Base):
    """A reply that is being written or waits for a supervisor; one for each thread and round."""

    __tablename__ = "reply_drafts"
    __table_args__ = (
        Index(
            "uq_reply_drafts_open",
            "thread_id",
            unique=True,
            sqlite_where=text("sent_at IS NULL AND dropped_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND dropped_at IS NULL"),
        ),
    )

    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id"), index=True)
    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), index=True)
    """The counsellor's record of this round; its codes are the figures'."""
    author_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    """Who last wrote in it."""
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    saved_at: Mapped[datetime] = mapped_column(Moment)
    template: Mapped[str | None] = mapped_column(String(32))
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was handed to a supervisor; None while it is written, and again once it was handed back."""
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    dropped_at: Mapped[datetime | None] = mapped_column(Moment)
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    remark_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    text = Sealed("text_sealed")
    remark = Sealed("remark_sealed")  # what the supervisor would like changed
