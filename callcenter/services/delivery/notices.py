"""Notices: a colleague is shown what somebody decided or asks, until they have seen it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from callcenter.domain.access.permissions import Action, roles_that_may
from callcenter.models.base import new_id
from callcenter.models.delivery.notices import Notice
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live


@dataclass(frozen=True)
class UnseenNotice:
    """A notice that somebody has not seen yet, with the name of who caused it (None for the operator)."""

    id: str
    kind: str
    subject_id: str
    by: str | None
    at: datetime


def notify_decision_makers(session: Session, kind: str, subject_id: str, *, by: str | None, now: datetime) -> None:
    """Notify everybody else whose role learns of decisions."""
    told = Staff.role.in_(roles_that_may(Action.SEE_DECISIONS))
    others = select(Staff.id).where(told, Staff.active, Staff.id != (by or ""))
    for staff_id in session.scalars(others).all():
        session.add(Notice(id=new_id(), staff_id=staff_id, kind=kind, subject_id=subject_id, by_id=by, at=now))
        live.publish(session, live.staff_topic(staff_id), now=now)


def notify(session: Session, kind: str, subject_id: str, *, to: str, by: str | None, now: datetime) -> None:
    """Notify one person, unless it was they who did it."""
    if to != by:
        session.add(Notice(id=new_id(), staff_id=to, kind=kind, subject_id=subject_id, by_id=by, at=now))
        live.publish(session, live.staff_topic(to), now=now)


def withdraw(session: Session, kind: str, subject_id: str, *, now: datetime) -> None:
    """Withdraw notices about *subject_id* that nobody has seen yet."""
    query = select(Notice).where(Notice.kind == kind, Notice.subject_id == subject_id, Notice.seen_at.is_(None))
    for notice in session.scalars(query):
        notice.seen_at = now


def unseen(session: Session, staff_id: str) -> list[UnseenNotice]:
    """Return this person's unseen notices, oldest first."""
    actor = aliased(Staff)
    query = (
        select(Notice.id, Notice.kind, Notice.subject_id, actor.name, Notice.at)
        .outerjoin(actor, actor.id == Notice.by_id)
        .where(Notice.staff_id == staff_id, Notice.seen_at.is_(None))
        .order_by(Notice.at, Notice.id)
    )
    return [UnseenNotice(*row) for row in session.execute(query)]


def mark_seen(session: Session, notice_id: str, staff_id: str, *, now: datetime) -> None:
    """Mark a notice of this person as seen; anybody else's, or a seen one, stays as it is."""
    notice = session.get(Notice, notice_id)
    if notice is not None and notice.staff_id == staff_id and notice.seen_at is None:
        notice.seen_at = now
