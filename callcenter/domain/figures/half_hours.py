"""A day's calls by half hours, beside the usual number on that weekday."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median

from callcenter.domain.calendar.hours import Hours
from callcenter.domain.calendar.times import at_japan, in_japan
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.figures.answering import NOT_RECEIVED, Arrived

HALF_HOUR = timedelta(minutes=30)
WEEKS = 8
"""How many days of the same weekday tell what is usual."""


@dataclass(frozen=True)
class HalfHour:
    """The callers of thirty minutes, and how many were answered."""

    begins: datetime
    answered: int = 0
    lost: int = 0
    """Who gave up, or whose waiting the line ended."""
    waiting: int = 0
    usual: float | None = None
    """The median of the same half hour on the days before; None without such days."""
    ahead: bool = False
    """It has not begun yet."""
    running: bool = False

    @property
    def received(self) -> int:
        """Return how many callers came in."""
        return self.answered + self.lost + self.waiting


def half_hours(
    today: Iterable[Arrived], before: Sequence[Sequence[datetime]], windows: Sequence[Hours], now: datetime
) -> tuple[HalfHour, ...]:
    """Return *today*'s calls for each half hour of the opening hours; *before* are arrivals of earlier days.

    A day on which the line stays closed has none.
    """
    counts = dict[time, list[int]]()
    for call in today:
        if call.outcome not in NOT_RECEIVED:
            answered, over = call.talked_at is not None, call.state is CallState.ENDED
            kind = 0 if answered else 1 if over else 2
            counts.setdefault(_half(call.arrived_at), [0, 0, 0])[kind] += 1
    earlier = [_counted(day) for day in before]
    return tuple(_slot(begins, counts.get(begins.time(), [0, 0, 0]), earlier, now) for begins in _starts(windows, now))


def _slot(begins: datetime, counts: Sequence[int], earlier: Sequence[dict[time, int]], now: datetime) -> HalfHour:
    answered, lost, waiting = counts
    return HalfHour(
        begins,
        answered,
        lost,
        waiting,
        usual=median(day.get(begins.time(), 0) for day in earlier) if earlier else None,
        ahead=begins > now,
        running=begins <= now < begins + HALF_HOUR,
    )


def _starts(windows: Sequence[Hours], now: datetime) -> Iterable[datetime]:
    day = in_japan(now).date()
    for hours in windows:
        begins, ends = at_japan(day, _floor(hours.open_at)), at_japan(day, hours.close_at)
        while begins < ends:
            yield begins
            begins += HALF_HOUR


def _counted(day: Sequence[datetime]) -> dict[time, int]:
    counts = dict[time, int]()
    for arrived in day:
        counts[_half(arrived)] = counts.get(_half(arrived), 0) + 1
    return counts


def _half(moment: datetime) -> time:
    return _floor(in_japan(moment).time())


def _floor(clock: time) -> time:
    return time(clock.hour, clock.minute // 30 * 30)
