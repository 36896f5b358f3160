"""Kinds of values that commands take: days and times of day."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import click

from callcenter.domain.calendar.times import read_clock, read_day


class Day(click.ParamType[date]):
    """A day such as 2026-11-24."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or end with a sentence."""
        try:
            return value if isinstance(value, date) else read_day(value)
        except ValueError:
            self.fail("日付は 2026-11-24 のように書いてください。", param, ctx)


class Clock(click.ParamType[time]):
    """A time of day such as 15:00."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:
        """Return the time, or end with a sentence."""
        try:
            return value if isinstance(value, time) else read_clock(value)
        except ValueError:
            self.fail("時刻は 00:00 から 23:59 までで、15:00 のように書いてください。", param, ctx)


DAY, CLOCK = Day(), Clock()
