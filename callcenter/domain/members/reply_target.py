"""めやす: by which business day a reply is meant to be there, where the operator sets one.

A target, never a promise: past it the member is told that it takes longer, and staff were told a business day before.
"""

from __future__ import annotations

from datetime import date, timedelta

from callcenter.domain.calendar.hours import Calendar, business_day_after, is_open_day

LONGEST_DAYS = 60
"""Business days; a longer target would say nothing."""


def target_on(calendar: Calendar, sent_on: date, days: int) -> date | None:
    """Return the day of the target, *days* business days after the day of sending; None where none is set."""
    return business_day_after(calendar, sent_on, days) if days > 0 else None


def alarm_on(calendar: Calendar, target: date) -> date:
    """Return the last business day before the target, on which staff are told."""
    day = target - timedelta(days=1)
    while not is_open_day(calendar, day) and target - day < timedelta(days=LONGEST_DAYS):
        day -= timedelta(days=1)
    return day
