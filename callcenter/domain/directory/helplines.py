"""The shipped table of other helplines: their numbers and when they answer."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files

from callcenter.domain.calendar.hours import NewYear
from callcenter.domain.calendar.times import in_japan

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLAUSE = re.compile(r"(?:(?P<when>\S+) )?(?:closed|(?P<from>\d\d:[0-5]\d)-(?P<to>\d\d:[0-5]\d))")
_MONTH_DAYS = re.compile(r"(\d\d)/(\d\d)-(\d\d)/(\d\d)")
_LONGEST = timedelta(hours=48)


class UnreadableHours(ValueError):
    """Raised when the machine-readable hours of a line cannot be read."""


@dataclass(frozen=True, slots=True)
class Clause:
    """The hours on the days that ``when`` names (every day if empty); no span means closed."""

    when: str
    span: tuple[timedelta, timedelta] | None

    def applies(self, day: date) -> bool:
        """Return whether the clause is about *day*: a weekday, a day of every month, or a part of the year."""
        if not self.when:
            return True
        if self.when in _WEEKDAYS:
            return _WEEKDAYS[day.weekday()] == self.when
        if span := _MONTH_DAYS.fullmatch(self.when):
            first_month, first_day, last_month, last_day = map(int, span.groups())
            return day in NewYear((first_month, first_day), (last_month, last_day))
        return day.day == int(self.when.removesuffix("th"))


@dataclass(frozen=True, slots=True)
class Helpline:
    """One line; ``number`` as its owner prints it, ``opens`` empty where the hours are not certain."""

    id: str
    name: str
    number: str
    tel: str
    hours: str
    opens: tuple[Clause, ...]
    cost: str
    for_whom: str
    show_in: frozenset[str]
    source: str
    source_date: str
    note: str
    kana: str
    kind: str
    topics: tuple[str, ...]
    prefecture: str
    opens_text: str

    @property
    def verified_on(self) -> date | None:
        """Return the day of the source; the first of the month where only a month is named."""
        found = re.match(r"(\d{4})-(\d\d)(?:-(\d\d))?", self.source_date)
        return date(int(found[1]), int(found[2]), int(found[3] or 1)) if found and int(found[2]) <= 12 else None


@cache
def shipped_helplines() -> tuple[Helpline, ...]:
    """Return the lines in ``data/helplines.csv``, in their order there."""
    return read_helplines(files("callcenter").joinpath("data", "helplines.csv").read_text(encoding="utf-8"))


def read_helplines(text: str) -> tuple[Helpline, ...]:
    """Return the lines of a table; ``ValueError`` if a column is missing or hours cannot be read."""
    return tuple(_line(row) for row in csv.DictReader(text.splitlines()))


def read_opens(text: str) -> tuple[Clause, ...]:
    """Return hours such as ``16:00-21:00; 10th 08:00-32:00; 12/29-01/03 closed``; the last clause for a day holds.

    Hours above 24 belong to the night after the day named.
    """
    return tuple(_clause(part.strip()) for part in text.split(";")) if text.strip() else ()


def open_now(line: Helpline, moment: datetime) -> bool | None:
    """Return whether *line* answers at *moment*; None where its hours are not certain."""
    return is_open(line.opens, moment)


def is_open(opens: tuple[Clause, ...], moment: datetime) -> bool | None:
    """Return whether *moment* lies within the hours; None where they are not certain."""
    if not opens:
        return None
    local = in_japan(moment).replace(tzinfo=None)
    for days_ago in (0, 1):
        midnight = datetime.combine(local.date() - timedelta(days=days_ago), datetime.min.time())
        span = _span_on(opens, midnight.date())
        if span is not None and span[0] <= local - midnight < span[1]:
            return True
    return False


def tonight(lines: Iterable[Helpline], moment: datetime, limit: int = 4) -> list[Helpline]:
    """Return what the foot of a public page shows: lines that answer now, closed ones last.

    A line whose hours nobody has checked is not shown: nobody shall call in vain tonight. Among equals, lines for
    everybody stand before those for one group, then the order of the table holds.
    """
    shown = [line for line in lines if line.show_in & {"closed", "page"} and line.opens]
    shown.sort(key=lambda line: (not open_now(line, moment), "closed" not in line.show_in))
    return shown[:limit]


def _line(row: dict[str, str]) -> Helpline:
    try:
        return Helpline(
            id=row["id"],
            name=row["name"],
            number=row["number"],
            tel=row["tel"],
            hours=row["hours"],
            opens=read_opens(row["opens"]),
            cost=row["cost"],
            for_whom=row["for_whom"],
            show_in=frozenset(row["show_in"].split(",")),
            source=row["source"],
            source_date=row["source_date"],
            note=row["note"],
            kana=row["kana"],
            kind=row["kind"],
            topics=tuple(row["topics"].split()),
            prefecture=row["prefecture"],
            opens_text=row["opens"],
        )
    except KeyError as missing:
        raise ValueError(f"the table of lines has no column {missing}") from missing


def _clause(text: str) -> Clause:
    found = _CLAUSE.fullmatch(text)
    if found is None or not _is_when(found["when"] or ""):
        raise UnreadableHours(text)
    if found["from"] is None:
        return Clause(found["when"] or "", None)
    start, end = _since_midnight(found["from"]), _since_midnight(found["to"])
    if not start < end <= _LONGEST:
        raise UnreadableHours(text)
    return Clause(found["when"] or "", (start, end))


def _is_when(text: str) -> bool:
    return text in ("", *_WEEKDAYS) or bool(re.fullmatch(r"\d{1,2}th", text) or _MONTH_DAYS.fullmatch(text))


def _since_midnight(clock: str) -> timedelta:
    hours, minutes = clock.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _span_on(opens: tuple[Clause, ...], day: date) -> tuple[timedelta, timedelta] | None:
    holding = [clause for clause in opens if clause.applies(day)]
    return holding[-1].span if holding else None
