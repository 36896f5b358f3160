"""The calendar as the database holds it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar import hours
from callcenter.domain.calendar.holidays_jp import computed_holidays, shipped_holidays
from callcenter.domain.calendar.hours import Calendar, Holiday, HolidayStatus, State, state_at
from callcenter.domain.calendar.times import local_date
from callcenter.models.calendar import HolidayRow, SpecialDayRow

KEEP = 60.0
"""Real seconds for which the days are not read again, unless one was added, withdrawn or fixed meanwhile."""

_HOLIDAYS = select(HolidayRow.day, HolidayRow.name, HolidayRow.status)
_VALID = SpecialDayRow.withdrawn_at.is_(None)
_DECIDED = select(SpecialDayRow.day, func.max(SpecialDayRow.decided_at), func.max(SpecialDayRow.withdrawn_at)).group_by(
    SpecialDayRow.day
)
SIGNATURE = (
    select(func.count(SpecialDayRow.id)).scalar_subquery(),
    select(func.count(SpecialDayRow.withdrawn_at)).scalar_subquery(),
    select(func.count(HolidayRow.day)).scalar_subquery(),
    select(func.count(HolidayRow.day)).where(HolidayRow.status == HolidayStatus.FIXED).scalar_subquery(),
)
"""Columns that tell whether the days have changed; whoever asks for something anyway asks for these with it."""


@dataclass(frozen=True)
class _Kept:
    """A calendar as it was read at some moment."""

    signature: tuple[int, ...]
    year: int
    read_at: float
    calendar: Calendar


_kept: WeakKeyDictionary[Engine | Connection, _Kept] = WeakKeyDictionary()
"""By database, for this process."""


def load(session: Session, *, years: Iterable[int] = ()) -> Calendar:
    """Read the calendar; holidays of *years* of which the table knows nothing are computed."""
    days = Calendar(
        holidays={day: Holiday(name, HolidayStatus(status)) for day, name, status in session.execute(_HOLIDAYS)},
        special_days={row.day: row.special for row in session.scalars(select(SpecialDayRow).where(_VALID))},
        decided={day: max(filter(None, (set_at, undone_at))) for day, set_at, undone_at in session.execute(_DECIDED)},
    )
    return with_computed(days, years)


def current(session: Session, now: datetime, signature: tuple[int, ...] | None = None) -> Calendar:
    """Return the calendar as it is at this moment; *signature* is what ``SIGNATURE`` said, if it was asked already.

    A special day that another process has just set takes effect at the very next call.
    """
    database, year = session.get_bind(), local_date(now).year
    if signature is None:
        signature = tuple(session.execute(select(*SIGNATURE)).one())
    kept = _kept.get(database)
    fresh = kept is not None and time.monotonic() - kept.read_at < KEEP
    if kept is None or not fresh or (kept.signature, kept.year) != (signature, year):
        kept = _Kept(signature, year, time.monotonic(), load(session, years=(year, year + 1)))
        _kept[database] = kept
    return kept.calendar


def remembered(database: Engine | Connection, now: datetime) -> Calendar:
    """Return the calendar as this process last read it, without asking; before the first time, the days we ship."""
    kept, year = _kept.get(database), local_date(now).year
    known = Calendar(holidays=shipped_holidays()) if kept is None else kept.calendar
    return with_computed(known, (year, year + 1))


def with_computed(days: Calendar, years: Iterable[int]) -> Calendar:
    """Add computed holidays for years of which the table knows nothing: a guess is better than an open holiday."""
    missing = set(years) - {day.year for day in days.holidays}
    if not missing:
        return days
    return replace(days, holidays=computed_holidays(min(missing), max(missing)) | dict(days.holidays))


def state(session: Session, now: datetime) -> State:
    """Tell whether the line is open now, by the days in the database."""
    return state_at(current(session, now), now)


def next_opening(session: Session, now: datetime) -> datetime | None:
    """Return the first opening after *now*, by the days in the database."""
    return hours.next_opening(current(session, now), now)


def store_shipped(session: Session, shipped: Mapping[date, Holiday]) -> None:
    """Take over the shipped holidays; a day that was fixed here is never made an estimate again."""
    known = {row.day: row for row in session.scalars(select(HolidayRow))}
    for day, holiday in shipped.items():
        row = known.pop(day, None)
        if row is None:
            session.add(HolidayRow(day=day, name=holiday.name, status=holiday.status))
        elif row.status == HolidayStatus.ESTIMATED:
            row.name, row.status = holiday.name, holiday.status
    fixed_years = {day.year for day, holiday in shipped.items() if holiday.status is HolidayStatus.FIXED}
    for day, row in known.items():
        if row.status == HolidayStatus.ESTIMATED and day.year in fixed_years:
            session.delete(row)  # an estimate that the announcement did not bear out
