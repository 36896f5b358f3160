"""Contacts written down afterwards, and drafts that were left behind."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from callcenter.domain.calendar.times import parse_moment
from callcenter.domain.records.entering import LeftBehind, WrongMoment, contact_moment, left_behind

NOW = parse_moment("2026-11-26T14:07")


def test_a_contact_keeps_its_own_day_and_time() -> None:
    assert contact_moment(date(2026, 11, 25), time(16, 50), now=NOW) == parse_moment("2026-11-25T16:50")


@pytest.mark.parametrize(
    "day, clock, field",
    [
        (date(2026, 11, 27), time(10, 0), "on"),
        (date(2026, 11, 26), time(14, 8), "at"),
        (date(2016, 11, 26), time(10, 0), "on"),
    ],
)
def test_a_contact_lies_neither_ahead_nor_too_far_back(day: date, clock: time, field: str) -> None:
    with pytest.raises(WrongMoment) as wrong:
        contact_moment(day, clock, now=NOW)
    assert wrong.value.field == field


@pytest.mark.parametrize(
    "active, here, hours, why",
    [
        (True, True, 5, None),
        (True, False, 3, None),
        (True, False, 4, LeftBehind.AWAY),
        (True, True, 48, LeftBehind.LONG),
        (False, False, 0, LeftBehind.ACCOUNT_ENDED),
    ],
)
def test_a_draft_is_left_behind_when_its_writer_has_gone(
    active: bool, here: bool, hours: int, why: LeftBehind | None
) -> None:
    assert left_behind(active=active, here=here, saved_at=NOW - timedelta(hours=hours), now=NOW) is why
