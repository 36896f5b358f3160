from __future__ import annotations

from datetime import date

import pytest

from callcenter.domain.calendar.holidays_jp import Difference, differences, read_holidays, shipped_holidays
from callcenter.domain.calendar.hours import Holiday, HolidayStatus


def test_the_shipped_table_agrees_with_the_computed_holidays() -> None:
    assert differences(shipped_holidays(), 2015, 2030) == []


def test_announced_years_are_fixed_and_later_ones_estimated() -> None:
    years = {
        status: {day.year for day, it in shipped_holidays().items() if it.status is status} for status in HolidayStatus
    }
    assert years[HolidayStatus.FIXED] == set(range(2015, 2028))
    assert years[HolidayStatus.ESTIMATED] == set(range(2028, 2031))


def test_the_announced_years_have_as_many_holidays_as_announced() -> None:
    counts = {year: sum(day.year == year for day in shipped_holidays()) for year in (2019, 2026, 2027)}
    assert counts == {2019: 22, 2026: 18, 2027: 17}


def test_a_missing_an_added_and_a_renamed_holiday_are_told() -> None:
    table = dict(shipped_holidays())
    del table[date(2026, 11, 23)]
    table[date(2026, 10, 1)] = Holiday("都民の日")
    table[date(2026, 11, 3)] = Holiday("明治節")
    assert differences(table, 2026, 2026) == [
        Difference(date(2026, 10, 1), "都民の日", None),
        Difference(date(2026, 11, 3), "明治節", "文化の日"),
        Difference(date(2026, 11, 23), None, "勤労感謝の日"),
    ]


def test_a_substitute_day_may_be_spelled_as_its_source_does() -> None:
    table = dict(shipped_holidays()) | {date(2026, 5, 6): Holiday("憲法記念日 振替休日")}
    assert differences(table, 2026, 2026) == []


@pytest.mark.parametrize(
    "line",
    ["2026-13-01,元日,fixed", "2026-01-01,元日,perhaps", "2026-01-01,,fixed", "2026-01-01", "2025-01-01,元日,fixed"],
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        read_holidays(f"date,name,status\n2025-01-01,元日,fixed\n{line}\n")
