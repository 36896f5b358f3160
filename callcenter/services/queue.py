"""The waiting room: who waits, who is on duty, and what a waiting caller hears or becomes next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from callcenter.domain import waiting
from callcenter.domain.calls import CallState
from callcenter.domain.hours import state_at, windows
from callcenter.domain.people import Contact
from callcenter.domain.policy import Policy
from callcenter.domain.presence import Work
from callcenter.domain.times import at_japan, local_date
from callcenter.domain.waiting import Hall, Waiter
from callcenter.models.telephony import Call, Presence
from callcenter.services import calendar


def on_duty(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """A counsellor is on duty who has come and whose browser, if that is how they answer, is still there."""
    there = or_(Presence.contact == Contact.PHONE, Presence.heartbeat_at > now - policy.gone_after)
    return and_(Presence.work != Work.OFFLINE, there)


def offerable(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """A counsellor may be rung: available, not draining, and reachable at this very moment."""
    browser = and_(
        Presence.heartbeat_at > now - policy.fresh_for, Presence.registered.is_(True), Presence.lease.is_not(None)
    )
    reachable = or_(Presence.contact == Contact.PHONE, browser)
    return and_(Presence.work == Work.AVAILABLE, Presence.draining.is_(False), reachable)


def waiting_calls() -> Select[Call]:
    """Every waiting caller, the next one first."""
    return (
        select(Call).where(Call.state == CallState.WAITING).order_by(Call.priority.desc(), Call.waiting_since, Call.id)
    )


def is_full(session: Session, now: datetime, policy: Policy) -> bool:
    """Tell whether one more caller would be one too many."""
    waits, duty = session.execute(
        select(_how_many(Call.id, Call.state == CallState.WAITING), _how_many(Presence.staff_id, on_duty(now, policy)))
    ).one()
    return bool(waits >= waiting.capacity(duty, policy))


def hall(session: Session, call: Call, *, now: datetime, policy: Policy) -> Hall:
    """Look around the waiting room for *call*; the counts come in one question."""
    days = calendar.load(session, around=local_date(now))
    ends = [at_japan(call.arrived_on, hours.close_at) for hours in windows(days, call.arrived_on)]
    counts = session.execute(
        select(
            _how_many(Presence.staff_id, on_duty(now, policy)),
            _how_many(Presence.staff_id, offerable(now, policy)),
            _how_many(Call.id, and_(Call.state == CallState.WAITING, _before(call))),
            _how_many(Call.id, Call.state == CallState.WAITING),
        )
    ).one()
    return Hall(
        now=now,
        hours=state_at(days, now),
        closed_at=max((end for end in ends if end <= now), default=None),
        on_duty=counts[0],
        free=counts[1],
        position=1 + counts[2],
        waiting=counts[3],
    )


def _before(call: Call) -> ColumnElement[bool]:
    same_priority = Call.priority == call.priority
    return or_(
        Call.priority > call.priority,
        and_(same_priority, Call.waiting_since < call.waiting_since),
        and_(same_priority, Call.waiting_since == call.waiting_since, Call.id < call.id),
    )


def waiter(call: Call) -> Waiter:
    """Return what the waiting rules need to know of *call*."""
    return Waiter(
        state=call.state,
        arrived_at=call.arrived_at,
        waiting_since=call.requeued_at or call.waiting_since,
        waits=call.waits,
        spoken_position=call.spoken_position,
        apologies=call.apologies,
        apology_at=call.apology_at,
        told=frozenset(call.told),
    )


def _how_many(column: InstrumentedAttribute[str], where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count(column)).where(where).scalar_subquery()
