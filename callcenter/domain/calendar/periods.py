"""Periods of whole years that begin on the day after something happened (民法140条・143条)."""

from __future__ import annotations

from datetime import date, timedelta


def first_day_after(base: date, years: int) -> date:
    """Return the first day after a period of *years* whole years that follows *base*.

    The period begins on the day after *base* (民法140条) and ends with the day before the same day of its last year;
    where that year has no such day, with the last of February (民法143条2項).
    """
    start = base + timedelta(days=1)
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)
