"""Days and times of day as they are typed."""

from __future__ import annotations

from datetime import date, time

import pytest

from callcenter.domain.calendar.times import parse_moment, read_clock, read_day


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "1899-12-31", "2200-01-01", "2026-02-30", ""])
def test_a_day_beyond_the_years_we_reckon_with_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_day(text)
    with pytest.raises(ValueError, match=r"."):
        parse_moment(f"{text}T10:00")


@pytest.mark.parametrize("text", ["24:00", "25:00", "10:60", "10", "10:00+09:00", "T10:00", "10:00:30", "x", ""])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_clock(text)


def test_any_width_is_read_and_marks_nobody_sees_are_left_out() -> None:
    assert read_day("\u200e２０２６-１２-０１\u200f") == date(2026, 12, 1)
    assert read_clock("\ufeff１５:００") == time(15)
