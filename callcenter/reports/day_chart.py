"""Today's calls by half hours, for the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from sqlalchemy.orm import Session

from callcenter.domain.calendar.hours import Calendar, is_open_day, windows
from callcenter.domain.calendar.times import local_date, weekday_mark
from callcenter.domain.figures.half_hours import WEEKS, HalfHour, half_hours
from callcenter.services.calendar import opening_hours
from callcenter.services.figures import days as figures
from callcenter.services.figures.days import CallTimes

SMALLEST = 4
"""A chart of one call is not drawn as high as one of ten."""
FURTHEST = timedelta(weeks=26)


@dataclass(frozen=True)
class DayChart:
    """The half hours of today, and the height of the highest column."""

    slots: tuple[HalfHour, ...]
    weekday: str
    top: int

    @property
    def busiest(self) -> HalfHour | None:
        """Return the half hour with most calls so far; None before the first."""
        most = max(self.slots, key=lambda slot: slot.received, default=None)
        return most if most is not None and most.received else None


def today(session: Session, calls: Sequence[CallTimes], now: datetime) -> DayChart:
    """Return today's *calls* by half hours, beside the usual numbers."""
    days, day = opening_hours.current(session, now), local_date(now)
    slots = half_hours(calls, _before(session, days, now), windows(days, day), now)
    highest = max((max(slot.received, ceil(slot.usual or 0)) for slot in slots), default=0)
    return DayChart(slots, weekday_mark(day), max(SMALLEST, highest))


def _before(session: Session, days: Calendar, now: datetime) -> Sequence[Sequence[datetime]]:
    """Return the arrivals of the last open days of this weekday on which anybody called."""
    day = local_date(now)
    candidate = day - timedelta(weeks=1)
    dates = list[date]()
    while len(dates) < WEEKS and candidate >= day - FURTHEST:
        if is_open_day(days, candidate):
            dates.append(candidate)
        candidate -= timedelta(weeks=1)
    return [arrivals for arrivals in figures.arrivals_on(session, dates).values() if arrivals]
