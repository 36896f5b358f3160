from __future__ import annotations

import re
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.announcements import readings
from callcenter.domain.calendar.holidays_jp import SANDWICHED, SUBSTITUTE, shipped_holidays

KANA = re.compile(r"[ぁ-ゖー 、ァ-ヶ]+")


@pytest.mark.parametrize(
    "day, spoken",
    [
        (1, "ついたち"),
        (4, "よっか"),
        (8, "ようか"),
        (10, "とおか"),
        (11, "じゅういちにち"),
        (14, "じゅうよっか"),
        (17, "じゅうしちにち"),
        (19, "じゅうくにち"),
        (20, "はつか"),
        (24, "にじゅうよっか"),
        (27, "にじゅうしちにち"),
        (29, "にじゅうくにち"),
        (31, "さんじゅういちにち"),
    ],
)
def test_days_of_the_month_are_said_with_their_irregular_names(day: int, spoken: str) -> None:
    assert readings.day_of_month(day) == spoken


@pytest.mark.parametrize("month, spoken", [(4, "しがつ"), (7, "しちがつ"), (9, "くがつ"), (12, "じゅうにがつ")])
def test_months_are_said_as_on_the_calendar(month: int, spoken: str) -> None:
    assert readings.month(month) == spoken


@pytest.mark.parametrize(
    "clock, spoken",
    [
        (time(0, 0), "ごぜん れいじ"),
        (time(4, 0), "ごぜん よじ"),
        (time(9, 30), "ごぜん くじ さんじゅっぷん"),
        (time(12, 0), "しょうご"),
        (time(12, 5), "ごご れいじ ごふん"),
        (time(16, 0), "ごご よじ"),
        (time(19, 41), "ごご しちじ よんじゅういっぷん"),
        (time(21, 0), "ごご くじ"),
    ],
)
def test_the_hour_is_said_by_the_twelve_hour_clock(clock: time, spoken: str) -> None:
    assert readings.clock(clock) == spoken


@pytest.mark.parametrize(
    "count, spoken",
    [
        (0, "れいふん"),
        (1, "いっぷん"),
        (3, "さんぷん"),
        (10, "じゅっぷん"),
        (14, "じゅうよんぷん"),
        (28, "にじゅうはっぷん"),
        (30, "さんじゅっぷん"),
        (100, "ひゃくぷん"),
        (101, "ひゃくいっぷん"),
    ],
)
def test_minutes_change_their_sound_with_the_number(count: int, spoken: str) -> None:
    assert readings.minutes(count) == spoken


@pytest.mark.parametrize(
    "place, spoken",
    [
        (1, "いち"),
        (2, "に"),
        (4, "よん"),
        (7, "なな"),
        (9, "きゅう"),
        (10, "じゅう"),
        (14, "じゅうよん"),
        (300, "さんびゃく"),
    ],
)
def test_a_place_in_the_line_is_said_with_ban_me(place: int, spoken: str) -> None:
    assert readings.position(place) == readings.Phrase(f"{place}番目", spoken + "ばんめ")


def test_nobody_stands_in_place_zero() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        readings.position(0)


def test_a_telephone_number_is_said_digit_by_digit() -> None:
    spoken = "ぜろ、いち、にい、ぜろ、の、にい、なな、きゅう、の、さん、さん、はち"
    assert readings.digits("0120-279-338") == spoken
    assert readings.digits("０１２０－２７９－３３８") == spoken
    assert readings.digits("#7119") == "シャープ、なな、いち、いち、きゅう"


@pytest.mark.parametrize("text", ["", " ", "ひゃくとおばん", "+81-3"])
def test_only_what_is_printed_as_a_number_is_said_as_one(text: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        readings.digits(text)


def test_a_substitute_day_is_said_as_just_a_holiday() -> None:
    assert readings.holiday(SUBSTITUTE).reading == readings.holiday(SANDWICHED).reading == "しゅくじつ"
    assert readings.holiday("勤労感謝の日").reading == "きんろうかんしゃのひ"


def test_every_holiday_we_ship_has_a_reading_of_its_own() -> None:
    names = {holiday.name for holiday in shipped_holidays().values()} - {SUBSTITUTE, SANDWICHED}
    assert [name for name in sorted(names) if readings.holiday(name).text != name] == []


@given(st.integers(1, readings.GREATEST), st.dates(), st.times())
def test_every_reading_is_kana_only(value: int, day: date, clock: time) -> None:
    said = [
        readings.number(value),
        readings.minutes(value),
        readings.position(value).reading,
        readings.day_of_month(day.day),
        readings.month(day.month),
        readings.weekday(day),
        readings.clock(clock),
    ]
    assert all(KANA.fullmatch(one) for one in said)


def test_numbers_too_great_to_be_said_are_refused() -> None:
    with pytest.raises(ValueError, match="9999"):
        readings.number(10_000)
