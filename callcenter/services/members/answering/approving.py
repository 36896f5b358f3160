"""Replies that a supervisor reads before they go: handing one in, sending it on, handing it back.

A reply that was handed in is nobody's to claim and stays as it is until somebody decided. Nobody approves what they
wrote themselves. Approving sends it: in the name of the house, with the record of who wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, Condition, check, may, roles_that_may
from callcenter.domain.members.claims import NotWaiting
from callcenter.domain.members.replies import (
    LONGEST_REMARK,
    NotHandedIn,
    NotYourOwnReply,
    RemarkNeeded,
    RemarkTooLong,
)
from callcenter.domain.members.threads import WAITING, as_typed
from callcenter.domain.staff.roles import NotYours
from callcenter.domain.typed_text import said, storable
from callcenter.models.members.threads import Message, ReplyDraft, Thread
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import notices
from callcenter.services.members.answering import claims, reading, replying
from callcenter.services.members.answering.replying import Seen

HANDED_IN, HANDED_BACK = "reply.handed_in", "reply.handed_back"
"""Notices: to supervisors, and to who wrote the reply."""


@dataclass(frozen=True)
class HandedIn:
    """A reply that waits for a supervisor, without a word of it."""

    thread_id: str
    author: str
    submitted_at: datetime
    risk_words: bool
    own: bool
    """Whether the reader wrote it, and so leaves it to another."""


def hand_in(session: Session, thread_id: str, seen: Seen, *, by: Staff, now: datetime) -> ReplyDraft:
    """Hand the reply to the supervisors, as it was looked at; doing so twice is doing so once."""
    thread = claims.lock(session, thread_id)
    draft = claims.open_draft(session, thread)
    if draft is not None and draft.submitted_at is not None and draft.author_id == by.id:
        return draft
    claims.renew(session, thread, by=by, now=now)
    check(by.role, Action.REPLY, {Condition.OWN})
    reading.check(session, thread, by=by)
    if draft is None:
        raise NotWaiting
    replying.check_ready(session, thread, draft, seen)
    draft.submitted_at, draft.author_id, draft.remark = now, by.id, None
    claims.drop(session, thread)
    replying.note(session, thread, "reply.hand_in", by, now, {"version": draft.version})
    _tell_supervisors(session, thread, by, now)
    return draft


def waiting(session: Session, *, by: Staff) -> Sequence[HandedIn]:
    """Return the replies that wait for a supervisor, the longest waiting first."""
    check(by.role, Action.APPROVE_REPLY)
    query = (
        select(ReplyDraft, Thread.risk_words, Staff.name, Consultation.counsellor_id)
        .join(Thread, Thread.id == ReplyDraft.thread_id)
        .join(Staff, Staff.id == ReplyDraft.author_id)
        .join(Consultation, Consultation.id == ReplyDraft.consultation_id)
        .where(*_handed_in())
    )
    return [
        HandedIn(draft.thread_id, name, draft.submitted_at or draft.saved_at, risk, by.id in (draft.author_id, whose))
        for draft, risk, name, whose in session.execute(query.order_by(ReplyDraft.submitted_at, ReplyDraft.id))
    ]


def count_waiting(session: Session) -> int:
    """Return how many replies wait for a supervisor."""
    query = select(func.count(ReplyDraft.id)).join(Thread, Thread.id == ReplyDraft.thread_id)
    return session.scalar(query.where(*_handed_in())) or 0


def approve(session: Session, thread_id: str, seen: Seen, *, by: Staff, now: datetime) -> Message:
    """Send the reply as the supervisor looked at it; approving twice sends once."""
    check(by.role, Action.APPROVE_REPLY)
    thread = claims.lock(session, thread_id)
    earlier = replying.sent_as(session, thread, seen.draft_id)
    if earlier is not None:
        return earlier
    draft = _to_decide(session, thread, by)
    replying.check_ready(session, thread, draft, seen)
    draft.approved_at, draft.approved_by = now, by.id
    replying.note(session, thread, "reply.approve", by, now, {"version": draft.version, "staff": draft.author_id})
    _settle(session, thread, now)
    return replying.deliver(session, thread, draft, by=by, now=now)


def hand_back(session: Session, thread_id: str, remark: str, *, by: Staff, now: datetime) -> None:
    """Hand the reply back to who wrote it, with a remark; they hold the claim again."""
    if len(remark) > LONGEST_REMARK:
        raise RemarkTooLong
    check(by.role, Action.APPROVE_REPLY)
    words = said(storable(as_typed(remark)))
    if not words:
        raise RemarkNeeded
    thread = claims.lock(session, thread_id)
    draft = _to_decide(session, thread, by)
    draft.submitted_at, draft.remark = None, words
    author = draft.author_id
    claims.give(session, thread, author, now=now)
    replying.note(session, thread, "reply.hand_back", by, now, {"version": draft.version, "staff": author})
    _settle(session, thread, now)
    notices.notify(session, HANDED_BACK, thread.id, to=author, by=by.id, now=now)


def take_back(session: Session, thread_id: str, *, by: Staff, now: datetime) -> None:
    """Let who handed a reply in write on in it, before anybody decided; doing so twice is doing so once."""
    thread = claims.lock(session, thread_id)
    draft = claims.open_draft(session, thread)
    if draft is None or thread.state not in WAITING:
        raise NotHandedIn
    if draft.author_id != by.id:
        raise NotYours
    if draft.submitted_at is None:
        return
    draft.submitted_at = None
    claims.give(session, thread, by.id, now=now)
    replying.note(session, thread, "reply.take_back", by, now, {"version": draft.version})
    _settle(session, thread, now)


def is_own(session: Session, thread_id: str, *, by: Staff) -> bool:
    """Return whether *by* wrote the reply that waits, and so leaves it to another."""
    draft = claims.open_draft(session, reading.find(session, thread_id))
    return draft is not None and _wrote(session, draft, by)


def _wrote(session: Session, draft: ReplyDraft, by: Staff) -> bool:
    return by.id in (draft.author_id, session.get_one(Consultation, draft.consultation_id).counsellor_id)


def _handed_in() -> tuple[ColumnElement[bool], ...]:
    unsent = (ReplyDraft.sent_at.is_(None), ReplyDraft.dropped_at.is_(None))
    return (ReplyDraft.submitted_at.is_not(None), *unsent, Thread.state.in_(WAITING))


def _to_decide(session: Session, thread: Thread, by: Staff) -> ReplyDraft:
    draft = claims.open_draft(session, thread)
    if draft is None or draft.submitted_at is None or thread.state not in WAITING:
        raise NotHandedIn
    if not may(by.role, Action.APPROVE_REPLY, {Condition.OWN} if _wrote(session, draft, by) else set()):
        raise NotYourOwnReply
    reading.check(session, thread, by=by)
    return draft


def _tell_supervisors(session: Session, thread: Thread, by: Staff, now: datetime) -> None:
    told = select(Staff.id).where(Staff.role.in_(roles_that_may(Action.APPROVE_REPLY)), Staff.active)
    for staff_id in session.scalars(told).all():
        notices.notify(session, HANDED_IN, thread.id, to=staff_id, by=by.id, now=now)


def _settle(session: Session, thread: Thread, now: datetime) -> None:
    notices.withdraw(session, HANDED_IN, thread.id, now=now)
