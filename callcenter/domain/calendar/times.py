"""Times on Japan's clock, and how pages and the line put them into words."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone

from callcenter.domain.announcements import readings
from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.typed_text import plain

JST = timezone(timedelta(hours=9), "JST")
"""Asia/Tokyo; a fixed +09:00, as Japan has had no summer time since 1951."""

WEEKDAYS = "月火水木金土日"

YEARS = range(1900, 2200)
"""What is typed outside them is a slip, and too near to the ends of the calendar to reckon with."""

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")


def in_japan(moment: datetime) -> datetime:
    """Return an aware moment on Japan's clock; ``ValueError`` for a naive one or one outside the calendar."""
    if moment.utcoffset() is None:
        raise ValueError("a naive moment has no place on any clock")
    try:
        return moment.astimezone(JST)
    except OverflowError as beyond:
        raise ValueError("a moment outside the years 1 to 9999") from beyond


def local_date(moment: datetime) -> date:
    """Return the calendar day in Japan at *moment*."""
    return in_japan(moment).date()


def at_japan(day: date, clock: time) -> datetime:
    """Return the moment when Japan's clocks show *clock* on *day*."""
    return datetime.combine(day, clock, JST)


def parse_moment(text: str) -> datetime:
    """Return an ISO 8601 moment; without an offset it is on Japan's clock. ``ValueError`` unless in ``YEARS``."""
    typed = datetime.fromisoformat(plain(text))
    moment = in_japan(typed.replace(tzinfo=JST) if typed.utcoffset() is None else typed)
    _check_year(moment)
    return moment


def read_day(text: str) -> date:
    """Return the day typed as in ISO 8601; ``ValueError`` if it is none of ``YEARS``."""
    day = date.fromisoformat(plain(text))
    _check_year(day)
    return day


def read_clock(text: str) -> time:
    """Return the time of day typed as 15:00; ``ValueError`` for anything else, 24:00 too."""
    found = _CLOCK.fullmatch(plain(text))
    if found is None:
        raise ValueError("no time of day")
    return time(int(found[1]), int(found[2]))


def _check_year(day: date) -> None:
    if day.year not in YEARS:
        raise ValueError(f"a year outside {YEARS.start} to {YEARS.stop - 1}")


def weekday_mark(day: date) -> str:
    """Return the one-character name of the day of the week, such as 「火」."""
    return WEEKDAYS[day.weekday()]


def short_date(day: date) -> str:
    """Return 「11月24日(火)」."""
    return f"{day.month}月{day.day}日({weekday_mark(day)})"


def past_date(day: date, today: date) -> str:
    """Return a day with its year only if that is an earlier one than today's."""
    return long_date(day) if day.year < today.year else short_date(day)


def long_date(day: date) -> str:
    """Return 「2026年11月24日(火)」."""
    return f"{day.year}年{short_date(day)}"


def clock_words(clock: time) -> str:
    """Return 「午前10時」, 「午後3時30分」 or 「正午」; seconds are left out."""
    if clock.hour == 12 and clock.minute == 0:
        return "正午"
    half, hour = ("午前", clock.hour) if clock.hour < 12 else ("午後", clock.hour - 12)
    return f"{half}{hour}時{clock.minute}分" if clock.minute else f"{half}{hour}時"


def moment_words(moment: datetime) -> str:
    """Return 「11月24日(火)午前10時」."""
    local = in_japan(moment)
    return short_date(local.date()) + clock_words(local.time())


def clock_digits(moment: datetime) -> str:
    """Return 「14:05」 on Japan's clock."""
    return in_japan(moment).strftime("%H:%M")


def clock_phrase(clock: time) -> Phrase:
    """Return how a time of day is said, as in 「今日の受付は、午後3時までです」."""
    return Phrase(clock_words(clock), readings.clock(clock))


def minutes_phrase(value: int) -> Phrase:
    """Return how a number of minutes is said, as in 「待ち時間、3分です」."""
    return Phrase(f"{value}分", readings.minutes(value))


def next_open_words(moment: datetime, now: datetime) -> str:
    """Return the next opening for a page: today, tomorrow, or the date."""
    local, today = in_japan(moment), local_date(now)
    name = _near_day(local.date(), today)
    if name is None:
        day = local.date()
        return (long_date(day) if day.year != today.year else short_date(day)) + clock_words(local.time())
    return f"{name}({weekday_mark(local.date())}){clock_words(local.time())}"


def next_open_phrase(moment: datetime, now: datetime) -> Phrase:
    """Return how the next opening is said: 「今日の、午前10時」, 「あした、火曜日の、午前10時」 or with the date."""
    local = in_japan(moment)
    day, today, clock = local.date(), local_date(now), clock_phrase(local.time())
    weekday = Phrase(f"{weekday_mark(day)}曜日", readings.weekday(day))
    if day == today:
        return Phrase(f"今日の、{clock.text}", f"きょうの、{clock.reading}")
    if day == today + timedelta(days=1):
        return Phrase(f"あした、{weekday.text}の、{clock.text}", f"あした、{weekday.reading}の、{clock.reading}")
    spoken = f"{readings.month(day.month)} {readings.day_of_month(day.day)}"
    return Phrase(
        f"{day.month}月{day.day}日、{weekday.text}、{clock.text}", f"{spoken}、{weekday.reading}、{clock.reading}"
    )


def _near_day(day: date, today: date) -> str | None:
    return {today: "今日", today + timedelta(days=1): "あした"}.get(day)
