"""The writing room: one consultation, the reply that is written, its record, and who wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.channel_desk import Drawing, PageResults, desk_of_channel
from callcenter.casefile.person import page
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action, Condition, may
from callcenter.domain.calendar.times import local_date
from callcenter.domain.members.claims import time_left
from callcenter.domain.members.replies import ReplyTemplate
from callcenter.domain.members.threads import WAITING, Author, ThreadState
from callcenter.mail.desk.blueprint import bp
from callcenter.models.members.threads import Message, ReplyDraft, Thread
from callcenter.models.staff.accounts import Staff
from callcenter.services.members.answering import claims, joined, replying
from callcenter.services.members.answering import reading as letters
from callcenter.services.members.answering.reading import OpenedThread
from callcenter.services.members.answering.registration import Registration
from callcenter.services.records import consultations
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Problem

TEMPLATES = tuple((one.value, one.label) for one in ReplyTemplate)


@dataclass(frozen=True)
class Letter:
    """One message, opened."""

    id: str
    from_member: bool
    sent_at: datetime
    text: str = field(repr=False)
    receipt: str | None = None

    @classmethod
    def of(cls, message: Message) -> Letter:
        return cls(message.id, message.author is Author.MEMBER, message.sent_at, message.text or "", message.receipt)


@dataclass(frozen=True)
class Reply:
    """The reply of this round, opened."""

    id: str
    record_id: str
    version: int
    text: str = field(repr=False)
    remark: str = field(repr=False)
    handed_in: bool

    @classmethod
    def of(cls, draft: ReplyDraft) -> Reply:
        return cls(
            id=draft.id,
            record_id=draft.consultation_id,
            version=draft.version,
            text=draft.text or "",
            remark=draft.remark or "",
            handed_in=draft.submitted_at is not None,
        )


@dataclass(frozen=True)
class Claim:
    """Who answers, as the page shows it and looks again by itself."""

    thread_id: str
    mine: bool
    lasts_until: datetime | None
    minutes: int
    holder: str | None
    """The colleague who holds it."""
    waits: bool
    newest: str | None
    """The newest letter; another than the page shows came meanwhile."""
    now: datetime

    @classmethod
    def of(cls, session: Session, thread: Thread, staff: Staff, now: datetime) -> Claim:
        """Return the claim as it stands; one of mine that ran out is mine still, while nobody else took it."""
        holder_id = claims.holder_of(session, thread, now)
        holder = session.get_one(Staff, holder_id).name if holder_id not in (None, staff.id) else None
        lasts_until = thread.claimed_until if thread.claimed_by == staff.id else None
        return cls(
            thread_id=thread.id,
            mine=thread.claimed_by == staff.id,
            lasts_until=lasts_until,
            minutes=int(time_left(lasts_until, now).total_seconds() // 60) if lasts_until else 0,
            holder=holder,
            waits=thread.state in WAITING,
            newest=letters.newest_of_member(session, thread),
            now=now,
        )


@dataclass(frozen=True)
class Room:
    """Everything about one consultation."""

    thread_id: str
    subject: str = field(repr=False)
    letters: Sequence[Letter] = field(repr=False)
    newest: str | None
    state: ThreadState
    waiting_since: datetime | None
    target_on: date | None
    risk_words: bool
    reply: Reply | None
    claim: Claim
    registration: Registration = field(repr=False)
    joined_to: str | None
    """Whether, and to which person of a case, the member is joined."""
    may_join: bool
    may_take: bool
    needs_approval: bool
    today: date
    problems: Sequence[Problem] = ()

    @property
    def reader(self) -> str:
        return self.registration.nickname


@bp.get("/<thread_id>")
@staff_who_may(Action.READ_THREAD)
def room(thread_id: str) -> str:
    """Show a consultation to who answers it, or to a supervisor to read."""
    with unit_of_work() as session:
        draw = gather(session, thread_id)
    return draw()


@bp.get("/<thread_id>/live")
@staff_who_may(Action.READ_THREAD, quiet=True)
def live(thread_id: str) -> str:
    """Return what changes by itself: whose claim it is, how long it lasts, and whether a letter came."""
    with reading() as session:
        claim = Claim.of(session, letters.find(session, thread_id), myself(session), ports().clock.now())
    return render_template("mail/desk/room/live.html", claim=claim)


@bp.get("/records/<record_id>")
@staff_who_may(Action.WRITE)
def record(record_id: str) -> Response:
    """Lead to where the record of a reply is written: to the reply itself until it was sent."""
    with reading() as session:
        found = consultations.find_writable(session, record_id, myself(session))
        thread_id = letters.round_of(session, found)
    if thread_id is not None:
        return redirect(_address(thread_id), 303)
    return redirect(desk_of_channel(None).address(record_id), 303)


def gather(session: Session, thread_id: str, shown: PageResults | None = None, **instead: Any) -> Drawing:
    """Open a consultation and return the drawing of its room; *instead* replaces what is shown."""
    staff, now = myself(session), ports().clock.now()
    opened = letters.open_thread(session, thread_id, by=staff, now=now)
    if opened.mine and opened.draft is None and opened.thread.state in WAITING:
        replying.begin(session, thread_id, by=staff, now=now)
        opened = letters.open_thread(session, thread_id, by=staff, now=now)
    here = look(session, opened, staff, now)
    given: dict[str, Any] = {"room": here, "claim": here.claim, "templates": TEMPLATES}
    if here.claim.mine and here.reply is not None and not here.reply.handed_in:
        given = page.gather(session, here.reply.record_id, shown).given() | given
    return partial(render_template, "mail/desk/room/page.html", **given | instead)


def look(session: Session, opened: OpenedThread, staff: Staff, now: datetime) -> Room:
    """Return what was opened, for a page."""
    thread, person = opened.thread, joined.person_of(session, opened.member.id)
    held = {Condition.OWN} if opened.mine else set[Condition]()
    return Room(
        thread_id=thread.id,
        subject=thread.subject or "",
        letters=[Letter.of(one) for one in opened.letters],
        newest=opened.newest,
        state=thread.state,
        waiting_since=thread.waiting_since,
        target_on=thread.target_on,
        risk_words=thread.risk_words,
        reply=Reply.of(opened.draft) if opened.draft is not None else None,
        claim=Claim.of(session, thread, staff, now),
        registration=Registration.of(opened.member),
        joined_to=person.id if person is not None else None,
        may_join=may(staff.role, Action.JOIN_MEMBER, held),
        may_take=thread.state in WAITING and may(staff.role, Action.TAKE_THREAD, {Condition.CLAIMED}),
        needs_approval=settings().policy.reply_approval,
        today=local_date(now),
    )


def _address(thread_id: str) -> str:
    return url_for("mail_desk.room", thread_id=thread_id)
