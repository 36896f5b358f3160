"""Claims of consultations by mail: taking one, keeping it alive, letting go, and taking over from a colleague.

A claim changes hands by one statement that compares what was read with what stands there, so that of two who take it
in one moment one has it. Losing a claim changes nothing of what was written.

Locks are taken in one order everywhere: the member (shared, only against its deletion), the thread, the record.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, Condition, may
from callcenter.domain.duty.presence import BUSY_WITH_A_CALLER
from callcenter.domain.members import claims as rule
from callcenter.domain.members.claims import LetGo, LostClaim, NoSuchThread, NotWaiting, TakenByAnother
from callcenter.domain.members.replies import WithSupervisor
from callcenter.domain.members.threads import WAITING, ThreadState
from callcenter.domain.staff.roles import NotAllowed
from callcenter.models.calls.calls import Presence
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import ReplyDraft, Thread
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live, notices
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

TAKEN_OVER = "thread.taken_over"
"""The notice to whoever held a claim that a supervisor took over."""


def lock(session: Session, thread_id: str) -> Thread:
    """Return the consultation, kept from others until the transaction ends; ``NoSuchThread`` if it is gone."""
    session.flush()
    query = select(Thread).where(Thread.id == thread_id).with_for_update(of=Thread)
    thread = session.scalar(query.execution_options(populate_existing=True))
    if thread is None or thread.state is ThreadState.WITHDRAWN:
        raise NoSuchThread
    # Thread before member, as whoever writes or deletes has it; the member then stays until this commits.
    shared = select(Member.id).where(Member.id == thread.member_id)
    if session.scalar(shared.with_for_update(of=Member, read=True, key_share=True)) is None:
        raise NoSuchThread
    return thread


def holder_of(session: Session, thread: Thread, now: datetime) -> str | None:
    """Return who answers the consultation at this moment."""
    if thread.claimed_by is None:
        return None
    busy = session.get(Presence, thread.claimed_by, populate_existing=True)
    busy_since = busy.since if busy is not None and busy.work in BUSY_WITH_A_CALLER else None
    return thread.claimed_by if rule.is_live(thread.claimed_until, busy_since=busy_since, now=now) else None


def live_claim(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition for threads whose claim holds at this moment, as ``holder_of`` says it of one."""
    return and_(Thread.claimed_by.is_not(None), (Thread.claimed_until > now) | _held_by_a_call())


def take(session: Session, thread_id: str, *, by: Staff, now: datetime) -> Thread:
    """Claim the consultation for *by*; taking it again renews it.

    Raises ``TakenByAnother`` (a supervisor takes over instead), ``NotWaiting``, or ``WithSupervisor``.
    """
    thread = lock(session, thread_id)
    if thread.state not in WAITING:
        raise NotWaiting
    if is_handed_in(session, thread):
        raise WithSupervisor
    holder = holder_of(session, thread, now)
    if not may(by.role, Action.TAKE_THREAD, {Condition.CLAIMED} if holder not in (None, by.id) else set()):
        raise TakenByAnother if may(by.role, Action.TAKE_THREAD) else NotAllowed
    before = thread.claimed_by
    _set(session, thread, by.id, now=now)
    if before == by.id:
        return thread
    if holder is not None:
        notices.notify(session, TAKEN_OVER, thread.id, to=holder, by=by.id, now=now)
    _note(session, thread, "thread.take", by, now, {"from": before})
    return thread


def renew(session: Session, thread: Thread, *, by: Staff, now: datetime) -> None:
    """Let the claim of *by* last from now on; one that ran out counts as theirs until somebody else took it.

    Raises ``LostClaim`` with the colleague's name, ``WithSupervisor``, ``LetGo``, or ``NotWaiting``.
    """
    if thread.claimed_by != by.id:
        raise _lost(session, thread)
    _set(session, thread, by.id, now=now)


def give(session: Session, thread: Thread, staff_id: str, *, now: datetime) -> None:
    """Give a consultation that nobody holds to *staff_id*, whose reply comes back from a supervisor."""
    _set(session, thread, staff_id, now=now)
    live.publish(session, live.MAIL, now=now)


def let_go(session: Session, thread_id: str, *, by: Staff, now: datetime) -> None:
    """Give the claim back; what was written stays for whoever goes on. Letting go twice is letting go once."""
    thread = lock(session, thread_id)
    if thread.claimed_by != by.id:
        return
    drop(session, thread)
    _note(session, thread, "thread.let_go", by, now, {})


def drop(session: Session, thread: Thread) -> None:
    """Leave the consultation without a claim."""
    _compare_and_set(session, thread, None, None)


def keep_during_calls(session: Session, *, now: datetime) -> None:
    """Renew the claims of everybody who is with a caller, so that none runs out meanwhile or right after it."""
    theirs = update(Thread).where(Thread.state.in_(WAITING), Thread.claimed_by.is_not(None), _held_by_a_call())
    session.execute(theirs.values(claimed_until=rule.until(now)).execution_options(synchronize_session=False))


def is_handed_in(session: Session, thread: Thread) -> bool:
    """Return whether a reply in it waits for a supervisor."""
    draft = open_draft(session, thread)
    return draft is not None and draft.submitted_at is not None


def open_draft(session: Session, thread: Thread) -> ReplyDraft | None:
    """Return the reply of this round, if one was begun."""
    query = select(ReplyDraft).where(ReplyDraft.thread_id == thread.id)
    unsent = query.where(ReplyDraft.sent_at.is_(None), ReplyDraft.dropped_at.is_(None))
    return session.scalar(unsent.execution_options(populate_existing=True))


def _held_by_a_call() -> ColumnElement[bool]:
    busy = and_(Presence.staff_id == Thread.claimed_by, Presence.work.in_(BUSY_WITH_A_CALLER))
    return exists().where(busy, Presence.since < Thread.claimed_until)


def _set(session: Session, thread: Thread, staff_id: str, *, now: datetime) -> None:
    _compare_and_set(session, thread, staff_id, rule.until(now))


def _compare_and_set(session: Session, thread: Thread, staff_id: str | None, until: datetime | None) -> None:
    """Write the claim if it still is what was read; ``TakenByAnother`` if somebody was quicker."""
    session.flush()
    still = and_(Thread.id == thread.id, Thread.claimed_by.is_not_distinct_from(thread.claimed_by))
    same = and_(still, Thread.state == thread.state)
    changed = update(Thread).where(same).values(claimed_by=staff_id, claimed_until=until).returning(Thread.id)
    if session.scalar(changed.execution_options(synchronize_session=False)) is None:
        raise TakenByAnother
    session.refresh(thread, ["claimed_by", "claimed_until"])


def _lost(session: Session, thread: Thread) -> Exception:
    if thread.state not in WAITING:
        return NotWaiting()
    if is_handed_in(session, thread):
        return WithSupervisor()
    if thread.claimed_by is None:
        return LetGo()
    return LostClaim(session.get_one(Staff, thread.claimed_by).name)


def _note(
    session: Session, thread: Thread, action: str, by: Staff, now: datetime, facts: dict[str, str | None]
) -> None:
    live.publish(session, live.MAIL, now=now)
    subject = Subject("thread", thread.id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)
