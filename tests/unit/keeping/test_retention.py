from __future__ import annotations

from datetime import date, timedelta

import pytest

from callcenter.domain.keeping.retention import GRACE, Kept, RecordClass, due_on, goes_on, newest_due
from callcenter.domain.policy import Periods
from callcenter.domain.records.consultations import Channel

LONG_AGO = date(2000, 1, 1)


@pytest.mark.parametrize(
    "base, goes",
    [
        ("2024-11-22", "2026-11-23"),
        ("2024-02-28", "2026-03-01"),
        ("2024-02-29", "2026-03-01"),
        ("2023-02-28", "2025-03-01"),
        ("2024-12-31", "2027-01-01"),
        ("2026-03-31", "2028-04-01"),
    ],
)
def test_two_years_are_counted_as_the_civil_code_counts_them(base: str, goes: str) -> None:
    assert due_on(date.fromisoformat(base), 2) == date.fromisoformat(goes)


def kept(*channels: Channel, closed_on: date | None = None, here_since: date = LONG_AGO) -> Kept:
    return Kept(frozenset(channels), date(2024, 11, 22), closed_on, here_since)


def test_a_case_with_visits_waits_for_its_closing_and_the_longer_period() -> None:
    periods = Periods()
    assert goes_on(kept(Channel.PHONE), periods) == (date(2026, 11, 23), RecordClass.PHONE)
    assert goes_on(kept(Channel.PHONE, Channel.VISIT), periods) is None
    closed = kept(Channel.PHONE, Channel.VISIT, closed_on=date(2025, 1, 10))
    assert goes_on(closed, periods) == (date(2030, 1, 11), RecordClass.VISIT)


def test_what_was_moved_in_old_waits_until_somebody_has_seen_the_list() -> None:
    arrived = date(2026, 11, 25)
    assert goes_on(kept(Channel.PHONE, here_since=arrived), Periods()) == (arrived + GRACE, RecordClass.PHONE)


def test_nobody_looks_further_back_than_what_can_be_due() -> None:
    periods = Periods()
    for days in range(1500):
        today = date(2026, 1, 1) + timedelta(days=days)
        newest = newest_due(today, periods)
        assert due_on(newest, 2) <= today < due_on(newest + timedelta(days=1), 2)
