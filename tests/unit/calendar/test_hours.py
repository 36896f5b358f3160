from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calendar.holidays_jp import shipped_holidays
from callcenter.domain.calendar.hours import (
    Calendar,
    Holiday,
    HolidayStatus,
    Hours,
    NewYear,
    Reason,
    SpecialDay,
    SpecialKind,
    coverage_alarm,
    is_open_day,
    next_opening,
    state_at,
    windows,
)
from callcenter.domain.calendar.times import JST, parse_moment

SHIPPED = Calendar(holidays=shipped_holidays())


def at(text: str) -> datetime:
    return parse_moment(text)


def with_special(text: str, special: SpecialDay) -> Calendar:
    return Calendar(holidays=shipped_holidays(), special_days={date.fromisoformat(text): special})


CLOSED = [
    ("2026-11-20T09:59:59", "before_opening", None, "2026-11-20"),
    ("2026-11-20T17:00:00", "after_closing", None, "2026-11-24"),
    ("2026-11-23T12:00:00", "holiday", "勤労感謝の日", "2026-11-24"),
    ("2026-11-21T12:00:00", "weekend", None, "2026-11-24"),
    ("2026-12-28T17:00:00", "after_closing", None, "2027-01-04"),
    ("2026-12-29T12:00:00", "new_year", None, "2027-01-04"),
    ("2027-01-01T00:00:00", "holiday", "元日", "2027-01-04"),
    ("2027-01-03T23:59:59", "new_year", None, "2027-01-04"),
    ("2027-03-22T12:00:00", "holiday", "振替休日", "2027-03-23"),
    ("2026-05-06T12:00:00", "holiday", "振替休日", "2026-05-07"),
    ("2026-09-18T17:00:00", "after_closing", None, "2026-09-24"),
    ("2026-09-22T12:00:00", "holiday", "国民の休日", "2026-09-24"),
    ("2024-12-27T17:00:00", "after_closing", None, "2025-01-06"),
    ("2028-12-28T17:00:00", "after_closing", None, "2029-01-04"),
    ("2019-04-26T17:00:00", "after_closing", None, "2019-05-07"),
    ("2021-07-22T12:00:00", "holiday", "海の日", "2021-07-26"),
    ("2021-08-09T12:00:00", "holiday", "振替休日", "2021-08-10"),
    ("2017-01-02T12:00:00", "holiday", "振替休日", "2017-01-04"),
]


@pytest.mark.parametrize("moment, reason, holiday, opens_on", CLOSED)
def test_a_closed_line_says_why_and_when_it_opens_next(
    moment: str, reason: str, holiday: str | None, opens_on: str
) -> None:
    state = state_at(SHIPPED, at(moment))
    assert (state.open, state.reason) == (False, reason)
    assert (state.holiday.name if state.holiday else None) == holiday
    assert state.next_open is not None
    assert state.next_open.isoformat() == f"{opens_on}T10:00:00+09:00"


OPEN = [
    "2026-11-20T10:00:00",
    "2026-11-20T16:59:59",
    "2026-11-20T16:59:59.999999",
    "2026-12-28T16:59:59",
    "2026-10-01T12:00:00",
    "2020-10-12T10:00:00",
    "2021-07-19T10:00:00",
    "2021-10-11T10:00:00",
]


@pytest.mark.parametrize("moment", OPEN)
def test_an_open_line_needs_no_next_opening(moment: str) -> None:
    state = state_at(SHIPPED, at(moment))
    assert (state.open, state.reason, state.next_open) == (True, Reason.OPEN, None)
    assert state.closes_at == at(moment[:10] + "T17:00")


@pytest.mark.parametrize("year, days", [(2026, 241), (2027, 243)])
def test_a_fiscal_year_has_so_many_open_days(year: int, days: int) -> None:
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    assert sum(is_open_day(SHIPPED, day) for day in every) == days


def test_the_offset_of_the_question_does_not_change_the_answer() -> None:
    assert state_at(SHIPPED, datetime(2026, 11, 20, 1, 0, tzinfo=UTC)).open
    assert not state_at(SHIPPED, datetime(2026, 11, 20, 8, 0, tzinfo=UTC)).open


def test_a_naive_moment_gets_no_answer() -> None:
    with pytest.raises(ValueError, match="naive"):
        state_at(SHIPPED, datetime(2026, 11, 20, 10, 0))  # noqa: DTZ001  # the very thing refused


def test_a_special_closure_goes_before_a_holiday() -> None:
    calendar = with_special("2026-11-23", SpecialDay(SpecialKind.CLOSED, reason="点検"))
    assert state_at(calendar, at("2026-11-23T12:00")).reason is Reason.SPECIAL


def test_a_special_closure_moves_the_next_opening() -> None:
    calendar = with_special("2026-11-24", SpecialDay(SpecialKind.CLOSED, reason="台風の影響"))
    state = state_at(calendar, at("2026-11-20T17:00"))
    assert (state.reason, state.next_open) == (Reason.AFTER_CLOSING, at("2026-11-25T10:00"))
    assert state_at(calendar, at("2026-11-24T09:00")).reason is Reason.SPECIAL


@pytest.mark.parametrize(
    "clock, is_open, reason",
    [
        ("09:59:59", False, "before_opening"),
        ("10:00:00", True, "open"),
        ("14:59:59", True, "open"),
        ("15:00:00", False, "special"),
        ("18:00:00", False, "special"),
    ],
)
def test_a_shortened_day_is_special_after_its_close(clock: str, is_open: bool, reason: str) -> None:
    calendar = with_special("2026-11-20", SpecialDay(SpecialKind.PARTIAL, close_at=time(15), reason="雪"))
    state = state_at(calendar, at(f"2026-11-20T{clock}"))
    assert (state.open, state.reason) == (is_open, reason)
    assert state.closes_at == (at("2026-11-20T15:00") if is_open else None)


def test_a_late_opening_is_special_only_while_the_line_would_have_been_open() -> None:
    calendar = with_special("2026-11-20", SpecialDay(SpecialKind.PARTIAL, open_at=time(13), reason="雪"))
    early, late = state_at(calendar, at("2026-11-20T09:00")), state_at(calendar, at("2026-11-20T11:00"))
    assert (early.reason, late.reason) == (Reason.BEFORE_OPENING, Reason.SPECIAL)
    assert early.next_open == late.next_open == at("2026-11-20T13:00")


def test_shortening_a_closed_day_does_not_open_it() -> None:
    calendar = with_special("2026-11-23", SpecialDay(SpecialKind.PARTIAL, open_at=time(9), close_at=time(15)))
    assert state_at(calendar, at("2026-11-23T12:00")).reason is Reason.HOLIDAY


def test_closing_before_the_usual_opening_closes_the_whole_day() -> None:
    calendar = with_special("2026-11-20", SpecialDay(SpecialKind.PARTIAL, close_at=time(9), reason="停電"))
    assert windows(calendar, date(2026, 11, 20)) == ()
    assert state_at(calendar, at("2026-11-20T12:00")).reason is Reason.SPECIAL


def test_an_extra_opening_goes_before_a_holiday() -> None:
    calendar = with_special("2026-11-23", SpecialDay(SpecialKind.EXTRA_OPEN, time(10), time(12)))
    state = state_at(calendar, at("2026-11-23T11:59:59"))
    assert (state.open, state.reason, state.closes_at) == (True, Reason.SPECIAL, at("2026-11-23T12:00"))
    assert state.holiday == Holiday("勤労感謝の日")
    assert state_at(calendar, at("2026-11-23T09:00")).reason is Reason.BEFORE_OPENING
    assert state_at(calendar, at("2026-11-23T12:00")).reason is Reason.SPECIAL
    assert next_opening(calendar, at("2026-11-20T17:00")) == at("2026-11-23T10:00")


def test_an_extra_evening_leaves_the_usual_hours_alone() -> None:
    calendar = with_special("2026-11-20", SpecialDay(SpecialKind.EXTRA_OPEN, time(18), time(20)))
    assert state_at(calendar, at("2026-11-20T11:00")).reason is Reason.OPEN
    assert state_at(calendar, at("2026-11-20T17:30")).next_open == at("2026-11-20T18:00")
    assert state_at(calendar, at("2026-11-20T19:00")).open


def test_an_extra_hour_joins_the_usual_hours_without_a_seam() -> None:
    calendar = with_special("2026-11-20", SpecialDay(SpecialKind.EXTRA_OPEN, time(17), time(19)))
    assert windows(calendar, date(2026, 11, 20)) == (Hours(time(10), time(19)),)
    assert state_at(calendar, at("2026-11-20T18:00")).reason is Reason.SPECIAL


@pytest.mark.parametrize(
    "kind, open_at, close_at",
    [
        (SpecialKind.PARTIAL, None, None),
        (SpecialKind.EXTRA_OPEN, time(10), None),
        (SpecialKind.EXTRA_OPEN, time(12), time(12)),
    ],
)
def test_a_special_day_without_usable_times_is_refused(
    kind: SpecialKind, open_at: time | None, close_at: time | None
) -> None:
    with pytest.raises(ValueError, match=r"open"):
        SpecialDay(kind, open_at, close_at)


def test_the_new_year_closure_can_be_moved_or_dropped() -> None:
    assert date(2027, 1, 4) in NewYear((12, 28), (1, 4))
    assert date(2026, 12, 31) not in NewYear((1, 1), (1, 3))
    calendar = Calendar(new_year=None, holidays=shipped_holidays())
    assert is_open_day(calendar, date(2026, 12, 29))


def test_a_line_that_never_opens_has_no_next_opening() -> None:
    state = state_at(Calendar(weekdays={}), at("2026-11-20T12:00"))
    assert (state.reason, state.next_open) == (Reason.WEEKEND, None)


def test_the_search_for_an_opening_stops_at_the_end_of_the_calendar() -> None:
    assert state_at(Calendar(), datetime(9999, 12, 31, 23, tzinfo=JST)).next_open is None


def test_fixed_holidays_reach_to_the_end_of_the_last_announced_year() -> None:
    assert SHIPPED.fixed_until == date(2027, 12, 31)
    assert Calendar().fixed_until is None


def test_a_year_with_an_estimated_day_is_not_counted_as_fixed() -> None:
    days = {date(2027, 1, 1): Holiday("元日"), date(2027, 3, 21): Holiday("春分の日", HolidayStatus.ESTIMATED)}
    assert Calendar(holidays=days).fixed_until is None


def test_a_missing_year_ends_what_is_fixed() -> None:
    days = {date(year, 1, 1): Holiday("元日") for year in (2026, 2027, 2029)}
    assert Calendar(holidays=days).fixed_until == date(2027, 12, 31)


def test_the_operator_is_warned_when_fixed_holidays_end_within_ten_months() -> None:
    assert coverage_alarm(SHIPPED, date(2027, 2, 28)) is None
    assert "2027年12月31日" in str(coverage_alarm(SHIPPED, date(2027, 3, 1)))
    assert "空です" in str(coverage_alarm(Calendar(), date(2026, 11, 20)))


MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2030, 12, 1), timezones=st.just(JST))  # noqa: DTZ001  # bounds are naive by contract
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@st.composite
def special_days(draw: st.DrawFn) -> SpecialDay:
    kind = draw(st.sampled_from(SpecialKind))
    if kind is SpecialKind.CLOSED:
        return SpecialDay(kind)
    opening, closing = sorted(draw(st.lists(CLOCKS, min_size=2, max_size=2, unique=True)))
    return SpecialDay(kind, opening, closing)


@st.composite
def calendars(draw: st.DrawFn, around: datetime) -> Calendar:
    near = st.integers(-2, 12).map(lambda days: (around + timedelta(days=days)).date())
    return Calendar(holidays=shipped_holidays(), special_days=draw(st.dictionaries(near, special_days(), max_size=4)))


@given(st.data(), MOMENTS)
def test_an_open_line_closes_later_the_same_day(data: st.DataObject, moment: datetime) -> None:
    state = state_at(data.draw(calendars(moment)), moment)
    if state.open:
        assert state.next_open is None
        assert state.closes_at is not None
        assert moment < state.closes_at
        assert state.closes_at.date() == moment.date()
    else:
        assert state.closes_at is None


@given(st.data(), MOMENTS)
def test_the_next_opening_is_open_and_nothing_opens_before_it(data: st.DataObject, moment: datetime) -> None:
    calendar = data.draw(calendars(moment))
    opening = state_at(calendar, moment).next_open
    if opening is None:
        return
    assert opening > moment
    assert state_at(calendar, opening).open
    microseconds = (opening - moment) // timedelta(microseconds=1)
    between = timedelta(microseconds=data.draw(st.integers(0, microseconds - 1)))
    assert not state_at(calendar, moment + between).open


@given(st.data(), MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_next_openings_never_run_backwards(data: st.DataObject, moment: datetime, later: timedelta) -> None:
    calendar = data.draw(calendars(moment))
    first, second = next_opening(calendar, moment), next_opening(calendar, moment + later)
    assert first is not None
    assert second is not None
    assert first <= second
