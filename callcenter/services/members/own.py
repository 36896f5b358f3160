"""What a member has stored, found by the member's own id only: the one door for every page of a member.

Whoever asks with somebody else's id gets the same answer as for one that never was.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.errors import HelplineError
from callcenter.domain.members.threads import Author
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import MemberDraft, Message, Thread


class NotThere(HelplineError):
    """Raised when a member has nothing by that id."""

    message = "見つかりませんでした。マイページの一覧から、もう一度お選びください。"


def threads(session: Session, member: Member) -> Sequence[Thread]:
    """Return every consultation of a member, the one that was last written in first."""
    query = select(Thread).where(Thread.member_id == member.id)
    return session.scalars(query.order_by(Thread.last_sent_at.desc(), Thread.id.desc())).all()


def thread(session: Session, member: Member, thread_id: str, *, locked: bool = False) -> Thread:
    """Return one consultation of a member; *locked* keeps others from changing it until the transaction ends."""
    query = select(Thread).where(Thread.id == thread_id, Thread.member_id == member.id)
    if locked:
        query = query.with_for_update(of=Thread).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotThere
    return found


def messages(session: Session, member: Member, of: Thread) -> Sequence[Message]:
    """Return the messages of a member's consultation, oldest first."""
    query = select(Message).where(Message.thread_id == of.id, Message.member_id == member.id)
    return session.scalars(query.order_by(Message.sent_at, Message.id)).all()


def message(session: Session, member: Member, message_id: str) -> Message:
    """Return one message of a member's consultations."""
    found = session.scalar(select(Message).where(Message.id == message_id, Message.member_id == member.id))
    if found is None:
        raise NotThere
    return found


def unread(session: Session, member: Member) -> set[str]:
    """Return the ids of the consultations with a reply that the member has not opened yet."""
    query = select(Message.thread_id).where(Message.member_id == member.id, Message.author == Author.STAFF)
    return set(session.scalars(query.where(Message.seen_at.is_(None))))


def drafts(session: Session, member: Member) -> Sequence[MemberDraft]:
    """Return what a member has written and not sent, the newest first."""
    query = select(MemberDraft).where(MemberDraft.member_id == member.id)
    return session.scalars(query.order_by(MemberDraft.saved_at.desc(), MemberDraft.id.desc())).all()


def draft(session: Session, member: Member, draft_id: str) -> MemberDraft:
    """Return one draft of a member."""
    query = select(MemberDraft).where(MemberDraft.id == draft_id, MemberDraft.member_id == member.id)
    found = session.scalar(query)
    if found is None:
        raise NotThere
    return found


def draft_of_form(session: Session, member_id: str, form_key: str) -> MemberDraft | None:
    """Return the draft that is written in this form of the member's, as it is stored now."""
    query = select(MemberDraft).where(MemberDraft.member_id == member_id, MemberDraft.form_key == form_key)
    return session.scalar(query.execution_options(populate_existing=True))


def version(draft: MemberDraft) -> str:
    """Return what a page sends along, so that it never overwrites or drops what it has not seen."""
    return draft.saved_at.isoformat()
