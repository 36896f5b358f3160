"""Care after hard calls: a counsellor reports one, a supervisor answers, and how often it happened.

A note belongs to the counsellor and to the supervisors who look after them. It is no part of any
record, names no call, and is left out of the audit trail, which others read; that a supervisor
looked at the counts is in the trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, check
from callcenter.domain.duty.presence import BUSY_WITH_A_CALLER, AwayReason
from callcenter.domain.errors import HelplineError
from callcenter.models.base import new_id
from callcenter.models.duty import HardCall
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.duty import presence
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

KEEP = timedelta(days=365)
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


class NoCallAtHand(HelplineError):
    """Raised when the call has been written up already."""

    message = "いまは通話中でも、記録の時間でもありません。話したいことがあるときは、統括にいつでも声をかけてください。"


@dataclass(frozen=True)
class OpenHardCall:
    """A hard call after which no supervisor has spoken with the counsellor yet."""

    id: str
    name: str
    at: datetime


@dataclass(frozen=True)
class HardCallCounts:
    """How often a counsellor had a hard call."""

    name: str
    week: int
    month: int
    year: int
    last: datetime


def report_hard_call(session: Session, staff: Staff, *, now: datetime) -> None:
    """Report that the call at hand is, or was, hard: supervisors are told, a pause follows the record.

    Saying it twice is once. ``NoCallAtHand`` when the record is finished already.
    """
    row = presence.lock_or_create(session, staff, now=now)
    if row.work not in BUSY_WITH_A_CALLER:
        raise NoCallAtHand
    if row.hard_call_id is not None:
        return
    note = HardCall(id=new_id(), staff_id=staff.id, at=now)
    session.add(note)
    row.hard_call_id, row.away_after = note.id, AwayReason.CARE
    _tell(session, staff, now=now)


def withdraw_hard_call(session: Session, staff: Staff, *, now: datetime) -> None:
    """Withdraw the report on the call at hand, and the pause with it."""
    row = presence.lock_or_create(session, staff, now=now)
    if row.hard_call_id is None:
        return
    session.execute(delete(HardCall).where(HardCall.id == row.hard_call_id))
    row.hard_call_id = None
    if row.away_after is AwayReason.CARE:
        row.away_after = None
    _tell(session, staff, now=now)


def open_hard_calls(session: Session) -> tuple[OpenHardCall, ...]:
    """Return the hard calls that no supervisor has answered yet, oldest first; for supervisors only."""
    query = (
        select(HardCall.id, Staff.name, HardCall.at)
        .join(Staff, Staff.id == HardCall.staff_id)
        .where(HardCall.seen_at.is_(None))
        .order_by(HardCall.at, HardCall.id)
    )
    return tuple(OpenHardCall(*found) for found in session.execute(query))


def mark_answered(session: Session, note_id: str, *, by: Staff, now: datetime) -> None:
    """Store that a supervisor spoke with the counsellor; the first one counts."""
    check(by.role, Action.LEAD)
    first = update(HardCall).where(HardCall.id == note_id, HardCall.seen_at.is_(None))
    session.execute(first.values(seen_at=now, seen_by=by.id))
    live.publish(session, live.LINE, now=now)


def hard_call_counts(session: Session, *, by: Staff, now: datetime) -> tuple[HardCallCounts, ...]:
    """Return the hard calls of each counsellor within a year, most in the last week first."""
    check(by.role, Action.LEAD)
    week = func.sum(case((HardCall.at > now - WEEK, 1), else_=0))
    month = func.sum(case((HardCall.at > now - MONTH, 1), else_=0))
    query = (
        select(Staff.name, week, month, func.count(HardCall.id), func.max(HardCall.at))
        .join(Staff, Staff.id == HardCall.staff_id)
        .where(HardCall.at > now - KEEP)
        .group_by(Staff.id, Staff.name)
        .order_by(week.desc(), month.desc(), Staff.name)
    )
    audit.record(session, actor=staff_member(by.id), action="care.read", subject=Subject("care"), now=now)
    return tuple(HardCallCounts(*found) for found in session.execute(query))


def forget(session: Session, *, now: datetime) -> None:
    """Delete reports older than a year."""
    session.execute(delete(HardCall).where(HardCall.at <= now - KEEP))


def _tell(session: Session, staff: Staff, *, now: datetime) -> None:
    live.publish(session, live.LINE, now=now)
    live.publish(session, live.staff_topic(staff.id), now=now)
