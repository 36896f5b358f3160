"""The waiting room: who waits, who is on duty, and what a waiting caller hears or becomes next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from callcenter.domain import waiting
from callcenter.domain.calls import CallState
from callcenter.domain.hours import State, state_at, windows
from callcenter.domain.people import Contact
from callcenter.domain.policy import Policy
from callcenter.domain.presence import AwayReason, Work
from callcenter.domain.times import at_japan
from callcenter.domain.waiting import Hall, Waiter
from callcenter.models.telephony import Call, Presence
from callcenter.services import calendar


def on_duty(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """A counsellor is on duty who has come and is still there, as far as anybody can tell."""
    return _on_duty(now - policy.gone_after, now - policy.missed_grace)


def _on_duty(
    alive_since: datetime | BindParameter[datetime], missed_since: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    """A browser gives a sign of life; whom the line put away for not answering is missed after a while."""
    there = or_(Presence.contact == Contact.PHONE, Presence.heartbeat_at > alive_since)
    missed = and_(
        Presence.work == Work.AWAY,
        Presence.reason.in_((AwayReason.MISSED, AwayReason.UNREACHABLE)),
        Presence.since <= missed_since,
    )
    return and_(Presence.work != Work.OFFLINE, there, ~func.coalesce(missed, False))


def offerable(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """A counsellor may be rung: available, not draining, and reachable at this very moment."""
    return _offerable(now - policy.fresh_for)


def _offerable(fresh_since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    browser = and_(Presence.heartbeat_at > fresh_since, Presence.registered.is_(True), Presence.lease.is_not(None))
    reachable = or_(Presence.contact == Contact.PHONE, browser)
    return and_(Presence.work == Work.AVAILABLE, Presence.draining.is_(False), reachable)


def waiting_calls() -> Select[Call]:
    """Every waiting caller, the next one first."""
    return (
        select(Call).where(Call.state == CallState.WAITING).order_by(Call.priority.desc(), Call.waiting_since, Call.id)
    )


def _how_many(column: InstrumentedAttribute[str], *where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count(column)).where(*where).scalar_subquery()


def _ahead() -> ColumnElement[bool]:
    """Who is served before the call at hand."""
    priority: BindParameter[int] = bindparam("priority")
    since: BindParameter[datetime] = bindparam("waiting_since")
    return or_(
        Call.priority > priority,
        and_(Call.priority == priority, Call.waiting_since < since),
        and_(Call.priority == priority, Call.waiting_since == since, Call.id < bindparam("call_id")),
    )


_DUTY = _how_many(Presence.staff_id, _on_duty(bindparam("alive_since"), bindparam("missed_since")))
_FREE = _how_many(Presence.staff_id, _offerable(bindparam("fresh_since")))
_WAITS = _how_many(Call.id, Call.state == CallState.WAITING)
_AHEAD = _how_many(Call.id, Call.state == CallState.WAITING, _ahead())
_DOOR = select(_WAITS, _DUTY, *calendar.SIGNATURE)
_HALL = select(_DUTY, _FREE, _AHEAD, _WAITS, *calendar.SIGNATURE)


def _since(now: datetime, policy: Policy) -> dict[str, datetime]:
    return {"alive_since": now - policy.gone_after, "missed_since": now - policy.missed_grace}


def door(session: Session, now: datetime, policy: Policy) -> tuple[State, bool]:
    """Tell how the line is open, and whether one more caller would be one too many; in one question."""
    waits, duty, *signature = session.execute(_DOOR, _since(now, policy)).one()
    hours = state_at(calendar.current(session, now, tuple(signature)), now)
    return hours, bool(waits >= waiting.capacity(duty, policy))


def hall(session: Session, call: Call, *, now: datetime, policy: Policy) -> Hall:
    """Look around the waiting room for *call*; the counts come in one question."""
    place = {"priority": call.priority, "waiting_since": call.waiting_since, "call_id": call.id}
    since = _since(now, policy) | {"fresh_since": now - policy.fresh_for}
    counts = session.execute(_HALL, place | since).one()
    days = calendar.current(session, now, tuple(counts[4:]))
    ends = [at_japan(call.arrived_on, hours.close_at) for hours in windows(days, call.arrived_on)]
    return Hall(
        now=now,
        hours=state_at(days, now),
        closed_at=max((end for end in ends if end <= now), default=None),
        on_duty=counts[0],
        free=counts[1],
        position=1 + counts[2],
        waiting=counts[3],
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
