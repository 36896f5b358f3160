"""A day's calls by the half hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from callcenter.domain.calendar.hours import Hours
from callcenter.domain.calendar.times import at_japan
from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.figures.half_hours import half_hours

DAY = date(2026, 11, 25)
OPEN = (Hours(time(10), time(12)),)


@dataclass
class Came:
    arrived_at: datetime
    state: CallState = CallState.ENDED
    outcome: CallOutcome | None = CallOutcome.COMPLETED
    talked_at: datetime | None = None


def at(hour: int, minute: int = 0, *, weeks: int = 0) -> datetime:
    return at_japan(DAY - timedelta(weeks=weeks), time(hour, minute))


def test_each_caller_is_counted_in_the_half_hour_in_which_they_came() -> None:
    calls = [
        Came(at(10, 0), talked_at=at(10, 1)),
        Came(at(10, 29), outcome=CallOutcome.ABANDONED_QUEUE),
        Came(at(10, 30), state=CallState.WAITING, outcome=None),
    ]
    first, second, third, fourth = half_hours(calls, [], OPEN, at(10, 45))
    assert (first.answered, first.lost, first.waiting) == (1, 1, 0)
    assert (second.received, second.waiting, second.running) == (1, 1, True)
    assert [slot.ahead for slot in (first, second, third, fourth)] == [False, False, True, True]


def test_who_was_never_in_the_queue_is_not_counted() -> None:
    calls = [Came(at(10, 5), outcome=CallOutcome.CLOSED_BEFORE), Came(at(10, 6), outcome=CallOutcome.BLOCKED)]
    assert sum(slot.received for slot in half_hours(calls, [], OPEN, at(11))) == 0


def test_usual_is_the_median_of_the_days_before_and_unknown_without_any() -> None:
    before = [[at(10, 3, weeks=1)], [at(10, 1, weeks=2), at(10, 2, weeks=2), at(10, 9, weeks=2)], [at(11, weeks=3)]]
    slots = half_hours([], before, OPEN, at(10))
    assert [slot.usual for slot in slots] == [1, 0, 0, 0]
    assert half_hours([], [], OPEN, at(10))[0].usual is None


def test_a_closed_day_has_no_half_hours_and_an_odd_opening_begins_with_its_own() -> None:
    assert half_hours([], [], (), at(10)) == ()
    odd = half_hours([], [], (Hours(time(10, 15), time(11, 10)),), at(10))
    assert [slot.begins for slot in odd] == [at(10), at(10, 30), at(11)]
