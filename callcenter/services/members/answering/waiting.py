"""The list of consultations by mail: what everybody who answers may see of them, and in which order.

First what came in while the line was closed for days, then words of danger, then the day a reply is due, then the
oldest. No text and no name is read here; ``reading`` says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, Condition, check, may
from callcenter.domain.members.arrivals import days_off
from callcenter.domain.members.threads import WAITING, ThreadState
from callcenter.models.members.threads import ReplyDraft, Thread
from callcenter.models.staff.accounts import Staff
from callcenter.services.calendar import opening_hours
from callcenter.services.members.answering import claims

AT_ONCE = 50


class MailList(StrEnum):
    """Which consultations are listed."""

    WAITING = "waiting"
    MINE = "mine"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Row:
    """A consultation as the list shows it."""

    id: str
    since: datetime
    """Since when it waits; of an answered one, when it was answered."""
    goes_on: bool
    """Whether something was answered in it before."""
    risk_words: bool
    target_on: date | None
    state: ThreadState
    over_days_off: bool
    """Whether it came in while the line was closed for days."""
    holder: str | None
    """Who answers it at this moment, by name."""
    mine: bool
    may_take: bool
    begun: bool
    """Whether a reply was begun."""
    handed_in: bool
    may_take_back: bool
    """Whether the reader handed it in, and may still write on."""


@dataclass(frozen=True)
class Counts:
    """How many there are."""

    waiting: int
    mine: int
    risky: int
    over_days_off: int


@dataclass(frozen=True)
class Listed:
    """One page of a list."""

    rows: Sequence[Row]
    counts: Counts
    more: bool
    newest_answer: datetime | None
    """When something was last answered, for an empty list to say."""


def listed(session: Session, which: MailList, *, by: Staff, now: datetime, page: int = 1) -> Listed:
    """Return one page of a list, and how many there are; opens nothing."""
    check(by.role, Action.SEE_MAIL)
    off = _over_days_off(session, now)
    query = _query(off, by, now)
    if which is MailList.ANSWERED:
        query = query.where(Thread.state == ThreadState.ANSWERED).order_by(Thread.answered_at.desc(), Thread.id)
    else:
        query = query.where(Thread.state.in_(WAITING)).order_by(
            case((off, 0), else_=1),
            case((Thread.risk_words, 0), else_=1),
            Thread.target_on.is_(None),
            Thread.target_on,
            Thread.waiting_since,
            Thread.id,
        )
    if which is MailList.MINE:
        query = query.where(Thread.claimed_by == by.id)
    found = session.execute(query.offset((page - 1) * AT_ONCE).limit(AT_ONCE + 1)).all()
    return Listed(
        rows=[_row(one, by) for one in found[:AT_ONCE]],
        counts=_counts(session, off, by),
        more=len(found) > AT_ONCE,
        newest_answer=session.scalar(select(func.max(Thread.answered_at))),
    )


def count_waiting(session: Session) -> int:
    """Return how many consultations wait for a reply."""
    return session.scalar(select(func.count(Thread.id)).where(Thread.state.in_(WAITING))) or 0


def _query(off: ColumnElement[bool], by: Staff, now: datetime) -> Select[Thread, bool, bool, str, bool, bool, bool]:
    live, handed_in = claims.live_claim(now), ReplyDraft.submitted_at.is_not(None)
    round_ = and_(ReplyDraft.thread_id == Thread.id, ReplyDraft.sent_at.is_(None), ReplyDraft.dropped_at.is_(None))
    return (
        select(
            Thread,
            off.label("off"),
            live.label("live"),
            Staff.name,
            exists().where(round_, ReplyDraft.text_sealed.is_not(None)).label("begun"),
            exists().where(round_, handed_in).label("handed_in"),
            exists().where(round_, handed_in, ReplyDraft.author_id == by.id).label("handed_in_by_me"),
        )
        .outerjoin(Staff, Staff.id == Thread.claimed_by)
        .execution_options(populate_existing=True)
    )


def _row(found: Any, by: Staff) -> Row:
    thread: Thread = found.Thread
    waits, mine = thread.state in WAITING, thread.claimed_by == by.id
    held = {Condition.CLAIMED} if found.live and not mine else set()
    since = thread.waiting_since if waits else thread.answered_at
    return Row(
        id=thread.id,
        since=since or thread.last_sent_at,
        goes_on=thread.answered_at is not None,
        risk_words=thread.risk_words,
        target_on=thread.target_on if waits else None,
        state=thread.state,
        over_days_off=bool(waits and found.off),
        holder=found.name if found.live else None,
        mine=waits and mine,
        may_take=waits and not found.handed_in and may(by.role, Action.TAKE_THREAD, held),
        begun=found.begun,
        handed_in=found.handed_in,
        may_take_back=found.handed_in_by_me,
    )


def _counts(session: Session, off: ColumnElement[bool], by: Staff) -> Counts:
    def how_many(what: Any) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((what, 1), else_=0)), 0)

    query = select(
        func.count(Thread.id),
        how_many(Thread.claimed_by == by.id),
        how_many(Thread.risk_words),
        how_many(off),
    ).where(Thread.state.in_(WAITING))
    waiting, mine, risky, over = session.execute(query).one()
    return Counts(waiting, int(mine), int(risky), int(over))


def _over_days_off(session: Session, now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition for what came in while the line was last closed for days."""
    span = days_off(opening_hours.load(session), now)
    if span is None:
        return false()
    return and_(Thread.waiting_since >= span[0], Thread.waiting_since < span[1])
