from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from callcenter.domain.calendar import times
from callcenter.domain.calendar.times import JST


def jst(text: str) -> datetime:
    return times.parse_moment(text)


def test_a_naive_moment_belongs_to_no_day() -> None:
    with pytest.raises(ValueError, match="naive"):
        times.local_date(datetime(2026, 11, 20, 10, 0))  # noqa: DTZ001  # the very thing refused


def test_a_moment_beyond_the_calendar_is_refused_rather_than_overflowing() -> None:
    with pytest.raises(ValueError, match="9999"):
        times.in_japan(datetime.max.replace(tzinfo=UTC))


def test_the_day_in_japan_begins_at_three_in_the_afternoon_of_greenwich() -> None:
    assert times.local_date(datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert times.local_date(datetime(2026, 11, 20, 15, 0, tzinfo=UTC)) == date(2026, 11, 21)


def test_a_moment_without_an_offset_is_read_on_japans_clock() -> None:
    assert jst("2026-11-20T10:00:00") == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert jst("2026-11-20T01:00:00Z") == datetime(2026, 11, 20, 10, 0, tzinfo=JST)


def test_dates_are_written_with_their_day_of_the_week() -> None:
    assert times.short_date(date(2026, 11, 24)) == "11月24日(火)"
    assert times.long_date(date(2026, 11, 24)) == "2026年11月24日(火)"
    assert times.past_date(date(2026, 1, 2), date(2026, 11, 24)) == "1月2日(金)"
    assert times.past_date(date(2025, 11, 24), date(2026, 11, 24)) == "2025年11月24日(月)"
    assert times.past_date(date(2027, 1, 4), date(2026, 11, 24)) == "1月4日(月)"
    assert times.moment_words(jst("2026-11-24T10:00")) == "11月24日(火)午前10時"
    assert times.clock_digits(jst("2026-11-24T05:05:09Z")) == "14:05"


@pytest.mark.parametrize(
    "clock, words",
    [
        (time(0, 0), "午前0時"),
        (time(9, 59, 59), "午前9時59分"),
        (time(10, 0), "午前10時"),
        (time(12, 0), "正午"),
        (time(12, 30), "午後0時30分"),
        (time(17, 0), "午後5時"),
    ],
)
def test_the_time_of_day_is_written_as_people_say_it(clock: time, words: str) -> None:
    assert times.clock_words(clock) == words


def test_the_next_opening_of_another_day_is_said_with_date_weekday_and_hour() -> None:
    phrase = times.next_open_phrase(jst("2026-11-24T10:00"), jst("2026-11-20T17:00"))
    assert phrase.text == "11月24日、火曜日、午前10時"
    assert phrase.reading == "じゅういちがつ にじゅうよっか、かようび、ごぜん じゅうじ"


def test_the_next_opening_of_tomorrow_is_said_as_tomorrow() -> None:
    phrase = times.next_open_phrase(jst("2026-11-24T10:00"), jst("2026-11-23T23:59:59"))
    assert phrase.text == "あした、火曜日の、午前10時"
    assert phrase.reading == "あした、かようびの、ごぜん じゅうじ"


def test_the_next_opening_of_the_same_day_is_said_as_today() -> None:
    phrase = times.next_open_phrase(jst("2026-11-24T10:00"), jst("2026-11-24T00:00"))
    assert (phrase.text, phrase.reading) == ("今日の、午前10時", "きょうの、ごぜん じゅうじ")


def test_tomorrow_is_japans_tomorrow_whatever_the_offset_of_the_question() -> None:
    phrase = times.next_open_phrase(datetime(2026, 11, 24, 1, tzinfo=UTC), datetime(2026, 11, 22, 15, tzinfo=UTC))
    assert phrase.text.startswith("あした、")


@pytest.mark.parametrize(
    "now, words",
    [
        ("2026-11-24T08:00", "今日(火)午前10時"),
        ("2026-11-23T08:00", "あした(火)午前10時"),
        ("2026-11-20T17:00", "11月24日(火)午前10時"),
        ("2025-12-28T17:00", "2026年11月24日(火)午前10時"),
    ],
)
def test_pages_name_the_next_opening_by_its_nearness(now: str, words: str) -> None:
    assert times.next_open_words(jst("2026-11-24T10:00"), jst(now)) == words


def test_a_closing_hour_and_a_wait_are_said_with_their_readings() -> None:
    assert times.clock_phrase(time(15)).reading == "ごご さんじ"
    assert times.minutes_phrase(3).text == "3分"
