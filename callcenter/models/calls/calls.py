"""Calls, offers, presence, call events and webhook receipts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcenter.domain.calls.lifecycle import (
    LIVE_OFFERS,
    CallerKey,
    CallOutcome,
    CallState,
    EndReason,
    OfferState,
    Purpose,
    Source,
)
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.phone_numbers import CallerKind
from callcenter.domain.staff.roles import Contact
from callcenter.domain.talks.supervision import Mode
from callcenter.models.base import Base
from callcenter.models.columns import Id, Moment, choice
from callcenter.models.plain_updates import PlainlyUpdated

IDENTITY = "c_"
"""Begins the name of every browser's telephone."""


class Call(PlainlyUpdated, Base):
    """One telephone call of a caller; it holds no nickname and, after some days, no number."""

    __tablename__ = "calls"

    id: Mapped[Id]
    caller_sid: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[CallState] = mapped_column(choice(CallState))
    outcome: Mapped[CallOutcome | None] = mapped_column(choice(CallOutcome))
    why: Mapped[EndReason | None] = mapped_column(choice(EndReason))
    source: Mapped[Source] = mapped_column(choice(Source), default=Source.LINE, server_default=Source.LINE)
    caller_kind: Mapped[CallerKind] = mapped_column(choice(CallerKind))
    caller_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed; emptied on ``number_until``."""
    number_until: Mapped[date | None]
    key: Mapped[CallerKey | None] = mapped_column(choice(CallerKey))
    caller_code: Mapped[str | None] = mapped_column(String(4))
    """A 呼び番号 that was keyed in while waiting: it names a candidate and opens nothing; gone the next day."""

    arrived_at: Mapped[datetime] = mapped_column(Moment)
    arrived_on: Mapped[date] = mapped_column(index=True)
    """The day in Japan, so that counting by day needs no function of a database."""
    waiting_since: Mapped[datetime] = mapped_column(Moment)
    requeued_at: Mapped[datetime | None] = mapped_column(Moment)
    priority: Mapped[int] = mapped_column(default=0)
    """1 for a caller who lost a counsellor and goes to the head of the queue."""
    reserved_for: Mapped[str | None] = mapped_column(String(32))
    """The counsellor whose browser was lost: for a moment after the return to the queue nobody else is rung."""
    unanswered: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many rings for this caller nobody took since the last one that somebody did."""
    escalated_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when supervisors know that rings stay unanswered."""
    greeted_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    caller_joined_at: Mapped[datetime | None] = mapped_column(Moment)
    talked_at: Mapped[datetime | None] = mapped_column(Moment)
    """When caller and counsellor were first both in the room."""
    caller_left_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    last_news_at: Mapped[datetime] = mapped_column(Moment)

    offer_id: Mapped[str | None] = mapped_column(String(32))
    """The offer that won the call, while it holds it."""
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when the caller shall hear music instead of the room; None while they shall be in the talk."""
    on_hold: Mapped[bool] = mapped_column(default=False, server_default=false())
    """What the room confirmed of it last."""
    hold_asked_at: Mapped[datetime | None] = mapped_column(Moment)
    consult_id: Mapped[str | None] = mapped_column(String(32))
    """The colleague's offer while the counsellor consults one, from the ring until it is decided."""
    round: Mapped[int] = mapped_column(default=0)
    """How often everybody who was free has been rung for this caller."""
    queue_sid: Mapped[str | None] = mapped_column(String(64))
    room_id: Mapped[str | None] = mapped_column(String(32))
    """The room of this attempt to bring caller and counsellor together; None for the first, which has the call's id."""
    conference_sid: Mapped[str | None] = mapped_column(String(64))
    waits: Mapped[int] = mapped_column(default=0)
    spoken_position: Mapped[int | None]
    apologies: Mapped[int] = mapped_column(default=0)
    apology_at: Mapped[datetime | None] = mapped_column(Moment)
    phrases_heard: Mapped[list[str]] = mapped_column("told", JSON, default=list)
    """Phrases this caller has heard and shall not hear again."""
    words_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a wait document last said words to them, not music alone."""
    nobody_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they last heard that nobody can come, if no place was told since."""

    offers: Mapped[list[Offer]] = relationship(back_populates="call", order_by="Offer.rung_at")

    __table_args__ = (Index("ix_calls_queue", "state", "priority", "waiting_since"),)

    @property
    def room(self) -> str:
        """Return the room's name at the telephone company: opaque, and another one after each return to the queue.

        So a leg that could not be ended stays behind by itself, instead of hearing whom the caller speaks with next.
        """
        return f"hl-{self.room_id or self.id}"

    @property
    def waited_seconds(self) -> int:
        return int(((self.claimed_at or self.ended_at or self.last_news_at) - self.arrived_at).total_seconds())


LIVE = text("state IN (" + ", ".join(f"'{state}'" for state in LIVE_OFFERS) + ")")
"""The database itself allows one live offer per counsellor …"""

LIVE_ANSWER = text(f"{LIVE} AND purpose = '{Purpose.ANSWER}'")
"""… and one per caller that is to answer, with at most one companion while both ring; a colleague's or a supervisor's
leg may be there beside it."""


class Offer(PlainlyUpdated, Base):
    """One ring of one member of staff for one caller, and the leg that results."""

    __tablename__ = "offers"

    id: Mapped[Id]
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), index=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose), default=Purpose.ANSWER, server_default=Purpose.ANSWER)
    state: Mapped[OfferState] = mapped_column(choice(OfferState))
    contact: Mapped[Contact] = mapped_column(choice(Contact))
    leg_sid: Mapped[str | None] = mapped_column(String(64))
    companion: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Rung at the same time as another for a caller whose rings stayed unanswered; who takes the caller is none."""
    round: Mapped[int] = mapped_column(default=0)
    rung_at: Mapped[datetime] = mapped_column(Moment)
    dialled_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the ring was asked for; it is never asked for twice."""
    heard_ringing_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    joined_at: Mapped[datetime | None] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    ending: Mapped[bool] = mapped_column(default=False)
    """The counsellor asked for the end; their leaving is then no accident."""
    muted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the room shall not hear this leg; a browser mutes itself, a telephone is muted in the room."""
    announced: Mapped[bool] = mapped_column("told", default=False, server_default=false())
    """Whether the caller heard beforehand that this colleague would take over."""
    taken_off: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A supervisor took the counsellor off the call; the caller was still talking."""
    summoned: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A supervisor is rung because the counsellor called for one, not because they asked to listen."""

    quality: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """How well a browser's leg carried the voices, as ``domain.talks.quality`` reads it; numbers and codes only."""
    mode: Mapped[Mode | None] = mapped_column(choice(Mode))
    """How a supervisor wishes to take part; None for everybody else's leg …"""
    mode_set: Mapped[Mode | None] = mapped_column(choice(Mode))
    """… and how they do, as far as the room has confirmed it."""

    call: Mapped[Call] = relationship(back_populates="offers")

    __table_args__ = (
        Index(
            "uq_offers_live_call",
            "call_id",
            "companion",
            unique=True,
            sqlite_where=LIVE_ANSWER,
            postgresql_where=LIVE_ANSWER,
        ),
        Index("uq_offers_live_staff", "staff_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )


class Presence(PlainlyUpdated, Base):
    """What a counsellor is doing now; one row for each who was ever on duty."""

    __tablename__ = "presence"

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    work: Mapped[Work] = mapped_column(choice(Work), index=True)
    reason: Mapped[AwayReason | None] = mapped_column(choice(AwayReason))
    contact: Mapped[Contact] = mapped_column(choice(Contact))
    since: Mapped[datetime] = mapped_column(Moment)
    idle_since: Mapped[datetime] = mapped_column(Moment)
    heartbeat_at: Mapped[datetime | None] = mapped_column(Moment)
    lease: Mapped[str | None] = mapped_column(String(32))
    """The one browser tab that rings; others only look."""
    registered: Mapped[bool] = mapped_column(default=False)
    """Whether that tab's telephone said that it can be rung."""
    draining: Mapped[bool] = mapped_column(default=False)
    """After this call and its record, offline."""
    away_after: Mapped[AwayReason | None] = mapped_column(choice(AwayReason))
    """After this call and its record, away with this reason."""
    signing_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    """After this call and its record, signed out too."""
    hard_call_id: Mapped[str | None] = mapped_column(String(32))
    """The note that the call at hand is, or was, a hard one."""
    set_by: Mapped[str | None] = mapped_column(String(32))
    """The supervisor who put this person away or offline, so that their screen can say so."""
    misses: Mapped[int] = mapped_column(default=0)
    """How many rings in a row nobody picked up …"""
    keyless: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """… and how many were picked up without a 1 being pressed, as an answering machine does."""
    offer_id: Mapped[str | None] = mapped_column(String(32))
    listening_id: Mapped[str | None] = mapped_column(String(32))
    """The supervisor's own offer while they follow somebody's talk; whatever else they do stays as it was."""

    def heard_within(self, now: datetime, within: timedelta) -> bool:
        """Return whether the browser was heard of within that time; a moment ahead of *now* does not count."""
        return self.heartbeat_at is not None and abs(now - self.heartbeat_at) < within

    @property
    def identity(self) -> str:
        """Return the name of the browser's telephone, new for each tab (letters, digits and underscore only)."""
        return f"{IDENTITY}{self.staff_id}_{self.lease}"


class CallEvent(Base):
    """One event of a call, written once and never changed. Reports are drawn from these."""

    __tablename__ = "call_events"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[str] = mapped_column(String(32))
    staff_id: Mapped[str | None] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Codes and numbers only."""


class Receipt(Base):
    """A webhook that was handled, with its answer; a repetition gets the same one."""

    __tablename__ = "receipts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(Moment, index=True)
