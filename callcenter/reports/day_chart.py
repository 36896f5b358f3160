"""Today's calls by the half hour, as the board draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, load_only

from callcenter.domain.calendar.hours import Calendar, is_open_day, windows
from callcenter.domain.calendar.times import local_date, weekday_mark
from callcenter.domain.figures.answering import NOT_RECEIVED
from callcenter.domain.figures.half_hours import WEEKS, HalfHour, half_hours
from callcenter.models.calls.calls import Call
from callcenter.services.calendar import opening_hours

SMALLEST = 4
"""A chart of one call is not drawn as high as one of ten."""
FURTHEST = timedelta(weeks=26)


@dataclass(frozen=True)
class DayChart:
    """The half hours of today, and how high the highest column is."""

    slots: tuple[HalfHour, ...]
    weekday: str
    top: int

    @property
    def busiest(self) -> HalfHour | None:
        """The half hour with most calls so far; None before the first."""
        most = max(self.slots, key=lambda slot: slot.received, default=None)
        return most if most is not None and most.received else None


def today(session: Session, now: datetime) -> DayChart:
    """Count the calls that came today; only reads."""
    days, day = opening_hours.current(session, now), local_date(now)
    columns = load_only(Call.state, Call.outcome, Call.arrived_at, Call.talked_at)
    calls = session.scalars(select(Call).where(Call.arrived_on == day).options(columns)).all()
    slots = half_hours(calls, _before(session, days, now), windows(days, day), now)
    highest = max((max(slot.received, ceil(slot.usual or 0)) for slot in slots), default=0)
    return DayChart(slots, weekday_mark(day), max(SMALLEST, highest))


def _before(session: Session, days: Calendar, now: datetime) -> Sequence[Sequence[datetime]]:
    """The arrivals of the last open days of this weekday, of those on which anybody called."""
    day = local_date(now)
    candidate = day - timedelta(weeks=1)
    dates = list[date]()
    while len(dates) < WEEKS and candidate >= day - FURTHEST:
        if is_open_day(days, candidate):
            dates.append(candidate)
        candidate -= timedelta(weeks=1)
    found = {one: list[datetime]() for one in dates}
    received = or_(Call.outcome.is_(None), Call.outcome.not_in(NOT_RECEIVED))
    for arrived_on, arrived_at in session.execute(
        select(Call.arrived_on, Call.arrived_at).where(Call.arrived_on.in_(dates), received)
    ):
        found[arrived_on].append(arrived_at)
    return [arrivals for arrivals in found.values() if arrivals]
