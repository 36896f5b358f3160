"""The waiting room: who waits, who is on duty, and what a waiting caller hears or becomes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from callcenter.domain.calendar.closing import closing
from callcenter.domain.calendar.hours import State, state_at
from callcenter.domain.calls import waiting
from callcenter.domain.calls.lifecycle import OPEN_OFFERS, CallState
from callcenter.domain.calls.waiting import QueueSnapshot, WaitingCaller
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.cases.continuity import CallerCode
from callcenter.models.staff.accounts import Staff
from callcenter.services.announcements import changed_phrases
from callcenter.services.calendar import opening_hours
from callcenter.services.duty.availability import OFFERABLE, on_duty_since
from callcenter.services.misuse import flags

ORDER = (Call.priority.desc(), Call.waiting_since, Call.id)
"""Whoever has lost a counsellor comes first, then whoever came first."""


class QueuedCall(NamedTuple):
    """Somebody in the queue, and the name of who is rung for them."""

    call: Call
    ringing_counsellor: str | None


def waiting_now(session: Session) -> list[QueuedCall]:
    """Return everybody who waits, the next one first."""
    ringing = select(Offer.call_id, Staff.name).join(Staff, Staff.id == Offer.staff_id)
    rung = dict(session.execute(ringing.where(Offer.state.in_(OPEN_OFFERS))).all())
    waiting = session.scalars(select(Call).where(Call.state == CallState.WAITING).order_by(*ORDER))
    return [QueuedCall(call=call, ringing_counsellor=rung.get(call.id)) for call in waiting]


def count_waiting(session: Session) -> int:
    """Return how many callers wait."""
    return session.scalar(select(_WAITS)) or 0


def _how_many(column: InstrumentedAttribute[str], *where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count(column)).where(*where).scalar_subquery()


def _ahead_of(call: type[Call]) -> ColumnElement[bool]:
    """Who is served before *call*."""
    return or_(
        Other.priority > call.priority,
        and_(Other.priority == call.priority, Other.waiting_since < call.waiting_since),
        and_(Other.priority == call.priority, Other.waiting_since == call.waiting_since, Other.id < call.id),
    )


Other = aliased(Call, name="other")
_DUTY = _how_many(Presence.staff_id, on_duty_since(bindparam("alive_since"), bindparam("missed_since")))
_FREE = _how_many(Presence.staff_id, OFFERABLE)
_WAITS = _how_many(Other.id, Other.state == CallState.WAITING)
_AHEAD = _how_many(Other.id, Other.state == CallState.WAITING, _ahead_of(Call))
_RUNG = select(Offer.id).where(Offer.call_id == Call.id, Offer.state.in_(OPEN_OFFERS)).exists()
_KNOWN = select(Call.id).where(Call.caller_sid == bindparam("caller_sid")).exists()
_ADMISSION = select(_WAITS, _DUTY, _KNOWN, flags.BLOCKED, changed_phrases.SIGNATURE, *opening_hours.SIGNATURE)
_CODES = select(CallerCode.id).where(CallerCode.withdrawn_at.is_(None)).exists()
_COUNTS = (_DUTY, _FREE, _AHEAD, _WAITS, _RUNG, _CODES, changed_phrases.SIGNATURE, *opening_hours.SIGNATURE)
_SNAPSHOT = select(*_COUNTS).where(Call.id == bindparam("call_id"))
_CALL_WITH_SNAPSHOT = (
    select(Call, *_COUNTS).where(Call.caller_sid == bindparam("caller_sid")).with_for_update(of=Call, key_share=True)
)


def _since(now: datetime, policy: Policy) -> dict[str, Any]:
    return {"alive_since": now - policy.gone_after, "missed_since": now - policy.missed_grace}


@dataclass(frozen=True)
class Admission:
    """What awaits a caller who arrives."""

    hours: State
    full: bool
    """One more caller would be one too many."""
    known: bool
    """This very call came before."""
    blocked: bool


def admission_check(session: Session, caller_sid: str, e164: str | None, *, now: datetime, policy: Policy) -> Admission:
    """Look at the door for a caller who shows that number or none; all in one question."""
    asked = _since(now, policy) | {"caller_sid": caller_sid} | flags.admission_parameters(session, e164, now)
    waits, duty, known, blocked, worded, *signature = session.execute(_ADMISSION, asked).one()
    changed_phrases.refresh_if_changed(session, worded)
    hours = state_at(opening_hours.current(session, now, tuple(signature)), now)
    return Admission(hours, waits >= waiting.queue_capacity(duty, policy), bool(known), bool(blocked))


def queue_snapshot(session: Session, call: Call, *, now: datetime, policy: Policy) -> QueueSnapshot:
    """Look around the waiting room for *call*, as the database has it; the counts come in one question."""
    asked = _since(now, policy) | {"fresh_since": now - policy.fresh_for, "call_id": call.id}
    return _snapshot(session, call, session.execute(_SNAPSHOT, asked).one(), now)


def find_with_snapshot(
    session: Session, caller_sid: str, *, now: datetime, policy: Policy
) -> tuple[Call, QueueSnapshot] | tuple[None, None]:
    """Return the call of this caller's leg, locked, and the waiting room around it; both in one question."""
    asked = _since(now, policy) | {"fresh_since": now - policy.fresh_for, "caller_sid": caller_sid}
    found = session.execute(_CALL_WITH_SNAPSHOT, asked).one_or_none()
    if found is None:
        return None, None
    call, *counts = found
    return call, _snapshot(session, call, counts, now)


def _snapshot(session: Session, call: Call, counts: Sequence[int], now: datetime) -> QueueSnapshot:
    changed_phrases.refresh_if_changed(session, counts[6])
    days = opening_hours.current(session, now, tuple(counts[7:]))
    return QueueSnapshot(
        now=now,
        hours=state_at(days, now),
        closing=closing(days, call.arrived_on, now),
        on_duty=counts[0],
        free=counts[1],
        position=1 + counts[2],
        waiting=counts[3],
        being_rung=bool(counts[4]),
        codes_in_use=bool(counts[5]),
    )


def waiting_caller(call: Call) -> WaitingCaller:
    """Return what the waiting rules need to know of *call*."""
    return WaitingCaller(
        state=call.state,
        arrived_at=call.arrived_at,
        waiting_since=call.requeued_at or call.waiting_since,
        waits=call.waits,
        spoken_position=call.spoken_position,
        apologies=call.apologies,
        apology_at=call.apology_at,
        phrases_heard=frozenset(call.phrases_heard),
    )
