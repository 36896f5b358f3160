"""Opening hours: whether the line is open at a moment, why, and when it opens next.

One pure function answers the telephone, the public page and the reports alike.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from callcenter.domain.calendar.times import at_japan, in_japan, long_date

SEARCH_DAYS = 400
"""How many days ahead an opening is looked for; a line closed for longer than a year has no next opening."""

COVERAGE_MONTHS = 10
"""Next year's holidays are announced each February; ten months before a year's end is the last of that month."""


class Reason(StrEnum):
    """Why the line is open or closed at a moment."""

    OPEN = "open"
    BEFORE_OPENING = "before_opening"
    AFTER_CLOSING = "after_closing"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    NEW_YEAR = "new_year"
    SPECIAL = "special"


class HolidayStatus(StrEnum):
    """Whether a holiday is announced or only computed (equinoxes are fixed each February)."""

    FIXED = "fixed"
    ESTIMATED = "estimated"


class SpecialKind(StrEnum):
    """What a special day changes about the ordinary hours."""

    CLOSED = "closed"
    PARTIAL = "partial"
    EXTRA_OPEN = "extra_open"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A national holiday."""

    name: str
    status: HolidayStatus = HolidayStatus.FIXED


@dataclass(frozen=True, slots=True)
class Hours:
    """The span from ``open_at`` up to, but not including, ``close_at``."""

    open_at: time
    close_at: time

    def __post_init__(self) -> None:
        if self.open_at >= self.close_at:
            raise ValueError("hours must open before they close")

    def __contains__(self, clock: time) -> bool:
        return self.open_at <= clock < self.close_at


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A special day: closed, shortened to the time between the two, or an extra opening."""

    kind: SpecialKind
    open_at: time | None = None
    close_at: time | None = None
    reason: str = ""
    disaster: bool = False
    """Nobody can tell when the line opens again; callers hear B08, which promises no day."""

    def __post_init__(self) -> None:
        if self.kind is SpecialKind.PARTIAL and self.open_at is None and self.close_at is None:
            raise ValueError("a shortened day needs an opening or a closing time")
        if self.kind is SpecialKind.EXTRA_OPEN:
            _ = self.span  # refuses an extra opening that never opens

    @property
    def span(self) -> Hours:
        """Return the two times as hours; ``ValueError`` if one is missing."""
        if self.open_at is None or self.close_at is None:
            raise ValueError("an extra opening needs both its times")
        return Hours(self.open_at, self.close_at)


@dataclass(frozen=True, slots=True)
class NewYear:
    """The closure around New Year, both ends included, as (month, day)."""

    first: tuple[int, int] = (12, 29)
    last: tuple[int, int] = (1, 3)

    def __contains__(self, day: date) -> bool:
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


def _weekdays() -> Mapping[int, Hours]:
    return dict.fromkeys(range(5), Hours(time(10), time(17)))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The opening calendar; ``weekdays`` maps Monday = 0 … Sunday = 6, a missing day is closed."""

    weekdays: Mapping[int, Hours] = field(default_factory=_weekdays)
    new_year: NewYear | None = NewYear()
    holidays: Mapping[date, Holiday] = field(default_factory=dict, repr=False)
    special_days: Mapping[date, SpecialDay] = field(default_factory=dict)
    decided: Mapping[date, datetime] = field(default_factory=dict, repr=False)
    """When somebody last decided about a day, or took a decision back."""

    @property
    def fixed_until(self) -> date | None:
        """Return the last day up to which every holiday is announced, by whole years."""
        years = {day.year for day, holiday in self.holidays.items() if holiday.status is HolidayStatus.FIXED}
        years -= {day.year for day, holiday in self.holidays.items() if holiday.status is HolidayStatus.ESTIMATED}
        if not years:
            return None
        last = min(years)
        while last + 1 in years:
            last += 1
        return date(last, 12, 31)


@dataclass(frozen=True, slots=True)
class State:
    """The opening state at one moment; ``closes_at`` is None while closed, ``next_open`` while open or unknown."""

    open: bool
    reason: Reason
    holiday: Holiday | None = None
    special: SpecialDay | None = None
    closes_at: datetime | None = None
    next_open: datetime | None = None


def state_at(calendar: Calendar, moment: datetime) -> State:
    """Return whether the line is open at *moment* and why; a naive moment is a ``ValueError``."""
    local = in_japan(moment)
    day, clock = local.date(), local.time()
    special, holiday = calendar.special_days.get(day), calendar.holidays.get(day)
    for hours in windows(calendar, day):
        if clock in hours:
            usual = _ordinary(calendar, day)
            reason = Reason.OPEN if usual is not None and clock in usual else Reason.SPECIAL
            return State(True, reason, holiday, special, closes_at=at_japan(day, hours.close_at))
    reason = _why_closed(calendar, day, clock)
    return State(False, reason, holiday, special, next_open=next_opening(calendar, local))


def windows(calendar: Calendar, day: date) -> tuple[Hours, ...]:
    """Return the spans in which the line is open on *day*, in order and not touching."""
    usual, special = _ordinary(calendar, day), calendar.special_days.get(day)
    if special is None:
        return () if usual is None else (usual,)
    if special.kind is SpecialKind.CLOSED:
        return ()
    if special.kind is SpecialKind.PARTIAL:
        return () if usual is None else _shortened(usual, special)
    return (special.span,) if usual is None else _joined(usual, special.span)


def is_open_day(calendar: Calendar, day: date) -> bool:
    """Return whether the line opens at all on *day*."""
    return bool(windows(calendar, day))


def business_day_after(calendar: Calendar, day: date, count: int) -> date:
    """Return the *count*-th business day after *day*, which itself does not count (民法140条)."""
    for later in _days_from(day + timedelta(days=1)):
        count -= is_open_day(calendar, later)
        if count <= 0:
            return later
    raise ValueError(f"no such business day lies within {SEARCH_DAYS} days")


def next_opening(calendar: Calendar, moment: datetime) -> datetime | None:
    """Return the first opening after *moment*, or None if none lies within ``SEARCH_DAYS``."""
    local = in_japan(moment)
    for day in _days_from(local.date()):
        for hours in windows(calendar, day):
            opening = at_japan(day, hours.open_at)
            if opening > local:
                return opening
    return None


def coverage_alarm(calendar: Calendar, today: date) -> str | None:
    """Return a sentence for the operator if announced holidays end within ten months, otherwise None."""
    until = calendar.fixed_until
    if until is None:
        return "確定した祝日の表が空です。内閣府の「国民の祝日について」を確かめて、祝日の表を読み込んでください。"
    if _months_later(today, COVERAGE_MONTHS) <= until:
        return None
    return (
        f"確定した祝日の表が{long_date(until)}で終わります。"
        "内閣府の「国民の祝日について」を確かめて、翌年の祝日を表に加えてください。"
    )


def _ordinary(calendar: Calendar, day: date) -> Hours | None:
    """Return the hours *day* would have if nobody had decided anything special."""
    if day in calendar.holidays or _is_new_year(calendar, day):
        return None
    return calendar.weekdays.get(day.weekday())


def _is_new_year(calendar: Calendar, day: date) -> bool:
    return calendar.new_year is not None and day in calendar.new_year


def _shortened(usual: Hours, special: SpecialDay) -> tuple[Hours, ...]:
    opening = max(usual.open_at, special.open_at or usual.open_at)
    closing = min(usual.close_at, special.close_at or usual.close_at)
    return (Hours(opening, closing),) if opening < closing else ()


def _joined(one: Hours, other: Hours) -> tuple[Hours, ...]:
    first, second = sorted((one, other), key=lambda hours: hours.open_at)
    if second.open_at > first.close_at:
        return (first, second)
    return (Hours(first.open_at, max(first.close_at, second.close_at)),)


def _why_closed(calendar: Calendar, day: date, clock: time) -> Reason:
    special = calendar.special_days.get(day)
    if special is not None and (reason := _why_specially_closed(calendar, special, day, clock)) is not None:
        return reason
    if day in calendar.holidays:
        return Reason.HOLIDAY
    if _is_new_year(calendar, day):
        return Reason.NEW_YEAR
    usual = calendar.weekdays.get(day.weekday())
    if usual is None:
        return Reason.WEEKEND
    return Reason.BEFORE_OPENING if clock < usual.open_at else Reason.AFTER_CLOSING


def _why_specially_closed(calendar: Calendar, special: SpecialDay, day: date, clock: time) -> Reason | None:
    """Return why a special day is closed at *clock*; None where the exception changes nothing."""
    usual = _ordinary(calendar, day)
    if special.kind is SpecialKind.PARTIAL and usual is None:
        return None  # a day that is closed anyway cannot be shortened
    spans = windows(calendar, day)
    if not spans or clock >= spans[-1].close_at:
        return Reason.SPECIAL
    if clock < spans[0].open_at and not (usual is not None and clock in usual):
        return Reason.BEFORE_OPENING
    return Reason.SPECIAL  # a late opening, or the pause before an extra evening


def _days_from(day: date) -> Iterator[date]:
    for ahead in range(SEARCH_DAYS + 1):
        if (date.max - day).days < ahead:
            return
        yield day + timedelta(days=ahead)


def _months_later(day: date, months: int) -> date:
    """Return the same day *months* later, or the month's last day if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
