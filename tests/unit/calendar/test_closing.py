"""How a day came to its end: by the clock, or by a decision that reaches those who already wait."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calendar.closing import CLOSING_DAYS, Closing, closing, last_closing
from callcenter.domain.calendar.hours import Calendar, SpecialDay, SpecialKind
from callcenter.domain.calendar.times import JST, at_japan, parse_moment

WEDNESDAY = date(2026, 11, 25)
ORDINARY = Calendar()
SHUT = SpecialDay(SpecialKind.CLOSED)
UNTIL_THREE = SpecialDay(SpecialKind.PARTIAL, close_at=time(15))
UNTIL_NOON = SpecialDay(SpecialKind.PARTIAL, close_at=time(12))
EVENING = SpecialDay(SpecialKind.EXTRA_OPEN, time(18), time(20))


def on(clock: str) -> datetime:
    return parse_moment(f"2026-11-25T{clock}")


def decided(clock: str, special: SpecialDay | None) -> Calendar:
    """A Wednesday about which somebody decided at *clock*; None: they took a decision back."""
    days = {} if special is None else {WEDNESDAY: special}
    return Calendar(special_days=days, decided={WEDNESDAY: on(clock)})


@pytest.mark.parametrize(
    "now, closed",
    [
        ("09:00", None),
        ("16:59:59", None),
        ("17:00", Closing(on("17:00"), sudden=False)),
        ("23:00", Closing(on("17:00"), sudden=False)),
    ],
)
def test_an_ordinary_day_closes_by_the_clock(now: str, closed: Closing | None) -> None:
    assert closing(ORDINARY, WEDNESDAY, on(now)) == closed


def test_a_day_that_never_opened_never_closed() -> None:
    saturday = date(2026, 11, 28)
    assert closing(ORDINARY, saturday, at_japan(saturday, time(23))) is None


def test_a_day_off_takes_effect_when_it_is_decided() -> None:
    calendar = decided("14:00", SHUT)
    assert closing(calendar, WEDNESDAY, on("14:30")) == Closing(on("14:00"), sudden=True)
    assert closing(calendar, WEDNESDAY, on("13:00")) == Closing(on("13:00"), sudden=True)


def test_a_closing_time_decided_in_good_time_is_one_by_the_clock() -> None:
    calendar = decided("14:00", UNTIL_THREE)
    assert closing(calendar, WEDNESDAY, on("15:00")) == Closing(on("15:00"), sudden=False)
    assert closing(decided("15:00", UNTIL_THREE), WEDNESDAY, on("16:00")) == Closing(on("15:00"), sudden=False)


def test_a_closing_time_that_had_passed_when_it_was_decided_is_sudden() -> None:
    calendar = decided("14:00", UNTIL_NOON)
    assert closing(calendar, WEDNESDAY, on("15:00")) == Closing(on("14:00"), sudden=True)


def test_an_extra_opening_closes_nothing_suddenly() -> None:
    calendar = decided("17:30", EVENING)
    assert closing(calendar, WEDNESDAY, on("17:45")) == Closing(on("17:30"), sudden=False)
    assert closing(calendar, WEDNESDAY, on("19:00")) == Closing(on("17:30"), sudden=False)


def test_a_day_of_two_openings_closes_twice() -> None:
    calendar = Calendar(special_days={WEDNESDAY: EVENING})
    assert closing(calendar, WEDNESDAY, on("19:59")) == Closing(on("17:00"), sudden=False)
    assert closing(calendar, WEDNESDAY, on("20:00")) == Closing(on("20:00"), sudden=False)


def test_an_opening_that_was_taken_back_ends_then_and_without_a_word_of_its_own() -> None:
    calendar = Calendar(weekdays={}, decided={WEDNESDAY: on("14:00")})
    assert closing(calendar, WEDNESDAY, on("14:30")) == Closing(on("14:00"), sudden=False)
    assert closing(decided("16:00", None), WEDNESDAY, on("18:00")) == Closing(on("17:00"), sudden=False)


def test_a_special_day_known_from_elsewhere_closes_by_the_clock() -> None:
    calendar = Calendar(special_days={WEDNESDAY: UNTIL_NOON})
    assert closing(calendar, WEDNESDAY, on("13:00")) == Closing(on("12:00"), sudden=False)
    assert closing(Calendar(special_days={WEDNESDAY: SHUT}), WEDNESDAY, on("13:00")) is None


def test_the_last_closing_on_a_monday_morning_is_friday_s() -> None:
    monday = parse_moment("2026-11-30T09:00")
    assert last_closing(ORDINARY, monday) == Closing(parse_moment("2026-11-27T17:00"), sudden=False)


def test_the_last_closing_in_the_evening_is_today_s() -> None:
    assert last_closing(ORDINARY, on("18:00")) == Closing(on("17:00"), sudden=False)


def test_a_closing_is_looked_for_so_many_days_back_and_no_further() -> None:
    shut = {WEDNESDAY + timedelta(days=days): SHUT for days in range(1, 30)}
    calendar = Calendar(special_days=shut)
    last_day = WEDNESDAY + timedelta(days=CLOSING_DAYS - 1)
    assert last_closing(calendar, at_japan(last_day, time(23, 59))) == Closing(on("17:00"), sudden=False)
    assert last_closing(calendar, at_japan(last_day + timedelta(days=1), time(0))) is None


def test_which_day_it_is_is_asked_in_japan() -> None:
    before_midnight_in_london = parse_moment("2026-11-25T23:30+00:00")  # Thursday morning here
    assert last_closing(ORDINARY, before_midnight_in_london) == Closing(on("17:00"), sudden=False)


@given(
    st.sampled_from([None, SHUT, UNTIL_THREE, UNTIL_NOON, EVENING]),
    st.none() | st.datetimes(datetime(2026, 11, 24), datetime(2026, 11, 26), timezones=st.just(JST)),  # noqa: DTZ001  # bounds are naive by contract
    st.datetimes(datetime(2026, 11, 25), datetime(2026, 11, 26), timezones=st.just(JST)),  # noqa: DTZ001  # as above
)
def test_no_closing_lies_in_the_future(special: SpecialDay | None, taken: datetime | None, now: datetime) -> None:
    days = {} if special is None else {WEDNESDAY: special}
    calendar = Calendar(special_days=days, decided={} if taken is None else {WEDNESDAY: taken})
    closed = closing(calendar, WEDNESDAY, now)
    assert closed is None or closed.at <= now
