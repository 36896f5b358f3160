"""The calendar as the database holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callcenter.domain import hours
from callcenter.domain.errors import HelplineError
from callcenter.domain.holidays_jp import computed_holidays
from callcenter.domain.hours import Calendar, Holiday, HolidayStatus, SpecialDay, SpecialKind, State, state_at
from callcenter.domain.times import local_date
from callcenter.models.calendar import HolidayRow, SpecialDayRow
from callcenter.services import live

AHEAD = timedelta(days=400)


_HOLIDAYS = select(HolidayRow.day, HolidayRow.name, HolidayRow.status)
_SPECIAL_DAYS = select(
    SpecialDayRow.day, SpecialDayRow.kind, SpecialDayRow.open_at, SpecialDayRow.close_at, SpecialDayRow.reason
).where(SpecialDayRow.withdrawn_at.is_(None))
_SOME_HOLIDAYS = _HOLIDAYS.where(HolidayRow.day.between(bindparam("first"), bindparam("last")))
_SOME_SPECIAL_DAYS = _SPECIAL_DAYS.where(SpecialDayRow.day.between(bindparam("first"), bindparam("last")))


class DayTaken(HelplineError):
    """The day already has a special rule."""

    message = "その日には、もう臨時の予定があります。先に取り消してから、もう一度お試しください。"


class NoHoursLeft(HelplineError):
    """A shortened day on which the line would never be open."""

    message = "その日のその時刻には、受付がありません。終日のお休みとして登録してください。"


def load(session: Session, *, around: date | None = None, years: Iterable[int] = ()) -> Calendar:
    """Return the calendar, or only the part from the day before *around* to a year after it.

    Holidays of *years* (by default those around *around*) of which the table knows nothing are computed.
    """
    part = {} if around is None else {"first": around - timedelta(days=1), "last": around + AHEAD}
    holidays = session.execute(_SOME_HOLIDAYS if part else _HOLIDAYS, part)
    special_days = session.execute(_SOME_SPECIAL_DAYS if part else _SPECIAL_DAYS, part)
    known = {day: Holiday(name, HolidayStatus(status)) for day, name, status in holidays}
    return Calendar(
        holidays=_with_computed(known, set(years) if around is None else _years(around)),
        special_days={
            day: SpecialDay(SpecialKind(kind), open_at, close_at, reason)
            for day, kind, open_at, close_at, reason in special_days
        },
    )


def _years(around: date) -> set[int]:
    """The years that a part of the calendar covers so far that a holiday must lie in it."""
    last = around + AHEAD
    return {around.year, last.year} if last.month > 1 else {around.year}


def _with_computed(known: dict[date, Holiday], years: set[int]) -> dict[date, Holiday]:
    """Add computed holidays for years of which the table knows nothing: a guess is better than an open holiday."""
    missing = years - {day.year for day in known}
    return computed_holidays(min(missing), max(missing)) | known if missing else known


def state(session: Session, now: datetime) -> State:
    """Tell whether the line is open now, by the days in the database."""
    return state_at(load(session, around=local_date(now)), now)


def next_opening(session: Session, now: datetime) -> datetime | None:
    """Return the first opening after *now*, by the days in the database."""
    return hours.next_opening(load(session, around=local_date(now)), now)


def ship(session: Session, shipped: Mapping[date, Holiday]) -> None:
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


def set_special_day(
    session: Session,
    day: date,
    kind: SpecialKind,
    reason: str,
    *,
    now: datetime,
    by: str | None,
    open_at: time | None = None,
    close_at: time | None = None,
) -> SpecialDayRow:
    """Let *day* be an exception from now on; raises ``DayTaken`` if it is one already."""
    special = SpecialDay(kind, open_at, close_at, reason)  # refuses times that contradict the kind
    if kind is SpecialKind.PARTIAL:
        usual = load(session, around=day)
        if not hours.windows(replace(usual, special_days={day: special}), day):
            raise NoHoursLeft
    query = select(SpecialDayRow.id).where(SpecialDayRow.day == day, SpecialDayRow.withdrawn_at.is_(None))
    if session.scalar(query) is not None:
        raise DayTaken
    row = SpecialDayRow(
        day=day, kind=kind, open_at=open_at, close_at=close_at, reason=reason, decided_at=now, decided_by=by
    )
    session.add(row)
    live.tell(session, live.LINE, now=now)
    return row
