"""What a counsellor does after a call, and after a ring that nobody answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calendar.times import JST
from callcenter.domain.duty.presence import (
    BOUND,
    BUSY_WITH_A_CALLER,
    CHOSEN,
    MISSES_UNTIL_AWAY,
    PUT_AWAY,
    TALKING,
    AwayReason,
    Work,
    is_long_wrap_up,
    work_after_call,
    work_after_missed_ring,
)
from callcenter.domain.policy import Policy


@dataclass
class Plan:
    """What a counsellor asked for during the call."""

    draining: bool = False
    away_after: AwayReason | None = None


READY = (Work.AVAILABLE, None)
PLANS = st.builds(Plan, st.booleans(), st.none() | st.sampled_from(AwayReason))


@pytest.mark.parametrize(
    "plan, follows",
    [
        (Plan(), READY),
        (Plan(away_after=AwayReason.BREAK), (Work.AWAY, AwayReason.BREAK)),
        (Plan(away_after=AwayReason.CARE), (Work.AWAY, AwayReason.CARE)),
        (Plan(draining=True), (Work.OFFLINE, None)),
        (Plan(draining=True, away_after=AwayReason.BREAK), (Work.OFFLINE, None)),
    ],
)
def test_to_stop_outweighs_to_rest_and_both_outweigh_the_next_caller(
    plan: Plan, follows: tuple[Work, AwayReason | None]
) -> None:
    assert work_after_call(plan) == follows


@pytest.mark.parametrize(
    "misses, unreachable, follows",
    [
        (1, False, READY),
        (1, True, READY),
        (2, False, (Work.AWAY, AwayReason.MISSED)),
        (2, True, (Work.AWAY, AwayReason.UNREACHABLE)),
        (3, False, (Work.AWAY, AwayReason.MISSED)),
    ],
)
def test_whoever_lets_it_ring_twice_in_a_row_is_put_away(
    misses: int, unreachable: bool, follows: tuple[Work, AwayReason | None]
) -> None:
    assert work_after_missed_ring(Plan(), misses, unreachable=unreachable) == follows


@pytest.mark.parametrize(
    "misses, keyless, follows",
    [(0, 1, READY), (0, 2, READY), (1, 2, READY), (0, 3, (Work.AWAY, AwayReason.MISSED))],
)
def test_whoever_picks_up_without_a_key_is_put_away_at_the_third_time_only(
    misses: int, keyless: int, follows: tuple[Work, AwayReason | None]
) -> None:
    assert work_after_missed_ring(Plan(), misses, unreachable=False, keyless=keyless) == follows


@given(PLANS, st.integers(0, 5), st.booleans())
def test_what_was_planned_comes_before_being_put_away(plan: Plan, misses: int, unreachable: bool) -> None:
    work, reason = work_after_missed_ring(plan, misses, unreachable=unreachable)
    if work_after_call(plan) != READY:
        assert (work, reason) == work_after_call(plan)
    else:
        assert (reason in PUT_AWAY) is (misses >= MISSES_UNTIL_AWAY)


@given(PLANS, st.integers(0, 5), st.booleans())
def test_an_away_reason_goes_with_being_away_and_with_nothing_else(plan: Plan, misses: int, unreachable: bool) -> None:
    for work, reason in (work_after_call(plan), work_after_missed_ring(plan, misses, unreachable=unreachable)):
        assert (work is Work.AWAY) is (reason is not None)
        assert work not in BUSY_WITH_A_CALLER
        assert work not in BOUND


def test_the_line_s_own_reasons_are_not_among_those_to_choose_from() -> None:
    assert set(PUT_AWAY) == {AwayReason.MISSED, AwayReason.UNREACHABLE}
    assert set(CHOSEN) | set(PUT_AWAY) | {AwayReason.BREATH} == set(AwayReason)
    assert not set(CHOSEN) & {*PUT_AWAY, AwayReason.BREATH}


def test_a_counsellor_is_bound_from_the_ring_to_the_end_of_the_talk_and_busy_until_it_is_written_up() -> None:
    assert set(TALKING) == {Work.CONNECTING, Work.ON_CALL}
    assert set(BOUND) == {Work.OFFERED, Work.CONNECTING, Work.ON_CALL}
    assert set(BUSY_WITH_A_CALLER) == {Work.CONNECTING, Work.ON_CALL, Work.WRAP_UP}


@pytest.mark.parametrize(
    "work, minutes, too_long",
    [(Work.WRAP_UP, 9, False), (Work.WRAP_UP, 10, True), (Work.WRAP_UP, 11, True), (Work.ON_CALL, 60, False)],
)
def test_only_a_wrap_up_is_ever_called_long(work: Work, minutes: int, too_long: bool) -> None:
    since = datetime(2026, 11, 25, 14, 0, tzinfo=JST)
    now = since + timedelta(minutes=minutes)
    assert is_long_wrap_up(work, since, now=now, policy=Policy(wrap_up_limit=timedelta(minutes=10))) is too_long
