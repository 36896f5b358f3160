"""The life of a call and of an offer: what moves it on, what comes too late, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calendar.times import JST
from callcenter.domain.calls.lifecycle import (
    LIVE_OFFERS,
    OPEN_OFFERS,
    CallerKey,
    CallOutcome,
    CallState,
    CallStep,
    OfferState,
    advance,
    outcome_from,
    step,
)

AT = datetime(2026, 11, 25, 14, 0, tzinfo=JST)
S, T = CallState, CallStep


def lives(*steps: CallStep, start: CallState = S.WAITING) -> CallState:
    """Return the state of a call after *steps*."""
    for taken in steps:
        start = step(start, taken)
    return start


def test_a_call_goes_from_the_queue_through_the_claim_into_the_room() -> None:
    assert lives(T.CLAIMED) is S.CLAIMED
    assert lives(T.CLAIMED, T.CALLED_IN) is S.CONNECTING
    assert lives(T.CLAIMED, T.CALLED_IN, T.TOGETHER) is S.TALKING
    assert lives(T.CLAIMED, T.CALLED_IN, T.TOGETHER, T.ENDED) is S.ENDED


def test_that_both_are_in_the_room_may_be_known_before_the_script_was_fetched() -> None:
    assert lives(T.CLAIMED, T.TOGETHER) is S.TALKING
    assert lives(T.CLAIMED, T.TOGETHER, T.CALLED_IN) is S.TALKING


@pytest.mark.parametrize("before", [(T.CLAIMED,), (T.CLAIMED, T.CALLED_IN)])
@pytest.mark.parametrize("back", [T.RELEASED, T.REQUEUED])
def test_a_claim_that_came_to_nothing_leads_back_to_the_queue(before: tuple[CallStep, ...], back: CallStep) -> None:
    assert lives(*before, back) is S.WAITING


def test_a_caller_who_lost_the_counsellor_in_the_room_goes_back_but_is_never_merely_released() -> None:
    assert lives(T.CLAIMED, T.TOGETHER, T.REQUEUED) is S.WAITING
    assert lives(T.CLAIMED, T.TOGETHER, T.RELEASED) is S.TALKING


@pytest.mark.parametrize("taken", [T.CALLED_IN, T.TOGETHER, T.RELEASED, T.REQUEUED])
def test_a_caller_nobody_has_claimed_stays_in_the_queue(taken: CallStep) -> None:
    assert step(S.WAITING, taken) is S.WAITING


@pytest.mark.parametrize("state", [S.CLAIMED, S.CONNECTING, S.TALKING])
def test_a_caller_is_claimed_once(state: CallState) -> None:
    assert step(state, T.CLAIMED) is state


@pytest.mark.parametrize("state", S)
def test_a_call_can_end_at_any_moment_and_then_nothing_moves_it(state: CallState) -> None:
    assert step(state, T.ENDED) is S.ENDED
    assert all(step(S.ENDED, taken) is S.ENDED for taken in T)


@given(st.lists(st.sampled_from(T), max_size=12))
def test_news_that_comes_twice_changes_a_call_once(steps: list[CallStep]) -> None:
    twice = [taken for taken in steps for _ in range(2)]
    assert lives(*twice) is lives(*steps)


# ---- how a call ended


@dataclass
class Known:
    """What is known of an ended call."""

    outcome: CallOutcome | None = None
    greeted_at: datetime | None = None
    talked_at: datetime | None = None


def test_a_talk_makes_a_completed_call_whatever_was_thought_before() -> None:
    for outcome in (None, *CallOutcome):
        assert outcome_from(Known(outcome, talked_at=AT)) is CallOutcome.COMPLETED


@pytest.mark.parametrize("outcome", [None, CallOutcome.ABANDONED_GREETING, CallOutcome.ABANDONED_QUEUE])
def test_whoever_gave_up_did_so_during_the_greeting_or_in_the_queue(outcome: CallOutcome | None) -> None:
    assert outcome_from(Known(outcome)) is CallOutcome.ABANDONED_GREETING
    assert outcome_from(Known(outcome, greeted_at=AT)) is CallOutcome.ABANDONED_QUEUE


@pytest.mark.parametrize(
    "outcome", sorted(set(CallOutcome) - {CallOutcome.ABANDONED_GREETING, CallOutcome.ABANDONED_QUEUE}, key=str)
)
def test_what_the_line_itself_decided_stays(outcome: CallOutcome) -> None:
    assert outcome_from(Known(outcome)) is outcome_from(Known(outcome, greeted_at=AT)) is outcome


@given(st.none() | st.sampled_from(CallOutcome), st.none() | st.just(AT), st.none() | st.just(AT))
def test_to_settle_a_call_again_changes_nothing(
    outcome: CallOutcome | None, greeted: datetime | None, talked: datetime | None
) -> None:
    once = outcome_from(Known(outcome, greeted, talked))
    assert outcome_from(Known(once, greeted, talked)) is once


# ---- offers

FINAL = sorted(set(OfferState) - set(LIVE_OFFERS), key=str)


def test_a_live_offer_goes_from_the_ring_through_the_claim_into_the_room() -> None:
    path = (O.PENDING, O.RINGING, O.SCREENING, O.CLAIMED, O.JOINED)
    assert path == LIVE_OFFERS
    assert path[:3] == OPEN_OFFERS


O = OfferState  # noqa: E741  # the states stand in tables


def test_the_further_of_two_live_states_holds() -> None:
    assert advance(O.RINGING, O.PENDING) is O.RINGING
    assert advance(O.RINGING, O.RINGING) is O.RINGING
    assert advance(O.RINGING, O.SCREENING) is O.SCREENING
    assert advance(O.PENDING, O.JOINED) is O.JOINED
    assert advance(O.JOINED, O.CLAIMED) is O.JOINED


@pytest.mark.parametrize("final", FINAL)
def test_a_final_state_ends_any_live_offer_and_stays(final: OfferState) -> None:
    assert all(advance(live, final) is final for live in LIVE_OFFERS)
    assert all(advance(final, news) is final for news in OfferState)


@given(st.lists(st.sampled_from(LIVE_OFFERS), min_size=1, max_size=4))
def test_all_orders_of_the_same_news_end_alike(news: list[OfferState]) -> None:
    ends = set()
    for order in permutations(news):
        state = OfferState.PENDING
        for one in order:
            state = advance(state, one)
        ends.add(state)
    assert len(ends) == 1


# ---- what the caller pressed


@pytest.mark.parametrize(
    "digits, key",
    [
        ("1", CallerKey.SELF),
        ("2", CallerKey.FAMILY),
        ("3", CallerKey.HARD_TO_SPEAK),
        ("4", None),
        ("", None),
        ("11", None),
        ("#", None),
    ],
)
def test_only_the_three_keys_of_the_greeting_mean_anything(digits: str, key: CallerKey | None) -> None:
    assert CallerKey.read(digits) is key
