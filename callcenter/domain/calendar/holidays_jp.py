"""Japan's national holidays: the shipped table, the computed ones, and their differences."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from callcenter.domain.calendar.hours import Holiday, HolidayStatus

SUBSTITUTE = "振替休日"
"""The working day that is off because a holiday fell on a Sunday (祝日法 3条2項)."""

SANDWICHED = "国民の休日"
"""The working day between two holidays (祝日法 3条3項)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A day on which the table and the computed holidays disagree; None means no holiday."""

    day: date
    table: str | None
    computed: str | None


@cache
def shipped_holidays() -> Mapping[date, Holiday]:
    """Return the holidays in ``data/holidays.csv``; days not yet announced are marked as estimated."""
    text = files("callcenter").joinpath("data", "holidays.csv").read_text(encoding="utf-8")
    return MappingProxyType(read_holidays(text))


def read_holidays(text: str) -> dict[date, Holiday]:
    """Return the holidays of a table with date (ISO), name and status; ``ValueError`` names the first bad line."""
    found: dict[date, Holiday] = {}
    rows = csv.DictReader(text.splitlines())
    for row in rows:
        try:
            day, name, status = date.fromisoformat(row["date"]), row["name"].strip(), HolidayStatus(row["status"])
        except (KeyError, ValueError, AttributeError, TypeError) as wrong:
            raise ValueError(f"line {rows.line_num} of the holiday table cannot be read") from wrong
        if not name or day in found:
            raise ValueError(f"line {rows.line_num} of the holiday table has no name or repeats a day")
        found[day] = Holiday(name, status)
    return found


def computed_holidays(first_year: int, last_year: int) -> dict[date, Holiday]:
    """Return what the ``holidays`` package computes for these years, both included, all as estimated."""
    from holidays.countries.japan import Japan  # slow to import, and needed by the operator's checks only

    known = Japan(years=range(first_year, last_year + 1), language="ja")
    return {day: Holiday(name, HolidayStatus.ESTIMATED) for day, name in sorted(known.items())}


def differences(table: Mapping[date, Holiday], first_year: int, last_year: int) -> list[Difference]:
    """Return where *table* and the computed holidays differ; substitute days may carry any such name."""
    computed = computed_holidays(first_year, last_year)
    days = {day for day in table if first_year <= day.year <= last_year} | set(computed)
    names = [(day, _name(table.get(day)), _name(computed.get(day))) for day in sorted(days)]
    return [Difference(day, ours, theirs) for day, ours, theirs in names if _plain(ours) != _plain(theirs)]


def _name(holiday: Holiday | None) -> str | None:
    return None if holiday is None else holiday.name


def _plain(name: str | None) -> str | None:
    """Let every name of a day off that is not itself a holiday count as one (sources spell them differently)."""
    if name is None:
        return None
    return "休日" if SUBSTITUTE in name or name in (SANDWICHED, "休日") else name
