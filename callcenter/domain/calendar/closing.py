"""When the line closed on a day: by the clock, or by a decision that also ends the waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from callcenter.domain.calendar.hours import Calendar, SpecialKind, windows
from callcenter.domain.calendar.times import at_japan, local_date

CLOSING_DAYS = 15
"""How many days back a closing is looked for; longer than any row of holidays."""


@dataclass(frozen=True, slots=True)
class Closing:
    """When the line closed on a day; *sudden* if it was decided while callers waited."""

    at: datetime
    sudden: bool


def closing(calendar: Calendar, day: date, now: datetime) -> Closing | None:
    """Return how the line last closed on *day* up to *now*, None if it has not.

    What is decided after the fact takes effect when it is decided: a day off, or a closing time that has passed.
    """
    end = max((end for end in _ends(calendar, day) if end <= now), default=None)
    decided, special = calendar.decided.get(day), calendar.special_days.get(day)
    if decided is None:
        return None if end is None else Closing(end, sudden=False)
    taken = special is not None and special.kind is not SpecialKind.EXTRA_OPEN
    if end is None:
        return Closing(min(decided, now), sudden=taken)
    return Closing(max(end, min(decided, now)), sudden=taken and decided > end)


def last_closing(calendar: Calendar, now: datetime) -> Closing | None:
    """Return the latest closing up to *now*, None if there was none in the last ``CLOSING_DAYS``."""
    today = local_date(now)
    found = (closing(calendar, today - timedelta(days=back), now) for back in range(CLOSING_DAYS))
    return next((one for one in found if one is not None), None)


def _ends(calendar: Calendar, day: date) -> list[datetime]:
    return [at_japan(day, hours.close_at) for hours in windows(calendar, day)]
