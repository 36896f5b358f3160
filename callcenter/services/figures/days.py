"""The calls of single days, as the live board counts them: today's, and those of the same weekday before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.figures.answering import NOT_RECEIVED
from callcenter.models.calls.calls import Call


class CallTimes(NamedTuple):
    """What the figures need of one call; never who called."""

    state: CallState
    outcome: CallOutcome | None
    arrived_at: datetime
    talked_at: datetime | None


def calls_on(session: Session, day: date) -> list[CallTimes]:
    """Return every call that arrived on *day* in Japan."""
    query = select(Call.state, Call.outcome, Call.arrived_at, Call.talked_at).where(Call.arrived_on == day)
    return [CallTimes(*row) for row in session.execute(query)]


def arrivals_on(session: Session, days: Iterable[date]) -> dict[date, list[datetime]]:
    """Return when callers arrived on each of *days*, without those who were never in the queue."""
    found = {day: list[datetime]() for day in days}
    received = or_(Call.outcome.is_(None), Call.outcome.not_in(NOT_RECEIVED))
    query = select(Call.arrived_on, Call.arrived_at).where(Call.arrived_on.in_(found), received)
    for day, arrived_at in session.execute(query):
        found[day].append(arrived_at)
    return found
