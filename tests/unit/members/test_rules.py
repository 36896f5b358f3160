"""The two-year rule, the target of a reply, and the words at which staff look first."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta

import pytest

from callcenter.domain.calendar.holidays_jp import shipped_holidays
from callcenter.domain.calendar.hours import Calendar
from callcenter.domain.calendar.times import at_japan
from callcenter.domain.members import inactivity, reply_target, risk_words

DAYS = Calendar(holidays=shipped_holidays())


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
def test_a_member_goes_two_years_after_the_day_that_follows_the_last_consultation(base: str, goes: str) -> None:
    day, long_before = date.fromisoformat(base), date(2020, 1, 1)
    assert inactivity.purge_on(day, None) == inactivity.purge_on(long_before, day) == date.fromisoformat(goes)
    assert inactivity.warn_on(date.fromisoformat(goes)) == date.fromisoformat(goes) - timedelta(days=30)


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2026, 2, 28), date(2028, 2, 29), date(2026, 3, 1)])
def test_the_newest_due_base_is_due_and_the_next_is_not(today: date) -> None:
    newest = inactivity.newest_due(today)
    assert inactivity.purge_on(newest, None) <= today < inactivity.purge_on(newest + timedelta(days=1), None)


@pytest.mark.parametrize(
    "sent, days, target, alarm",
    [
        ("2026-11-20", 3, "2026-11-26", "2026-11-25"),  # Friday; Monday is a holiday
        ("2026-12-28", 1, "2027-01-04", "2026-12-28"),  # the year's end does not count
        ("2026-11-21", 1, "2026-11-24", "2026-11-20"),
    ],
)
def test_the_target_and_its_alarm_are_counted_in_business_days(sent: str, days: int, target: str, alarm: str) -> None:
    found = reply_target.target_on(DAYS, date.fromisoformat(sent), days)
    assert found == date.fromisoformat(target)
    assert reply_target.alarm_on(DAYS, found) == date.fromisoformat(alarm)
    assert reply_target.target_on(DAYS, date.fromisoformat(sent), 0) is None


@pytest.mark.parametrize(
    "text",
    ["もう死にたい", "ﾘｽｶしてしまった", "ＯＤした", "首を 吊る", "a" * 995 + "消えたい", "あ" * 9_990 + "自殺した"],
)
def test_words_of_danger_are_found_in_any_width_and_place(text: str) -> None:
    assert risk_words.found(text)


@pytest.mark.parametrize("text", ["", "今日は絵をかきました", "good code", "電車に乗れた", "あ" * 10_000])
def test_ordinary_texts_raise_nothing(text: str) -> None:
    assert not risk_words.found(text)


@pytest.mark.parametrize(
    "warned_on, again", [(None, True), ("2026-10-24", False), ("2026-11-01", False), ("2024-10-23", True)]
)
def test_a_member_is_told_once_of_each_deletion(warned_on: str | None, again: bool) -> None:
    told = None if warned_on is None else date.fromisoformat(warned_on)
    assert inactivity.warn_on(date(2026, 11, 23)) == date(2026, 10, 24)
    assert inactivity.warn_again(date(2026, 11, 23), told) is again


@pytest.mark.parametrize("clock, hours", [("00:00", 9), ("03:30", 5.5), ("08:59", 1 / 60), ("09:00", 0), ("23:30", 0)])
def test_a_mail_of_the_night_waits_for_the_morning_in_japan(clock: str, hours: float) -> None:
    now = at_japan(date(2026, 11, 20), time.fromisoformat(clock)).astimezone(UTC)
    assert inactivity.until_morning(now) == timedelta(hours=hours)
