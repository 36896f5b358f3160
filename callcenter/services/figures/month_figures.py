"""Counts by month, for whoever may see figures and nothing else: calls, records, what was destroyed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, check
from callcenter.domain.calendar.times import at_japan, local_date
from callcenter.domain.calls.lifecycle import CallOutcome
from callcenter.models.access import ReasonedAccess
from callcenter.models.calls.calls import Call
from callcenter.models.keeping.retention import Purge
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff

OUTSIDE_HOURS = (CallOutcome.CLOSED_BEFORE, CallOutcome.BLOCKED)


@dataclass(frozen=True)
class Month:
    """One month on the calendar of Japan; ``first`` is its first day."""

    first: date
    calls: int
    """Calls in opening hours, without numbers that are turned away."""
    talked: int
    records: int
    """Records that were finished, on every channel."""
    with_reason: int
    """Openings with a reason: broken glass, and numbers shown."""
    destroyed: int
    """Consultations whose texts were destroyed."""


def months(session: Session, today: date, *, by: Staff, count: int = 12) -> Sequence[Month]:
    """Return the last *count* months, this one first; ``NotAllowed`` for whoever may not see figures."""
    check(by.role, Action.SEE_FIGURES)
    firsts = _firsts(today, count)
    begin = firsts[-1]
    calls, talked = _calls(session, begin)
    records = _by_month(
        session.execute(
            select(Consultation.local_date, func.count())
            .where(Consultation.local_date >= begin, Consultation.state == ConsultationState.FINISHED)
            .group_by(Consultation.local_date)
        ).all()
    )
    moment = at_japan(begin, time())
    reasons = Counter(
        _first(local_date(at)) for at in session.scalars(select(ReasonedAccess.at).where(ReasonedAccess.at >= moment))
    )
    gone = session.execute(select(Purge.at, Purge.consultations).where(Purge.at >= moment)).all()
    destroyed = _by_month([(local_date(at), number) for at, number in gone])
    return [Month(one, calls[one], talked[one], records[one], reasons[one], destroyed[one]) for one in firsts]


def _calls(session: Session, begin: date) -> tuple[Counter[date], Counter[date]]:
    query = select(Call.arrived_on, Call.outcome, func.count()).where(Call.arrived_on >= begin)
    rows = session.execute(query.group_by(Call.arrived_on, Call.outcome)).all()
    in_hours = [(day, number) for day, outcome, number in rows if outcome not in OUTSIDE_HOURS]
    return _by_month(in_hours), _by_month(
        [(day, number) for day, outcome, number in rows if outcome is CallOutcome.COMPLETED]
    )


def _by_month(rows: Sequence[tuple[date, int]]) -> Counter[date]:
    found = Counter[date]()
    for day, number in rows:
        found[_first(day)] += number
    return found


def _firsts(today: date, count: int) -> list[date]:
    found, first = [], _first(today)
    for _ in range(count):
        found.append(first)
        first = date(first.year - 1, 12, 1) if first.month == 1 else date(first.year, first.month - 1, 1)
    return found


def _first(day: date) -> date:
    return day.replace(day=1)
