"""What the board counts, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.figures.answering import Answering, answering

NOON = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


@dataclass
class One:
    """A call as far as it is counted."""

    outcome: CallOutcome | None = None
    waited: float | None = None
    state: CallState = CallState.ENDED
    arrived_at: datetime = NOON

    @property
    def talked_at(self) -> datetime | None:
        return None if self.waited is None else self.arrived_at + timedelta(seconds=self.waited)


def test_a_day_is_counted_by_who_was_answered_in_time() -> None:
    day = [
        One(CallOutcome.COMPLETED, 10),
        One(CallOutcome.COMPLETED, 30),
        One(CallOutcome.COMPLETED, 50),
        One(CallOutcome.OVERFLOW),
    ]
    counted = answering([*day, One(CallOutcome.ABANDONED_QUEUE)])
    assert (counted.received, counted.answered, counted.gave_up, counted.sent_away) == (5, 3, 1, 1)
    assert counted.service_level == 40
    assert counted.average_speed == timedelta(seconds=30)


@pytest.mark.parametrize("outcome", [CallOutcome.CLOSED_BEFORE, CallOutcome.BLOCKED])
def test_who_never_came_into_the_queue_is_not_counted(outcome: CallOutcome) -> None:
    assert answering([One(outcome)]) == Answering()


@pytest.mark.parametrize("state", [CallState.WAITING, CallState.CLAIMED, CallState.CONNECTING])
def test_who_is_still_on_the_way_is_received_but_not_settled(state: CallState) -> None:
    counted = answering([One(state=state)])
    assert (counted.received, counted.settled, counted.service_level, counted.average_speed) == (1, 0, None, None)


def test_a_talk_that_goes_on_is_answered_already() -> None:
    assert answering([One(waited=5, state=CallState.TALKING)]).service_level == 100
