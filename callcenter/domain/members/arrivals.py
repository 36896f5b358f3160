"""休みのあいだに届いたもの: what came in while the line was closed for a day or more, to be looked at first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from callcenter.domain.calendar.hours import SEARCH_DAYS, Calendar, is_open_day, windows
from callcenter.domain.calendar.times import at_japan, local_date

Span = tuple[datetime, datetime]
A_DAY = timedelta(days=1)


def days_off(calendar: Calendar, now: datetime) -> Span | None:
    """Return from when to when the line was closed over a day or more: until then, and on the first open day after.

    On every later day it is None, and what came in is looked at like everything else.
    """
    today = local_date(now)
    last = _open_day_before(calendar, today)
    first = today if is_open_day(calendar, today) else _open_day_after(calendar, today)
    if last is None or first is None or first - last <= A_DAY:
        return None
    return at_japan(last, windows(calendar, last)[-1].close_at), at_japan(first, windows(calendar, first)[0].open_at)


def _open_day_before(calendar: Calendar, day: date) -> date | None:
    earlier = (day - A_DAY * ago for ago in range(1, SEARCH_DAYS))
    return next((one for one in earlier if is_open_day(calendar, one)), None)


def _open_day_after(calendar: Calendar, day: date) -> date | None:
    later = (day + A_DAY * ahead for ahead in range(1, SEARCH_DAYS))
    return next((one for one in later if is_open_day(calendar, one)), None)
