"""What a member has written and not sent: kept on the server, so that another evening or another device goes on.

Nothing typed is lost: where two pages write the same draft, what the second would overwrite stays as a draft of its
own, and a text that has grown too long to be sent is kept up to twice that length.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.domain.members import receipts
from callcenter.domain.members.threads import (
    LONGEST_DRAFT,
    MOST_DRAFTS,
    DraftTooLong,
    ThreadState,
    TooManyDrafts,
    Written,
    as_typed,
)
from callcenter.domain.typed_text import LONGEST_VALUE, one_line, said, storable
from callcenter.models.base import new_id
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import MemberDraft
from callcenter.services.members import consulting, own
from callcenter.services.members.consulting import SentAlready

SPARE = 10
TICK = timedelta(microseconds=1)


def keep(
    session: Session,
    member: Member,
    written: Written,
    *,
    seen: str | None = None,
    late: bool = False,
    sending: bool = False,
    now: datetime,
) -> MemberDraft | None:
    """Keep what was written, under the key of its form; an empty form keeps nothing, and drops what it had.

    *seen* is the version of the draft that the page knows; what comes too *late*, or is kept only until it is sent,
    has a place beyond the usual number. ``SentAlready`` if the form was sent meanwhile;
    ``DraftTooLong`` and ``TooManyDrafts`` keep nothing.
    """
    subject, text = _checked(written)
    consulting.check_key(written)
    thread = own.thread(session, member, written.thread_id, locked=True) if written.thread_id else None
    member = consulting.locked(session, member)
    earlier = consulting.sent_by(session, member, written.form_key)
    if earlier is not None:
        raise SentAlready(earlier)
    draft = own.draft_of_form(session, member.id, written.form_key)
    if draft is not None and _would_be_lost(draft, text, seen):
        written, draft = replace(written, form_key=receipts.new_form_key()), None
    if not said(text) and not subject:
        _drop(session, member, draft)
        return None
    if draft is None:
        draft = _new(session, member, written.form_key, now, most=MOST_DRAFTS + SPARE * (late or sending))
    draft.thread_id = thread.id if thread is not None and thread.state is not ThreadState.WITHDRAWN else None
    draft.subject, draft.text = subject or None, text
    draft.saved_at, draft.late = max(now, draft.saved_at + TICK), late  # each version differs from the one before
    session.flush()
    return draft


def keep_as_further(
    session: Session, member: Member, written: Written, sent: SentAlready, *, now: datetime
) -> MemberDraft | None:
    """Keep what was changed after its form had been sent, as a draft of a further message; None if nothing was."""
    if said(storable(as_typed(written.text))) in {sent.earlier.text, ""}:
        return None
    further = replace(written, form_key=receipts.new_form_key(), thread_id=sent.earlier.thread_id)
    return keep(session, member, further, now=now)


def drop(session: Session, member: Member, draft_id: str) -> None:
    """Delete a draft of the member's; pressed twice, the second finds ``NotThere``."""
    _drop(session, member, own.draft(session, member, draft_id))


def _checked(written: Written) -> tuple[str, str]:
    text = as_typed(written.text)
    if len(text) > LONGEST_DRAFT:
        raise DraftTooLong
    return one_line(storable(written.subject[:LONGEST_VALUE])), storable(text)


def _would_be_lost(draft: MemberDraft, text: str, seen: str | None) -> bool:
    """Return whether the draft holds words that the page has not seen and the new text does not hold."""
    return own.version(draft) != seen and (draft.text or "").strip() not in text


def _new(session: Session, member: Member, form_key: str, now: datetime, *, most: int) -> MemberDraft:
    count = select(func.count(MemberDraft.id)).where(MemberDraft.member_id == member.id)
    if session.scalars(count).one() >= most:
        raise TooManyDrafts
    draft = MemberDraft(
        id=new_id(),
        data_key=member.data_key,
        member_id=member.id,
        form_key=form_key,
        saved_at=now - TICK,
    )
    session.add(draft)
    return draft


def _drop(session: Session, member: Member, draft: MemberDraft | None) -> None:
    if draft is not None:
        session.execute(delete(MemberDraft).where(MemberDraft.id == draft.id, MemberDraft.member_id == member.id))
