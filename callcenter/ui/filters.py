"""Template filters: dates, times and numbers as they are written in Japan."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask

from callcenter.context import ports
from callcenter.domain import phone_numbers
from callcenter.domain.calendar import times


def install(app: Flask) -> None:
    """Register the filters."""
    app.jinja_env.filters.update(
        short_date=lambda moment: times.past_date(_day(moment), times.local_date(ports().clock.now())),
        long_date=lambda moment: times.long_date(_day(moment)),
        moment_words=times.moment_words,
        clock_words=times.clock_words,
        clock_digits=times.clock_digits,
        clock_seconds=clock_seconds,
        stamp=stamp,
        duration=duration,
        next_open=times.next_open_words,
        phone=phone_numbers.display,
        tel=tel,
    )


def clock_seconds(moment: datetime) -> str:
    """Return 「14:07:12」 on Japan's clock."""
    return times.in_japan(moment).strftime("%H:%M:%S")


def stamp(moment: datetime) -> str:
    """Return the moment for a ``datetime`` attribute, on Japan's clock."""
    return times.in_japan(moment).isoformat(timespec="seconds")


def duration(span: timedelta | float) -> str:
    """Return a span (seconds if a number) as 「12:18」, or 「1:02:03」 from an hour on; never negative."""
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def tel(number: str) -> str:
    """Return a number for a ``tel:`` link."""
    dialled = "0" + number.removeprefix("+81") if number.startswith("+81") else number
    return "tel:" + dialled.replace("-", "").replace("#", "%23")


def _day(moment: date) -> date:
    return times.local_date(moment) if isinstance(moment, datetime) else moment
