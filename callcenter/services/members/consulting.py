"""What a member does with a consultation: sends it, writes on in it, withdraws it, reads a reply.

Whoever writes locks the consultation, then the member, until the transaction ends, so that a form that is posted
twice at once sends one message, and a member who is being deleted sends none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.hours import Calendar
from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.domain.members import receipts, risk_words
from callcenter.domain.members.reply_target import target_on
from callcenter.domain.members.threads import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    WAITING,
    WAITING_AT_MOST,
    AlreadyStarted,
    Author,
    MessageTooLong,
    NoLongerOpen,
    NothingWritten,
    SubjectTooLong,
    ThreadState,
    TooManyWaiting,
    UnknownForm,
    Written,
    as_typed,
)
from callcenter.domain.policy import Policy
from callcenter.domain.typed_text import one_line, said, storable
from callcenter.models.base import new_id
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message, Thread
from callcenter.models.trail.audit import ActorKind
from callcenter.services.delivery import live
from callcenter.services.members import own
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject


class SentAlready(HelplineError):
    """Raised when a form is posted again after what it holds was sent and then changed; ``earlier`` was sent."""

    message = "この相談は、もう届いています。書き直したことは、続きとして送れます。"

    def __init__(self, earlier: Message) -> None:
        super().__init__()
        self.earlier = earlier


def send(
    session: Session,
    member: Member,
    written: Written,
    *,
    seen: str | None = None,
    calendar: Calendar,
    policy: Policy,
    now: datetime,
) -> Message:
    """Send what was written, and drop its draft; a form that is posted again sends nothing again.

    *seen* is the version of the draft that the page knows: what another page has written in it since stays as a draft
    of a further message.

    What was typed is refused with ``MessageTooLong``, ``NothingWritten`` or ``SubjectTooLong``; ``TooManyWaiting``
    and ``NoLongerOpen`` are refused by what the member has already.
    """
    subject, text = checked_subject(written.subject), checked_text(written.text)
    check_key(written)
    thread = own.thread(session, member, written.thread_id, locked=True) if written.thread_id else None
    member = locked(session, member)
    earlier = sent_by(session, member, written.form_key)
    if earlier is not None:
        if earlier.text != text:
            raise SentAlready(earlier)
        return earlier
    today = local_date(now)
    if thread is None:
        thread = _new(session, member, subject, now)
    elif thread.state is ThreadState.WITHDRAWN:
        raise NoLongerOpen
    target = target_on(calendar, today, policy.reply_target_days)
    _await_reply(thread, target, risky=risk_words.found(text), now=now)
    message = Message(
        id=new_id(),
        data_key=member.data_key,
        thread_id=thread.id,
        member_id=member.id,
        author=Author.MEMBER,
        sent_at=now,
        sent_on=today,
        sent_key=written.form_key,
        receipt=_free_receipt(session, today),
    )
    session.add(message)
    message.text = text
    member.last_sent_on = max(today, member.last_sent_on or today)
    _drop_draft(session, message, text, seen)
    _note(session, member, "message.send", thread, {"message": message.id}, now)
    session.flush()
    return message


def withdraw(session: Session, member: Member, thread_id: str, now: datetime) -> Thread:
    """Withdraw a consultation that nobody has begun to read; ``AlreadyStarted`` once somebody has."""
    thread = own.thread(session, member, thread_id, locked=True)
    if thread.state is ThreadState.WITHDRAWN:
        return thread  # pressed twice
    if not may_be_withdrawn(thread):
        raise AlreadyStarted
    thread.state, thread.waiting_since, thread.target_on = ThreadState.WITHDRAWN, None, None
    thread.risk_words = False
    _note(session, member, "thread.withdraw", thread, {}, now)
    return thread


def may_be_withdrawn(thread: Thread) -> bool:
    """Return whether nobody has begun with a consultation; one that was answered before stays with its answer."""
    return thread.state is ThreadState.RECEIVED and thread.claimed_by is None and thread.answered_at is None


def mark_seen(session: Session, member: Member, thread: Thread, now: datetime) -> None:
    """Store that the member has opened the replies of their consultation."""
    for message in own.messages(session, member, thread):
        if message.author is Author.STAFF and message.seen_at is None:
            message.seen_at = now


def checked_text(text: str) -> str:
    """Return a message as it is sent; ``MessageTooLong`` before anything else looks at it, or ``NothingWritten``."""
    text = as_typed(text)
    if len(text) > LONGEST_TEXT:
        raise MessageTooLong
    text = said(storable(text))
    if not text:
        raise NothingWritten
    return text


def checked_subject(subject: str) -> str:
    """Return a subject in one line, empty for none; ``SubjectTooLong`` before anything else looks at it."""
    if len(subject) > LONGEST_SUBJECT:
        raise SubjectTooLong
    return one_line(storable(subject))


def check_key(written: Written) -> None:
    """Raise ``UnknownForm`` for a key that no form of ours has."""
    if not receipts.is_form_key(written.form_key):
        raise UnknownForm


def locked(session: Session, member: Member) -> Member:
    """Return the member's row, kept from others until the transaction ends; ``NotThere`` once they are deleted."""
    query = select(Member).where(Member.id == member.id).with_for_update(of=Member)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise own.NotThere
    return found


def sent_by(session: Session, member: Member, form_key: str) -> Message | None:
    """Return the message that was sent by this form of the member's."""
    return session.scalar(select(Message).where(Message.member_id == member.id, Message.sent_key == form_key))


def _new(session: Session, member: Member, subject: str, now: datetime) -> Thread:
    waiting = select(func.count(Thread.id)).where(Thread.member_id == member.id, Thread.state.in_(WAITING))
    if session.scalars(waiting).one() >= WAITING_AT_MOST:
        raise TooManyWaiting
    thread = Thread(
        id=new_id(),
        data_key=member.data_key,
        member_id=member.id,
        state=ThreadState.RECEIVED,
        opened_at=now,
        last_sent_at=now,
    )
    session.add(thread)
    thread.subject = subject or None
    return thread


def _await_reply(thread: Thread, target: date | None, *, risky: bool, now: datetime) -> None:
    """Let the consultation wait for a reply; since when, and until about when, its oldest unanswered message says."""
    thread.last_sent_at = now
    if thread.waiting_since is None:
        thread.state, thread.waiting_since, thread.target_on = ThreadState.RECEIVED, now, target
        thread.risk_words = risky
    else:
        thread.risk_words = thread.risk_words or risky


def _drop_draft(session: Session, message: Message, text: str, seen: str | None) -> None:
    draft = own.draft_of_form(session, message.member_id, message.sent_key or "")
    if draft is None:
        return
    if seen and own.version(draft) != seen and (draft.text or "").strip() not in text:
        draft.form_key, draft.thread_id = receipts.new_form_key(), message.thread_id
    else:
        session.delete(draft)


def _free_receipt(session: Session, today: date) -> str:
    while True:
        receipt = receipts.new_receipt(today)
        if session.scalar(select(Message.id).where(Message.receipt == receipt)) is None:
            return receipt


def _note(
    session: Session, member: Member, action: str, thread: Thread, facts: Mapping[str, Any], now: datetime
) -> None:
    live.publish(session, live.MAIL, now=now)
    actor, subject = Actor(ActorKind.MEMBER, member.id), Subject("thread", thread.id)
    audit.record(session, actor=actor, action=action, subject=subject, facts=facts, now=now)
