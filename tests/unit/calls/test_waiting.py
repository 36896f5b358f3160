"""What a caller who waits hears next, and when waiting must end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calendar.closing import Closing, closing
from callcenter.domain.calendar.hours import Calendar, state_at
from callcenter.domain.calendar.times import JST, local_date
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.calls.waiting import (
    QueueSnapshot,
    WaitingVerdict,
    key_given_up_at,
    queue_capacity,
    ring_given_up_at,
    verdict,
)
from callcenter.services.calls.calls import OUTCOMES
from ivr.scenes import ENDINGS
from tests.unit.calls.waiters import CALLER, CAME, CLOSE, CLOSED, MINUTE, POLICY, QUEUE, SECOND, after

ENDS = frozenset({WaitingVerdict.CEILING, WaitingVerdict.NOBODY, WaitingVerdict.DRAINED, WaitingVerdict.SPECIAL})
"""The verdicts by which the line ends the wait."""


def closed_at(close: Closing | None, now: datetime, *, rung: bool = False) -> QueueSnapshot:
    return replace(QUEUE, now=now, hours=CLOSED, closing=close, being_rung=rung)


def test_a_caller_whose_call_has_ended_is_told_nothing_more() -> None:
    assert verdict(replace(CALLER, state=CallState.ENDED), after(MINUTE), POLICY) is WaitingVerdict.OVER


@pytest.mark.parametrize("state", [CallState.CLAIMED, CallState.CONNECTING, CallState.TALKING])
def test_a_claimed_caller_goes_to_the_room_whatever_the_clock_says(state: CallState) -> None:
    late = closed_at(Closing(CLOSE, sudden=True), CAME + timedelta(hours=5))
    assert verdict(replace(CALLER, state=state), late, POLICY) is WaitingVerdict.ENTER


@pytest.mark.parametrize(
    "waited, becomes",
    [
        (timedelta(), WaitingVerdict.STAY),
        (POLICY.wait_ceiling - SECOND, WaitingVerdict.STAY),
        (POLICY.wait_ceiling, WaitingVerdict.CEILING),
        (POLICY.wait_ceiling + SECOND, WaitingVerdict.CEILING),
    ],
)
def test_nobody_waits_longer_than_the_ceiling(waited: timedelta, becomes: WaitingVerdict) -> None:
    assert verdict(CALLER, after(waited), POLICY) is becomes


def test_the_ceiling_is_counted_from_the_return_to_the_queue() -> None:
    returned = replace(CALLER, waiting_since=CAME + 10 * MINUTE)
    assert verdict(returned, after(POLICY.wait_ceiling + 9 * MINUTE), POLICY) is WaitingVerdict.STAY
    assert verdict(returned, after(POLICY.wait_ceiling + 10 * MINUTE), POLICY) is WaitingVerdict.CEILING


@pytest.mark.parametrize(
    "waited, on_duty, becomes",
    [
        (POLICY.nobody_after - SECOND, 0, WaitingVerdict.STAY),
        (POLICY.nobody_after, 0, WaitingVerdict.NOBODY),
        (POLICY.nobody_after, 1, WaitingVerdict.STAY),
        (POLICY.wait_ceiling, 0, WaitingVerdict.CEILING),
    ],
)
def test_with_no_counsellor_on_duty_the_caller_is_told_so_soon(
    waited: timedelta, on_duty: int, becomes: WaitingVerdict
) -> None:
    assert verdict(CALLER, after(waited, on_duty=on_duty), POLICY) is becomes


@pytest.mark.parametrize(
    "since_closing, becomes",
    [
        (timedelta(), WaitingVerdict.STAY),
        (POLICY.drain - SECOND, WaitingVerdict.STAY),
        (POLICY.drain, WaitingVerdict.DRAINED),
    ],
)
def test_whoever_waits_at_closing_time_is_still_served_while_the_drain_lasts(
    since_closing: timedelta, becomes: WaitingVerdict
) -> None:
    caller = replace(CALLER, waiting_since=CLOSE - MINUTE)
    assert verdict(caller, closed_at(Closing(CLOSE, sudden=False), CLOSE + since_closing), POLICY) is becomes


def test_a_caller_who_lost_a_counsellor_after_closing_has_the_drain_anew() -> None:
    caller = replace(CALLER, waiting_since=CLOSE + 10 * MINUTE)
    for close in (Closing(CLOSE, sudden=False), Closing(CLOSE, sudden=True)):
        assert verdict(caller, closed_at(close, CLOSE + 24 * MINUTE), POLICY) is WaitingVerdict.STAY
        assert verdict(caller, closed_at(close, CLOSE + 25 * MINUTE), POLICY) is WaitingVerdict.DRAINED


def test_a_sudden_closure_ends_the_wait_at_once_and_in_its_own_words() -> None:
    sudden = Closing(CAME + 5 * MINUTE, sudden=True)
    assert verdict(CALLER, closed_at(sudden, sudden.at), POLICY) is WaitingVerdict.SPECIAL
    at_that_moment = replace(CALLER, waiting_since=sudden.at)
    assert verdict(at_that_moment, closed_at(sudden, sudden.at), POLICY) is WaitingVerdict.SPECIAL


def test_without_a_known_closing_the_drain_counts_from_the_arrival() -> None:
    """A call that got in although the line was closed all day."""
    assert verdict(CALLER, closed_at(None, CAME + POLICY.drain - SECOND), POLICY) is WaitingVerdict.STAY
    assert verdict(CALLER, closed_at(None, CAME + POLICY.drain), POLICY) is WaitingVerdict.DRAINED


@pytest.mark.parametrize("sudden, over", [(False, CLOSE + POLICY.drain), (True, CLOSE)])
def test_a_ring_under_way_may_still_be_answered_after_the_last_moment(sudden: bool, over: datetime) -> None:
    caller, close = replace(CALLER, waiting_since=CLOSE - MINUTE), Closing(CLOSE, sudden)
    ended = WaitingVerdict.SPECIAL if sudden else WaitingVerdict.DRAINED
    assert verdict(caller, closed_at(close, over, rung=True), POLICY) is WaitingVerdict.STAY
    assert verdict(caller, closed_at(close, over + POLICY.last_ring - SECOND, rung=True), POLICY) is WaitingVerdict.STAY
    assert verdict(caller, closed_at(close, over + POLICY.last_ring, rung=True), POLICY) is ended


def test_after_closing_the_ceiling_and_the_empty_room_end_a_wait_too() -> None:
    caller, close = replace(CALLER, waiting_since=CLOSE - 25 * MINUTE), Closing(CLOSE, sudden=False)
    assert verdict(caller, closed_at(close, CLOSE + 5 * MINUTE), POLICY) is WaitingVerdict.CEILING
    nobody = replace(closed_at(close, CLOSE + MINUTE), on_duty=0, coming=0)
    assert verdict(caller, nobody, POLICY) is WaitingVerdict.NOBODY


def test_every_end_of_a_wait_is_spoken_and_counted() -> None:
    assert set(ENDINGS) == set(OUTCOMES) == ENDS


DURING_THE_DAY = st.timedeltas(timedelta(0), timedelta(hours=7, minutes=-1)).map(
    lambda since: datetime(2026, 11, 25, 10, tzinfo=JST) + since
)
WAITED = st.timedeltas(timedelta(0), timedelta(days=3))


def at(calendar: Calendar, came: datetime, now: datetime, *, on_duty: int, rung: bool) -> QueueSnapshot:
    """The queue at *now* as the calendar has it, for somebody who came at *came*."""
    close = closing(calendar, local_date(came), now)
    return replace(QUEUE, now=now, hours=state_at(calendar, now), closing=close, on_duty=on_duty, being_rung=rung)


@given(DURING_THE_DAY, WAITED, WAITED, st.integers(0, 2), st.booleans())
def test_a_wait_that_has_ended_never_goes_on(
    came: datetime, waited: timedelta, longer: timedelta, on_duty: int, rung: bool
) -> None:
    calendar, caller = Calendar(), replace(CALLER, arrived_at=came, waiting_since=came)
    first = verdict(caller, at(calendar, came, came + waited, on_duty=on_duty, rung=rung), POLICY)
    later = verdict(caller, at(calendar, came, came + waited + longer, on_duty=on_duty, rung=rung), POLICY)
    if first is not WaitingVerdict.STAY:
        assert later in ENDS


@given(DURING_THE_DAY, WAITED, st.integers(0, 2), st.booleans(), st.booleans())
def test_no_caller_waits_beyond_the_ceiling_and_whoever_is_sent_away_hears_why(
    came: datetime, waited: timedelta, on_duty: int, rung: bool, sudden: bool
) -> None:
    caller = replace(CALLER, arrived_at=came, waiting_since=came)
    queue = at(Calendar(), came, came + waited, on_duty=on_duty, rung=rung)
    if sudden and queue.closing is not None:
        queue = replace(queue, closing=replace(queue.closing, sudden=True))
    becomes = verdict(caller, queue, POLICY)
    assert becomes in ENDS | {WaitingVerdict.STAY}
    if waited >= POLICY.wait_ceiling:
        assert becomes in ENDS


@pytest.mark.parametrize("coming, callers", [(0, 5), (1, 5), (2, 6), (4, 12)])
def test_three_may_wait_for_each_counsellor_who_can_come_and_five_in_any_case(coming: int, callers: int) -> None:
    assert queue_capacity(coming, POLICY) == callers


def test_a_ring_is_given_up_after_its_time_and_what_the_telephone_company_adds() -> None:
    assert ring_given_up_at(CAME, 10, POLICY) == CAME + timedelta(seconds=10 + 5) + POLICY.ring_slack


def test_whoever_picked_up_has_three_quarters_of_a_minute_for_the_key() -> None:
    assert key_given_up_at(CAME, POLICY) == CAME + timedelta(seconds=45)
