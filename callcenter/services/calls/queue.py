"""The queue: who waits, who arrives, and the snapshot that the waiting rules decide by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

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
from callcenter.services.duty import availability
from callcenter.services.misuse import flags

ORDER = (Call.priority.desc(), Call.waiting_since, Call.id)
"""Whoever has lost a counsellor comes first, then whoever came first."""


class QueuedCall(NamedTuple):
    """A waiting call, and the name of the counsellor being rung for it."""

    call: Call
    ringing_counsellor: str | None


def waiting_now(session: Session) -> list[QueuedCall]:
    """Return the waiting calls, the next one first."""
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
    """Return the condition for calls that are served before *call*."""
    return or_(
        Other.priority > call.priority,
        and_(Other.priority == call.priority, Other.waiting_since < call.waiting_since),
        and_(Other.priority == call.priority, Other.waiting_since == call.waiting_since, Other.id < call.id),
    )


Other = aliased(Call, name="other")
_DUTY = _how_many(Presence.staff_id, availability.ON_DUTY)
_COMING = _how_many(Presence.staff_id, availability.COMING)
_FREE = _how_many(Presence.staff_id, availability.OFFERABLE)
_WAITS = _how_many(Other.id, Other.state == CallState.WAITING)
_AHEAD = _how_many(Other.id, Other.state == CallState.WAITING, _ahead_of(Call))
_RUNG = select(Offer.id).where(Offer.call_id == Call.id, Offer.state.in_(OPEN_OFFERS)).exists()
_KNOWN = select(Call.id).where(Call.caller_sid == bindparam("caller_sid")).exists()
_ADMISSION = select(_WAITS, _COMING, _KNOWN, flags.BLOCKED, changed_phrases.SIGNATURE, *opening_hours.SIGNATURE)
_CODES = select(CallerCode.id).where(CallerCode.withdrawn_at.is_(None)).exists()
_COUNTS = (_DUTY, _COMING, _FREE, _AHEAD, _WAITS, _RUNG, _CODES, changed_phrases.SIGNATURE, *opening_hours.SIGNATURE)
_SNAPSHOT = select(*_COUNTS).where(Call.id == bindparam("call_id"))
_CALL_WITH_SNAPSHOT = (
    select(Call, *_COUNTS).where(Call.caller_sid == bindparam("caller_sid")).with_for_update(of=Call, key_share=True)
)


@dataclass(frozen=True)
class Admission:
    """Whether an arriving caller can be taken into the queue."""

    hours: State
    full: bool
    """One more caller would be one too many."""
    known: bool
    """This very call came before."""
    blocked: bool


def admission_check(session: Session, caller_sid: str, e164: str | None, *, now: datetime, policy: Policy) -> Admission:
    """Check in one query whether a caller who shows that number, or none, can be taken in."""
    asked = availability.moments(now, policy) | flags.admission_parameters(session, e164, now)
    waits, coming, known, blocked, worded, *signature = session.execute(
        _ADMISSION, asked | {"caller_sid": caller_sid}
    ).one()
    changed_phrases.refresh_if_changed(session, worded)
    hours = state_at(opening_hours.current(session, now, tuple(signature)), now)
    turned_away = e164 is not None and bool(blocked) and not flags.is_nobodys(session, e164, policy)
    return Admission(hours, waits >= waiting.queue_capacity(coming, policy), bool(known), turned_away)


def queue_snapshot(session: Session, call: Call, *, now: datetime, policy: Policy) -> QueueSnapshot:
    """Return the queue as it is around *call*, read in one query."""
    asked = availability.moments(now, policy) | {"call_id": call.id}
    return _snapshot(session, call, session.execute(_SNAPSHOT, asked).one(), now)


def find_with_snapshot(
    session: Session, caller_sid: str, *, now: datetime, policy: Policy
) -> tuple[Call, QueueSnapshot] | tuple[None, None]:
    """Return the call of this caller's leg, locked, with its queue snapshot, read in one query."""
    asked = availability.moments(now, policy) | {"caller_sid": caller_sid}
    found = session.execute(_CALL_WITH_SNAPSHOT, asked).one_or_none()
    if found is None:
        return None, None
    call, *counts = found
    return call, _snapshot(session, call, counts, now)


def _snapshot(session: Session, call: Call, counts: Sequence[int], now: datetime) -> QueueSnapshot:
    on_duty, coming, free, ahead, waits, rung, codes, worded, *signature = counts
    changed_phrases.refresh_if_changed(session, worded)
    days = opening_hours.current(session, now, tuple(signature))
    return QueueSnapshot(
        now=now,
        hours=state_at(days, now),
        closing=closing(days, call.arrived_on, now),
        on_duty=on_duty,
        coming=coming,
        free=free,
        position=1 + ahead,
        waiting=waits,
        being_rung=bool(rung),
        codes_in_use=bool(codes),
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
        words_at=call.words_at,
        nobody_at=call.nobody_at,
    )
