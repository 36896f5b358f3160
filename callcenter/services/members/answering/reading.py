"""The one door by which staff see what was written by mail: who holds the claim, and supervisors.

Every opening is in the trail. A counsellor without the claim sees of a consultation what ``waiting`` lists: since when,
new or going on, the risk mark, the day it is due, how far it is. Neither text nor nickname: a nickname is the member's
own word, sealed like the rest, nobody needs it to choose whom to answer next, and a list is looked at over shoulders.

The wall inside a family stands here too: while one of a case is on the line, mail of another of it stays shut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, Condition, may
from callcenter.domain.cases.wall import BehindTheWall
from callcenter.domain.members.claims import NoSuchThread, NotYourClaim
from callcenter.domain.members.threads import Author, ThreadState
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message, ReplyDraft, Thread
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.members.answering import claims, joined
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member


@dataclass(frozen=True)
class OpenedThread:
    """A consultation that was opened, with who wrote it."""

    thread: Thread
    member: Member
    letters: Sequence[Message]
    """Oldest first."""
    draft: ReplyDraft | None
    """The reply of this round."""
    mine: bool
    """Whether the reader holds its claim."""

    @property
    def newest(self) -> str | None:
        """Return the id of the newest message of the member's, as far as it was read."""
        return next((one.id for one in reversed(self.letters) if one.author is Author.MEMBER), None)


def open_thread(session: Session, thread_id: str, *, by: Staff, now: datetime) -> OpenedThread:
    """Open a consultation; whose claim it is holds it anew from now on.

    Raises ``NoSuchThread``, ``NotYourClaim``, or ``BehindTheWall``.
    """
    thread = claims.lock(session, thread_id)
    check(session, thread, by=by)
    member, letters = session.get_one(Member, thread.member_id), _letters(session, thread)
    for one in letters:
        if one.author is Author.MEMBER and one.seen_at is None:
            one.seen_at = now
    if thread.state is ThreadState.RECEIVED:
        thread.state = ThreadState.READING
        live.publish(session, live.MAIL, now=now)
    session.flush()
    mine = thread.claimed_by == by.id
    if mine:
        claims.renew(session, thread, by=by, now=now)
    subject, facts = Subject("thread", thread.id), {"member": member.id, "messages": len(letters)}
    audit.record(session, actor=staff_member(by.id), action="thread.read", subject=subject, facts=facts, now=now)
    return OpenedThread(thread, member, letters, claims.open_draft(session, thread), mine)


def check(session: Session, thread: Thread, *, by: Staff) -> None:
    """Raise ``NotYourClaim`` or ``BehindTheWall`` unless *by* may read the consultation just now."""
    held = {Condition.OWN} if thread.claimed_by == by.id else set()
    if not may(by.role, Action.READ_THREAD, held):
        raise NotYourClaim
    if joined.is_walled(session, by, thread.member_id) and not may(
        by.role, Action.READ_THREAD, held | {Condition.WALLED}
    ):
        raise BehindTheWall


def find(session: Session, thread_id: str) -> Thread:
    """Return a consultation without opening it, for what the list tells of it as well."""
    thread = session.get(Thread, thread_id)
    if thread is None or thread.state is ThreadState.WITHDRAWN:
        raise NoSuchThread
    return thread


def round_of(session: Session, record: Consultation) -> str | None:
    """Return the consultation in which *record* is of a reply that is not sent yet."""
    unsent = select(ReplyDraft.thread_id).where(ReplyDraft.sent_at.is_(None), ReplyDraft.dropped_at.is_(None))
    return session.scalar(unsent.where(ReplyDraft.consultation_id == record.id))


def newest_of_member(session: Session, thread: Thread) -> str | None:
    """Return the id of the newest message of the member's, without opening it."""
    theirs = select(Message.id).where(Message.thread_id == thread.id, Message.author == Author.MEMBER)
    return session.scalar(theirs.order_by(Message.sent_at.desc(), Message.id.desc()).limit(1))


def _letters(session: Session, thread: Thread) -> Sequence[Message]:
    query = select(Message).where(Message.thread_id == thread.id)
    return session.scalars(query.order_by(Message.sent_at, Message.id)).all()
