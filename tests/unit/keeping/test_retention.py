from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calendar.periods import first_day_after
from callcenter.domain.keeping.retention import (
    GRACE,
    LONGEST_HOLD,
    HoldInThePast,
    HoldTooLong,
    Kept,
    RecordClass,
    SayWhyHeld,
    check_hold,
    goes_on,
    newest_due,
)
from callcenter.domain.policy import Periods, Policy
from callcenter.domain.records.record_codes import Channel

LONG_AGO = date(2000, 1, 1)

USUAL = Policy().periods


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
    assert first_day_after(date.fromisoformat(base), 2) == date.fromisoformat(goes)


def kept(*channels: Channel, closed_on: date | None = None, here_since: date = LONG_AGO) -> Kept:
    return Kept(frozenset(channels), date(2024, 11, 22), closed_on, here_since)


def test_a_case_with_visits_waits_for_its_closing_and_the_longer_period() -> None:
    periods = USUAL
    assert goes_on(kept(Channel.PHONE), periods) == (date(2026, 11, 23), RecordClass.PHONE)
    assert goes_on(kept(Channel.PHONE, Channel.VISIT), periods) is None
    closed = kept(Channel.PHONE, Channel.VISIT, closed_on=date(2025, 1, 10))
    assert goes_on(closed, periods) == (date(2030, 1, 11), RecordClass.VISIT)


def test_a_case_to_which_mail_is_joined_stays_at_least_as_long_as_its_member() -> None:
    short = Periods(phone_years=1, visit_years=1)
    assert goes_on(kept(Channel.PHONE), short) == (date(2025, 11, 23), RecordClass.PHONE)
    assert goes_on(kept(Channel.PHONE, Channel.MAIL), short) == (date(2026, 11, 23), RecordClass.MAIL)
    long = Periods(phone_years=3, visit_years=1)
    assert goes_on(kept(Channel.MAIL), long) == (date(2027, 11, 23), RecordClass.PHONE)


def test_what_was_moved_in_old_waits_until_somebody_has_seen_the_list() -> None:
    arrived = date(2026, 11, 25)
    assert goes_on(kept(Channel.PHONE, here_since=arrived), USUAL) == (arrived + GRACE, RecordClass.PHONE)


def test_nobody_looks_further_back_than_what_can_be_due() -> None:
    periods = USUAL
    for days in range(1500):
        today = date(2026, 1, 1) + timedelta(days=days)
        newest = newest_due(today, periods)
        assert first_day_after(newest, 2) <= today < first_day_after(newest + timedelta(days=1), 2)


def test_after_the_last_contact_is_counted_from_where_that_came_after_the_closing() -> None:
    closed_before = kept(Channel.VISIT, closed_on=date(2024, 1, 10))
    assert goes_on(closed_before, USUAL) == (date(2029, 11, 23), RecordClass.VISIT)


def test_the_longer_period_counts_whichever_it_is() -> None:
    closed = kept(Channel.PHONE, Channel.VISIT, closed_on=date(2024, 11, 22))
    assert goes_on(closed, Periods(phone_years=10, visit_years=5)) == (date(2034, 11, 23), RecordClass.PHONE)
    assert goes_on(closed, Periods(phone_years=5, visit_years=10)) == (date(2034, 11, 23), RecordClass.VISIT)
    assert goes_on(closed, Periods(phone_years=5, visit_years=5)) == (date(2029, 11, 23), RecordClass.PHONE)


def test_a_closing_alone_changes_nothing_for_a_case_without_visits() -> None:
    assert goes_on(kept(Channel.MAIL, closed_on=date(2026, 1, 1)), USUAL) == (
        date(2026, 11, 23),
        RecordClass.PHONE,
    )


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 20))
def test_what_is_due_has_rested_for_whole_years_and_no_day_longer_than_that(base: date, years: int) -> None:
    due = first_day_after(base, years)
    assert due > base
    assert due.year - base.year in (years, years + 1)
    assert timedelta(days=365 * years) < due - base <= timedelta(days=366 * years + 1)
    assert first_day_after(base + timedelta(days=1), years) >= due


@pytest.mark.parametrize("periods", [Periods(2, 5), Periods(5, 2), Periods(1, 1)])
@given(today=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_shorter_period_says_how_far_to_look(periods: Periods, today: date) -> None:
    years, newest = min(periods.phone_years, periods.visit_years), newest_due(today, periods)
    assert first_day_after(newest, years) <= today < first_day_after(newest + timedelta(days=1), years)


# ---- holds

TODAY = date(2026, 11, 25)


def test_the_reason_of_a_hold_is_kept_in_one_line_and_cut_where_it_is_very_long() -> None:
    assert check_hold("  訴訟の\n 資料として  ", TODAY, today=TODAY) == "訴訟の 資料として"
    assert check_hold("あ" * 500, TODAY, today=TODAY) == "あ" * 400


@pytest.mark.parametrize("note", ["", "   ", "\n\t"])
def test_a_hold_without_a_reason_is_refused(note: str) -> None:
    with pytest.raises(SayWhyHeld):
        check_hold(note, TODAY, today=TODAY)


def test_a_hold_lasts_from_today_to_three_years_at_most() -> None:
    last = TODAY + LONGEST_HOLD
    assert check_hold("係争中", TODAY, today=TODAY) == check_hold("係争中", last, today=TODAY) == "係争中"
    with pytest.raises(HoldInThePast):
        check_hold("係争中", TODAY - timedelta(days=1), today=TODAY)
    with pytest.raises(HoldTooLong):
        check_hold("係争中", last + timedelta(days=1), today=TODAY)
