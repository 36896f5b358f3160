"""SQL conditions on ``Presence``: who is on duty, and who may be rung."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact
from callcenter.models.calls.calls import Presence
from callcenter.models.staff.accounts import Staff

Since = datetime | BindParameter[datetime]


def on_duty(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """Return the condition for a counsellor on duty who, as far as is known, is still there."""
    return on_duty_since(now - policy.gone_after, now - policy.missed_grace)


def on_duty_since(alive_since: Since, missed_since: Since) -> ColumnElement[bool]:
    """Return ``on_duty`` for moments given with each use.

    A browser gives a sign of life; whom the line put away for not answering is missed after a while.
    """
    there = or_(Presence.contact == Contact.PHONE, Presence.heartbeat_at > alive_since)
    missed = and_(
        Presence.work == Work.AWAY,
        Presence.reason.in_((AwayReason.MISSED, AwayReason.UNREACHABLE)),
        Presence.since <= missed_since,
    )
    return and_(Presence.work != Work.OFFLINE, there, ~func.coalesce(missed, False))


def staff_on_duty(now: datetime, policy: Policy) -> Select[str]:
    """Return the query for the ids of everybody on duty."""
    return select(Presence.staff_id).where(on_duty(now, policy))


def offerable(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """Return the condition for a counsellor who may be rung: available, not draining, reachable."""
    return offerable_since(now - policy.fresh_for)


def offerable_since(fresh_since: Since) -> ColumnElement[bool]:
    """Return ``offerable`` for a moment given with each use."""
    browser = and_(Presence.heartbeat_at > fresh_since, Presence.registered.is_(True), Presence.lease.is_not(None))
    reachable = or_(Presence.contact == Contact.PHONE, browser)
    at_hand = and_(Presence.draining.is_(False), Presence.listening_id.is_(None))
    return and_(Presence.work == Work.AVAILABLE, at_hand, reachable)


OFFERABLE = offerable_since(bindparam("fresh_since"))
"""``offerable`` for statements that are written once; the moment comes with each use."""


class AtWork(NamedTuple):
    """Somebody on duty, and what they are doing."""

    staff_id: str
    name: str
    work: Work


def at_work(session: Session, *, now: datetime, policy: Policy) -> list[AtWork]:
    """Return everybody on duty, by name."""
    query = select(Presence.staff_id, Staff.name, Presence.work).join(Staff, Staff.id == Presence.staff_id)
    found = session.execute(query.where(on_duty(now, policy)).order_by(Staff.name))
    return [AtWork(staff_id=row.staff_id, name=row.name, work=row.work) for row in found]


def can_ring(row: Presence | None, *, now: datetime, policy: Policy) -> bool:
    """Return whether a person's telephone could ring now, whatever they do; a browser only with the desk open."""
    if row is None or row.contact is Contact.PHONE:
        return row is not None
    return row.registered and row.lease is not None and row.heard_within(now, policy.fresh_for)


def how_many_reachable(session: Session, *, now: datetime, policy: Policy) -> int:
    """Return how many counsellors may be rung now."""
    return session.scalar(select(func.count(Presence.staff_id)).where(offerable(now, policy))) or 0
