"""The hours rule at its edges: the first and the last day that count, and what goes along with an answer."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from callcenter.domain.calendar.hours import (
    SEARCH_DAYS,
    Calendar,
    Holiday,
    Hours,
    NewYear,
    SpecialDay,
    SpecialKind,
    business_day_after,
    coverage_alarm,
    next_opening,
    state_at,
    windows,
)
from callcenter.domain.calendar.times import JST, at_japan

WEDNESDAY = date(2026, 11, 25)
EXTRA = SpecialDay(SpecialKind.EXTRA_OPEN, time(10), time(12))
UNTIL_THREE = SpecialDay(SpecialKind.PARTIAL, close_at=time(15), reason="雪")


def only(day: date) -> Calendar:
    """A calendar in which the line opens on one day and on no other."""
    return Calendar(weekdays={}, special_days={day: EXTRA})


def test_hours_hold_from_the_opening_up_to_but_not_at_the_closing() -> None:
    hours = Hours(time(10), time(17))
    assert time(10) in hours
    assert time(16, 59, 59) in hours
    assert time(9, 59, 59) not in hours
    assert time(17) not in hours


@pytest.mark.parametrize("close_at", [time(10), time(9)])
def test_hours_that_never_open_are_refused(close_at: time) -> None:
    with pytest.raises(ValueError, match=r"^hours must open before they close$"):
        Hours(time(10), close_at)


def test_the_exception_of_the_day_goes_along_with_the_answer() -> None:
    calendar = Calendar(special_days={WEDNESDAY: UNTIL_THREE})
    assert state_at(calendar, at_japan(WEDNESDAY, time(14))).special is UNTIL_THREE
    assert state_at(calendar, at_japan(WEDNESDAY, time(16))).special is UNTIL_THREE
    assert state_at(calendar, at_japan(WEDNESDAY + timedelta(days=1), time(14))).special is None


def test_a_day_shortened_to_nothing_is_closed() -> None:
    at_opening_time = SpecialDay(SpecialKind.PARTIAL, close_at=time(10))
    assert windows(Calendar(special_days={WEDNESDAY: at_opening_time}), WEDNESDAY) == ()


def test_a_closure_within_one_year_includes_both_its_ends() -> None:
    golden_week = NewYear((4, 29), (5, 5))
    assert [day for day in range(1, 9) if date(2026, 5, day) in golden_week] == [1, 2, 3, 4, 5]
    assert [day for day in range(25, 31) if date(2026, 4, day) in golden_week] == [29, 30]


def test_a_closure_over_the_turn_of_the_year_includes_both_its_ends() -> None:
    closure = NewYear()
    assert [day for day in range(25, 32) if date(2026, 12, day) in closure] == [29, 30, 31]
    assert [day for day in range(1, 8) if date(2027, 1, day) in closure] == [1, 2, 3]


def test_a_closure_may_be_a_single_day() -> None:
    assert date(2027, 1, 1) in NewYear((1, 1), (1, 1))
    assert date(2027, 1, 2) not in NewYear((1, 1), (1, 1))


def test_the_next_opening_lies_after_the_moment_never_at_it() -> None:
    opening = at_japan(WEDNESDAY, time(10))
    assert next_opening(Calendar(), opening - timedelta(seconds=1)) == opening
    assert next_opening(Calendar(), opening) == opening + timedelta(days=1)


def test_an_opening_is_looked_for_so_many_days_ahead_and_no_further() -> None:
    moment = at_japan(WEDNESDAY, time(12))
    last = WEDNESDAY + timedelta(days=SEARCH_DAYS)
    assert next_opening(only(last), moment) == at_japan(last, time(10))
    assert next_opening(only(last + timedelta(days=1)), moment) is None


def test_the_last_day_of_the_calendar_is_looked_at_too() -> None:
    assert next_opening(only(date.max), datetime(9999, 12, 30, 9, tzinfo=JST)) == at_japan(date.max, time(10))


@pytest.mark.parametrize("count, day", [(1, "2026-11-26"), (2, "2026-11-27"), (3, "2026-11-30"), (8, "2026-12-07")])
def test_business_days_are_counted_from_the_day_after(count: int, day: str) -> None:
    assert business_day_after(Calendar(), WEDNESDAY, count) == date.fromisoformat(day)


def test_a_business_day_that_never_comes_is_refused() -> None:
    with pytest.raises(ValueError, match=rf"^no such business day lies within {SEARCH_DAYS} days$"):
        business_day_after(Calendar(weekdays={}), WEDNESDAY, 1)


def test_the_operator_is_warned_in_whole_sentences_that_say_where_to_look() -> None:
    known = Calendar(holidays={date(2026, 1, 1): Holiday("元日")})
    for calendar in (Calendar(), known):
        alarm = coverage_alarm(calendar, date(2026, 11, 20))
        assert alarm is not None
        assert alarm.startswith("確定した祝日の表が")
        assert alarm.endswith("ください。")
        assert "。内閣府の「国民の祝日について」を確かめて、" in alarm
