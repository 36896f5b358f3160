"""SQL conditions on ``Presence``: who is on duty, who can be expected to come, and who may be rung."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.duty.presence import MISSES_UNTIL_AWAY, AwayReason, Work
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact
from callcenter.models.calls.calls import Presence
from callcenter.models.staff.accounts import Staff

Since = datetime | BindParameter[datetime]

LONGER_THAN_ANY_TALK = timedelta(days=1)
"""Without a soft limit the end of every talk is in sight."""


def on_duty(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """Return the condition for a counsellor on duty who, as far as is known, is still there."""
    return on_duty_since(now - policy.gone_after, now - policy.missed_grace)


def on_duty_since(alive_since: Since, missed_since: Since) -> ColumnElement[bool]:
    """Return ``on_duty`` for moments given with each use.

    A browser gives a sign of life; whom the line put away for not answering is missed after a while.
    """
    missed = and_(
        Presence.work == Work.AWAY,
        Presence.reason.in_((AwayReason.MISSED, AwayReason.UNREACHABLE)),
        Presence.since <= missed_since,
    )
    return and_(Presence.work != Work.OFFLINE, _there(alive_since), ~func.coalesce(missed, False))


def _there(alive_since: Since) -> ColumnElement[bool]:
    return or_(Presence.contact == Contact.PHONE, Presence.heartbeat_at > alive_since)


def at_hand(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """Return the condition for whoever is on duty, or takes no calls with the desk open before them."""
    return or_(on_duty(now, policy), Presence.heartbeat_at > now - policy.gone_after)


def staff_on_duty(now: datetime, policy: Policy) -> Select[str]:
    """Return the query for the ids of everybody on duty."""
    return select(Presence.staff_id).where(on_duty(now, policy))


def offerable(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """Return the condition for a counsellor who may be rung: available, not draining, reachable."""
    return offerable_since(now - policy.fresh_for)


def offerable_since(fresh_since: Since) -> ColumnElement[bool]:
    """Return ``offerable`` for a moment given with each use."""
    at_hand = and_(Presence.draining.is_(False), Presence.listening_id.is_(None))
    return and_(Presence.work == Work.AVAILABLE, at_hand, _reachable_since(fresh_since))


def _reachable_since(fresh_since: Since) -> ColumnElement[bool]:
    """Return the condition for a counsellor whose telephone can ring, whatever they do."""
    browser = and_(Presence.heartbeat_at > fresh_since, Presence.registered.is_(True), Presence.lease.is_not(None))
    return or_(Presence.contact == Contact.PHONE, browser)


def _coming_since(alive_since: Since, talking_since: Since, writing_since: Since) -> ColumnElement[bool]:
    """Return the condition for a counsellor who can be expected to come to a caller.

    They are free, being rung, in a talk that is no longer than talks are, or in a wrap-up within its limit, and take
    the next caller afterwards. Who is away, for whatever reason, comes back when they say so; who follows a talk, when
    they leave it; a browser that has not registered, or is gone, when it is back. Nobody is promised any of them.
    """
    afterwards = and_(Presence.draining.is_(False), Presence.away_after.is_(None), Presence.listening_id.is_(None))
    can_ring = or_(Presence.contact == Contact.PHONE, and_(Presence.registered.is_(True), Presence.lease.is_not(None)))
    soon = or_(
        and_(Presence.work == Work.AVAILABLE, can_ring),
        Presence.work.in_((Work.OFFERED, Work.CONNECTING)),
        and_(Presence.work == Work.ON_CALL, Presence.since > talking_since),
        and_(Presence.work == Work.WRAP_UP, Presence.since > writing_since),
    )
    return and_(soon, afterwards, _there(alive_since))


def moments(now: datetime, policy: Policy) -> dict[str, Any]:
    """Return the moments that ``ON_DUTY``, ``COMING``, ``OFFERABLE`` and ``REACHABLE`` need."""
    return {
        "alive_since": now - policy.gone_after,
        "missed_since": now - policy.missed_grace,
        "fresh_since": now - policy.fresh_for,
        "talking_since": now - (policy.soft_limit or LONGER_THAN_ANY_TALK),
        "writing_since": now - policy.wrap_up_limit,
    }


ON_DUTY = on_duty_since(bindparam("alive_since"), bindparam("missed_since"))
COMING = _coming_since(bindparam("alive_since"), bindparam("talking_since"), bindparam("writing_since"))
OFFERABLE = offerable_since(bindparam("fresh_since"))
REACHABLE = _reachable_since(bindparam("fresh_since"))
"""For statements that are written once; the moments come with each use, from ``moments``."""

_NOT_TAKING_CALLS = and_(Presence.work == Work.OFFLINE, Presence.contact == Contact.BROWSER)
_CAN_BE_CALLED_BACK = and_(Presence.work == Work.AWAY, Presence.reason.in_((AwayReason.MEETING, AwayReason.MAIL)))
_ANSWERS = Presence.misses < MISSES_UNTIL_AWAY
AT_THE_DESK = and_(or_(_NOT_TAKING_CALLS, _CAN_BE_CALLED_BACK), _ANSWERS, REACHABLE, Presence.listening_id.is_(None))
"""Who takes no calls but could be rung in need: a break, care after a hard call and a visit are left in peace, and so
is whoever let two such rings ring out, until they take calls or open the desk anew."""

_HOW_MANY_COMING = select(func.count(Presence.staff_id)).where(COMING)


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


def how_many_coming(session: Session, *, now: datetime, policy: Policy) -> int:
    """Return how many counsellors can be expected to come to a caller."""
    return session.scalar(_HOW_MANY_COMING, moments(now, policy)) or 0
