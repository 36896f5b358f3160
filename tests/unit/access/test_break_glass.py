"""Opening what one may not: the reason, and until when somebody looks at it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.access.break_glass import (
    LASTS,
    LONGEST,
    REVIEW_WITHIN,
    SHORTEST,
    ReasonMissing,
    ReasonTooLong,
    review_due,
    tidy_reason,
)
from callcenter.domain.calendar.holidays_jp import shipped_holidays
from callcenter.domain.calendar.hours import Calendar, SpecialDay, SpecialKind, is_open_day

CALENDAR = Calendar(holidays=shipped_holidays())


@pytest.mark.parametrize(
    "text", ["", "   ", "。", "あ", "。。。。。。。", "確認のた", "a b c d", "-----", "🌸🌸🌸🌸🌸"]
)
def test_next_to_nothing_is_no_reason(text: str) -> None:
    with pytest.raises(ReasonMissing):
        tidy_reason(text)


@pytest.mark.parametrize("text", ["確認のため", "引継ぎ 1 2", "abcde", "12345", "あ、い、う、え、お。"])
def test_five_letters_or_digits_are_enough(text: str) -> None:
    assert tidy_reason(text) == text


def test_a_reason_is_kept_in_one_line() -> None:
    assert tidy_reason("  ご家族から\n 折り返しの  依頼 ") == "ご家族から 折り返しの 依頼"


def test_a_reason_may_have_five_hundred_characters() -> None:
    assert tidy_reason("あ" * LONGEST) == "あ" * LONGEST
    assert tidy_reason(f" {'あ' * LONGEST} ") == "あ" * LONGEST
    with pytest.raises(ReasonTooLong):
        tidy_reason("あ" * (LONGEST + 1))


@given(st.text(max_size=600))
def test_what_was_accepted_is_accepted_again_as_it_is(text: str) -> None:
    try:
        reason = tidy_reason(text)
    except (ReasonMissing, ReasonTooLong):
        return
    assert tidy_reason(reason) == reason
    assert SHORTEST <= len(reason) <= LONGEST
    assert "\n" not in reason


def test_an_opening_lasts_half_an_hour() -> None:
    assert timedelta(minutes=30) == LASTS


@pytest.mark.parametrize(
    "opened_on, due",
    [
        ("2026-11-24", "2026-12-01"),  # a Tuesday: Wednesday to Friday, Monday, Tuesday
        ("2026-11-20", "2026-11-30"),  # over a weekend and 勤労感謝の日
        ("2026-11-21", "2026-11-30"),  # opened on a Saturday
        ("2026-12-25", "2027-01-07"),  # over the turn of the year
    ],
)
def test_a_review_is_due_within_five_business_days(opened_on: str, due: str) -> None:
    assert review_due(CALENDAR, date.fromisoformat(opened_on)) == date.fromisoformat(due)


def test_a_day_on_which_the_line_is_closed_specially_is_no_business_day() -> None:
    typhoon = {date(2026, 11, 25): SpecialDay(SpecialKind.CLOSED)}
    calendar = Calendar(holidays=shipped_holidays(), special_days=typhoon)
    assert review_due(calendar, date(2026, 11, 24)) == date(2026, 12, 2)


@given(st.dates(date(2015, 1, 1), date(2027, 12, 1)))
def test_between_the_opening_and_the_day_it_is_due_lie_five_business_days(opened_on: date) -> None:
    due = review_due(CALENDAR, opened_on)
    days = [opened_on + timedelta(days=ahead) for ahead in range(1, (due - opened_on).days + 1)]
    assert sum(is_open_day(CALENDAR, day) for day in days) == REVIEW_WITHIN
    assert is_open_day(CALENDAR, due)
